"""What arrives is kept once, read by one worker at a time, and taken in once."""

from datetime import timedelta

import pytest

from dueline.actions import inbox, inbox_by_hand, mail_cases, messages
from dueline.core.errors import Refusal
from dueline.core.events import Kind
from dueline.core.inbound import Inbound, Machine, Particulars
from dueline.core.matching import Decision, Verdict
from dueline.core.priorities import Priority
from dueline.models import (
    Attempt,
    Case,
    Contact,
    Event,
    InboxItem,
    Message,
    OutboxItem,
    RawItem,
)
from tests.world import MONDAY

RAW = b"Subject: x\r\n\r\nhej\r\n"
LATER = MONDAY + timedelta(minutes=5)
OPEN = Decision(Verdict.OPEN, "A new request.", acknowledge=True)


def keep(raw=RAW, at=MONDAY):
    return inbox.keep_raw(
        raw,
        door="smtp",
        mail_from="cleo@northwind.example",
        rcpt_to=["support@desk.example"],
        at=at,
    )


def mail(**changes):
    told = {
        "channel": "mail",
        "sender_name": "Cleo Dahl",
        "sender_address": "cleo@northwind.example",
        "subject": "Payment page down",
        "text": "Nothing works.",
        "mail_id": "<1@northwind.example>",
        "digest": "d1",
    }
    return Inbound(**{**told, **changes})


def take(inbound=None, decision=OPEN, *, raw=RAW, at=MONDAY):
    keep(raw)
    claimed = inbox.claim_next(at=at)
    return inbox.take_in(
        claimed.item_id,
        claim=claimed.claim,
        inbound=inbound or mail(),
        decision=decision,
        at=at,
    )


# --- arrival and claims ---


def test_f11_the_same_bytes_twice_are_one_item(db):
    first = keep()
    assert keep() == first
    assert InboxItem.objects.get().times_received == 2
    assert bytes(RawItem.objects.get().bytes) == RAW


def test_f18_a_mail_is_read_by_one_worker_at_a_time(db):
    keep()
    assert inbox.claim_next(at=MONDAY) is not None
    assert inbox.claim_next(at=MONDAY) is None
    assert inbox.claim_next(at=MONDAY + inbox.LEASE + timedelta(seconds=1)) is not None


def test_f18_a_worker_that_slept_through_its_lease_stores_nothing(world):
    item_id = keep()
    slept = inbox.claim_next(at=MONDAY)
    woke_at = MONDAY + inbox.LEASE + timedelta(seconds=1)
    awake = inbox.claim_next(at=woke_at)
    inbox.take_in(item_id, claim=awake.claim, inbound=mail(), decision=OPEN, at=woke_at)
    with pytest.raises(inbox.LostClaim):
        inbox.take_in(item_id, claim=slept.claim, inbound=mail(), decision=OPEN, at=woke_at)
    inbox.hold(item_id, claim=slept.claim, reason="late")
    inbox.release(slept, reason="late", at=woke_at)
    assert Case.objects.count() == 1
    assert InboxItem.objects.get().state == "taken"


def test_f18_a_lease_that_passed_to_another_cannot_be_ended_by_the_first(world):
    item_id = keep()
    slept = inbox.claim_next(at=MONDAY)
    inbox.claim_next(at=MONDAY + inbox.LEASE + timedelta(seconds=1))
    with pytest.raises(inbox.LostClaim):
        inbox.take_in(item_id, claim=slept.claim, inbound=mail(), decision=OPEN, at=LATER)
    assert Case.objects.count() == 0


def test_a_failed_mail_is_tried_again_later_and_held_after_the_third_time(db):
    keep()
    at = MONDAY
    for _ in range(inbox.MOST_TRIES):
        claimed = inbox.claim_next(at=at)
        inbox.release(claimed, reason="It failed: ValueError.", at=at)
        assert inbox.claim_next(at=at) is None
        at += timedelta(minutes=10)
    item = InboxItem.objects.get()
    assert (item.state, item.reason) == ("held", "It failed: ValueError.")


def test_a_mail_that_killed_three_workers_is_held(db):
    keep()
    at = MONDAY
    for _ in range(inbox.MOST_TRIES):
        assert inbox.claim_next(at=at)
        at += timedelta(minutes=10)
    assert inbox.claim_next(at=at) is None
    assert InboxItem.objects.get().state == "held"


# --- taking in ---


def test_a_request_becomes_a_case_of_the_known_contact(world):
    case = take(mail(particulars=Particulars(priority=Priority.CRITICAL)))
    assert case.contact_id == world.cleo.id
    assert (case.priority, case.channel, case.opened_at) == ("critical", "mail", MONDAY)
    item = InboxItem.objects.get()
    assert (item.state, item.case_id, item.subject) == ("taken", case.pk, "Payment page down")
    assert Message.objects.get().inbox_item_id == item.pk


def test_the_clocks_count_from_the_arrival(world):
    keep(at=MONDAY)
    claimed = inbox.claim_next(at=LATER)
    case = inbox.take_in(
        claimed.item_id, claim=claimed.claim, inbound=mail(), decision=OPEN, at=LATER
    )
    assert case.opened_at == MONDAY


def test_high_by_mail_is_an_escalation_with_a_reason(world):
    case = take(mail(particulars=Particulars(priority=Priority.HIGH)))
    opened = case.events.get(kind=Kind.OPENED)
    assert case.priority == "high"
    assert opened.facts["reason"] == "Asked for High in the mail."


def test_a_strangers_request_opens_a_case_of_a_new_contact(world):
    told = Particulars(phone="+46701111111")
    case = take(mail(sender_name="Finn", sender_address="finn@new.example", particulars=told))
    contact = Contact.objects.get(email="finn@new.example")
    assert (case.contact_id, contact.organization_id) == (contact.pk, None)
    assert (contact.name, contact.phone) == ("Finn", "+46701111111")


def test_a_known_telephone_number_is_not_changed_by_a_mail(world):
    take(mail(particulars=Particulars(phone="+46709999999")))
    assert Contact.objects.get(pk=world.cleo.id).phone == world.contact(world.cleo).phone
    assert Contact.objects.get(pk=world.cleo.id).phone == "+46701234567"


def test_an_answer_lands_in_its_case(world):
    case = world.case()
    taken = take(decision=Decision(Verdict.ADD, "It answers.", case.pk))
    assert taken.pk == case.pk
    assert Case.objects.count() == 1
    assert case.events.filter(kind=Kind.MESSAGE_RECEIVED).count() == 1


@pytest.mark.parametrize(
    ("verdict", "state"),
    [
        (Verdict.HOLD, "held"),
        (Verdict.RECORD, "recorded"),
        (Verdict.DUPLICATE, "duplicate"),
    ],
)
def test_what_is_not_taken_is_kept_with_its_reason(world, verdict, state):
    case = world.case()
    assert take(decision=Decision(verdict, "Because.", case.pk)) is None
    item = InboxItem.objects.get()
    assert (item.state, item.reason, item.case_id) == (state, "Because.", case.pk)
    assert Message.objects.count() == 1  # the one that opened the case


def test_i41_an_automatic_answer_changes_nothing_in_its_case(world):
    case = world.case()
    before = (case.version, case.events.count())
    take(
        mail(machine=Machine.AUTO_REPLY),
        Decision(Verdict.RECORD, "A machine.", case.pk, machine=Machine.AUTO_REPLY),
    )
    case.refresh_from_db()
    assert (case.version, case.events.count()) == before


def test_f11_a_copy_that_came_meanwhile_is_found_in_the_transaction(world):
    first = take()
    assert take(raw=RAW + b"Received: another way\r\n") is None
    assert list(InboxItem.objects.order_by("id").values_list("state", "case_id")) == [
        ("taken", first.pk),
        ("duplicate", first.pk),
    ]


def test_f11_a_mail_without_an_id_is_known_by_what_it_says(world):
    take(mail(mail_id=""))
    take(mail(mail_id=""), raw=b"2")
    take(mail(mail_id="", digest="d2"), raw=b"3")
    assert Case.objects.count() == 2


def test_f3_nothing_is_stored_when_the_act_fails(world, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(inbox, "_finish", fail)
    with pytest.raises(RuntimeError):
        take()
    assert Case.objects.count() == 0
    assert InboxItem.objects.get().state == "received"


# --- acknowledgements ---


def acknowledged(case):
    return case.events.filter(kind=Kind.ACKNOWLEDGED).exists()


def test_i38_one_address_is_acknowledged_three_times_an_hour(world):
    told = [
        acknowledged(take(mail(mail_id=f"<{n}@x>", digest=str(n)), raw=b"%d" % n)) for n in range(5)
    ]
    assert told == [True, True, True, False, False]
    hour_later = MONDAY + timedelta(hours=1, seconds=1)
    case = take(mail(mail_id="<9@x>", digest="9"), raw=b"9", at=hour_later)
    assert acknowledged(case)


def test_i38_strangers_together_have_a_ceiling(world):
    ceiling = mail_cases.ACKNOWLEDGEMENTS_TO_STRANGERS_AN_HOUR
    Attempt.objects.bulk_create(
        Attempt(key="acknowledge:strangers", at=MONDAY) for _ in range(ceiling)
    )
    assert not acknowledged(take(mail(sender_address="finn@new.example")))
    assert acknowledged(take(mail(mail_id="<2@x>", digest="2"), raw=b"2"))


def test_i41_a_machine_is_not_acknowledged(world):
    case = take(decision=Decision(Verdict.OPEN, "An alert.", machine=Machine.AUTOMATIC))
    assert not acknowledged(case)


def test_what_is_missing_is_asked_for_and_known_facts_are_not(world, monkeypatch):
    asked = []
    real = mail_cases.cases.open_case
    monkeypatch.setattr(
        mail_cases.cases, "open_case", lambda **k: (asked.append(k["missing"]), real(**k))[1]
    )
    take()
    take(mail(sender_address="finn@new.example", sender_name="", mail_id="<2@x>"), raw=b"2")
    everything = Particulars("Finn", "+46701111111", Priority.LOW)
    take(mail(sender_address="fia@new.example", mail_id="<3@x>", particulars=everything), raw=b"3")
    assert asked == [("priority",), ("name", "phone", "priority"), ()]


# --- held items ---


@pytest.fixture
def held(world):
    take(decision=Decision(Verdict.HOLD, "It names no sender."))
    return InboxItem.objects.get().pk


def test_only_agents_act_on_what_is_held(world, held):
    for act in (
        lambda: inbox_by_hand.try_again(held, actor=world.cleo),
        lambda: inbox_by_hand.dismiss(held, reason="x", actor=world.cleo),
        lambda: inbox_by_hand.open_as_case(held, inbound=mail(), actor=world.cleo, at=LATER),
    ):
        with pytest.raises(Refusal):
            act()
    assert InboxItem.objects.get().state == "held"


def test_a_held_mail_can_be_tried_again(world, held):
    inbox_by_hand.try_again(held, actor=world.asta)
    assert inbox.claim_next(at=LATER).item_id == held


def test_a_held_mail_is_dismissed_with_a_reason(world, held):
    with pytest.raises(Refusal):
        inbox_by_hand.dismiss(held, reason=" ", actor=world.asta)
    inbox_by_hand.dismiss(held, reason="Advertising.", actor=world.asta)
    item = InboxItem.objects.get()
    assert (item.state, item.reason) == ("recorded", "Asta Lind: Advertising.")


def test_a_held_mail_can_be_opened_as_a_case(world, held):
    case = inbox_by_hand.open_as_case(held, inbound=mail(), actor=world.asta, at=LATER)
    assert (case.contact_id, case.opened_at) == (world.cleo.id, MONDAY)
    assert not acknowledged(case)
    with pytest.raises(Refusal):
        inbox_by_hand.open_as_case(held, inbound=mail(), actor=world.bo, at=LATER)
    assert Case.objects.count() == 1


def test_an_unreadable_mail_is_attached_whole_to_its_case(world, held):
    case = inbox_by_hand.open_as_case(held, inbound=None, actor=world.asta, at=LATER)
    attachment = case.messages.get().attachments.get()
    assert (attachment.name, attachment.size) == ("message.eml", len(RAW))
    assert case.contact_id == world.cleo.id


def test_i32_an_answer_that_an_agent_vouches_for_changes_nobodys_place(world):
    case = world.case()
    stranger = mail(sender_address="cleo@home.example", sender_name="Cleo", text="It is me.")
    take(stranger, Decision(Verdict.HOLD, "Unknown sender.", case.pk))
    held = InboxItem.objects.get().pk
    letters = OutboxItem.objects.count()

    with pytest.raises(Refusal):
        inbox_by_hand.add_to_case(held, inbound=stranger, actor=world.cleo, at=LATER)
    assert (
        inbox_by_hand.add_to_case(held, inbound=stranger, actor=world.asta, at=LATER).pk == case.pk
    )

    message = case.messages.latest("id")
    assert (message.text, message.contact.email) == ("It is me.", "cleo@home.example")
    case.refresh_from_db()
    assert case.contact_id == world.cleo.id
    assert message.contact.organization_id is None
    told = OutboxItem.objects.order_by("id")[letters:]
    assert "cleo@home.example" not in [letter.to_address for letter in told]
    with pytest.raises(Refusal):
        inbox_by_hand.add_to_case(held, inbound=stranger, actor=world.asta, at=LATER)


def test_a_held_mail_that_answers_nothing_is_added_to_nothing(world, held):
    with pytest.raises(Refusal):
        inbox_by_hand.add_to_case(held, inbound=mail(), actor=world.asta, at=LATER)
    assert InboxItem.objects.get().state == "held"


# --- bounces ---


@pytest.fixture
def answered(world):
    """Asta's reply to Cleo, which has left the house."""
    case = world.case()
    messages.reply(case.pk, text="Try again now.", actor=world.asta, at=LATER)
    reply = OutboxItem.objects.get(purpose="reply")
    OutboxItem.objects.update(state="sent")
    return reply


def bounce(reply, *, why="550 no such mailbox", ids=None):
    return take(
        mail(
            machine=Machine.BOUNCE,
            returned_ids=(reply.mail_id,) if ids is None else ids,
            returned_because=why,
        ),
        Decision(Verdict.RECORD, "A delivery report.", reply.case_id, machine=Machine.BOUNCE),
    )


def test_a_reply_that_bounces_is_taken_back(world, answered):
    bounce(answered)
    answered.refresh_from_db()
    assert (answered.state, answered.last_error) == ("failed", "550 no such mailbox")
    case = Case.objects.get()
    assert case.events.filter(kind=Kind.BOUNCED).count() == 1
    assert case.commitments.get(kind="response").state == "running"


def test_i42_a_bounce_of_no_mail_of_ours_changes_nothing(world, answered):
    bounce(answered, ids=("<made-up@desk.example>",))
    answered.refresh_from_db()
    assert answered.state == "sent"
    assert not Event.objects.filter(kind=Kind.BOUNCED).exists()


def test_a_delay_is_no_bounce(world, answered):
    bounce(answered, why="")
    assert not Event.objects.filter(kind=Kind.BOUNCED).exists()
