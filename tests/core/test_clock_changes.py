"""Every night in which clocks change, 2000 to 2040: no second is lost, none counted twice (f9)."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from dueline.core.calendars import (
    Calendar,
    add_business_days,
    add_open_time,
    next_open,
    open_time_between,
)

DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)
ZONES = ("Europe/Stockholm", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca")
# How many changes the years 2000 to 2039 have: by law two a year in Sweden and New York.
# Casablanca changes around Ramadan, and did so not every year; Lord Howe moves by half an hour.
AT_LEAST = {
    "Europe/Stockholm": 80,
    "America/New_York": 80,
    "Australia/Lord_Howe": 80,
    "Africa/Casablanca": 60,
}
WEEKS = {
    "around the clock": ((0, 1440),),
    "office": ((480, 720), (780, 1020)),
    "nights": ((0, 360),),
    "over midnight": ((1260, 1560),),
    "into the change": ((130, 170),),  # 02:10 to 02:50: some nights do not have it
}


@cache
def changes(zone):
    """Return the first second of every new offset, found by looking at each day and halving."""
    place = ZoneInfo(zone)

    def offset(at):
        return at.astimezone(place).utcoffset()

    found = []
    at = datetime(2000, 1, 1, tzinfo=UTC)
    while at < datetime(2040, 1, 1, tzinfo=UTC):
        low, high = at, at + DAY
        if offset(low) != offset(high):
            while high - low > SECOND:
                middle = low + timedelta(seconds=(high - low).total_seconds() // 2)
                low, high = (middle, high) if offset(middle) == offset(low) else (low, middle)
            found.append(high)
        at += DAY
    return found


@pytest.mark.parametrize("zone", ZONES)
def test_the_zones_change_their_clocks_as_often_as_their_laws_say(zone):
    assert len(changes(zone)) >= AT_LEAST[zone]


@pytest.mark.parametrize("week", WEEKS)
@pytest.mark.parametrize("zone", ZONES)
def test_f9_adding_and_counting_are_inverse_through_every_change_of_the_clocks(zone, week):
    calendar = Calendar(week, zone, (WEEKS[week],) * 7)
    for change in changes(zone):
        for start in (change - 30 * HOUR, change - HOUR, change - SECOND, change, change + HOUR):
            for amount in (SECOND, 37 * timedelta(minutes=1) + SECOND, 5 * HOUR, 26 * HOUR):
                due = add_open_time(calendar, start, amount)
                assert open_time_between(calendar, start, due) == amount, (change, start, amount)
                # One second less is due earlier: every open second is its own.
                assert add_open_time(calendar, start, amount - SECOND) < due
        before, after = next_open(calendar, change - DAY), next_open(calendar, change + DAY)
        counted = open_time_between(calendar, before, after)
        at = add_open_time(calendar, before, counted)
        assert at <= after
        assert open_time_between(calendar, at, after) == timedelta()


@pytest.mark.parametrize("zone", ZONES)
def test_f9_the_day_of_a_change_is_as_long_as_the_clocks_make_it(zone):
    """23 or 25 hours; at Lord Howe 23½ or 24½."""
    place = ZoneInfo(zone)
    calendar = Calendar("all day", zone, (((0, 1440),),) * 7)
    for change in changes(zone):
        day = change.astimezone(place).date()
        # From the midnight before to the one after, wherever in the day the change was.
        begin = datetime.combine(day - DAY, time(12), place).astimezone(UTC)
        end = datetime.combine(day + DAY, time(12), place).astimezone(UTC)
        moved = end.astimezone(place).utcoffset() - begin.astimezone(place).utcoffset()
        assert abs(moved) in (HOUR, HOUR / 2)
        assert open_time_between(calendar, begin, end) == 2 * DAY - moved


@pytest.mark.parametrize("zone", ZONES)
def test_f9_a_business_day_ends_at_the_same_time_on_the_wall(zone):
    place = ZoneInfo(zone)
    office = Calendar("office", zone, (((480, 1020),),) * 7)
    for change in changes(zone):
        day = change.astimezone(place).date() - DAY
        start = datetime.combine(day, time(9, 12, 30), place)
        due = add_business_days(office, start.astimezone(UTC), 2).astimezone(place)
        assert due.replace(tzinfo=None) == datetime.combine(day + 2 * DAY, time(9, 12, 30))


# - the edges of the year (f10) -

WORKDAYS = Calendar("week", "Europe/Stockholm", (((480, 1020),),) * 5 + ((), ()))


def stockholm(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(WORKDAYS.zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2024-02-28T10:00", 1, "2024-02-29T10:00"),  # a Thursday that other years do not have
        ("2024-02-29T10:00", 1, "2024-03-01T10:00"),
        ("2023-02-28T10:00", 1, "2023-03-01T10:00"),
        ("2028-02-28T10:00", 2, "2028-03-01T10:00"),  # Monday, leap Tuesday, Wednesday
        ("2000-02-28T10:00", 1, "2000-02-29T10:00"),  # a leap year by the rule of 400
        ("2026-12-31T16:00", 1, "2027-01-01T16:00"),
        ("2027-12-31T16:00", 1, "2028-01-03T16:00"),  # a Friday
    ],
)
def test_f10_business_days_cross_leap_days_and_the_turn_of_the_year(start, days, due):
    assert add_business_days(WORKDAYS, stockholm(start), days) == stockholm(due)


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2024-02-28T16:30", 9, "2024-02-29T16:30"),
        ("2023-02-28T16:30", 9, "2023-03-01T16:30"),
        ("2026-12-31T16:30", 1, "2027-01-01T08:30"),
    ],
)
def test_f10_open_hours_cross_leap_days_and_the_turn_of_the_year(start, hours, due):
    assert add_open_time(WORKDAYS, stockholm(start), hours * HOUR) == stockholm(due)


def test_f10_week_53_is_a_week_like_any_other():
    """2020 and 2026 end in a week 53, in which the next year begins."""
    for year in (2020, 2026):
        thursday = date(year, 12, 31)
        assert thursday.isocalendar().week == 53
        week = [thursday + n * DAY for n in range(-3, 4)]
        assert [WORKDAYS.is_open_day(day) for day in week] == [True] * 5 + [False] * 2
        monday = stockholm(f"{week[0]}T08:00")
        assert add_open_time(WORKDAYS, monday, 45 * HOUR) == stockholm(f"{week[4]}T17:00")


def test_f10_every_second_of_forty_years_is_counted_once():
    """Year by year, the open time adds up to that of the whole."""
    turns = [datetime(year, 1, 1, tzinfo=UTC) for year in range(2000, 2041)]
    spans = [open_time_between(WORKDAYS, a, b) for a, b in pairwise(turns)]
    assert sum(spans, timedelta()) == open_time_between(WORKDAYS, turns[0], turns[-1])
    # 1 January 2000 was a Saturday, 1 January 2040 is a Sunday: whole weeks, and one day.
    days = (date(2040, 1, 1) - date(2000, 1, 1)).days
    weekdays = sum((date(2000, 1, 1) + n * DAY).weekday() < 5 for n in range(days))
    assert sum(spans, timedelta()) == weekdays * 9 * HOUR
