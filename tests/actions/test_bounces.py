"""A bounce takes back the one mail that it is about, and nothing that it only claims."""

from datetime import timedelta

import pytest
from django.conf import settings

from dueline.actions import bounces, inbox, messages, outbox
from dueline.actions.case_contacts import change_contact
from dueline.core.events import Kind
from dueline.core.matching import decide
from dueline.intake.mail.parse import read
from dueline.models import Case, Event, InboxItem, OutboxItem
from dueline.queries.inbox import facts_for
from tests.world import MONDAY

LATER = MONDAY + timedelta(minutes=5)
ADDRESS = "support@desk.example"


@pytest.fixture
def reply(world):
    """Asta's reply to Cleo, which has left the house."""
    case = world.case()
    messages.reply(case.pk, text="Try again now.", actor=world.asta, at=LATER)
    OutboxItem.objects.update(state="sent")
    return OutboxItem.objects.get(purpose="reply")


def comes(raw, *, to=ADDRESS, mail_from=""):
    """Take in a mail as the worker does."""
    inbox.keep_raw(raw, door="smtp", mail_from=mail_from, rcpt_to=[to], at=LATER)
    claimed = inbox.claim_next(at=LATER)
    inbound = read(raw, mail_from=mail_from)
    facts = facts_for(
        inbound,
        rcpt_to=[to],
        secret=settings.SECRET_KEY,
        mail_address=ADDRESS,
        except_item=claimed.item_id,
        arrived_at=LATER,
    )
    inbox.take_in(
        claimed.item_id,
        claim=claimed.claim,
        inbound=inbound,
        decision=decide(inbound, facts),
        at=LATER,
    )
    return InboxItem.objects.get(pk=claimed.item_id)


def report(*, action="failed", returned="", to=ADDRESS, more=""):
    return f"""From: Mail Delivery System <MAILER-DAEMON@mx.example>
To: {to}
Subject: Undelivered
Date: Mon, 23 Nov 2026 10:00:00 +0100
Message-ID: <b@mx.example>
Auto-Submitted: auto-replied
{more}MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Sorry.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; cleo@northwind.example
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User unknown

{returned}--b--
""".replace("\n", "\r\n").encode()


def headers_of(reply):
    return f"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: {reply.mail_id}\n\n"


def was_taken_back(reply):
    reply.refresh_from_db()
    return reply.state == "failed" and Event.objects.filter(kind=Kind.BOUNCED).exists()


# --- what proves nothing ---


def test_i42_a_forged_bounce_changes_nothing(world, reply):
    forged = "<1.1.0123456789abcdef.aaaaaaaaaaaaaaaaaaaaaaaa@desk.example>"
    returned = f"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: {forged}\n\n"
    item = comes(report(returned=returned))
    assert item.state == "recorded"
    assert not was_taken_back(reply)


@pytest.mark.parametrize("change", [("b", "b1"), (".", ".a"), ("+b", "+")])
def test_i42_a_bounce_to_an_address_that_somebody_made_up_changes_nothing(world, reply, change):
    address = bounces.return_address(reply, ADDRESS)
    local, _, domain = address.partition("@")
    comes(report(), to=f"{local.replace(*change)[:60]}@{domain}")
    assert not was_taken_back(reply)


def test_i42_an_automatic_reply_that_knows_our_mail_takes_nothing_back(world, reply):
    raw = (
        f"From: cleo@northwind.example\r\nSubject: Re: x\r\nIn-Reply-To: {reply.mail_id}\r\n"
        "Auto-Submitted: auto-replied\r\n\r\nAway.\r\n"
    ).encode()
    assert comes(raw).case_id == reply.case_id
    assert not was_taken_back(reply)


def test_a_read_receipt_is_recorded_and_is_no_bounce(world, reply):
    raw = report(returned=headers_of(reply)).replace(b"delivery-status;", b"disposition;")
    item = comes(raw)
    assert (item.state, item.machine) == ("recorded", "receipt")
    assert not was_taken_back(reply)


def test_i42_what_a_person_writes_of_a_bounce_takes_nothing_back(world, reply):
    raw = f"From: cleo@northwind.example\r\nSubject: Hm\r\n\r\n550 Message-ID: {reply.mail_id}\r\n"
    comes(raw.encode(), mail_from="cleo@northwind.example")
    assert not was_taken_back(reply)


# --- what takes it back ---


def test_a_bounce_that_gives_back_our_message_id_takes_the_reply_back(world, reply):
    item = comes(report(returned=headers_of(reply)))
    assert item.case_id == reply.case_id
    assert was_taken_back(reply)
    assert reply.last_error == "550 5.1.1 User unknown"
    assert Case.objects.get().commitments.get(kind="response").state == "running"


def test_a_bounce_that_gives_nothing_back_is_known_by_its_address(world, reply):
    address = bounces.return_address(reply, ADDRESS)
    item = comes(report(to=address), to=address)
    assert item.case_id == reply.case_id
    assert was_taken_back(reply)


def test_a_bounce_is_known_by_the_address_in_its_header_if_no_envelope_is_known(world, reply):
    comes(report(to=bounces.return_address(reply, ADDRESS)))
    assert was_taken_back(reply)


def test_a_bounce_that_only_refers_to_our_mail_takes_it_back(world, reply):
    comes(report(more=f"References: {reply.mail_id}\n"))
    assert was_taken_back(reply)


def test_a_bounce_in_a_servers_own_words_takes_the_reply_back(world, reply):
    raw = f"""From: MAILER-DAEMON@mx.example
To: {ADDRESS}
Subject: failure notice
Date: Mon, 23 Nov 2026 10:00:00 +0100

Hi. This is the qmail-send program at mx.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<cleo@northwind.example>:
Remote host said: 550 5.1.1 unknown user

--- Below this line is a copy of the message.

Message-ID: {reply.mail_id}
""".replace("\n", "\r\n")
    comes(raw.encode())
    assert was_taken_back(reply)
    assert "550 5.1.1 unknown user" in reply.last_error


def test_a_reply_that_bounces_after_the_case_got_another_contact_is_taken_back(world, reply):
    at = LATER + timedelta(minutes=1)
    change_contact(reply.case_id, name="", email="dag@northwind.example", actor=world.asta, at=at)
    comes(report(returned=headers_of(reply)))
    assert was_taken_back(reply)


def test_only_the_mail_that_bounced_is_taken_back(world, reply):
    other = OutboxItem.objects.exclude(pk=reply.pk).first()
    address = bounces.return_address(other, ADDRESS)
    comes(report(to=address), to=address)
    other.refresh_from_db()
    assert other.state == "failed"
    assert not was_taken_back(reply)


def test_a_bounce_tells_the_desk_of_it_once(world, reply):
    before = OutboxItem.objects.count()
    comes(report(returned=headers_of(reply)))
    told = OutboxItem.objects.count()
    assert told > before
    comes(report(returned=headers_of(reply), more="X-Other: 1\n"))
    assert OutboxItem.objects.count() == told
    assert Event.objects.filter(kind=Kind.BOUNCED).count() == 1


def test_a_bounce_that_is_quicker_than_our_own_note_is_believed(world, reply):
    OutboxItem.objects.filter(pk=reply.pk).update(state="transmitting", claim=4)
    reply.refresh_from_db()
    comes(report(returned=headers_of(reply)))
    assert was_taken_back(OutboxItem.objects.get(pk=reply.pk))
    assert not outbox.record_sent(reply, at=LATER)
    assert OutboxItem.objects.get(pk=reply.pk).state == "failed"


def test_a_delay_is_no_failure_and_is_told_with_the_mail(world, reply):
    item = comes(report(action="delayed", returned=headers_of(reply)))
    reply.refresh_from_db()
    assert (reply.state, reply.last_error) == ("sent", "550 5.1.1 User unknown")
    assert item.case_id == reply.case_id
    assert not Event.objects.filter(kind=Kind.BOUNCED).exists()


def test_a_delivery_that_succeeded_changes_nothing(world, reply):
    comes(report(action="delivered", returned=headers_of(reply)))
    reply.refresh_from_db()
    assert (reply.state, reply.last_error) == ("sent", "")


# --- the address ---


def test_a_mail_of_another_mailbox_bounces_to_that(world, reply):
    reply.reply_to, reply.from_address = "", "billing@desk.example"
    assert bounces.return_address(reply, ADDRESS).startswith(f"billing+b{reply.pk}.")


def test_an_address_that_would_be_too_long_is_none(world, reply):
    reply.reply_to, reply.from_address = "", f"{'x' * 50}@desk.example"
    assert bounces.return_address(reply, ADDRESS) == ""
