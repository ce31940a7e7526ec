"""What can be done to the draft of a calendar: each returns the calendar as it would be."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import available_timezones

from dueline.core.calendar_year import day_of
from dueline.core.calendars import HORIZON, Calendar, Exceptional
from dueline.core.errors import Refusal

MOST_DATES = 4000
LONGEST_CLOSURE = 366  # days in a row that are put in at once
FIRST_YEAR, LAST_YEAR = 2000, 2100
LONGEST_NAME = 200
_DAY = timedelta(days=1)

Openings = tuple[tuple[int, int], ...]


def with_week(calendar: Calendar, week: tuple[Openings, ...], *, zone: str) -> Calendar:
    """Raises Refusal("zone") or Refusal("hours")."""
    if zone not in available_timezones():
        raise Refusal("zone", "Choose the time zone in which these hours are.")
    if not any(week):
        raise Refusal("hours", "A calendar must be open on at least one day of the week.")
    return replace(calendar, week=week, zone=zone)


def with_dates(
    calendar: Calendar, first: date, last: date, *, name: str, openings: Openings
) -> Calendar:
    """Put in the days from `first` to `last`, by hand. Raises Refusal with a field as its code."""
    name = " ".join(name.split())
    if not name:
        raise Refusal("date_name", "What is this day called? The name explains why it is skipped.")
    if len(name) > LONGEST_NAME:
        raise Refusal("date_name", "This is too long.")
    if last < first:
        raise Refusal("last_on", "The last day is before the first.")
    if (last - first).days >= LONGEST_CLOSURE:
        raise Refusal("last_on", "At most a year can be put in at once.")
    days = (first + n * _DAY for n in range((last - first).days + 1))
    put_in = {day: _by_hand(calendar.dates.get(day), name, openings) for day in days}
    return _checked(replace(calendar, dates={**calendar.dates, **put_in}))


def _by_hand(before: Exceptional | None, name: str, openings: Openings) -> Exceptional:
    # A holiday that only gets other hours keeps what it is called in other languages.
    said = before.said if before and before.name == name else {}
    return Exceptional(name, openings, said)


def without_date(calendar: Calendar, day: date) -> Calendar:
    """Let a day be like its weekday again."""
    return replace(calendar, dates={on: e for on, e in calendar.dates.items() if on != day})


def with_holidays(
    calendar: Calendar, proposed: Mapping[date, Exceptional], *, years: range
) -> Calendar:
    """Fill in the holidays of some years: in place of those filled in before, not of what a
    person put in."""
    kept = {
        day: exceptional
        for day, exceptional in calendar.dates.items()
        if not (exceptional.is_holiday and day.year in years)
    }
    # Older texts do not say who wrote a date: a closed day of the same name is the holiday itself.
    by_hand = {
        day
        for day, exceptional in kept.items()
        if not (day in proposed and _same(exceptional, proposed[day]))
    }
    filled = {day: holiday for day, holiday in proposed.items() if day not in by_hand}
    return _checked(replace(calendar, dates={**kept, **filled}))


def _same(one: Exceptional, other: Exceptional) -> bool:
    return (one.name, one.openings) == (other.name, other.openings)


def with_closures(calendar: Calendar, closures: Mapping[date, str]) -> Calendar:
    """Close days that another calendar names. Days that are closed by name already stay."""
    added = {
        day: Exceptional(name, ())
        for day, name in closures.items()
        if day not in calendar.dates or calendar.dates[day].openings
    }
    return _checked(replace(calendar, dates={**calendar.dates, **added}))


def check_draft(calendar: Calendar) -> None:
    """Refuse what a calendar of this desk cannot be, however it was made."""
    _checked(calendar)
    if _longest_closed(calendar) * _DAY >= HORIZON - 14 * _DAY:
        raise Refusal(
            "never-open",
            "The calendar would be closed for more than a year on end, and no promise could be"
            " kept on it.",
        )


def _checked(calendar: Calendar) -> Calendar:
    if len(calendar.dates) > MOST_DATES:
        raise Refusal("too-many-dates", "A calendar names at most %(n)s days.", n=MOST_DATES)
    for day in calendar.dates:
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise Refusal(
                "first_on",
                "%(day)s is not between %(first)s and %(last)s.",
                day=day,
                first=FIRST_YEAR,
                last=LAST_YEAR,
            )
    return calendar


def _longest_closed(calendar: Calendar) -> int:
    """Return the greatest number of days in a row without an opening, as far as days are named."""
    if not calendar.dates:
        return 0
    longest = run = 0
    day, last = min(calendar.dates), max(calendar.dates)
    while day <= last:
        run = 0 if day_of(calendar, day).openings else run + 1
        longest, day = max(longest, run), day + _DAY
    return longest
