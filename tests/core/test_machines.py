"""Machines are known by what they write into headers, and people are not taken for them."""

import pytest

from dueline.core.inbound import Machine
from dueline.core.machines import Sign, machine_class


def machine(mail_from="dag@northwind.example", sender="dag@northwind.example", **headers):
    lower = {name.replace("_", "-"): value for name, value in headers.items()}
    return machine_class(Sign(lower, sender, mail_from))[0]


def test_a_person_is_no_machine():
    assert machine() is Machine.NONE
    assert machine(auto_submitted="no") is Machine.NONE
    assert machine(mail_from=None, precedence="first-class") is Machine.NONE


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"auto_submitted": "auto-replied"}, Machine.AUTO_REPLY),
        ({"auto_submitted": "auto-replied; owner-email=x"}, Machine.AUTO_REPLY),
        ({"x_autoreply": "yes"}, Machine.AUTO_REPLY),
        ({"precedence": "auto_reply"}, Machine.AUTO_REPLY),
        ({"auto_submitted": "auto-generated"}, Machine.AUTOMATIC),
        ({"auto_submitted": "auto-notified"}, Machine.AUTOMATIC),
        ({"precedence": "bulk"}, Machine.BULK),
        ({"precedence": "List"}, Machine.BULK),
        ({"list_id": "<users.example>"}, Machine.BULK),
        ({"x_auto_response_suppress": "DR, OOF, AutoReply"}, Machine.AUTOMATIC),
        ({"x_auto_response_suppress": "All"}, Machine.AUTOMATIC),
        ({"mail_from": ""}, Machine.AUTOMATIC),
        ({"sender": "no-reply@shop.example"}, Machine.AUTOMATIC),
        ({"sender": "donotreply@shop.example"}, Machine.AUTOMATIC),
        ({"sender": "mailer-daemon@mx.example"}, Machine.BOUNCE),
        ({"content_type": 'multipart/report; report-type="delivery-status"'}, Machine.BOUNCE),
        ({"x_failed_recipients": "x@y.example"}, Machine.BOUNCE),
    ],
)
def test_i41_machines_are_known_by_their_headers(headers, expected):
    assert machine(**headers) is expected


def test_i41_a_mail_that_a_mailbox_rule_passed_on_was_written_by_a_person():
    assert (
        machine(
            auto_submitted="auto-generated",
            x_ms_exchange_generated_message_source="Mailbox Rules Agent",
        )
        is Machine.NONE
    )
