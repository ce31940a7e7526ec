"""Who is on call, drawn day by day in the reader's zone, and listed as sentences."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from dueline.core.calendars import first_instant
from dueline.core.oncall import Duty, Rota, by_person, duties
from dueline.wording.calendars import say_date
from dueline.wording.times import MONTHS

_DAY = timedelta(days=1)
_COLOURS = 8


class Bar(NamedTuple):
    """A part of a day. hours: "" for the whole of it. colour: a number, the same for a person."""

    who: str
    hours: str
    colour: int
    is_nobody: bool


class Day(NamedTuple):
    on: date
    number: int
    label: str
    is_today: bool
    is_outside: bool  # of another month
    bars: list[Bar]


class Drawing(NamedTuple):
    """title: of the month or the week. earlier, later: a day of the neighbours."""

    title: str
    weeks: list[tuple[int, list[Day]]]
    earlier: date
    later: date


def draw_month(
    rota: Rota, people: Mapping[int, str], on: date, *, zone: str, at: datetime
) -> Drawing:
    """Draw the weeks that a month touches."""
    first = on.replace(day=1)
    following = (first + 31 * _DAY).replace(day=1)
    begin = first - first.weekday() * _DAY
    weeks = -(-(following - begin).days // 7)
    title = _("%(month)s %(year)s") % {"month": _(MONTHS[on.month - 1]), "year": on.year}
    drawn = draw_weeks(rota, people, begin, weeks, zone=zone, at=at, month=on.month)
    return Drawing(title[:1].upper() + title[1:], drawn, first - _DAY, following)


def draw_week(
    rota: Rota, people: Mapping[int, str], on: date, *, zone: str, at: datetime
) -> Drawing:
    begin = on - on.weekday() * _DAY
    year, week, _weekday = begin.isocalendar()
    title = _("Week %(n)s, %(year)s") % {"n": week, "year": year}
    drawn = draw_weeks(rota, people, begin, 1, zone=zone, at=at)
    return Drawing(title, drawn, begin - 7 * _DAY, begin + 7 * _DAY)


def draw_weeks(
    rota: Rota,
    people: Mapping[int, str],
    begin: date,
    weeks: int,
    *,
    zone: str,
    at: datetime,
    month: int = 0,
) -> list[tuple[int, list[Day]]]:
    """Return weeks from a Monday on, each with its number. month: whose days stand out."""
    days = [begin + n * _DAY for n in range(7 * weeks)]
    start, end = _midnight(zone, days[0]), _midnight(zone, days[-1] + _DAY)
    found = by_person(duties(rota, start, end))
    today = at.astimezone(ZoneInfo(zone)).date()
    drawn = [_day(day, found, people, zone=zone, today=today, month=month) for day in days]
    return [(drawn[n].on.isocalendar().week, drawn[n : n + 7]) for n in range(0, len(drawn), 7)]


def _day(
    day: date,
    found: Iterable[Duty],
    people: Mapping[int, str],
    *,
    zone: str,
    today: date,
    month: int,
) -> Day:
    start, end = _midnight(zone, day), _midnight(zone, day + _DAY)
    bars = [
        Bar(
            people.get(duty.agent or 0, _("nobody")),
            _hours(duty, start, end, zone),
            (duty.agent or 0) % _COLOURS,
            duty.agent is None,
        )
        for duty in found
        if duty.starts_at < end and duty.ends_at > start
    ]
    return Day(day, day.day, say_date(day), day == today, bool(month) and day.month != month, bars)


def _midnight(zone: str, day: date) -> datetime:
    return first_instant(zone, day, time())


def _hours(duty: Duty, start: datetime, end: datetime, zone: str) -> str:
    """Say which hours of a day a duty has: "", "until 09:00", "from 09:00", "09:00–17:00"."""
    begins = "" if duty.starts_at <= start else f"{duty.starts_at.astimezone(ZoneInfo(zone)):%H:%M}"
    ends = "" if duty.ends_at >= end else f"{duty.ends_at.astimezone(ZoneInfo(zone)):%H:%M}"
    if begins and ends:
        return f"{begins}–{ends}"
    if ends:
        return _("until %(clock)s") % {"clock": ends}
    return _("from %(clock)s") % {"clock": begins} if begins else ""
