"""A year of a calendar, as its pages draw it."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _

from dueline.core.calendar_year import Day, DayKind, exceptional_days, months_of
from dueline.core.calendars import Calendar
from dueline.wording.calendars import DAY_KINDS, say_date, say_day, say_hours_of
from dueline.wording.language import spoken
from dueline.wording.times import MONTHS


class Cell(NamedTuple):
    """One day. label: the whole of it in words. is_named: the calendar says something of it."""

    on: date
    number: int
    kind: str
    label: str
    is_named: bool


class Week(NamedTuple):
    """A row of seven; None for a day of another month. number: by ISO 8601."""

    number: int
    cells: list[Cell | None]


class Month(NamedTuple):
    name: str
    weeks: list[Week]


class NamedDay(NamedTuple):
    """A day of the list, in words."""

    on: date
    date: str
    kind: str
    kind_name: str
    name: str
    hours: str


def draw_year(calendar: Calendar, year: int) -> list[Month]:
    """Return the twelve months of a year, week by week."""
    return [
        Month(_(MONTHS[n]), _weeks(days))
        for n, days in enumerate(months_of(calendar, year, spoken()))
    ]


def legend() -> list[tuple[str, str]]:
    """Return each kind of day with its name."""
    return [(kind.value, _(name)) for kind, name in DAY_KINDS.items()]


def list_days(calendar: Calendar, year: int) -> list[NamedDay]:
    """Return the days of a year that the calendar names, in words."""
    return [
        NamedDay(
            day.on,
            say_date(day.on),
            day.kind.value,
            _(DAY_KINDS[day.kind]),
            day.name,
            say_hours_of(day.openings),
        )
        for day in exceptional_days(calendar, year, spoken())
    ]


def _weeks(days: list[Day]) -> list[Week]:
    cells: list[Cell | None] = [None] * days[0].on.weekday() + [_cell(day) for day in days]
    cells += [None] * (-len(cells) % 7)
    rows = (cells[n : n + 7] for n in range(0, len(cells), 7))
    return [Week(_number(row), row) for row in rows]


def _number(cells: Iterable[Cell | None]) -> int:
    return next(cell.on.isocalendar().week for cell in cells if cell)


def _cell(day: Day) -> Cell:
    return Cell(
        on=day.on,
        number=day.on.day,
        kind=day.kind.value,
        label=f"{say_date(day.on)}: {say_day(day)}",
        is_named=bool(day.name) or day.kind not in (DayKind.OPEN, DayKind.CLOSED),
    )
