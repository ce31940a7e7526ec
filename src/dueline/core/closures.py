"""Closed days out of an iCalendar file: whole-day events, and nothing else of it.

The file comes from elsewhere. The icalendar package reads its lines; what an event means for a
desk is decided here, and what cannot be taken over is named instead of guessed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dueline.core.errors import Refusal, gettext_noop

LARGEST = 500_000  # bytes; reading takes time that grows with them
MOST_EVENTS = 3000
LONGEST = 366  # days of one event
MOST_DAYS = 20_000  # of all events together, before those that fall on one day are one
_LONGEST_NAME = 100
_DAY = timedelta(days=1)

# Why an event was left out.
TIMED = gettext_noop("it does not take whole days")
REPEATS = gettext_noop("it repeats otherwise than once a year")
TOO_LONG = gettext_noop("it is longer than a year")
UNREADABLE = gettext_noop("its days cannot be read")
CHANGED = gettext_noop("it changes one day of another event")


@dataclass(frozen=True, slots=True)
class LeftOut:
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Closures:
    """days: closed days with their names. left_out: the events that were not taken over."""

    days: dict[date, str]
    left_out: tuple[LeftOut, ...]


def read_closures(content: bytes, *, zone: str, years: range) -> Closures:
    """Read the whole-day events of an iCalendar file.

    zone: the calendar's own, for events that are written from midnight to midnight. years: days
    outside of them are not taken over.
    Raises Refusal("closures").
    """
    days: dict[date, str] = {}
    left_out, seen = [], 0
    for event in _events(content):
        name = _name(event)
        try:
            for day in _days(event, zone=ZoneInfo(zone), years=years):
                days.setdefault(day, name)
                seen += 1
                if seen > MOST_DAYS:
                    raise Refusal("closures", "The file names more than %(n)s days.", n=MOST_DAYS)
        except _Unfit as unfit:
            left_out.append(LeftOut(name, unfit.why))
        except OverflowError:  # a day before the year 1, or after 9999
            left_out.append(LeftOut(name, UNREADABLE))
    if not days and not left_out:
        raise Refusal("closures", "The file names no whole day in the years of this calendar.")
    return Closures(dict(sorted(days.items())), tuple(left_out))


class _Unfit(Exception):
    def __init__(self, why: str) -> None:
        self.why = why


def _events(content: bytes) -> list[Any]:
    if len(content) > LARGEST:
        raise Refusal("closures", "The file is larger than 500 kB.")
    # Read only when a file is brought: the package is large, and no other page needs it.
    import icalendar

    try:
        found = icalendar.Calendar.from_ical(content, multiple=True)
    except (
        # What the package raises over odd bytes: it promises none of these.
        ValueError,
        KeyError,
        IndexError,
        TypeError,
        AttributeError,
        OverflowError,
        RecursionError,
    ) as error:
        raise Refusal("closures", "This is not an iCalendar file (.ics).") from error
    events = [event for one in found for event in one.walk("VEVENT")]
    if not events:
        raise Refusal("closures", "This is not an iCalendar file with events (.ics).")
    if len(events) > MOST_EVENTS:
        raise Refusal("closures", "The file has more than %(n)s events.", n=MOST_EVENTS)
    return [event for event in events if str(event.get("STATUS", "")).upper() != "CANCELLED"]


def _name(event: Any) -> str:
    said = event.get("SUMMARY", "")
    text = " ".join(str(said if not isinstance(said, list) else said[0]).split())
    return "".join(c for c in text if c.isprintable())[:_LONGEST_NAME] or "?"


def _days(event: Any, *, zone: ZoneInfo, years: range) -> Iterator[date]:
    if "RECURRENCE-ID" in event:
        raise _Unfit(CHANGED)
    first, length = _span(event, zone)
    excluded = _excluded(event, zone)
    for start in _starts(event, first, years):
        if start not in excluded:
            days = (start + n * _DAY for n in range(length) if _fits(start, n))
            yield from (day for day in days if day.year in years)


def _fits(start: date, n: int) -> bool:
    return start.toordinal() + n <= date.max.toordinal()


def _span(event: Any, zone: ZoneInfo) -> tuple[date, int]:
    """Return the first day of an event and how many it takes."""
    starts = _moment(event, "DTSTART")
    if starts is None:
        raise _Unfit(UNREADABLE)
    ends, lasts = _moment(event, "DTEND"), _moment(event, "DURATION")
    if ends is None and isinstance(lasts, timedelta):
        ends = starts + lasts
    if ends is None:
        # iCalendar says so: a date without an end is a day, an instant without one is none.
        ends = starts + _DAY if not isinstance(starts, datetime) else starts
    first, after = _whole_day(starts, zone), _whole_day(ends, zone)
    length = (after - first).days
    if length < 1:
        raise _Unfit(TIMED if isinstance(starts, datetime) else UNREADABLE)
    if length > LONGEST:
        raise _Unfit(TOO_LONG)
    return first, length


def _moment(event: Any, name: str) -> Any:
    """Return a date, a datetime or a timedelta of an event; None if it does not say."""
    if name not in event:
        return None
    try:
        return event[name].dt
    except (ValueError, AttributeError, TypeError) as error:  # broken, or said twice
        raise _Unfit(UNREADABLE) from error


def _whole_day(moment: Any, zone: ZoneInfo) -> date:
    """Return the day that begins at a moment. Some programs write whole days as midnights."""
    if isinstance(moment, datetime):
        local = moment.astimezone(zone) if moment.tzinfo else moment
        if local.time() != time():
            raise _Unfit(TIMED)
    elif not isinstance(moment, date):
        raise _Unfit(UNREADABLE)
    day: date = _day(moment, zone)
    return day


def _excluded(event: Any, zone: ZoneInfo) -> set[date]:
    """Return the days on which a repeating event does not happen."""
    said = event.get("EXDATE", [])
    try:
        moments = [
            one.dt for dates in (said if isinstance(said, list) else [said]) for one in dates.dts
        ]
    except (ValueError, AttributeError) as error:  # which day stays open cannot be read
        raise _Unfit(UNREADABLE) from error
    return {_day(moment, zone) for moment in moments}


def _day(moment: Any, zone: ZoneInfo) -> Any:
    if not isinstance(moment, datetime):
        return moment
    return (moment.astimezone(zone) if moment.tzinfo else moment).date()


# A rule may say once more what the first day says already.
_SAYS_NOTHING_NEW = {"BYMONTH": "month", "BYMONTHDAY": "day"}


def _starts(event: Any, first: date, years: range) -> Iterator[date]:
    """Yield the first day, and for a yearly event the same day of the years asked for."""
    if "RDATE" in event:
        raise _Unfit(REPEATS)
    rule = event.get("RRULE")
    if rule is None:
        yield first
        return
    every, count, until = _yearly(rule, first)
    for n, year in enumerate(range(first.year, years.stop, every)):
        if count is not None and n >= count:
            return
        try:
            start = first.replace(year=year)
        except ValueError:  # 29 February: iCalendar leaves the other years out, uncounted too
            count = count + 1 if count is not None else None
            continue
        if until is not None and start > until:
            return
        yield start


def _yearly(rule: Any, first: date) -> tuple[int, int | None, date | None]:
    """Return the interval, the count and the last day of a yearly rule."""
    try:
        parts = {str(key).upper(): list(value) for key, value in rule.items()}
        says_more = {
            key
            for key, value in parts.items()
            if key not in ("FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST")
            and value != [getattr(first, _SAYS_NOTHING_NEW.get(key, ""), None)]
        }
        if parts["FREQ"] != ["YEARLY"] or says_more:
            raise _Unfit(REPEATS)
        every = int(parts.get("INTERVAL", [1])[0])
        count = int(parts["COUNT"][0]) if "COUNT" in parts else None
        until = parts["UNTIL"][0] if "UNTIL" in parts else None
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise _Unfit(UNREADABLE) from error
    if every < 1:
        raise _Unfit(UNREADABLE)
    return every, count, until.date() if isinstance(until, datetime) else until
