"""Every due time can be taken apart into what was counted and what was skipped."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dueline.core.calendars import next_open
from dueline.core.commitments import Book
from dueline.core.events import Event, Kind
from dueline.core.explain import explain
from dueline.core.policy import Unit, parse_policy, parse_target
from dueline.core.replay import evaluate
from tests.core.golden import every_golden_case
from tests.core.test_calendars import at_least, calendars, instants

CASES = {case.number: case for case in every_golden_case()}
HOUR = timedelta(hours=1)


def explained(number, kind, ordinal=1):
    case = CASES[number]
    found = [c for c in case.evaluated() if (c.kind, c.ordinal) == (kind, ordinal)]
    return explain(found[0], case.history())


def told(explanation):
    return [(s.why, s.name, s.counted, s.days) for s in explanation.segments]


def test_open_hours_are_counted_and_each_closed_stretch_says_why():
    none = timedelta()
    assert told(explained("T7", "response")) == [
        ("open", "", HOUR, 0),  # Maundy Thursday 12–13
        ("holiday", "Maundy Thursday", none, 0),  # a short day closes by its own name
        ("holiday", "Good Friday", none, 0),
        ("free", "", none, 0),  # Saturday and Sunday
        ("holiday", "Easter Monday", none, 0),
        ("closed", "", none, 0),  # Tuesday before 08:00
        ("open", "", 3 * HOUR, 0),
    ]


def test_around_the_clock_there_is_one_stretch():
    assert told(explained("T2", "response")) == [("around-the-clock", "", HOUR, 0)]


def test_business_days_are_counted_as_days():
    explanation = explained("T4", "response")
    assert [s.why for s in explanation.segments] == ["same-day", "free", "day"]
    assert explanation.days == 1


def test_a_pause_is_skipped_by_name():
    explanation = explained("W1", "feedback")
    assert told(explanation) == [
        ("open", "", HOUR, 0),
        ("paused", "", timedelta(), 0),
        ("open", "", 3 * HOUR, 0),
    ]
    assert explanation.paused == 3 * HOUR


def test_in_business_days_the_pause_is_made_up_for():
    explanation = explained("W8", "feedback")
    assert [(s.why, s.counted) for s in explanation.segments][-1] == ("made-up", 3 * HOUR)


def test_a_paused_promise_says_what_is_left():
    explanation = explained("W5", "feedback", 2)
    assert [(s.why, s.counted) for s in explanation.segments] == [("left", 4 * HOUR)]


def test_a_raised_promise_names_the_change_that_made_it():
    explanation = explained("P1", "response")
    assert (explanation.anchor.kind, explanation.said_by.kind) == (Kind.OPENED, Kind.ESCALATED)


# - any promise, on any calendar -

TARGETS = [f"{n} {unit}" for n in (1, 7, 45) for unit in ("min", "h", "business days")]
TARGETS += [
    "immediately",
    "end of 1 business day",
    "end of 3 business day",
    "2 days around the clock",
]
POLICY = """
name = "One promise"
immediately_means = "15 min"
warn_at_percent = 75
reopen_window_days = 14
waiting.pauses = ["response"]
without_contract.plan = "only"
priorities.critical = {{ title = "Critical", meaning = "-" }}
priorities.high = {{ title = "High", meaning = "-" }}
priorities.normal = {{ title = "Normal", meaning = "-" }}
priorities.low = {{ title = "Low", meaning = "-" }}
[plans.only]
title = "Only"
summary = "-"
normal.response = {{ within = "{target}", calendar = "office" }}
"""


@given(
    data=st.data(),
    calendar=calendars(),
    target=st.sampled_from(TARGETS),
    waits=st.lists(st.integers(0, 3 * 86400), max_size=5),
)
@settings(max_examples=at_least(200))
def test_every_promise_adds_up_on_any_calendar_with_any_pauses(data, calendar, target, waits):
    policy = parse_policy(POLICY.format(target=target))
    opened_at = data.draw(instants(calendar.zone))
    if data.draw(st.booleans()):  # often the request arrives as the desk opens
        opened_at = next_open(calendar, opened_at)
    facts = {"priority": "normal", "plan": "only", "policy": 1, "calendar": 1}
    events = [Event(1, Kind.OPENED, opened_at, opened_at, facts=facts)]
    at = opened_at
    for number, wait in enumerate(waits):  # asked and answered in turn, the last may stay open
        at += timedelta(seconds=wait)
        kind = Kind.WAIT_ENDED if number % 2 else Kind.INFORMATION_ASKED
        events.append(Event(number + 2, kind, at, at))
    book = Book({1: policy}, {1: calendar})
    (commitment,) = evaluate(events, book, until=at)
    explanation = explain(commitment, events)
    assert explanation.adds_up
    segments = explanation.segments
    assert all(s.from_at <= s.to_at for s in segments)
    assert all(a.to_at == b.from_at for a, b in pairwise(segments))
    assert not segments or segments[0].from_at == opened_at
    if commitment.due_at and segments:
        assert segments[-1].to_at == commitment.due_at
    if commitment.cell.target.unit is Unit.OPEN_TIME:
        assert sum((s.counted for s in segments), timedelta()) == commitment.cell.target.span


def test_what_adds_up_to_something_else_is_noticed():
    """`adds_up` itself must be able to say no."""
    explanation = explained("T7", "response")
    short = type(explanation)(
        **{f: getattr(explanation, f) for f in explanation.__slots__ if f != "counted"},
        counted=explanation.counted - timedelta(seconds=1),
    )
    assert explanation.adds_up
    assert not short.adds_up


@pytest.mark.parametrize("unit", Unit)
def test_the_random_targets_cover_every_unit(unit):
    assert any(parse_target(target).unit is unit for target in TARGETS)
