"""The golden cases: worked out by hand from docs/promises.md, which names them by number."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dueline import core
from dueline.core.calendars import AROUND_THE_CLOCK
from dueline.core.commitments import Book, State, next_due_at
from dueline.core.events import Event, Kind
from dueline.core.explain import explain
from dueline.core.policy import parse_policy
from dueline.core.replay import evaluate
from tests.core.golden import (
    Golden,
    described,
    every_golden_case,
    promises_described,
    steps_described,
    with_second_cases,
)

CASES = every_golden_case()
HISTORIES = list(with_second_cases(CASES))


@pytest.mark.parametrize("case", HISTORIES, ids=lambda case: case.number)
def test_the_clocks_say_what_a_person_worked_out(case: Golden):
    assert [described(c, case.zone) for c in case.evaluated()] == case.commitments, case.why


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.steps is not None], ids=lambda case: case.number
)
def test_the_steps_come_when_a_person_worked_out(case: Golden):
    told = [steps_described(c, case.zone) for c in case.evaluated() if c.steps]
    assert told == case.steps, case.why


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.promises is not None], ids=lambda case: case.number
)
def test_every_promise_made_on_the_way_is_kept_as_evidence(case: Golden):
    made = [promises_described(c, case.zone) for c in case.evaluated() if c.promises]
    assert made == case.promises, case.why


@pytest.mark.parametrize("case", HISTORIES, ids=lambda case: case.number)
def test_every_golden_promise_explains_itself_to_the_second(case: Golden):
    for commitment in case.evaluated():
        if commitment.promises:
            assert explain(commitment, case.history()).adds_up


@pytest.mark.parametrize("case", HISTORIES, ids=lambda case: case.number)
def test_the_order_in_which_events_are_read_changes_nothing(case: Golden):
    history = case.history()
    random.Random(7).shuffle(history)
    assert evaluate(history, case.book, until=case.end) == case.evaluated()


@pytest.mark.parametrize("case", HISTORIES, ids=lambda case: case.number)
def test_what_has_not_happened_yet_changes_nothing(case: Golden):
    """At the instant of each event the clocks stood as if the later events did not exist."""
    history = case.history()
    for event in history:
        known = [e for e in history if e.happened_at <= event.happened_at]
        assert evaluate(history, case.book, until=event.happened_at) == evaluate(
            known, case.book, until=event.happened_at
        )


@pytest.mark.parametrize("case", HISTORIES, ids=lambda case: case.number)
def test_what_falls_due_next_is_the_least_running_due_time(case: Golden):
    running = [c.due_at for c in case.evaluated() if c.state is State.RUNNING and c.due_at]
    assert next_due_at(case.evaluated()) == (min(running) if running else None)


def test_every_golden_case_says_what_it_shows_and_why():
    for case in CASES:
        assert case.says.endswith(".")
        assert case.why.endswith(".")


def test_f8_what_is_dated_before_the_arrival_counts_from_the_arrival():
    arrived = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    earlier = arrived - timedelta(hours=1)
    facts = {"priority": "critical", "plan": "extended", "policy": 1, "calendar": 1}
    policy = parse_policy((Path(core.__file__).parent / "shipped_policy.toml").read_text())
    history = [
        Event(1, Kind.OPENED, arrived, arrived, facts=facts),
        Event(2, Kind.REPLY_SENT, earlier, earlier, by="agent"),
    ]
    book = Book({1: policy}, {1: AROUND_THE_CLOCK})
    response = evaluate(history, book, until=arrived)[0]
    assert (response.state, response.met_at) == (State.MET, arrived)
