"""One act, one transaction: many people at once, and nothing of it half, twice or lost."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from dueline.actions import assistance, cases, clocks, messages
from dueline.core.case_numbers import parse_case_number
from dueline.core.errors import Refusal
from dueline.core.events import Kind
from dueline.core.priorities import Priority
from dueline.models import Case, Commitment, Event, Message, Note, OutboxItem
from dueline.queries.commitments import differences
from tests.world import MONDAY, World, build_world

MINUTE = timedelta(minutes=1)


@pytest.fixture
def world(transactional_db: None) -> World:
    """Threads see only what is committed."""
    return build_world()


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Run acts in threads that start together. Returns what each returned, or its Refusal."""
    start = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        start.wait()
        try:
            return act()
        except Refusal as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


def test_a_thousand_parallel_requests_get_a_thousand_numbers(world: World) -> None:
    cleo = world.contact(world.cleo)

    def ask_often() -> list[str]:
        return [
            cases.open_case(
                contact=cleo,
                subject="Payment page down",
                text="Again.",
                priority=Priority.NORMAL,
                channel="web",
                happened_at=MONDAY,
                at=MONDAY,
                actor=world.cleo,
                acknowledge=False,
            ).number
            for _ in range(125)
        ]

    numbers = [number for part in at_once(*[ask_often] * 8) for number in part]  # type: ignore[attr-defined]
    assert len(set(numbers)) == 1000
    assert Case.objects.count() == Message.objects.count() == 1000
    assert Event.objects.filter(kind=Kind.OPENED).count() == 1000
    assert {parse_case_number(number) for number in numbers} == set(
        Case.objects.values_list("id", flat=True)
    )


def test_i7_a_number_is_never_given_twice(world: World) -> None:
    """Not even when the newest row is gone."""
    gone = Case.objects.get(pk=world.case(acknowledge=False).pk)
    Commitment.objects.filter(case=gone).delete()
    for rows in (Event.objects.filter(case=gone), Message.objects.filter(case=gone)):
        rows.delete()
    gone_id = gone.pk
    Case.objects.filter(pk=gone_id).delete()
    assert world.case(acknowledge=False).pk > gone_id


def test_of_two_agents_who_act_at_once_the_second_is_told_and_nothing_is_lost(
    world: World,
) -> None:
    case = world.case()
    for round_ in range(8):
        case.refresh_from_db()
        seen, said = case.version, case.messages.count()

        def reply(actor, text, seen=seen):
            return messages.reply(case.pk, text=text, actor=actor, at=MONDAY, version=seen)

        outcomes = at_once(
            lambda n=round_: reply(world.asta, f"Asta {n}"),
            lambda n=round_: reply(world.bo, f"Bo {n}"),
        )
        refused = [outcome for outcome in outcomes if isinstance(outcome, Refusal)]
        assert [refusal.code for refusal in refused] == ["stale"]
        assert case.messages.count() == said + 1
    assert differences(case.pk) == []


def test_acts_that_need_no_version_all_count(world: World) -> None:
    """Notes, calls and the customer's words from ten people at once: each is there, once."""
    case = world.case()
    cleo = world.contact(world.cleo)

    def note(n):
        return messages.add_note(case.pk, text=f"Note {n}", actor=world.asta, at=MONDAY)

    def write(n):
        return messages.receive(
            case.pk,
            text=f"Word {n}",
            contact=cleo,
            actor=world.cleo,
            channel="web",
            happened_at=MONDAY,
            at=MONDAY,
        )

    acts = [lambda n=n: note(n) for n in range(5)] + [lambda n=n: write(n) for n in range(5)]
    assert not [o for o in at_once(*acts) if isinstance(o, Refusal)]
    assert sorted(Note.objects.values_list("text", flat=True)) == [f"Note {n}" for n in range(5)]
    assert case.messages.count() == 6
    case.refresh_from_db()
    assert case.version == 11
    assert differences(case.pk) == []


def test_of_two_answers_to_one_question_one_counts(world: World) -> None:
    case = world.case()
    question = assistance.ask(case.pk, text="Why?", actor=world.asta, at=MONDAY)
    outcomes = at_once(
        lambda: assistance.answer(question.pk, text="A.", actor=world.tove, at=MONDAY),
        lambda: assistance.take_back(question.pk, actor=world.asta, at=MONDAY),
    )
    assert sum(isinstance(outcome, Refusal) for outcome in outcomes) == 1
    settled = Event.objects.filter(kind__in=[Kind.ASSISTANCE_ANSWERED, Kind.ASSISTANCE_TAKEN_BACK])
    assert settled.count() == 1


def test_f18_many_sweepers_notice_each_step_once(world: World) -> None:
    for _ in range(12):
        owned = world.case(priority="critical", acknowledge=False)
        cases.own(owned.pk, actor=world.asta, at=MONDAY)
    before = OutboxItem.objects.count()
    later = MONDAY + timedelta(hours=2)
    for at in (MONDAY + 50 * MINUTE, later):
        at_once(*[lambda at=at: clocks.sweep(at=at)] * 6)
    noticed = Counter(
        (event.case_id, event.facts["commitment"], event.facts["ordinal"], event.facts["step"])
        for event in Event.objects.filter(kind=Kind.NOTICED)
    )
    assert len(noticed) == 48  # the four steps of each response
    assert set(noticed.values()) == {1}
    mails = OutboxItem.objects.filter(purpose="notice").count()
    assert mails == OutboxItem.objects.count() - before
    at_once(*[lambda: clocks.sweep(at=later + MINUTE)] * 3)
    assert OutboxItem.objects.filter(purpose="notice").count() == mails
    assert Event.objects.filter(kind=Kind.NOTICED).count() == 48


def test_a_late_sweep_writes_the_instants_that_a_timely_one_would_have(world: World) -> None:
    case = world.case(priority="critical", acknowledge=False)
    cases.own(case.pk, actor=world.asta, at=MONDAY)
    clocks.sweep(at=MONDAY + timedelta(days=2))
    steps = {
        event.facts["step"]: (event.facts["passed_at"], event.recorded_at)
        for event in case.events.filter(kind=Kind.NOTICED)
    }
    # No warning any more: what was missed needs none.
    slept_until = MONDAY + timedelta(days=2)
    assert steps == {
        100: ((MONDAY + timedelta(minutes=60)).isoformat(), slept_until),
        150: ((MONDAY + timedelta(minutes=90)).isoformat(), slept_until),
    }
    late = case.events.filter(kind=Kind.NOTICED).values_list("facts__late", flat=True)
    assert list(late) == [47 * 3600, 46 * 3600 + 1800]
    assert differences(case.pk) == []


def test_an_act_that_is_refused_leaves_nothing_behind(world: World) -> None:
    case = world.case()
    case.refresh_from_db()
    before = (case.version, case.events.count(), OutboxItem.objects.count(), Note.objects.count())
    for act in (
        lambda: cases.activate(case.pk, actor=world.asta, at=MONDAY),
        lambda: cases.reopen(case.pk, reason="x", actor=world.cleo, at=MONDAY),
        lambda: cases.escalate(case.pk, reason=" ", actor=world.cleo, at=MONDAY),
        lambda: cases.close(case.pk, actor=world.asta, at=MONDAY),
        lambda: messages.log_call(
            case.pk,
            reached=True,
            direction="out",
            happened_at=MONDAY - MINUTE,
            summary="Too early.",
            actor=world.asta,
            at=MONDAY,
        ),
    ):
        with pytest.raises(Refusal):
            act()
    case.refresh_from_db()
    assert before == (
        case.version,
        case.events.count(),
        OutboxItem.objects.count(),
        Note.objects.count(),
    )


def test_what_somebody_changed_in_the_stored_copy_is_found(world: World) -> None:
    """The check must be able to say no."""
    case = world.case(priority="critical")
    assert differences(case.pk) == []
    Commitment.objects.filter(case=case, kind="response").update(due_at=MONDAY, state="met")
    Commitment.objects.filter(case=case, kind="feedback").delete()
    Case.objects.filter(pk=case.pk).update(next_due_at=None)
    found = "\n".join(differences(case.pk))
    assert "response 1: due_at" in found
    assert "response 1: state" in found
    assert "feedback 1: is promised, but not stored" in found
    assert "next_due_at" in found


def test_f8_a_clock_that_is_set_back_takes_nothing_back(world: World) -> None:
    case = world.case(priority="critical", at=MONDAY)
    messages.reply(case.pk, text="We look.", actor=world.asta, at=MONDAY - timedelta(hours=1))
    response = case.commitments.get(kind="response")
    assert (response.state, response.met_at) == ("met", MONDAY)
    case.refresh_from_db()
    assert case.state == "responded"
