"""How the ways in and out are, as they stand in the rows."""

from datetime import timedelta

import pytest

from dueline.actions import inbox
from dueline.actions.outbox import queue_mail
from dueline.models import Desk, InboxItem, Mailbox, MailWebhook, OutboxItem
from dueline.queries import doors
from dueline.wording.mails import MailText
from tests.world import MONDAY

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def box(**columns):
    facts = {"address": "a@b.example", "imap_host": "imap.b.example", "created_at": MONDAY}
    return Mailbox.objects.create(**{**facts, **columns})


def health(kind: str, *, at=MONDAY) -> list[str]:
    return [door.health.value for door in doors.ways_in(at=at) if door.kind == kind]


def test_a_way_that_nothing_came_by_is_untried_and_not_broken(world):
    assert [health(kind) for kind in ("smtp", "lmtp", "pipe")] == [["untried"]] * 3
    inbox.keep_raw(b"x", door="lmtp", mail_from="", rcpt_to=[], at=MONDAY)
    inbox.keep_raw(b"y", door="lmtp", mail_from="", rcpt_to=[], at=MONDAY + MINUTE)

    (lmtp,) = [door for door in doors.ways_in(at=MONDAY) if door.kind == "lmtp"]

    assert (lmtp.health, lmtp.last_at) == ("works", MONDAY + MINUTE)
    assert health("smtp") == ["untried"]


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({}, "untried"),
        ({"created_at": MONDAY - 16 * MINUTE}, "late"),
        ({"last_success_at": MONDAY - 15 * MINUTE}, "works"),
        ({"last_success_at": MONDAY - 16 * MINUTE}, "late"),
        ({"last_success_at": MONDAY, "failing_since": MONDAY}, "fails"),
        ({"is_active": False, "failing_since": MONDAY}, "off"),
    ],
)
def test_a_mailbox_is_as_its_last_tries_were(world, columns, told):
    box(**columns)
    assert health("imap") == [told]
    assert doors.fetching_is_late(at=MONDAY) is (told == "late")


def test_a_mailbox_that_fails_is_late_after_a_quarter_of_an_hour_without_success(world):
    box(last_success_at=MONDAY, failing_since=MONDAY + MINUTE)
    assert not doors.fetching_is_late(at=MONDAY + 15 * MINUTE)
    assert doors.fetching_is_late(at=MONDAY + 16 * MINUTE)


def test_mail_that_is_brought_to_an_address_is_not_waited_for(world):
    box(imap_host="", created_at=MONDAY - timedelta(days=1))
    assert health("imap") == []
    assert not doors.fetching_is_late(at=MONDAY)


def test_a_webhook_is_as_its_last_call_was(world):
    hook = MailWebhook.objects.create(provider="brevo", secret="s", created_at=MONDAY)
    assert health("webhook") == ["untried"]
    for changed, told in (
        ({"last_success_at": MONDAY}, "works"),
        ({"failing_since": MONDAY}, "fails"),
        ({"is_active": False}, "off"),
    ):
        MailWebhook.objects.filter(pk=hook.pk).update(**changed)
        assert health("webhook") == [told]


def test_reading_is_late_when_the_oldest_mail_has_waited_for_a_quarter_of_an_hour(world):
    assert doors.reading(at=MONDAY).health == "works"
    item = inbox.keep_raw(b"x", door="smtp", mail_from="", rcpt_to=[], at=MONDAY)
    assert not doors.reading_is_late(at=MONDAY + 15 * MINUTE)
    late = MONDAY + 16 * MINUTE
    assert doors.reading_is_late(at=late)
    told = doors.reading(at=late)
    assert (told.health, told.waiting, told.oldest_at, told.held) == ("late", 1, MONDAY, 0)

    InboxItem.objects.filter(pk=item).update(state="held")

    told = doors.reading(at=late)
    assert (told.health, told.waiting, told.held) == ("works", 0, 1)


@pytest.fixture
def mail(world):
    Desk.objects.update(smtp_host="smtp.desk.example")
    return queue_mail(
        purpose="notice",
        to_name="",
        to_address="a@b.example",
        mail=MailText("s", "t"),
        at=MONDAY,
    )


def test_mail_out_stands_still_when_nobody_tries_what_is_due(mail):
    assert not doors.stands_still(at=MONDAY + 15 * MINUTE)
    late = MONDAY + 16 * MINUTE
    assert doors.stands_still(at=late)
    assert doors.sending(at=late).health == "late"


def test_mail_that_is_held_back_or_has_no_server_does_not_stand_still(mail):
    late = MONDAY + 16 * MINUTE
    Desk.objects.update(outbox_held_at=MONDAY)
    assert not doors.stands_still(at=late)
    assert doors.sending(at=late).health == "off"
    Desk.objects.update(outbox_held_at=None, smtp_host="")
    assert not doors.stands_still(at=late)


def test_mail_that_is_tried_again_and_again_fails_with_what_the_server_said(mail):
    OutboxItem.objects.filter(pk=mail.pk).update(
        attempts=3, last_error="connection refused", next_try_at=MONDAY + 60 * MINUTE
    )
    told = doors.sending(at=MONDAY + 16 * MINUTE)
    assert (told.health, told.tried, told.problem) == ("fails", 1, "connection refused")
    assert not doors.stands_still(at=MONDAY + 16 * MINUTE)

    OutboxItem.objects.filter(pk=mail.pk).update(state="sent", sent_at=MONDAY, last_error="")

    told = doors.sending(at=MONDAY + 16 * MINUTE)
    assert (told.health, told.waiting, told.last_sent_at) == ("works", 0, MONDAY)
