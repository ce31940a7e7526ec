"""Open time counted by walking minute for minute over the local clock: slow, and hard to get wrong.

It shares nothing with `core.calendars` but the shape of a calendar. Whole minutes are exact here:
since 2000 no zone of these tests has had an offset that is not whole minutes.
"""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from dueline.core.calendars import Calendar

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def wall(zone: str, at: datetime) -> datetime:
    """What a clock on the wall shows at an instant."""
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


@lru_cache(maxsize=4096)
def minutes_around(zone: str, day: date) -> tuple[tuple[datetime, datetime], ...]:
    """Return (instant, wall-clock time) of each minute in which the local day can lie."""
    begin = datetime.combine(day, datetime.min.time(), UTC) - timedelta(hours=16)
    minutes = (begin + number * MINUTE for number in range(80 * 60))
    return tuple((at, wall(zone, at)) for at in minutes)


def opening(zone: str, day: date, start: int, end: int) -> tuple[datetime, datetime] | None:
    """From the first time the clock shows `start` until the last time it shows `end`.

    Where the clock jumps over such a time: when it jumps.
    """
    midnight = datetime.combine(day, datetime.min.time())
    opens = showing(zone, day, midnight + start * MINUTE)[0]
    closes = showing(zone, day, midnight + end * MINUTE)[-1]
    return (opens, closes) if opens < closes else None


def showing(zone: str, day: date, wanted: datetime) -> list[datetime]:
    """Return the instants at which the clock shows a time; else the one at which it jumps over."""
    minutes = minutes_around(zone, day)
    found = [at for at, shown in minutes if shown == wanted]
    return found or [next(at for at, shown in minutes if shown > wanted)]


def openings_on(calendar: Calendar, day: date) -> list[tuple[datetime, datetime]]:
    exceptional = calendar.dates.get(day)
    spans = exceptional.openings if exceptional else calendar.week[day.weekday()]
    found = (opening(calendar.zone, day, start, end) for start, end in spans)
    return [span for span in found if span]


def days_between(calendar: Calendar, start: datetime, end: datetime) -> list[date]:
    day = wall(calendar.zone, start).date() - 2 * DAY
    days = []
    while day <= wall(calendar.zone, end).date():
        days.append(day)
        day += DAY
    return days


def open_minutes(calendar: Calendar, start: datetime, end: datetime) -> set[datetime]:
    """Return the beginnings of all open minutes from `start` (a whole minute) to before `end`."""
    found = set()
    for day in days_between(calendar, start, end):
        for opens, closes in openings_on(calendar, day):
            at = max(opens, start)
            while at < min(closes, end):
                found.add(at)
                at += MINUTE
    return found


def open_time_between(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """Return the open time between two instants, to the second."""
    minutes = open_minutes(calendar, start.replace(second=0), end)
    whole = len(minutes) * MINUTE
    if start.replace(second=0) in minutes:
        whole -= timedelta(seconds=start.second)
    if end.second and end.replace(second=0) in minutes:
        whole -= timedelta(seconds=60 - end.second)
    return whole


def next_open(calendar: Calendar, at: datetime) -> datetime:
    """Return `at` if its minute is open, else the first open minute after it."""
    minute = at.replace(second=0)
    for days in (1, 10, 40, 400):
        found = open_minutes(calendar, minute, minute + days * DAY)
        if found:
            return at if minute in found else min(found)
    raise AssertionError("never open")


def business_day(calendar: Calendar, at: datetime) -> date:
    """Return the day on which the opening that holds the open instant `at` began."""
    day = wall(calendar.zone, at).date()
    return max(
        began_on
        for began_on in (day - 2 * DAY, day - DAY, day)
        for opens, closes in openings_on(calendar, began_on)
        if opens <= at < closes
    )


def nth_open_day(calendar: Calendar, day: date, count: int) -> date:
    while count:
        day += DAY
        count -= bool(openings_on(calendar, day))
    return day


def add_business_days(calendar: Calendar, start: datetime, days: int) -> datetime:
    """The clock shows the same again on the Nth open day; if closed then, when that day closes."""
    start = next_open(calendar, start)
    began_on = business_day(calendar, start)
    shown = wall(calendar.zone, start)
    due_day = nth_open_day(calendar, began_on, days)
    wanted = shown.replace(second=0) + (due_day - began_on)
    second_time = start.astimezone(ZoneInfo(calendar.zone)).fold
    due = showing(calendar.zone, due_day, wanted)[-1 if second_time else 0]
    due += timedelta(seconds=shown.second)
    openings = openings_on(calendar, due_day)
    if any(opens <= due < closes for opens, closes in openings):
        return due
    return max(closes for _, closes in openings)


def end_of_business_day(calendar: Calendar, start: datetime, days: int) -> datetime:
    began_on = business_day(calendar, next_open(calendar, start))
    due_day = nth_open_day(calendar, began_on, days)
    return max(closes for _, closes in openings_on(calendar, due_day))
