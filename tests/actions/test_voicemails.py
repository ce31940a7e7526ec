"""A voicemail becomes a case with a call back that is owed, or a further word in one."""

from datetime import timedelta

import pytest

from dueline.actions import cases, held_requests, inbox, messages, voicemails
from dueline.core.errors import Refusal
from dueline.core.inbound import File, Inbound, Voicemail
from dueline.core.matching import Decision, Verdict, decide
from dueline.core.priorities import Priority
from dueline.models import (
    Attachment,
    Case,
    Contact,
    Desk,
    Event,
    HeldRequest,
    InboxItem,
    OutboxItem,
)
from dueline.models import Voicemail as Row
from dueline.queries.inbox import facts_for
from tests.world import utc

pytestmark = pytest.mark.django_db
NIGHT = utc("2026-11-25T01:10")  # Wednesday, 02:10 in Stockholm: the caller hangs up
ARRIVED = NIGHT + timedelta(seconds=20)
CLEO, DAG = "+46701234567", "+46709876543"
_numbers = iter(range(10**6))


def told(number: str = CLEO, **more) -> Voicemail:
    said = {"source": "asterisk", "recording_id": f"r{next(_numbers)}", "from_number": number}
    sound = File("msg0000.wav", "audio/x-wav", f"RIFF {said['recording_id']}".encode())
    return Voicemail(**{**said, "hung_up_at": NIGHT, "seconds": 42, "audio": sound, **more})


def bring(voicemail: Voicemail, *, door: str = "phone", at=ARRIVED, sender: str = "", **more):
    """Let a telephone system tell of a voicemail, and the worker take it in."""
    raw = repr((voicemail, more)).encode()
    item_id = inbox.keep_raw(raw, door=door, mail_from=sender, rcpt_to=[], at=at)
    inbound = Inbound(
        channel="voicemail",
        sender_address=sender,
        files=(voicemail.audio,) if voicemail.audio else (),
        digest=f"{item_id}",
        voicemail=voicemail,
        **more,
    )
    facts = facts_for(
        inbound,
        rcpt_to=(),
        secret="s",
        mail_address="",
        door=door,
        arrived_at=at,
        except_item=item_id,
    )
    decision = decide(inbound, facts)
    claimed = inbox.claim_next(at=at)
    inbox.take_in(item_id, claim=claimed.claim, inbound=inbound, decision=decision, at=at)
    return InboxItem.objects.get(pk=item_id)


def call_back(case) -> object:
    return case.commitments.filter(kind="callback").latest("ordinal")


# --- who is believed ---------------------------------------------------------------------------


def test_a_strangers_mail_that_calls_itself_a_voicemail_speaks_for_nobody(world):
    item = bring(told(), door="smtp", sender="mallory@elsewhere.example")

    assert not Row.objects.exists()
    case = Case.objects.get()
    assert case.channel == "mail"
    assert case.contact.email == "mallory@elsewhere.example"
    assert item.state == "taken"


@pytest.mark.parametrize("entry", ["pbx@phones.example", "@phones.example"])
def test_a_mail_of_the_telephone_system_that_an_administrator_named_is_believed(world, entry):
    Desk.objects.update(voicemail_senders=[entry])
    bring(told(), door="smtp", sender="pbx@phones.example")

    case = Case.objects.get()
    assert (case.contact_id, case.channel) == (world.cleo.id, "voicemail")


def test_a_recording_that_the_desks_own_address_brings_is_taken_in(world):
    bring(told(), door="upload", sender=Desk.objects.get().mail_address)

    assert Case.objects.get().channel == "voicemail"


# --- the promise -------------------------------------------------------------------------------


def test_a_voicemail_at_0210_that_states_critical_is_called_back_by_0310(world):
    Desk.objects.update(keypad={"1": "critical"})
    bring(told(keyed="1"))

    case = Case.objects.get()
    assert case.priority == "critical"
    assert call_back(case).due_at == utc("2026-11-25T02:10")
    assert case.commitments.get(kind="response").due_at == utc("2026-11-25T02:10")
    row = Row.objects.get()
    assert (row.stated_priority, row.stated_by, row.keyed) == ("critical", "keypad", "1")
    assert (row.hung_up_at, row.hung_up_is_told) == (NIGHT, True)


def test_without_a_rule_the_same_key_says_nothing_and_normal_is_presumed(world):
    bring(told(keyed="1"))

    assert Case.objects.get().priority == "normal"
    assert Row.objects.get().stated_priority == ""


def test_what_a_machine_heard_never_makes_a_case_critical(world):
    bring(told(transcript="This is critical, production is down"))

    assert Case.objects.get().priority == "normal"
    assert Row.objects.get().transcript.startswith("This is critical")


def test_where_nobody_says_when_the_caller_hung_up_the_arrival_counts_and_it_is_said(world):
    bring(told(hung_up_at=None))

    row, case = Row.objects.get(), Case.objects.get()
    assert (row.hung_up_at, row.hung_up_is_told) == (ARRIVED, False)
    assert case.opened_at == ARRIVED


def test_high_is_stated_with_a_reason_like_any_escalation(world):
    bring(told(stated_priority=Priority.HIGH, stated_by="header"))

    opened = Event.objects.get(kind="opened")
    assert opened.facts["reason"] == "Stated on the telephone."


def test_the_recording_is_a_file_of_the_message_and_nothing_of_the_mail_is_said(world):
    bring(told(), text="Mailbox 1234 holds 3 messages", html="<p>Mailbox 1234</p>")

    row = Row.objects.get()
    assert row.attachment == Attachment.objects.get()
    assert row.attachment.message.text == ""
    assert row.attachment.message.html == ""
    assert row.event.kind == "call_back_asked"
    assert row.event.facts == {"phone": CLEO, "voicemail": row.pk}


def test_a_known_caller_is_written_to_and_asked_what_is_missing(world):
    bring(told())

    mail = OutboxItem.objects.get(purpose="acknowledgement")
    assert mail.to_address == "cleo@northwind.example"


# --- who calls ---------------------------------------------------------------------------------


def test_a_number_that_nobody_knows_is_an_unknown_caller(world):
    bring(told("+4740000000", caller_name="4740000000"))

    contact = Case.objects.get().contact
    assert (contact.name, contact.phone, contact.organization) == (
        "+4740000000",
        "+4740000000",
        None,
    )
    assert not OutboxItem.objects.filter(purpose="acknowledgement").exists()


def test_a_withheld_number_still_owes_a_call_back(world):
    bring(told("", caller_name="Nils Å"))

    case = Case.objects.get()
    assert case.contact.name == "Nils Å"
    assert call_back(case).state == "running"


def test_a_switchboards_number_is_nobodys(world):
    Contact.objects.filter(name="Dag Ek").update(phone=CLEO)
    bring(told())

    assert Case.objects.get().contact.organization is None


def test_on_a_plan_of_super_users_a_plain_contacts_voicemail_waits_with_its_recording(world):
    bring(told(DAG))

    held = HeldRequest.objects.get()
    assert (held.contact_id, held.channel, held.call_back_phone) == (world.dag.id, "voicemail", DAG)
    assert held.files.get().name == "msg0000.wav"
    assert Row.objects.get().case is None


def test_when_a_super_user_vouches_the_call_back_is_owed_and_the_recording_is_there(world):
    bring(told(DAG))
    case = held_requests.vouch(
        HeldRequest.objects.get().pk, actor=world.cleo, at=ARRIVED + timedelta(minutes=5)
    )

    row = Row.objects.get()
    assert row.case == case
    assert row.attachment.message.case == case
    assert row.event.facts["voicemail"] == row.pk
    assert call_back(case).started_at >= NIGHT


# --- a case, or a further word in one ----------------------------------------------------------


def test_the_same_caller_again_joins_the_case_that_waits_for_the_call(world):
    bring(told())
    again = bring(
        told(hung_up_at=NIGHT + timedelta(minutes=20)), at=ARRIVED + timedelta(minutes=20)
    )

    case = Case.objects.get()
    assert again.case == case
    assert case.messages.count() == 2
    assert [row.case_id for row in Row.objects.all()] == [case.pk, case.pk]
    assert case.commitments.filter(kind="callback").count() == 1  # asking again promises no later


def test_what_is_stated_the_second_time_may_raise_the_case_from_that_hang_up(world):
    Desk.objects.update(keypad={"1": "critical", "4": "low"})
    bring(told())
    later = NIGHT + timedelta(minutes=20)
    bring(told(hung_up_at=later, keyed="1"), at=later)

    case = Case.objects.get()
    assert case.priority == "critical"
    assert call_back(case).due_at == later + timedelta(hours=1)

    bring(told(hung_up_at=later, keyed="4", audio=None, seconds=None), at=later)
    assert Case.objects.get().priority == "critical"


def test_somebody_who_was_called_back_opens_a_case_of_their_own(world):
    bring(told())
    called = ARRIVED + timedelta(minutes=30)
    messages.log_call(
        Case.objects.get().pk,
        reached=True,
        direction="out",
        happened_at=called,
        actor=world.asta,
        at=called,
    )
    bring(told(hung_up_at=called + timedelta(hours=1)), at=called + timedelta(hours=1))

    assert Case.objects.count() == 2


def test_a_colleague_with_another_number_joins_nothing(world):
    bring(told())
    Contact.objects.filter(name="Dag Ek").update(is_super_user=True)
    bring(told(DAG), at=ARRIVED + timedelta(minutes=1))

    assert {case.contact.name for case in Case.objects.all()} == {"Cleo Dahl", "Dag Ek"}


def test_a_number_that_two_companies_have_joins_no_case_of_either(world):
    bring(told())
    Contact.objects.filter(name="Eve Moss").update(phone=CLEO)
    bring(told(hung_up_at=NIGHT + timedelta(hours=1)), at=ARRIVED + timedelta(hours=1))

    assert Case.objects.count() == 2
    assert Case.objects.latest("id").organization is None


# --- the same recording twice ------------------------------------------------------------------


def test_f24_a_telephone_system_that_tells_twice_makes_one_case(world):
    voicemail = told(recording_id="RE1")
    first = bring(voicemail)
    second = bring(voicemail, text="told again", at=ARRIVED + timedelta(minutes=1))

    assert Row.objects.count() == Case.objects.count() == 1
    assert (second.state, second.case_id) == ("duplicate", first.case_id)


@pytest.mark.parametrize(
    "other",
    [
        {"seconds": None},  # the same bytes
        {"audio": None, "hung_up_at": NIGHT + timedelta(seconds=50), "seconds": 43},
    ],
)
def test_f24_a_recording_that_comes_by_mail_and_by_webhook_makes_one_case(world, other):
    first = told()
    bring(first)
    again = told(**{"source": "webhook 3", "audio": first.audio, **other})
    second = bring(again, at=ARRIVED + timedelta(minutes=1))

    assert second.state == "duplicate"
    assert Case.objects.get().messages.count() == 1


def test_f24_two_workers_with_one_recording_make_one_case(world, monkeypatch):
    """The second has decided before the first stored its row: it looks again in the act."""
    voicemail = told(recording_id="RE1")
    bring(voicemail)
    monkeypatch.setattr("tests.actions.test_voicemails.decide", lambda *_: _DECIDED)
    second = bring(voicemail, text="told again", at=ARRIVED + timedelta(seconds=1))

    assert second.state == "duplicate"
    assert Case.objects.count() == 1


_DECIDED = Decision(Verdict.OPEN, "A voicemail.", is_voicemail=True)


def test_f24_a_voicemail_whose_audio_is_gone_is_a_case_all_the_same(world):
    bring(told(audio=None))

    assert Row.objects.get().audio == "missing"
    assert call_back(Case.objects.get()).state == "running"


def test_f24_audio_that_lies_elsewhere_waits_to_be_fetched(world):
    bring(told(audio=None, audio_url="https://phones.example/RE1"))

    row = Row.objects.get()
    assert (row.audio, row.audio_next_at) == ("waiting", ARRIVED)


# --- what somebody heard -----------------------------------------------------------------------


def state(priority: str, actor, *, minutes: int = 30) -> Row:
    return voicemails.state_priority(
        Row.objects.latest("id").pk,
        priority=Priority(priority),
        actor=actor,
        at=ARRIVED + timedelta(minutes=minutes),
    )


def test_a_customer_states_nothing_for_a_recording(world):
    bring(told())
    with pytest.raises(Refusal, match="no such"):
        state("critical", world.cleo)


def test_what_is_stated_already_is_not_stated_again(world):
    bring(told())
    state("normal", world.asta)
    with pytest.raises(Refusal, match="said already"):
        state("critical", world.bo)
    assert Case.objects.get().priority == "normal"


def test_what_a_person_hears_counts_from_the_callers_last_word(world):
    bring(told())
    row = state("critical", world.asta)

    case = Case.objects.get()
    assert call_back(case).due_at == NIGHT + timedelta(hours=1)
    assert case.commitments.get(kind="response").due_at == NIGHT + timedelta(hours=1)
    changed = Event.objects.get(kind="priority_changed")
    assert (changed.happened_at, changed.agent_id) == (NIGHT, world.asta.id)
    row.refresh_from_db()
    assert (row.stated_by, row.heard_by_id) == ("person", world.asta.id)


def test_who_listens_too_late_shows_the_miss_that_it_is(world):
    bring(told())
    state("critical", world.asta, minutes=90)

    assert call_back(Case.objects.get()).state == "missed"


def test_a_caller_who_says_that_it_can_wait_is_believed(world):
    bring(told())
    state("low", world.asta)

    assert Case.objects.get().priority == "low"


def test_hearing_it_late_does_not_lower_what_a_person_has_decided_since(world):
    bring(told())
    case = Case.objects.get()
    cases.escalate(
        case.pk, reason="They called.", actor=world.asta, at=ARRIVED + timedelta(minutes=5)
    )
    state("low", world.asta)

    assert Case.objects.get().priority == "high"
