"""Shifts out of an iCalendar file that another program wrote.

The file comes from elsewhere, and a repetition can be endless: only rules that a rota needs are
followed, each no further than the window, and all together for no more shifts than a layer holds.
"""

import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dueline.core.errors import Refusal

LARGEST = 500_000  # bytes; reading takes time that grows with them
MOST_EVENTS = 3000
MOST_SHIFTS = 2000
MOST_DATES = 2000  # by which single events are repeated, or not, all together
LONGEST = timedelta(days=62)  # of one shift
WINDOW = timedelta(days=396)  # from when it is imported: thirteen months
_FIRST_YEAR = 2000
# How many days a period of a rule has at least, and how many of each weekday at most.
_PERIODS = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 28, "YEARLY": 365}
_OF_A_WEEKDAY = {"WEEKLY": 1, "MONTHLY": 5, "YEARLY": 53}
_FOLLOWED = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "WKST"}


@dataclass(frozen=True, slots=True)
class FileShift:
    """said: whom the file names, as it does. names: by which they may be known here."""

    starts_at: datetime
    ends_at: datetime
    said: str
    names: tuple[str, ...]
    uid: str


def read_shifts(content: bytes, *, zone: str, start: datetime) -> list[FileShift]:
    """Return the shifts from `start` on for thirteen months, in order.

    zone: the rota's own, for times without a zone and for whole days. Raises Refusal("file").
    """
    try:
        # What the packages say about odd rules is for their authors.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _shifts(content, zone=ZoneInfo(zone), start=start, end=start + WINDOW)
    except (
        # What the packages raise over odd bytes: they promise none of these.
        ValueError,
        KeyError,
        IndexError,
        TypeError,
        AttributeError,
        OverflowError,
        RecursionError,
    ) as error:
        raise Refusal("file", "This is not an iCalendar file (.ics).") from error


def match_shifts(
    found: Iterable[FileShift], people: Mapping[str, int]
) -> list[tuple[FileShift, int | None]]:
    """Return each shift with who has it. people: agents by name and address, in small letters."""
    return [
        (shift, next((people[name] for name in shift.names if name in people), None))
        for shift in found
    ]


def _shifts(content: bytes, *, zone: ZoneInfo, start: datetime, end: datetime) -> list[FileShift]:
    if len(content) > LARGEST:
        raise Refusal("file", "The file is larger than 500 kB.")
    # Loaded only when a file is brought: the packages are large.
    import icalendar
    import recurring_ical_events

    calendar = icalendar.Calendar.from_ical(content)
    _check(calendar.walk("VEVENT"), start=start, end=end)
    query = recurring_ical_events.of(calendar)
    read = (_shift(event, zone) for event in query.between(start - LONGEST, end))
    shifts = [shift for shift in read if shift and shift.ends_at > start and shift.starts_at < end]
    if not shifts:
        raise Refusal("file", "The file has no shift in the next thirteen months.")
    if len(shifts) > MOST_SHIFTS:
        raise _too_many()
    return sorted(shifts, key=lambda shift: (shift.starts_at, shift.ends_at, shift.uid))


# --- what is followed ----------------------------------------------------------------------------


def _check(events: list[Any], *, start: datetime, end: datetime) -> None:
    """Refuse a file that would take too long, before anything of it is repeated."""
    if not events:
        raise Refusal("file", "The file has no events.")
    if len(events) > MOST_EVENTS:
        raise Refusal("file", "The file has more than %(n)s events.", n=MOST_EVENTS)
    dates = sum(_dates(event, "RDATE") + _dates(event, "EXDATE") for event in events)
    if dates > MOST_DATES:
        raise Refusal("file", "The file lists more than %(n)s single dates.", n=MOST_DATES)
    if sum(_most(event, start=start, end=end) for event in events) > MOST_SHIFTS:
        raise _too_many()


def _too_many() -> Refusal:
    return Refusal("file", "The file has more than %(n)s shifts in thirteen months.", n=MOST_SHIFTS)


def _dates(event: Any, name: str) -> int:
    said = event.get(name, [])
    return sum(len(one.dts) for one in (said if isinstance(said, list) else [said]))


def _most(event: Any, *, start: datetime, end: datetime) -> int:
    """Return how many shifts an event can be at most. Refuses a rule that is not followed."""
    rule = event.get("RRULE")
    if rule is None:
        return 1
    if isinstance(rule, list):
        raise _not_followed(event)
    parts = {str(key).upper(): list(value) for key, value in rule.items()}
    often = str(parts.get("FREQ", [""])[0]).upper()
    every = int(parts.get("INTERVAL", [1])[0])
    weekdays = parts.get("BYDAY", [""])
    begins = event["DTSTART"].dt
    if (
        often not in _PERIODS
        or not set(parts) <= _FOLLOWED
        or every < 1
        or int(parts.get("COUNT", [1])[0]) > MOST_SHIFTS
        or any(_nth(weekday) > 5 for weekday in weekdays)  # the 53rd Monday of a month is never
        or begins.year < _FIRST_YEAR
    ):
        raise _not_followed(event)
    until = parts.get("UNTIL", [None])[0]
    if until is not None and _date(until) < _date(start - LONGEST):
        return 0
    if "COUNT" not in parts and (until is None or _date(until) > _date(end)):
        # A rule that falls on no day at all would be followed to the year 9999.
        last = end if isinstance(begins, datetime) and begins.tzinfo else _like(begins, end)
        rule["UNTIL"] = [last]
    periods = (end - start + LONGEST).days // (_PERIODS[often] * every) + 2
    in_each = len(weekdays) * _OF_A_WEEKDAY[often] if "BYDAY" in parts and often != "DAILY" else 1
    return min(periods * in_each, int(parts.get("COUNT", [MOST_SHIFTS + 1])[0]))


def _nth(weekday: Any) -> int:
    return int("".join(c for c in str(weekday) if c.isdigit()) or 0)


def _date(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _like(begins: date, end: datetime) -> date:
    """Return the end as a moment of the kind that the event begins with."""
    return end.replace(tzinfo=None) if isinstance(begins, datetime) else end.date()


def _not_followed(event: Any) -> Refusal:
    return Refusal(
        "file",
        "“%(event)s” repeats in a way that is not taken over. A shift may repeat daily, weekly,"
        " monthly or yearly, on days of the week.",
        event=_clean(event.get("SUMMARY", "?")),
    )


# --- one shift -----------------------------------------------------------------------------------


def _shift(event: Any, zone: ZoneInfo) -> FileShift | None:
    """Return the shift that an event is; None: it is cancelled, empty, or longer than any."""
    starts_at = _instant(event["DTSTART"].dt, zone)
    ends_at = _instant(event["DTEND"].dt, zone)
    is_cancelled = _clean(event.get("STATUS", "")).upper() == "CANCELLED"
    if is_cancelled or not timedelta() < ends_at - starts_at <= LONGEST:
        return None
    said, names = _whom(event)
    return FileShift(starts_at, ends_at, said, names, _clean(event.get("UID", ""))[:255])


def _instant(moment: date, zone: ZoneInfo) -> datetime:
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    local = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return local.astimezone(UTC).replace(microsecond=0)


def _whom(event: Any) -> tuple[str, tuple[str, ...]]:
    """Return whom an event names: its attendees, then its title, also without what is in brackets
    and before a colon, as other programs write it."""
    said = event.get("ATTENDEE", [])
    found = []
    for one in said if isinstance(said, list) else [said]:
        address = _clean(one)
        address = address[7:] if address.lower().startswith("mailto:") else address
        found += [address, _clean(getattr(one, "params", {}).get("CN", ""))]
    title = _clean(event.get("SUMMARY", ""))
    found += [title, title.partition("(")[0], title.rpartition(":")[2], title.partition(" - ")[2]]
    known = dict.fromkeys(" ".join(name.split()).casefold() for name in found)
    names = tuple(name for name in known if name)
    return (title or next((name for name in found if name), "?"))[:200], names


def _clean(said: Any) -> str:
    text = " ".join(str(said[0] if isinstance(said, list) and said else said).split())
    return "".join(c for c in text if c.isprintable())[:300]
