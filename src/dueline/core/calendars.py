"""When the desk is open, and exact arithmetic with open time.

An opening belongs to the local day on which it begins, also when it runs over midnight. Openings
are wall-clock times; each day's are turned into instants once, so that a night in which the clocks
change is an hour longer or shorter, as it is for the people who work in it.
"""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dueline.core.errors import Refusal

# How far ahead an opening is looked for before a calendar counts as never open.
HORIZON = timedelta(days=400)
_DAY = timedelta(days=1)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class NeverOpen(Exception):
    """The calendar has no opening within `HORIZON` of an instant."""


@dataclass(frozen=True, slots=True)
class Exceptional:
    """A date that is not like its weekday. openings: empty when closed.

    said: the name in other languages than the calendar's own, by language code.
    is_holiday: the holidays package wrote it, and may write it anew; no person has touched it.
    """

    name: str
    openings: tuple[tuple[int, int], ...]
    said: Mapping[str, str] = field(default_factory=dict)
    is_holiday: bool = False

    def name_in(self, language: str) -> str:
        return self.said.get(language, self.name)


@dataclass(frozen=True)
class Calendar:
    """zone: an IANA name. week: seven days from Monday, each its openings.

    An opening is a pair of minutes after local midnight, start before end; an end above 1440 is
    on the following day. dates: the days that are not like their weekday.
    """

    name: str
    zone: str
    week: tuple[tuple[tuple[int, int], ...], ...]
    dates: Mapping[date, Exceptional] = field(default_factory=dict)
    # The openings of a day as instants, remembered: they are asked for again and again.
    # Not an argument: what `dataclasses.replace` makes of a calendar remembers nothing of it.
    _instants: dict[date, tuple[tuple[datetime, datetime], ...]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    def openings_on(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """Return the openings that begin on a local day, as UTC instants in order."""
        known = self._instants.get(day)
        if known is None:
            zone = _zone(self.zone)
            known = self._instants[day] = tuple(
                (opens, closes)
                for start, end in self._wall_openings(day)
                if (opens := _instant(zone, day, start, last=False))
                < (closes := _instant(zone, day, end, last=True))
            )
        return known

    def is_open_day(self, day: date) -> bool:
        return bool(self.openings_on(day))

    def local_day(self, at: datetime) -> date:
        return at.astimezone(_zone(self.zone)).date()

    def why_closed(self, day: date, language: str = "") -> str:
        """Return the name of what makes a day exceptional (a holiday, a closure), or "".

        language: a code; without one, or where the calendar has no such name, it is its own.
        """
        exceptional = self.dates.get(day)
        return exceptional.name_in(language) if exceptional else ""

    def _wall_openings(self, day: date) -> tuple[tuple[int, int], ...]:
        exceptional = self.dates.get(day)
        return exceptional.openings if exceptional else self.week[day.weekday()]


AROUND_THE_CLOCK = Calendar("around the clock", "UTC", (((0, 1440),),) * 7)


def is_open(calendar: Calendar, at: datetime) -> bool:
    """Say whether the calendar is open. An opening includes its start, not its end."""
    day = calendar.local_day(at)
    return any(
        opens <= at < closes
        for began_on in (day - _DAY, day)
        for opens, closes in calendar.openings_on(began_on)
    )


def next_open(calendar: Calendar, at: datetime) -> datetime:
    """Return `at` if it is open, else the start of the next opening. Raises NeverOpen."""
    return next(_openings_from(calendar, at))[0]


def next_start(calendar: Calendar, at: datetime) -> datetime:
    """Return when an opening begins after `at`, also if it is open now. Raises NeverOpen."""
    return next(opens for opens, _ in _openings_from(calendar, at) if opens > at)


def add_open_time(calendar: Calendar, start: datetime, amount: timedelta) -> datetime:
    """Return the instant at which `amount` of opening time has passed.

    start: aware; may lie outside opening hours (counting begins at the next opening).
    amount: not negative; none at all ends at the next open instant.
    Raises NeverOpen if the calendar has no opening within 400 days of where counting stands.
    """
    if calendar is AROUND_THE_CLOCK:
        return start + amount
    openings = _openings_from(calendar, start)
    opens, closes = next(openings)
    while amount > closes - opens:
        amount -= closes - opens
        opens, closes = next(openings)
    return opens + amount


def open_time_between(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """Return the opening time from `start` to `end` (none when they are the wrong way round)."""
    if calendar is AROUND_THE_CLOCK:
        return max(end - start, timedelta())
    spans = open_spans(calendar, start, end)
    return sum((closes - opens for opens, closes in spans), start=timedelta())


def open_spans(
    calendar: Calendar, start: datetime, end: datetime
) -> list[tuple[datetime, datetime]]:
    """Return the parts of `start`…`end` in which the calendar is open; touching ones are one."""
    spans: list[tuple[datetime, datetime]] = []
    try:
        for opens, closes in _openings_from(calendar, start):
            if opens >= end:
                break
            closes = min(closes, end)
            if spans and spans[-1][1] == opens:
                spans[-1] = (spans[-1][0], closes)
            else:
                spans.append((opens, closes))
    except NeverOpen:
        pass
    return spans


def add_business_days(calendar: Calendar, start: datetime, days: int) -> datetime:
    """Return the same wall-clock time on the Nth next open day after `start`.

    If that instant is not open: the end of that day's last opening. A closed `start` counts from
    the next opening. The day of an instant after midnight is the day on which its opening began.
    """
    start = next_open(calendar, start)
    began_on = business_day(calendar, start)
    day = nth_open_day(calendar, began_on, days)
    zone = _zone(calendar.zone)
    local = start.astimezone(zone)
    minutes_in = (local.date() - began_on).days * 1440 + local.hour * 60 + local.minute
    due = _instant(zone, day, minutes_in, last=bool(local.fold)) + timedelta(seconds=local.second)
    openings = calendar.openings_on(day)
    if any(opens <= due < closes for opens, closes in openings):
        return due
    return _last_close(openings)


def end_of_business_day(calendar: Calendar, start: datetime, days: int) -> datetime:
    """Return when the Nth next open day after `start` closes."""
    began_on = business_day(calendar, next_open(calendar, start))
    return _last_close(calendar.openings_on(nth_open_day(calendar, began_on, days)))


def _last_close(openings: tuple[tuple[datetime, datetime], ...]) -> datetime:
    # An opening may lie within another: the one that begins last need not end last.
    return max(closes for _, closes in openings)


def business_day(calendar: Calendar, at: datetime) -> date:
    """Return the day on which the opening that holds the open instant `at` began."""
    day = calendar.local_day(at)
    for candidate in (day, day - _DAY):
        if any(opens <= at < closes for opens, closes in calendar.openings_on(candidate)):
            return candidate
    return day


def nth_open_day(calendar: Calendar, day: date, count: int) -> date:
    """Return the `count`-th open day after `day`. Raises NeverOpen."""
    last_found = day
    while count:
        day += _DAY
        if calendar.is_open_day(day):
            count, last_found = count - 1, day
        elif day - last_found > HORIZON:
            raise NeverOpen(calendar.name)
    return day


def local_midnight(calendar: Calendar, day: date) -> datetime:
    """Return the instant at which a local day begins."""
    return _instant(_zone(calendar.zone), day, 0, last=False)


def first_instant(zone: str, day: date, wall: time) -> datetime:
    """Return when a clock on the wall first shows a time; where it jumps over it, when it jumps.

    zone: an IANA name.
    """
    return _instant(_zone(zone), day, wall.hour * 60 + wall.minute, last=False)


def _openings_from(calendar: Calendar, at: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield what is open from `at` on, in order; openings that overlap are cut so that none do.

    Raises NeverOpen after `HORIZON` without one.
    """
    day, counted_to = calendar.local_day(at) - _DAY, at
    gives_up_on = day + HORIZON
    while day <= gives_up_on:
        for opens, closes in calendar.openings_on(day):
            if closes > counted_to:
                yield max(opens, counted_to), closes
                counted_to, gives_up_on = closes, day + HORIZON
        day += _DAY
    raise NeverOpen(calendar.name)


def _instant(zone: ZoneInfo, day: date, minutes: int, *, last: bool) -> datetime:
    """Return the instant of a wall-clock time. last: of two such instants, the later one.

    A time that the clocks jump over means the instant of the jump.
    """
    wall = datetime.combine(day, time()) + timedelta(minutes=minutes)
    at = wall.replace(tzinfo=zone, fold=int(last)).astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) == wall:
        return at
    return _jump(zone, wall)


def _jump(zone: ZoneInfo, wall: datetime) -> datetime:
    """Return the instant at which the clocks jump over the wall-clock time `wall`."""
    early, late = sorted(wall.replace(tzinfo=zone, fold=f).astimezone(UTC) for f in (0, 1))
    before = early.astimezone(zone).utcoffset()
    low, high = early, late
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // 2
        middle = middle.replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})")
_LANGUAGE = re.compile(r"[a-z]{2}")


@lru_cache(maxsize=256)
def parse_calendar(source: str) -> Calendar:
    """Read a calendar from its TOML text. Raises Refusal("bad-calendar") that names the place.

    name = "Office hours"
    zone = "Europe/Stockholm"
    [week]
    monday = ["08:00-12:00", "13:00-17:00"]     # an absent day is closed
    friday = ["21:00-02:00"]                    # over midnight
    [dates]
    2026-12-24 = { name = "Christmas Eve", sv = "Julafton", nb = "Julaften" }     # closed
    2026-12-25 = { name = "Christmas Day", holiday = true }     # filled in, not by hand
    2026-04-02 = { name = "Maundy Thursday", open = ["08:00-13:00"] }
    """
    try:
        return _calendar(tomllib.loads(source))
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise Refusal("bad-calendar", "The calendar cannot be read: %(why)s", why=error) from error


def _calendar(document: Mapping[str, Any]) -> Calendar:
    try:
        zone = _zone(document["zone"]).key
    except (ZoneInfoNotFoundError, OSError) as error:
        raise ValueError(f"“{document['zone']}” is not a time zone") from error
    week = document["week"]
    if unknown := set(week) - set(WEEKDAYS):
        raise ValueError(f"“{unknown.pop()}” is not a day of the week")
    if not any(week.values()):
        raise ValueError("no day of the week is open")
    return Calendar(
        name=document["name"],
        zone=zone,
        week=tuple(_openings(week.get(weekday, [])) for weekday in WEEKDAYS),
        dates={
            date.fromisoformat(day): _parse_exceptional(entry)
            for day, entry in document.get("dates", {}).items()
        },
    )


def _parse_exceptional(entry: Mapping[str, Any]) -> Exceptional:
    said = {key: name for key, name in entry.items() if key not in ("name", "open", "holiday")}
    for key, name in said.items():
        if not _LANGUAGE.fullmatch(key) or not isinstance(name, str):
            raise ValueError(f"“{key}” is no word of a date; write name, open, holiday, sv, nb …")
    openings = _openings(entry.get("open", []))
    return Exceptional(entry.get("name", ""), openings, said, bool(entry.get("holiday", False)))


def parse_openings(text: str) -> tuple[tuple[int, int], ...]:
    """Read the openings of a day as people type them: "08:00-12:00, 13:00-17:00"; "" is closed.

    Raises Refusal("hours").
    """
    try:
        return _openings([span for span in text.split(",") if span.strip()])
    except ValueError as error:
        raise Refusal(
            "hours",
            "“%(typed)s” are no opening hours. Write them like 08:00-12:00, 13:00-17:00, and"
            " 21:00-02:00 over midnight.",
            typed=text.strip(),
        ) from error


def spell_openings(openings: tuple[tuple[int, int], ...]) -> str:
    """Write the openings of a day as `parse_openings` reads them."""
    return ", ".join(_spell_opening(opening).strip('"') for opening in openings)


def _openings(spans: list[str]) -> tuple[tuple[int, int], ...]:
    return tuple(sorted(_parse_opening(span) for span in spans))


def _parse_opening(span: str) -> tuple[int, int]:
    match = _SPAN.fullmatch(span.strip())
    if match is None:
        raise ValueError(f"“{span}” is not an opening; write 08:00-17:00")
    opens, closes = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
    if opens >= 1440 or closes > 1440 or int(match[2]) > 59 or int(match[4]) > 59:
        raise ValueError(f"“{span}” is not a time of day")
    return opens, closes if closes > opens else closes + 1440


def spell_calendar(calendar: Calendar) -> str:
    """Write a calendar as the TOML text that `parse_calendar` reads."""
    lines = [f"name = {_quoted(calendar.name)}", f"zone = {_quoted(calendar.zone)}", "", "[week]"]
    for weekday, openings in zip(WEEKDAYS, calendar.week, strict=True):
        if openings:
            lines.append(f"{weekday} = [{', '.join(map(_spell_opening, openings))}]")
    lines += ["", "[dates]"]
    for day, exceptional in sorted(calendar.dates.items()):
        names = {"name": exceptional.name, **dict(sorted(exceptional.said.items()))}
        said = ", ".join(f"{key} = {_quoted(name)}" for key, name in names.items())
        spelled = ", ".join(map(_spell_opening, exceptional.openings))
        mark = ", holiday = true" if exceptional.is_holiday else ""
        lines.append(f"{day} = {{ {said}, open = [{spelled}]{mark} }}")
    return "\n".join(lines) + "\n"


def _spell_opening(opening: tuple[int, int]) -> str:
    (opens_h, opens_m), (closes_h, closes_m) = divmod(opening[0], 60), divmod(opening[1], 60)
    hour = closes_h if opening[1] <= 1440 else closes_h - 24
    return f'"{opens_h:02}:{opens_m:02}-{hour:02}:{closes_m:02}"'


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
