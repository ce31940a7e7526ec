"""Open time is counted exactly, in every zone and through every night in which clocks change."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dueline.core.calendars import (
    AROUND_THE_CLOCK,
    Calendar,
    Exceptional,
    NeverOpen,
    add_business_days,
    add_open_time,
    business_day,
    end_of_business_day,
    is_open,
    next_open,
    open_spans,
    open_time_between,
    parse_calendar,
    spell_calendar,
)
from dueline.core.errors import Refusal
from tests.core import slow_calendars as slow


def at_least(examples):
    """So many in the everyday run; as many as the profile asks for in a deep one."""
    everyday = settings.get_profile("ci").max_examples
    return examples if settings.default.max_examples == everyday else settings.default.max_examples


ZONES = (
    "Europe/Stockholm",
    "America/New_York",
    "Australia/Lord_Howe",  # changes its clocks by half an hour
    "Asia/Kathmandu",  # 5 h 45 min from UTC
    "Africa/Casablanca",  # turns the clocks back for Ramadan
    "UTC",
)
# A few of the nights in which clocks changed: random instants seldom meet one.
CHANGES = {
    "Europe/Stockholm": ("2026-03-29", "2026-10-25", "2000-03-26", "2039-10-30"),
    "America/New_York": ("2006-04-02", "2026-03-08", "2026-11-01"),
    "Australia/Lord_Howe": ("2026-04-05", "2026-10-04", "2001-10-28"),
    "Asia/Kathmandu": ("2026-01-01",),
    "Africa/Casablanca": ("2026-02-15", "2026-03-22", "2012-07-20", "2030-01-06"),
    "UTC": ("2024-02-29",),
}
SECONDS_FROM_2000_TO_2040 = int(
    (datetime(2040, 1, 1, tzinfo=UTC) - datetime(2000, 1, 1, tzinfo=UTC)).total_seconds()
)


@st.composite
def openings(draw, most=3):
    """The openings of a day: overlapping, touching, over midnight, around the clock."""
    spans = []
    for _ in range(draw(st.integers(0, most))):
        start = draw(st.integers(0, 1439) | st.sampled_from([0, 60, 120, 150, 180, 480]))
        length = draw(st.integers(1, 1440) | st.sampled_from([30, 60, 240, 1440]))
        spans.append((start, start + min(length, 1440)))
    return tuple(sorted(spans))


@st.composite
def calendars(draw, zones=ZONES):
    zone = draw(st.sampled_from(zones))
    week = draw(st.lists(openings(), min_size=7, max_size=7).filter(any))
    around = [date.fromisoformat(day) for day in CHANGES[zone]]
    dates = {
        day + timedelta(days=draw(st.integers(-3, 3))): Exceptional("Exception", draw(openings(2)))
        for day in draw(st.lists(st.sampled_from(around), max_size=3))
    }
    return Calendar("Random", zone, tuple(week), dates)


@st.composite
def instants(draw, zone):
    """Any second from 2000 to 2040; every other one close to a change of the clocks."""
    if draw(st.booleans()):
        seconds = draw(st.integers(0, SECONDS_FROM_2000_TO_2040))
        return datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    change = datetime.fromisoformat(draw(st.sampled_from(CHANGES[zone]))).replace(tzinfo=UTC)
    return change + timedelta(seconds=draw(st.integers(-3 * 86400, 3 * 86400)))


# - exactness -


@given(data=st.data(), calendar=calendars())
@settings(max_examples=at_least(150))
def test_added_open_time_is_counted_back_to_the_second(data, calendar):
    start = data.draw(instants(calendar.zone))
    amount = timedelta(seconds=data.draw(st.integers(0, 30 * 86400)))
    due = add_open_time(calendar, start, amount)
    assert open_time_between(calendar, start, due) == amount


@given(data=st.data(), calendar=calendars())
@settings(max_examples=at_least(150))
def test_counted_open_time_leads_to_the_same_open_instant(data, calendar):
    start = data.draw(instants(calendar.zone))
    end = next_open(calendar, start + timedelta(seconds=data.draw(st.integers(0, 30 * 86400))))
    counted = open_time_between(calendar, start, end)
    due = add_open_time(calendar, start, counted)
    # Closed time may lie between the two: the due time is the close, not the next opening.
    assert due <= end
    assert open_time_between(calendar, due, end) == timedelta()
    assert counted == timedelta() or open_time_between(
        calendar, start, due - timedelta(seconds=1)
    ) == counted - timedelta(seconds=1)


@given(data=st.data(), calendar=calendars())
def test_open_time_adds_up_over_any_instant_between(data, calendar):
    start = data.draw(instants(calendar.zone))
    first, second = (
        timedelta(seconds=data.draw(st.integers(0, 10 * 86400))),
        timedelta(seconds=data.draw(st.integers(0, 10 * 86400))),
    )
    middle, end = start + first, start + first + second
    assert open_time_between(calendar, start, end) == open_time_between(
        calendar, start, middle
    ) + open_time_between(calendar, middle, end)


@given(data=st.data(), calendar=calendars())
@settings(max_examples=at_least(40))
def test_open_time_agrees_with_walking_over_the_clock(data, calendar):
    start = data.draw(instants(calendar.zone))
    end = start + timedelta(seconds=data.draw(st.integers(0, 4 * 86400)))
    assert open_time_between(calendar, start, end) == slow.open_time_between(calendar, start, end)
    minutes = slow.open_minutes(calendar, start.replace(second=0), end)
    if start < end:
        assert is_open(calendar, start) == (start.replace(second=0) in minutes)


@given(data=st.data(), calendar=calendars())
@settings(max_examples=at_least(40))
def test_business_days_agree_with_walking_over_the_clock(data, calendar):
    start = data.draw(instants(calendar.zone))
    days = data.draw(st.integers(1, 5))
    assert next_open(calendar, start) == slow.next_open(calendar, start)
    assert add_business_days(calendar, start, days) == slow.add_business_days(calendar, start, days)
    assert end_of_business_day(calendar, start, days) == slow.end_of_business_day(
        calendar, start, days
    )


@given(data=st.data(), calendar=calendars())
def test_spans_are_in_order_apart_and_open(data, calendar):
    start = data.draw(instants(calendar.zone))
    end = start + timedelta(seconds=data.draw(st.integers(1, 10 * 86400)))
    spans = open_spans(calendar, start, end)
    edges = [edge for span in spans for edge in span]
    assert edges == sorted(edges)
    assert len(set(edges)) == len(edges)
    for opens, closes in spans:
        assert start <= opens < closes <= end
        assert is_open(calendar, opens)
        assert is_open(calendar, closes - timedelta(seconds=1))
        assert not is_open(calendar, closes) or closes == end


@given(data=st.data(), calendar=calendars())
def test_an_open_instant_is_its_own_next_opening(data, calendar):
    at = data.draw(instants(calendar.zone))
    opens = next_open(calendar, at)
    assert is_open(calendar, opens)
    assert (opens == at) == is_open(calendar, at)
    assert open_time_between(calendar, at, opens) == timedelta()


# - the edges, one by one -


def utc(text):
    return datetime.fromisoformat(text).astimezone(UTC)


OFFICE = parse_calendar(
    """
    name = "Office hours"
    zone = "Europe/Stockholm"
    [week]
    monday = ["08:00-12:00", "13:00-17:00"]
    tuesday = ["08:00-17:00"]
    wednesday = ["08:00-17:00"]
    thursday = ["08:00-17:00"]
    friday = ["21:00-02:00"]
    [dates]
    2026-11-24 = { name = "Stocktaking" }
    2026-11-25 = { name = "Half a day", open = ["08:00-13:00"] }
    """
)


def test_lunch_is_not_open_time():
    eleven = utc("2026-11-23T11:00+01:00")
    assert add_open_time(OFFICE, eleven, timedelta(hours=2)) == utc("2026-11-23T14:00+01:00")


def test_a_target_that_ends_as_the_desk_closes_is_due_at_the_close():
    at = utc("2026-11-23T13:00+01:00")
    assert add_open_time(OFFICE, at, timedelta(hours=4)) == utc("2026-11-23T17:00+01:00")


def test_no_time_at_all_ends_at_the_next_opening():
    assert add_open_time(OFFICE, utc("2026-11-23T12:30+01:00"), timedelta()) == utc(
        "2026-11-23T13:00+01:00"
    )


def test_a_closed_day_is_skipped_and_says_why():
    due = add_business_days(OFFICE, utc("2026-11-23T09:00+01:00"), 1)
    assert due == utc("2026-11-25T09:00+01:00")
    assert OFFICE.why_closed(date(2026, 11, 24)) == "Stocktaking"


def test_a_closed_day_says_why_in_the_language_of_the_reader_or_else_in_its_own():
    christmas = date(2026, 12, 24)
    named = Exceptional("Christmas Eve", (), {"sv": "Julafton"})
    calendar = Calendar("Named", "UTC", OFFICE.week, {christmas: named})
    assert calendar.why_closed(christmas, "sv") == "Julafton"
    assert calendar.why_closed(christmas, "nb") == "Christmas Eve"
    assert calendar.why_closed(christmas) == "Christmas Eve"
    assert calendar.why_closed(date(2026, 12, 23), "sv") == ""
    # … and it is written out and read back with all its names.
    assert parse_calendar(spell_calendar(calendar)) == calendar


def test_a_half_day_ends_a_business_day_early():
    due = add_business_days(OFFICE, utc("2026-11-23T15:00+01:00"), 1)
    assert due == utc("2026-11-25T13:00+01:00")


def test_after_midnight_still_belongs_to_the_day_on_which_the_opening_began():
    at = utc("2026-11-28T01:00+01:00")  # Saturday, in Friday's opening
    assert business_day(OFFICE, at) == date(2026, 11, 27)
    assert add_business_days(OFFICE, at, 1) == utc("2026-11-30T17:00+01:00")


def test_the_night_in_which_the_clocks_go_back_is_an_hour_longer():
    nights = Calendar("Nights", "Europe/Stockholm", (((0, 360),),) * 7)
    night = (utc("2026-10-25T00:00+02:00"), utc("2026-10-25T06:00+01:00"))
    assert open_time_between(nights, *night) == timedelta(hours=7)


def test_the_night_in_which_the_clocks_go_forward_is_an_hour_shorter():
    nights = Calendar("Nights", "Europe/Stockholm", (((0, 360),),) * 7)
    night = (utc("2026-03-29T00:00+01:00"), utc("2026-03-29T06:00+02:00"))
    assert open_time_between(nights, *night) == timedelta(hours=5)


def test_an_opening_that_the_clocks_jump_over_never_opens():
    lost = Calendar("Lost", "Europe/Stockholm", (((130, 170),),) * 7)  # 02:10 to 02:50
    assert lost.openings_on(date(2026, 3, 29)) == ()
    assert not lost.is_open_day(date(2026, 3, 29))


def test_a_desk_that_never_opens_says_so():
    closed = Calendar("Closed", "UTC", ((),) * 7, {date(2026, 1, 1): Exceptional("", ((0, 60),))})
    with pytest.raises(NeverOpen):
        next_open(closed, utc("2026-01-02T00:00+00:00"))
    assert open_spans(closed, utc("2026-01-02T00:00+00:00"), utc("2026-02-02T00:00+00:00")) == []


@given(st.integers(0, SECONDS_FROM_2000_TO_2040), st.integers(0, 10**7))
def test_around_the_clock_every_second_is_open(seconds, amount):
    start = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    span = timedelta(seconds=amount)
    assert add_open_time(AROUND_THE_CLOCK, start, span) == start + span
    assert open_time_between(AROUND_THE_CLOCK, start, start + span) == span
    assert open_time_between(AROUND_THE_CLOCK, start + span, start) == timedelta()


# - reading -


@given(calendars())
def test_a_calendar_that_was_written_out_is_read_back_the_same(calendar):
    assume(all(end - start <= 1440 for day in calendar.week for start, end in day))
    read = parse_calendar(written(calendar))
    assert (read.zone, read.week, dict(read.dates)) == (
        calendar.zone,
        calendar.week,
        dict(calendar.dates),
    )


OPEN_ON_MONDAY = 'name = "x"\nzone = "UTC"\n[week]\nmonday = ["08:00-17:00"]'


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ('name = "x"\nzone = "Europe/Stockholm"\n[week]', "no day of the week is open"),
        ('name = "x"\nzone = "Europe/Nowhere"\n[week]\nmonday = ["08:00-17:00"]', "time zone"),
        ('name = "x"\nzone = "UTC"\n[week]\nmoonday = ["08:00-17:00"]', "moonday"),
        ('name = "x"\nzone = "UTC"\n[week]\nmonday = ["8 to 5"]', "8 to 5"),
        ('name = "x"\nzone = "UTC"\n[week]\nmonday = ["25:00-26:00"]', "time of day"),
        ('name = "x"\nzone = "UTC"\n[week]\nmonday = ["08:70-17:00"]', "time of day"),
        (f"{OPEN_ON_MONDAY}\n[dates]\n2026-12-24 = {{ closed = true }}", "“closed” is no word"),
        (f"{OPEN_ON_MONDAY}\n[dates]\n2026-12-24 = {{ sv = 24 }}", "“sv” is no word"),
        ('zone = "UTC"\n[week]\nmonday = ["08:00-17:00"]', "name"),
        ("name = ", "cannot be read"),
    ],
)
def test_a_calendar_that_cannot_be_read_says_where(source, complaint):
    with pytest.raises(Refusal, match=complaint) as refused:
        parse_calendar(source)
    assert refused.value.code == "bad-calendar"


_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def written(calendar):
    week = "\n".join(
        f"{name} = {spans(day)}" for name, day in zip(_WEEKDAYS, calendar.week, strict=True)
    )
    dates = "\n".join(
        f'{day} = {{ name = "{exceptional.name}", open = {spans(exceptional.openings)} }}'
        for day, exceptional in calendar.dates.items()
    )
    return f'name = "{calendar.name}"\nzone = "{calendar.zone}"\n[week]\n{week}\n[dates]\n{dates}\n'


def spans(day):
    return [f"{clock(start)}-{clock(end)}" for start, end in day]


def clock(minutes):
    return f"{minutes % 1440 // 60:02}:{minutes % 60:02}"
