"""A year of a calendar, day by day: what each day is, and how it differs from its weekday."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from dueline.core.calendars import Calendar

# Before the last holiday that is written down by so much, somebody should write the next ones.
WARN_BEFORE = timedelta(days=90)

Openings = tuple[tuple[int, int], ...]


class DayKind(StrEnum):
    OPEN = "open"  # as its weekday says
    CLOSED = "closed"  # as its weekday says
    HOLIDAY = "holiday"  # closed, filled in from the holidays of a country
    CLOSURE = "closure"  # closed, put in by hand
    HALF_DAY = "half-day"  # shorter than its weekday
    EXTRA = "extra"  # longer than its weekday, or open where that is closed
    OTHER = "other"  # as long as its weekday, at other hours


@dataclass(frozen=True, slots=True)
class Day:
    """name: of the holiday, the closure, …; "" on most days."""

    on: date
    kind: DayKind
    name: str
    openings: Openings


@dataclass(frozen=True, slots=True)
class YearTotal:
    year: int
    days: int
    time: timedelta


def day_of(calendar: Calendar, day: date, language: str = "") -> Day:
    """Return what a day of the calendar is. language: a code, for its name."""
    usual = calendar.week[day.weekday()]
    exceptional = calendar.dates.get(day)
    if exceptional is None:
        return Day(day, DayKind.OPEN if usual else DayKind.CLOSED, "", usual)
    openings = exceptional.openings
    if not openings:
        kind = DayKind.HOLIDAY if exceptional.is_holiday else DayKind.CLOSURE
    elif _minutes(openings) < _minutes(usual):
        kind = DayKind.HALF_DAY
    elif _minutes(openings) > _minutes(usual):
        kind = DayKind.EXTRA
    else:
        kind = DayKind.OPEN if openings == usual else DayKind.OTHER
    return Day(day, kind, exceptional.name_in(language), openings)


def months_of(calendar: Calendar, year: int, language: str = "") -> list[list[Day]]:
    """Return the days of each of the twelve months."""
    return [
        [
            day_of(calendar, date(year, month, n + 1), language)
            for n in range(monthrange(year, month)[1])
        ]
        for month in range(1, 13)
    ]


def exceptional_days(calendar: Calendar, year: int, language: str = "") -> list[Day]:
    """Return the days of a year that the calendar names one by one, in order."""
    return [day_of(calendar, day, language) for day in sorted(calendar.dates) if day.year == year]


def total_of(calendar: Calendar, year: int) -> YearTotal:
    """Return how many days of a year the calendar opens on, and for how long all together.

    Openings that overlap count once; what runs over midnight belongs to the day that it began on.
    """
    days, time = 0, timedelta()
    counted_to = None
    for month in months_of(calendar, year):
        for day in month:
            openings = calendar.openings_on(day.on)
            days += bool(openings)
            for opens, closes in openings:
                if counted_to is None or closes > counted_to:
                    time += closes - max(opens, counted_to or opens)
                    counted_to = closes
    return YearTotal(year, days, time)


def holidays_to(calendar: Calendar) -> int | None:
    """Return the last year for which holidays are filled in; None: for none at all."""
    return max((day.year for day, e in calendar.dates.items() if e.is_holiday), default=None)


def holidays_run_out(calendar: Calendar, *, on: date) -> int | None:
    """Return the last year with holidays if it ends soon or has ended; else None."""
    last = holidays_to(calendar)
    if last is None or on <= date(last, 12, 31) - WARN_BEFORE:
        return None
    return last


def _minutes(openings: Openings) -> int:
    """Return how many minutes of the wall clock the openings cover."""
    covered, counted_to = 0, 0
    for start, end in openings:
        covered += max(0, end - max(start, counted_to))
        counted_to = max(counted_to, end)
    return covered
