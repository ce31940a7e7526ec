"""The laboratory reckons as a real case does, and shows every stretch of the way."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from dueline.core.calendars import Calendar, Exceptional, open_time_between, parse_calendar
from dueline.core.commitments import Book, due_after
from dueline.core.errors import Refusal
from dueline.core.events import Event, Kind
from dueline.core.explain import explain
from dueline.core.laboratory import reckon_between, reckon_due
from dueline.core.policy import OFFICE, Cell, parse_policy, parse_target
from dueline.core.replay import evaluate
from tests.core.test_calendars import at_least, calendars, instants
from tests.core.test_explain import POLICY

HOUR = timedelta(hours=1)
DESK = parse_calendar(
    """
    name = "Office"
    zone = "Europe/Stockholm"
    [week]
    monday = ["08:00-12:00", "13:00-17:00"]
    tuesday = ["08:00-17:00"]
    wednesday = ["08:00-17:00"]
    thursday = ["08:00-17:00"]
    friday = ["21:00-02:00"]
    [dates]
    2026-11-24 = { name = "Stocktaking" }
    2026-04-02 = { name = "Maundy Thursday", open = ["08:00-13:00"] }
    """
)


def at(text):
    return datetime.fromisoformat(text).astimezone(UTC)


def told(trace):
    return [(s.why, s.name, s.counted, s.days) for s in trace.segments]


# - what is refused -


def test_a_calendar_that_does_not_open_any_more_says_so():
    once = {date(2026, 1, 1): Exceptional("Once", ((0, 60),))}
    shut = Calendar("Shut", "UTC", ((),) * 7, once)
    for spelled in ("1 h", "1 business day", "end of 1 business day"):
        with pytest.raises(Refusal) as refused:
            reckon_due(shut, at("2026-06-01T00:00+00:00"), parse_target(spelled))
        assert refused.value.code == "never-open"


def test_a_reckoning_over_years_is_refused():
    start = at("2026-06-01T00:00+00:00")
    with pytest.raises(Refusal) as refused:
        reckon_due(DESK, start, parse_target("9000 h"))
    assert refused.value.code == "too-long"
    with pytest.raises(Refusal) as refused:
        reckon_between(DESK, start, start + timedelta(days=801))
    assert refused.value.code == "too-long"


def test_the_edge_of_the_calendar_of_all_people_is_refused_and_no_fault():
    last = datetime(9999, 12, 31, 12, tzinfo=UTC)
    with pytest.raises(Refusal):
        reckon_due(DESK, last, parse_target("2 days around the clock"))
    with pytest.raises(Refusal):
        reckon_due(DESK, last, parse_target("4 h"))


def test_two_instants_the_wrong_way_round_are_refused():
    with pytest.raises(Refusal) as refused:
        reckon_between(DESK, at("2026-11-24T00:00+01:00"), at("2026-11-23T00:00+01:00"))
    assert refused.value.code == "end"


# - one by one -


def test_open_time_is_counted_around_lunch_and_a_closure():
    trace = reckon_due(DESK, at("2026-11-23T11:00+01:00"), parse_target("6 h"))
    none = timedelta()
    assert told(trace) == [
        ("open", "", HOUR, 0),
        ("closed", "", none, 0),  # lunch
        ("open", "", 4 * HOUR, 0),
        ("closed", "", none, 0),
        ("holiday", "Stocktaking", none, 0),
        ("closed", "", none, 0),
        ("open", "", HOUR, 0),
    ]
    assert trace.end == at("2026-11-25T09:00+01:00")
    assert trace.adds_up


def test_a_half_day_closes_by_its_own_name():
    trace = reckon_due(DESK, at("2026-04-02T12:00+02:00"), parse_target("2 h"))
    assert [(s.why, s.name) for s in trace.segments][:2] == [
        ("open", ""),
        ("holiday", "Maundy Thursday"),
    ]
    # Friday opens at 21:00; the hour after is counted there.
    assert trace.end == at("2026-04-03T22:00+02:00")


def test_business_days_count_open_days_and_skip_the_others():
    trace = reckon_due(DESK, at("2026-11-23T10:00+01:00"), parse_target("1 business day"))
    assert told(trace) == [
        ("same-day", "", timedelta(), 0),
        ("holiday", "Stocktaking", timedelta(), 0),
        ("day", "", timedelta(), 1),
    ]
    assert trace.end == at("2026-11-25T10:00+01:00")


def test_the_end_of_a_business_day_is_where_its_last_opening_ends():
    trace = reckon_due(DESK, at("2026-11-25T10:00+01:00"), parse_target("end of 2 business days"))
    assert trace.end == at("2026-11-28T02:00+01:00")  # Friday's opening ends on Saturday
    assert [s.days for s in trace.segments] == [0, 1, 1]


def test_around_the_clock_asks_no_calendar():
    trace = reckon_due(DESK, at("2026-11-23T23:00+01:00"), parse_target("2 days around the clock"))
    assert told(trace) == [("around-the-clock", "", 48 * HOUR, 0)]


def test_no_time_at_all_has_no_stretches():
    trace = reckon_between(DESK, at("2026-11-23T10:00+01:00"), at("2026-11-23T10:00+01:00"))
    assert (trace.segments, trace.counted, trace.adds_up) == ((), timedelta(), True)


# - whatever is asked -

TARGETS = st.one_of(
    st.integers(1, 3000).map("{} min".format),
    st.integers(1, 60).map("{} h".format),
    st.integers(1, 6).map("{} business days".format),
    st.integers(1, 6).map("end of {} business days".format),
    st.integers(1, 9).map("{} days around the clock".format),
)


@given(data=st.data(), calendar=calendars(), spelled=TARGETS)
@settings(max_examples=at_least(150))
def test_the_stretches_join_and_add_up_to_the_target(data, calendar, spelled):
    start, target = data.draw(instants(calendar.zone)), parse_target(spelled)
    trace = reckoned(calendar, start, spelled)
    assert trace.end == due_after(Cell(target, OFFICE), calendar, start)
    assert trace.adds_up
    assert all(a.to_at == b.from_at for a, b in pairwise(trace.segments))
    assert trace.segments[-1].to_at == trace.end


@given(data=st.data(), calendar=calendars())
def test_between_two_instants_every_second_is_counted_or_skipped(data, calendar):
    start = data.draw(instants(calendar.zone))
    end = start + timedelta(seconds=data.draw(st.integers(0, 20 * 86400)))
    trace = reckon_between(calendar, start, end)
    assert trace.adds_up
    assert trace.counted == open_time_between(calendar, start, end)
    assert sum((s.to_at - s.from_at for s in trace.segments), timedelta()) == end - start


@given(data=st.data(), calendar=calendars(), spelled=TARGETS)
@settings(max_examples=at_least(80))
def test_the_laboratory_explains_as_a_real_case_does(data, calendar, spelled):
    start = data.draw(instants(calendar.zone))
    facts = {"priority": "normal", "plan": "only", "policy": 1, "calendar": 1}
    opened = Event(1, Kind.OPENED, start, start, facts=facts)
    book = Book({1: parse_policy(POLICY.format(target=spelled))}, {1: calendar})
    trace = reckoned(calendar, start, spelled)
    (commitment,) = evaluate([opened], book, until=start)
    explanation = explain(commitment, [opened])
    assert trace.end == commitment.due_at
    assert list(trace.segments) == [
        s for s in explanation.segments if s.to_at > s.from_at or s.days
    ]


def reckoned(calendar, start, spelled):
    """What is beyond the laboratory's reach is no example: an opening of a minute a week."""
    try:
        return reckon_due(calendar, start, parse_target(spelled))
    except Refusal as refusal:
        if refusal.code != "too-long":
            raise
        return reject()
