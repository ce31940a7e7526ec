"""Which act writes to whom, and what the letter promises."""

from datetime import timedelta

from django.utils import translation

from dueline.actions import assistance, cases, clocks, messages
from dueline.core.priorities import Priority
from dueline.models import Agent, Contact, OutboxItem
from tests.world import MONDAY, World


def _letters(*, to: str) -> list[OutboxItem]:
    return list(OutboxItem.objects.filter(to_address=to).order_by("id"))


def test_an_acknowledgement_names_number_priority_and_due_time(world: World) -> None:
    case = world.case(priority="critical")
    (letter,) = _letters(to="cleo@northwind.example")
    assert letter.purpose == "acknowledgement"
    assert letter.subject == f"[{case.number}] Payment page down"
    assert "An engineer answers you by 11:00 on Monday 23 November" in letter.text
    assert "From then on you hear from us at least every 4 hours" in letter.text


def test_standard_normal_is_promised_by_the_end_of_the_next_business_day(world: World) -> None:
    world.case(world.eve)
    (letter,) = _letters(to="eve@southgate.example")
    assert "by the end of the next business day" in letter.text


def test_a_stranger_is_written_to_without_their_own_words(world: World) -> None:
    stranger = Contact.objects.create(name="X", email="x@else.example", created_at=MONDAY)
    cases.open_case(
        contact=stranger,
        subject="Buy cheap pills",
        text="Very cheap",
        priority=Priority.NORMAL,
        channel="web",
        happened_at=MONDAY,
        at=MONDAY,
        actor=stranger.as_person(),
        verified=False,
    )
    (letter,) = _letters(to="x@else.example")
    assert "pills" not in letter.subject + letter.text
    assert "cheap" not in letter.subject + letter.text


def test_who_is_known_by_telephone_only_gets_no_mail(world: World) -> None:
    Contact.objects.filter(pk=world.cleo.id).update(email=None)
    case = world.case()
    messages.reply(case.pk, text="We look.", actor=world.asta, at=MONDAY)
    assert not OutboxItem.objects.exists()


def test_an_answer_carries_the_next_promise(world: World) -> None:
    case = world.case(priority="critical", acknowledge=False)
    messages.reply(case.pk, text="We look.", actor=world.asta, at=MONDAY)
    (letter,) = _letters(to="cleo@northwind.example")
    assert letter.text.startswith("We look.\n\nAsta Lind")
    assert "We begin to isolate the problem by 10:15" in letter.text


def test_a_note_leaves_the_outbox_empty(world: World) -> None:
    case = world.case(acknowledge=False)
    messages.add_note(case.pk, text="Only for us.", actor=world.asta, at=MONDAY)
    assert not OutboxItem.objects.exists()


def test_a_missed_promise_is_told_to_the_owner_once(world: World) -> None:
    case = world.case(priority="critical", acknowledge=False)
    cases.own(case.pk, actor=world.asta, at=MONDAY)
    for minutes in (29, 46, 47, 61, 62):
        clocks.sweep(at=MONDAY + timedelta(minutes=minutes))
    # Half of the target and three quarters passed between two sweeps: that is one mail.
    (warning, due) = _letters(to="asta@desk.example")
    assert "due soon" in warning.subject
    assert "missed" in due.subject


def test_a_sweep_that_slept_tells_of_the_miss_and_not_of_the_warning_before(world: World) -> None:
    case = world.case(priority="critical", acknowledge=False)
    cases.own(case.pk, actor=world.asta, at=MONDAY)
    clocks.sweep(at=MONDAY + timedelta(minutes=90))
    (due,) = _letters(to="asta@desk.example")
    assert "now 30 min late" in due.text
    assert case.commitments.get(kind="response").due_at == MONDAY + timedelta(minutes=60)


def test_a_promise_of_a_case_that_nobody_owns_concerns_all_of_tier_one(world: World) -> None:
    case = world.case(priority="critical", acknowledge=False)
    clocks.sweep(at=MONDAY + timedelta(minutes=31))
    told = set(OutboxItem.objects.values_list("to_address", flat=True))
    assert told == {"asta@desk.example", "bo@desk.example", "ada@desk.example"}
    event = case.events.get(kind="noticed")
    assert set(event.facts["told"]) == {"Asta Lind", "Bo Ström", "Ada Sund"}


def test_managers_and_escalation_contacts_are_told_where_the_policy_says_so(world: World) -> None:
    Agent.objects.filter(pk=world.bo.id).update(is_manager=True)
    Contact.objects.filter(pk=world.dag.id).update(is_escalation_contact=True)
    case = world.case(priority="critical", acknowledge=False)
    cases.own(case.pk, actor=world.asta, at=MONDAY)
    clocks.sweep(at=MONDAY + timedelta(minutes=60, seconds=1))
    (missed,) = _letters(to="bo@desk.example")
    assert "missed" in missed.subject
    assert _letters(to="dag@northwind.example") == []
    clocks.sweep(at=MONDAY + timedelta(minutes=90, seconds=1))
    (overdue,) = _letters(to="dag@northwind.example")
    assert "now 30 min late" in overdue.text
    assert "Harbour" not in overdue.subject
    assert len(_letters(to="bo@desk.example")) == 2


def test_no_customer_is_told_of_a_promise_between_colleagues(world: World) -> None:
    Contact.objects.filter(pk=world.dag.id).update(is_escalation_contact=True)
    case = world.case(priority="low", acknowledge=False)
    assistance.ask(case.pk, text="Why?", within="30 min", actor=world.asta, at=MONDAY)
    clocks.sweep(at=MONDAY + timedelta(hours=3))
    assert _letters(to="dag@northwind.example") == []
    assert case.events.filter(kind="noticed").exists()


def test_a_letter_is_in_the_language_of_the_desk_whoever_acts(world: World) -> None:
    with translation.override("sv"):
        world.case(priority="critical")
    assert "on Monday 23 November" in OutboxItem.objects.get().text
    world.desk.language = "sv"
    world.desk.save()
    world.case(priority="critical")
    assert "måndag" in OutboxItem.objects.last().text
