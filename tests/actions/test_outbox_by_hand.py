"""What people do with mail that is to leave, and how much of it leaves at once."""

from datetime import timedelta

import pytest

from dueline.actions import messages, outbox, outbox_by_hand
from dueline.actions.outbox import queue_mail
from dueline.core.errors import Refusal
from dueline.models import AuditEntry, Desk, OutboxItem
from dueline.queries import portal
from dueline.wording.history import say_event
from dueline.wording.mails import MailText
from tests.world import MONDAY

pytestmark = pytest.mark.django_db

WHY = "Sent to the wrong customer."


@pytest.fixture
def reply(world):
    case = world.case(acknowledge=False)
    messages.reply(case.pk, text="We look.", actor=world.asta, at=MONDAY)
    return OutboxItem.objects.get()


def post(address="cleo@northwind.example", *, purpose="notice", at=MONDAY):
    return queue_mail(
        purpose=purpose, to_name="", to_address=address, mail=MailText("x", "x"), at=at
    )


def send_all(*, at):
    """Let everything leave that may leave at an instant; return where it went."""
    sent = []
    while (item := outbox.claim_next(at=at)) is not None:
        outbox.begin_transmission(item, at=at)
        outbox.record_sent(item, at=at)
        sent.append(item.to_address)
    return sent


# --- taking back ----------------------------------------------------------------------------------


def test_only_an_agent_takes_a_mail_back_with_a_reason_and_while_it_waits(world, reply):
    for actor, reason, code in (
        (world.cleo, WHY, "not-found"),
        (world.asta, " ", "reason-missing"),
    ):
        with pytest.raises(Refusal) as refused:
            outbox_by_hand.cancel(reply.pk, reason=reason, actor=actor, at=MONDAY)
        assert refused.value.code == code
    send_all(at=MONDAY)
    with pytest.raises(Refusal) as refused:
        outbox_by_hand.cancel(reply.pk, reason=WHY, actor=world.asta, at=MONDAY)
    assert refused.value.code == "not-now"


def test_a_mail_that_may_have_left_is_not_taken_back(world, reply):
    OutboxItem.objects.update(cut_off=1)
    with pytest.raises(Refusal, match="may have left"):
        outbox_by_hand.cancel(reply.pk, reason=WHY, actor=world.asta, at=MONDAY)


def test_nobody_takes_a_key_to_the_house_back(world):
    with pytest.raises(Refusal):
        outbox_by_hand.cancel(post(purpose="sign_in").pk, reason=WHY, actor=world.ada, at=MONDAY)


def test_a_reply_that_was_taken_back_meets_no_promise(world, reply):
    assert reply.case.commitments.get(kind="response").state == "met"
    outbox_by_hand.cancel(reply.pk, reason=WHY, actor=world.asta, at=MONDAY)
    reply.refresh_from_db()
    assert (reply.state, reply.last_error) == ("cancelled", f"Asta Lind: {WHY}")
    assert reply.case.commitments.get(kind="response").state == "running"
    assert send_all(at=MONDAY + timedelta(days=1)) == []
    event = reply.case.events.get(kind="bounced")
    assert event.agent_id == world.asta.id


def test_the_customer_reads_nothing_of_what_was_taken_back(world, reply):
    def history():
        page = portal.case_page(reply.case_id, world.cleo, at=MONDAY)
        return [(one.kind.value, one.said.text if one.said else "") for one in page.history]

    assert ("reply_sent", "We look.") in history()
    outbox_by_hand.cancel(reply.pk, reason=WHY, actor=world.asta, at=MONDAY)
    assert [kind for kind, _ in history()] == ["opened"]

    later = MONDAY + timedelta(minutes=10)
    outbox_by_hand.resend(reply.pk, actor=world.asta, at=later)
    send_all(at=later)
    assert history()[-1] == ("reply_sent", "We look.")


def test_colleagues_read_who_took_it_back_and_why(world, reply):
    outbox_by_hand.cancel(reply.pk, reason=WHY, actor=world.asta, at=MONDAY)
    event = reply.case.events.get(kind="bounced")
    said = say_event(event.kind, who="Asta Lind", number="", facts=event.facts)
    assert said.startswith("Asta Lind took a mail to the customer back before it left.")
    assert said.endswith(WHY)


def test_a_question_that_was_taken_back_waits_for_nobody(world):
    case = world.case(acknowledge=False)
    messages.ask_customer(case.pk, text="Which?", actor=world.asta, at=MONDAY)
    item = OutboxItem.objects.get()
    outbox_by_hand.cancel(item.pk, reason=WHY, actor=world.asta, at=MONDAY)
    case.refresh_from_db()
    assert case.state != "waiting"


def test_what_was_taken_back_can_be_sent_after_all_and_counts_from_then(world, reply):
    outbox_by_hand.cancel(reply.pk, reason=WHY, actor=world.asta, at=MONDAY)
    later = MONDAY + timedelta(minutes=10)
    outbox_by_hand.resend(reply.pk, actor=world.asta, at=later)
    assert send_all(at=later) == ["cleo@northwind.example"]
    response = reply.case.commitments.get(kind="response")
    assert (response.state, response.met_at) == ("met", later)


def test_a_mail_that_was_taken_back_is_not_answered_by_the_next_one(world, reply):
    outbox_by_hand.cancel(reply.pk, reason=WHY, actor=world.asta, at=MONDAY)
    messages.reply(reply.case_id, text="Better.", actor=world.asta, at=MONDAY)
    assert reply.mail_id not in OutboxItem.objects.latest("id").references


# --- sending again --------------------------------------------------------------------------------


def test_all_that_no_server_took_is_sent_again_at_once(world):
    states = {
        "down@a.example": {"last_error": "[Errno 111] Connection refused"},
        "busy@a.example": {"last_error": "451 4.3.0 try later"},
        "gone@a.example": {"last_error": "550 5.1.1 no such user"},
        "back@a.example": {"last_error": "mailbox full", "sent_at": MONDAY},
    }
    for address, values in states.items():
        OutboxItem.objects.filter(pk=post(address).pk).update(state="failed", **values)
    with pytest.raises(Refusal):
        outbox_by_hand.resend_undelivered(actor=world.cleo, at=MONDAY)

    later = MONDAY + timedelta(days=6)
    assert outbox_by_hand.resend_undelivered(actor=world.asta, at=later) == 2

    assert send_all(at=later) == ["down@a.example", "busy@a.example"]
    assert OutboxItem.objects.filter(state="failed").count() == 2


# --- holding everything ---------------------------------------------------------------------------


def test_only_an_administrator_holds_all_mail(world):
    for act in (outbox_by_hand.hold_all, outbox_by_hand.let_go):
        with pytest.raises(Refusal):
            act(actor=world.asta, at=MONDAY)


def test_while_all_is_held_only_keys_leave_and_afterwards_everything_once(world):
    outbox_by_hand.hold_all(actor=world.ada, at=MONDAY)
    post("cleo@northwind.example")
    post("dag@northwind.example", purpose="sign_in")
    post("new@desk.example", purpose="invite")
    assert send_all(at=MONDAY) == ["dag@northwind.example", "new@desk.example"]

    later = MONDAY + timedelta(hours=1)
    outbox_by_hand.let_go(actor=world.ada, at=later)
    assert send_all(at=later) == ["cleo@northwind.example"]


def test_holding_and_letting_go_is_written_down_once_each(world):
    for _ in range(2):
        outbox_by_hand.hold_all(actor=world.ada, at=MONDAY)
    assert Desk.objects.get().outbox_held_at == MONDAY
    for _ in range(2):
        outbox_by_hand.let_go(actor=world.ada, at=MONDAY)
    entries = AuditEntry.objects.filter(what__startswith="outbox").order_by("id")
    assert [entry.what for entry in entries] == ["outbox_held", "outbox_let_go"]


# --- rations --------------------------------------------------------------------------------------


def test_one_address_gets_so_many_mails_an_hour_and_the_rest_later(world, settings):
    settings.MAILS_PER_ADDRESS = 3
    for _ in range(5):
        post()
    post("dag@northwind.example")

    assert send_all(at=MONDAY) == ["cleo@northwind.example"] * 3 + ["dag@northwind.example"]
    waiting = OutboxItem.objects.filter(state="waiting")
    assert {item.last_error for item in waiting} == {
        "Many mails have left to this address within an hour: this one waits its turn."
    }
    assert send_all(at=MONDAY + timedelta(minutes=59)) == []
    assert send_all(at=MONDAY + timedelta(minutes=61)) == ["cleo@northwind.example"] * 2


def test_one_domain_gets_so_many_mails_a_minute(world, settings):
    settings.MAILS_PER_DOMAIN = 2
    for name in "abcd":
        post(f"{name}@northwind.example")
    post("eve@southgate.example")
    post("x@not-northwind.example")

    assert send_all(at=MONDAY) == [
        "a@northwind.example",
        "b@northwind.example",
        "eve@southgate.example",
        "x@not-northwind.example",
    ]
    assert send_all(at=MONDAY + timedelta(seconds=30)) == []
    later = MONDAY + timedelta(seconds=66)
    assert send_all(at=later) == ["c@northwind.example", "d@northwind.example"]


def test_what_is_rationed_counts_no_attempt_and_keeps_its_order(world, settings):
    settings.MAILS_PER_ADDRESS = 1
    first, second = post(), post()
    send_all(at=MONDAY)
    for hour in range(1, 30):
        send_all(at=MONDAY + timedelta(minutes=hour))
    second.refresh_from_db()
    assert (second.state, second.attempts) == ("waiting", 0)
    send_all(at=MONDAY + timedelta(hours=2))
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.sent_at < second.sent_at


def test_a_link_to_sign_in_with_is_never_kept_waiting(world, settings):
    settings.MAILS_PER_ADDRESS = settings.MAILS_PER_DOMAIN = 1
    for _ in range(3):
        post(purpose="sign_in")
    assert len(send_all(at=MONDAY)) == 3
