"""What each day of a year is."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dueline.core.calendar_changes import compare
from dueline.core.calendar_year import (
    DayKind,
    day_of,
    exceptional_days,
    holidays_run_out,
    holidays_to,
    months_of,
    total_of,
)
from dueline.core.calendars import Exceptional, open_time_between, parse_calendar
from tests.core.test_calendars import at_least, calendars

OFFICE = parse_calendar(
    """
    name = "Office"
    zone = "Europe/Stockholm"
    [week]
    monday = ["08:00-12:00", "13:00-17:00"]
    tuesday = ["08:00-17:00"]
    friday = ["21:00-02:00"]
    [dates]
    2026-11-23 = { name = "Half a Monday", open = ["08:00-13:00"] }
    2026-11-24 = { name = "Stocktaking" }
    2026-11-27 = { name = "A holiday", holiday = true }
    2026-11-28 = { name = "Open Saturday", open = ["10:00-14:00"] }
    2026-11-30 = { name = "Another lunch", open = ["08:00-11:00", "12:00-17:00"] }
    2026-12-01 = { name = "A day like any other", open = ["08:00-17:00"] }
    2026-12-04 = { name = "A long night", open = ["21:00-05:00"] }
    2026-12-06 = { name = "A Sunday with a name", holiday = true }
    """
)


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        ("2026-11-16", DayKind.OPEN),
        ("2026-11-18", DayKind.CLOSED),
        ("2026-11-23", DayKind.HALF_DAY),
        ("2026-11-24", DayKind.CLOSURE),
        ("2026-11-27", DayKind.HOLIDAY),
        ("2026-11-28", DayKind.EXTRA),
        ("2026-11-30", DayKind.OTHER),
        ("2026-12-01", DayKind.OPEN),
        ("2026-12-04", DayKind.EXTRA),
        ("2026-12-06", DayKind.HOLIDAY),
    ],
)
def test_a_day_is_told_apart_by_how_it_differs_from_its_weekday(day, kind):
    assert day_of(OFFICE, date.fromisoformat(day)).kind is kind


def test_a_year_has_every_day_once_and_in_order():
    for year, days in ((2024, 366), (2026, 365)):
        drawn = [day.on for month in months_of(OFFICE, year) for day in month]
        assert len(drawn) == days
        assert drawn == sorted(set(drawn))
        assert (drawn[0], drawn[-1]) == (date(year, 1, 1), date(year, 12, 31))


def test_the_named_days_of_one_year_are_listed_in_order():
    named = exceptional_days(OFFICE, 2026)
    assert [day.on for day in named] == sorted(OFFICE.dates)
    assert exceptional_days(OFFICE, 2025) == []


@given(calendars(), st.sampled_from([2024, 2026]))
@settings(max_examples=at_least(15))
def test_the_total_of_a_year_is_its_open_time(calendar, year):
    """Counted by days, and counted in one go over a calendar that opens in this year alone."""
    total = total_of(calendar, year)
    drawn = [day for month in months_of(calendar, year) for day in month]
    alone = replace(
        calendar,
        week=((),) * 7,
        dates={day.on: Exceptional("", day.openings) for day in drawn},
    )
    begin = datetime(year - 1, 12, 20, tzinfo=UTC)
    assert total.time == open_time_between(alone, begin, begin + timedelta(days=400))
    assert total.days == sum(calendar.is_open_day(day.on) for day in drawn)


def test_a_plain_year_is_counted_by_hand():
    week = parse_calendar(
        'name="x"\nzone="UTC"\n[week]\nmonday=["08:00-17:00"]\n[dates]\n2026-12-28={name="Off"}'
    )
    total = total_of(week, 2026)  # 52 Mondays, of which one is off
    assert (total.days, total.time) == (51, timedelta(hours=51 * 9))


# - when holidays run out -


def test_a_calendar_without_holidays_never_runs_out_of_them():
    bare = parse_calendar('name="x"\nzone="UTC"\n[week]\nmonday=["08:00-17:00"]')
    assert holidays_to(bare) is None
    assert holidays_run_out(bare, on=date(2050, 1, 1)) is None


@pytest.mark.parametrize(
    ("on", "warned"),
    [
        (date(2026, 1, 1), None),
        (date(2026, 10, 2), None),  # 90 days before the year ends
        (date(2026, 10, 3), 2026),
        (date(2027, 5, 1), 2026),
    ],
)
def test_it_is_told_ninety_days_before_the_last_year_with_holidays_ends(on, warned):
    assert holidays_to(OFFICE) == 2026
    assert holidays_run_out(OFFICE, on=on) == warned


# - what changes -


def test_nothing_changes_between_a_calendar_and_itself():
    assert not compare(OFFICE, OFFICE, years=range(2026, 2028))


def test_each_change_is_named_once():
    text = 'name="x"\nzone="{}"\n[week]\nmonday=["08:00-17:00"]\n{}\n[dates]\n{}'
    before = parse_calendar(
        text.format("UTC", "", '2026-12-24={name="A"}\n2026-12-25={name="B",holiday=true}')
    )
    after = parse_calendar(
        text.format(
            "Europe/Oslo",
            'tuesday=["08:00-12:00"]',
            '2026-12-25={name="B"}\n2026-12-28={name="C",open=["08:00-13:00"]}',
        )
    )
    changes = compare(before, after, years=range(2026, 2027))
    assert changes.zones == ("UTC", "Europe/Oslo")
    assert changes.weekdays == ((1, (), ((480, 720),)),)
    # Who wrote the 25th is no change of what it is.
    assert [new.on for _, new in changes.days] == [date(2026, 12, 24), date(2026, 12, 28)]
    ((old, new),) = changes.totals
    assert (old.days, new.days) == (52, 52 + 52)
    assert new.time - old.time == timedelta(hours=52 * 4 - 4)


@given(calendars(), calendars(zones=("Europe/Stockholm",)))
def test_what_is_not_named_as_a_change_is_the_same(before, after):
    changes = compare(before, after, years=range(0))
    days = {new.on for _, new in changes.days}
    weekdays = {weekday for weekday, _, _ in changes.weekdays}
    for day in set(before.dates) | set(after.dates):
        if day not in days and day.weekday() not in weekdays:
            assert day_of(before, day).openings == day_of(after, day).openings
    assert bool(changes) == (
        (before.zone, before.week) != (after.zone, after.week) or before.dates != after.dates
    )


def test_a_changed_calendar_remembers_nothing_of_the_old_one():
    monday = date(2026, 11, 16)
    assert OFFICE.is_open_day(monday)
    shut = replace(OFFICE, dates={monday: Exceptional("Shut", ())})
    assert not shut.is_open_day(monday)
    assert OFFICE.openings_on(monday)[0][0] == datetime(2026, 11, 16, 7, tzinfo=UTC)
