"""The sweep: what came due is noticed, with the instants that the events give."""

from datetime import timedelta

import pytest

from dueline.actions import cases, clocks, messages
from dueline.core.events import Kind
from dueline.models import Case, OutboxItem
from dueline.queries.commitments import differences
from tests.world import MONDAY, World

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def noticed(case: Case) -> list[tuple[str, int, int]]:
    events = case.events.filter(kind=Kind.NOTICED).order_by("id")
    return [(e.facts["commitment"], e.facts["step"], e.facts["ordinal"]) for e in events]


def test_nothing_is_noticed_before_its_time(world: World) -> None:
    case = world.case(priority="critical")
    assert clocks.sweep(at=MONDAY + 30 * MINUTE) == 0  # the warning point itself has not passed
    assert noticed(case) == []


def test_warning_and_miss_are_noticed_once_each(world: World) -> None:
    case = world.case(priority="critical")
    for at in (31, 46, 47, 60, 61, 62, 91, 600):
        clocks.sweep(at=MONDAY + at * MINUTE)
    assert noticed(case) == [("response", step, 1) for step in (50, 75, 100, 150)]
    case.refresh_from_db()
    assert case.next_notice_at is None
    assert differences(case.pk) == []


def test_the_due_second_itself_is_in_time(world: World) -> None:
    case = world.case(priority="critical")
    clocks.sweep(at=MONDAY + HOUR)
    assert case.commitments.get(kind="response").state == "running"
    clocks.sweep(at=MONDAY + HOUR + timedelta(seconds=1))
    assert case.commitments.get(kind="response").state == "missed"


def test_a_sweep_that_slept_finds_every_interval_of_silence(world: World) -> None:
    case = world.case(priority="critical")
    messages.reply(case.pk, text="We look.", actor=world.asta, at=MONDAY)
    cases.activate(case.pk, actor=world.asta, at=MONDAY)
    clocks.sweep(at=MONDAY + 12 * HOUR + MINUTE)
    missed = case.commitments.filter(kind="feedback", state="missed").order_by("ordinal")
    assert [row.due_at for row in missed] == [MONDAY + n * HOUR for n in (4, 8, 12)]
    # Half a target after the third miss lies ahead; after the first two, the next interval runs.
    assert noticed(case) == [("feedback", 100, 1), ("feedback", 150, 1)] + [
        ("feedback", 100, 2),
        ("feedback", 150, 2),
        ("feedback", 100, 3),
    ]
    case.refresh_from_db()
    assert case.next_due_at == MONDAY + 16 * HOUR
    assert differences(case.pk) == []


def test_a_night_of_silence_is_one_mail_and_not_one_for_each_interval(world: World) -> None:
    case = world.case(priority="critical", acknowledge=False)
    cases.own(case.pk, actor=world.asta, at=MONDAY)
    messages.reply(case.pk, text="We look.", actor=world.asta, at=MONDAY)
    cases.activate(case.pk, actor=world.asta, at=MONDAY)
    clocks.sweep(at=MONDAY + 24 * HOUR + MINUTE)
    assert case.commitments.filter(kind="feedback", state="missed").count() == 6
    told = OutboxItem.objects.filter(to_address="asta@desk.example", purpose="notice")
    assert [item.subject for item in told] == [f"[{case.number}] missed: Payment page down"]


@pytest.mark.parametrize(
    "jump", [HOUR, -HOUR, timedelta(days=1), -timedelta(days=1), timedelta(days=4076)]
)
def test_f8_a_clock_that_jumps_and_is_set_right_again_tells_nothing_twice(
    world: World, jump: timedelta
) -> None:
    case = world.case(priority="normal", acknowledge=False)
    cases.own(case.pk, actor=world.asta, at=MONDAY)
    due_at = case.commitments.get(kind="response").due_at
    clocks.sweep(at=MONDAY + MINUTE + jump)
    for minutes in range(0, 4000, 30):
        clocks.sweep(at=MONDAY + minutes * MINUTE)
    assert sorted(noticed(case)) == sorted(set(noticed(case)))
    assert ("response", 100, 1) in noticed(case)
    assert case.commitments.get(kind="response").due_at == due_at
    mails = OutboxItem.objects.filter(purpose="notice", to_address="asta@desk.example")
    assert mails.count() == len(set(mails.values_list("subject", "text")))


def test_a_page_does_not_go_stale_by_the_passing_of_time(world: World) -> None:
    case = world.case(priority="critical")
    case.refresh_from_db()
    clocks.sweep(at=MONDAY + 2 * HOUR)
    messages.reply(
        case.pk, text="At last.", actor=world.asta, at=MONDAY + 2 * HOUR, version=case.version
    )
    response = case.commitments.get(kind="response")
    assert (response.state, response.met_at) == ("missed", MONDAY + 2 * HOUR)


def test_the_longest_overdue_comes_first_and_the_rest_the_next_time(world: World) -> None:
    late = world.case(priority="critical", at=MONDAY - HOUR)
    later = world.case(priority="critical")
    assert clocks.sweep(at=MONDAY + 2 * HOUR, limit=1) == 1
    assert (len(noticed(late)), len(noticed(later))) == (2, 0)
    assert clocks.sweep(at=MONDAY + 2 * HOUR, limit=1) == 1
    assert len(noticed(later)) == 2


def test_waiting_for_the_customer_is_nothing_to_notice(world: World) -> None:
    case = world.case(priority="critical")
    messages.reply(case.pk, text="We look.", actor=world.asta, at=MONDAY)
    cases.activate(case.pk, actor=world.asta, at=MONDAY)
    messages.ask_customer(case.pk, text="Which?", actor=world.asta, at=MONDAY + MINUTE)
    assert clocks.sweep(at=MONDAY + timedelta(days=7)) == 0
    case.refresh_from_db()
    assert (case.next_due_at, case.next_notice_at) == (None, None)
