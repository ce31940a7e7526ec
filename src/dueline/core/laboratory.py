"""Reckoning with a calendar, outside of any case: when is it due, how long was it open, and why."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from dueline.core.calendars import (
    AROUND_THE_CLOCK,
    Calendar,
    NeverOpen,
    business_day,
    local_midnight,
    next_open,
    nth_open_day,
)
from dueline.core.commitments import due_after
from dueline.core.errors import Refusal
from dueline.core.explain import Segment, open_and_closed
from dueline.core.policy import OFFICE, Cell, Target, Unit

_DAY = timedelta(days=1)
# Beyond this a list of stretches helps nobody.
LONGEST = timedelta(days=800)
_BY_DAYS = (Unit.BUSINESS_DAYS, Unit.END_OF_BUSINESS_DAY)


@dataclass(frozen=True, slots=True)
class Trace:
    """Every stretch from `start` to `end`, counted or skipped.

    target: None when the time between two instants was asked for. counted, days: the sum of the
    stretches.
    """

    calendar: Calendar
    start: datetime
    end: datetime
    target: Target | None
    segments: tuple[Segment, ...]
    counted: timedelta
    days: int

    @property
    def adds_up(self) -> bool:
        """The stretches come to the target, and leave nothing out on the way."""
        edges = [self.start, *(s.to_at for s in self.segments)]
        joined = all(s.from_at == edge for s, edge in zip(self.segments, edges, strict=False))
        if self.target is None:
            return joined and edges[-1] == self.end
        if self.target.unit in _BY_DAYS:
            return joined and self.days == self.target.amount
        return joined and self.counted == self.target.span


def reckon_due(calendar: Calendar, start: datetime, target: Target) -> Trace:
    """Return when a target is due that begins at `start`, stretch for stretch.

    Raises Refusal("never-open") or Refusal("too-long").
    """
    try:
        due_at = due_after(Cell(target, OFFICE), calendar, start)
        if due_at - start > LONGEST:
            raise _too_long()
        return _trace(calendar, start, due_at, target, _segments(calendar, start, due_at, target))
    except (NeverOpen, OverflowError) as error:
        raise Refusal(
            "never-open", "From there on the calendar does not open for more than a year."
        ) from error


def reckon_between(calendar: Calendar, start: datetime, end: datetime) -> Trace:
    """Return the open time between two instants, stretch for stretch.

    Raises Refusal("end") when they are the wrong way round, Refusal("too-long").
    """
    if end < start:
        raise Refusal("end", "The second instant is before the first.")
    if end - start > LONGEST:
        raise _too_long()
    return _trace(calendar, start, end, None, open_and_closed(calendar, start, end))


def _too_long() -> Refusal:
    return Refusal("too-long", "The laboratory reckons over at most %(n)s days.", n=LONGEST.days)


def _trace(
    calendar: Calendar,
    start: datetime,
    end: datetime,
    target: Target | None,
    segments: list[Segment],
) -> Trace:
    return Trace(
        calendar,
        start,
        end,
        target,
        tuple(segments),
        counted=sum((s.counted for s in segments), timedelta()),
        days=sum(s.days for s in segments),
    )


def _segments(
    calendar: Calendar, start: datetime, due_at: datetime, target: Target
) -> list[Segment]:
    match target.unit:
        case Unit.OPEN_TIME:
            return open_and_closed(calendar, start, due_at)
        case Unit.DAYS:
            return open_and_closed(AROUND_THE_CLOCK, start, due_at)
        case _:
            return _day_segments(calendar, start, due_at, target.amount)


def _day_segments(
    calendar: Calendar, start: datetime, due_at: datetime, amount: int
) -> list[Segment]:
    """Count open days, as `core.explain` does for a promise that never paused."""
    began = next_open(calendar, start)
    segments = open_and_closed(calendar, start, began)
    first = business_day(calendar, began)
    last = nth_open_day(calendar, first, amount)
    at = max(began, local_midnight(calendar, first + _DAY))
    segments.append(Segment(began, at, "same-day"))
    day = first + _DAY
    while day <= last:
        to_at = max(at, local_midnight(calendar, day + _DAY)) if day < last else due_at
        if calendar.is_open_day(day):
            segments.append(Segment(at, to_at, "day", days=1))
        else:
            segments.append(_skipped(calendar, day, at, to_at))
        at, day = to_at, day + _DAY
    return _joined(segments)


def _skipped(calendar: Calendar, day: date, from_at: datetime, to_at: datetime) -> Segment:
    exceptional = calendar.dates.get(day)
    if exceptional is None or not exceptional.name:
        return Segment(from_at, to_at, "free")
    return Segment(from_at, to_at, "holiday", name=exceptional.name, said=exceptional.said)


def _joined(segments: list[Segment]) -> list[Segment]:
    """Make one of neighbours that were skipped for the same reason; leave out what took no time."""
    joined: list[Segment] = []
    for segment in segments:
        if segment.from_at == segment.to_at and not segment.days:
            continue
        before = joined[-1] if joined else None
        if before and not segment.days and (before.why, before.name) == (segment.why, segment.name):
            joined[-1] = replace(before, to_at=segment.to_at)
        else:
            joined.append(segment)
    return joined
