"""Who is on call: a rota, read at an instant or over a stretch of time.

The people of a **layer** take turns, always or only on certain hours. Of the layers the highest
that has somebody counts. Above them stand the **overrides**, taken in the order in which they were
made, so that of two the later one counts.

A turn of days or weeks changes hands when a clock on the wall of the rota's zone **first** shows
the hand-over's time. At 02:30 that means:

- where the clock jumps from 02:00 to 03:00, it never shows 02:30: the hand-over is at the jump.
- where the clock goes back from 03:00 to 02:00, it shows 02:30 twice: the hand-over is at the first
  time, and who comes on then has all of the hour that is repeated as well.

So nobody hands over twice in one night, no minute has two people or none, and it is the turns
next to that night that are shorter or longer. A turn of hours is counted in hours that have really
passed since the first turn began: it keeps its length, and moves on the wall when the clocks
change.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

from dueline.core.calendars import (
    WEEKDAYS,
    Calendar,
    first_instant,
    open_spans,
    parse_openings,
)

# So far around an instant a duty's beginning and end are looked for.
_AROUND = (timedelta(days=8), timedelta(days=60), timedelta(days=400))


# Calendars, each with the instant from which it holds; the first one holds before that as well.
Calendars = tuple[tuple[datetime, Calendar], ...]


class Turn(StrEnum):
    HOURS = "hours"
    DAYS = "days"
    WEEKS = "weeks"
    SHIFTS = "shifts"  # no rule: shifts, one by one


class Hours(StrEnum):
    ALWAYS = "always"
    INSIDE = "inside"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Shift:
    """agent None: a name that nobody here bears, so that the layer has nobody by it."""

    starts_at: datetime
    ends_at: datetime
    agent: int | None


@dataclass(frozen=True, slots=True)
class Layer:
    """position: 1 is the lowest. members: who has the first turn, the second, …; None: nobody.

    ends_on: the last day on which a turn may begin. hours: in relation to the openings of
    `calendars`. Of shifts that overlap, the one counts that begins later.
    """

    position: int
    turn: Turn
    turn_length: int
    starts_on: date
    handover_at: time
    members: tuple[int | None, ...] = ()
    ends_on: date | None = None
    shifts: tuple[Shift, ...] = ()
    hours: Hours = Hours.ALWAYS
    calendars: Calendars = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class Override:
    """agent None: nobody is on. replaces: only where this person would be on; None: whoever is."""

    id: int
    starts_at: datetime
    ends_at: datetime
    agent: int | None
    replaces: int | None = None


@dataclass(frozen=True, slots=True)
class Rota:
    """zone: an IANA name. overrides: in the order in which they were made."""

    zone: str
    layers: tuple[Layer, ...] = ()
    overrides: tuple[Override, ...] = ()


@dataclass(frozen=True, slots=True)
class Duty:
    """Somebody (agent None: nobody) without a break, and by what.

    layer: its position. override: its id. Both None: no layer has anybody, and no override says so.
    """

    agent: int | None
    starts_at: datetime
    ends_at: datetime
    layer: int | None = None
    override: int | None = None


def who_is_on(rota: Rota, at: datetime) -> Duty | None:
    """Return who is on call at an instant, from when and until when; None: nobody.

    A duty that began, or will end, more than 400 days away is cut there.
    """
    duty = duty_at(rota, at)
    return None if duty.agent is None else duty


def duty_at(rota: Rota, at: datetime) -> Duty:
    """Return the duty that holds an instant, as `who_is_on`, also where nobody is on."""
    for around in _AROUND:
        start, end = at - around, at + around
        duty = next(duty for duty in duties(rota, start, end) if duty.ends_at > at)
        if start < duty.starts_at and duty.ends_at < end:
            break
    return duty


def duties(rota: Rota, start: datetime, end: datetime) -> tuple[Duty, ...]:
    """Return who is on from `start` to `end`, without a gap: where nobody is, a duty says so.

    Two that touch differ in the person, in the layer or in the override; the outer ones are cut.
    """
    lanes = [
        (layer.position, _lane(layer, rota.zone, start, end))
        for layer in sorted(rota.layers, key=_by_position, reverse=True)
    ]
    overrides = [o for o in rota.overrides if o.starts_at < end and o.ends_at > start]
    edges = {start, end} if start < end else set()
    stretches = [(o.starts_at, o.ends_at) for o in overrides]
    stretches += [(turn.starts_at, turn.ends_at) for _, lane in lanes for turn in lane]
    edges.update(edge for stretch in stretches for edge in stretch if start < edge < end)
    found: list[Duty] = []
    for begins, ends in pairwise(sorted(edges)):
        duty = _duty(lanes, overrides, begins, ends)
        if found and replace(found[-1], starts_at=begins, ends_at=ends) == duty:
            found[-1] = replace(found[-1], ends_at=ends)
        else:
            found.append(duty)
    return tuple(found)


def by_person(found: Iterable[Duty]) -> tuple[Duty, ...]:
    """Return duties with those of one person that touch as one, whatever puts them on."""
    joined: list[Duty] = []
    for duty in found:
        if joined and joined[-1].agent == duty.agent:
            joined[-1] = replace(joined[-1], ends_at=duty.ends_at)
        else:
            joined.append(replace(duty, layer=None, override=None))
    return tuple(joined)


def weekly(week: Mapping[str, Iterable[str]], zone: str) -> Calendars:
    """Return hours that are the same every week, from {"monday": ["17:00-24:00", …], …}.

    Raises Refusal("hours").
    """
    openings = (parse_openings(", ".join(week.get(weekday, ()))) for weekday in WEEKDAYS)
    return ((datetime.min.replace(tzinfo=UTC), Calendar("week", zone, tuple(openings))),)


def _by_position(layer: Layer) -> int:
    return layer.position


def _duty(
    lanes: Iterable[tuple[int, list[Shift]]],
    overrides: Iterable[Override],
    begins: datetime,
    ends: datetime,
) -> Duty:
    """Return who is on over a stretch within which nothing changes."""
    duty = Duty(None, begins, ends)
    for position, lane in lanes:
        agent = _agent_in(lane, begins)
        if agent is not None:
            duty = Duty(agent, begins, ends, layer=position)
            break
    for override in overrides:
        covers = override.starts_at <= begins < override.ends_at
        if covers and override.replaces in (None, duty.agent):
            duty = Duty(override.agent, begins, ends, override=override.id)
    return duty


def _agent_in(lane: list[Shift], at: datetime) -> int | None:
    before = bisect_right(lane, at, key=_by_start) - 1
    return lane[before].agent if before >= 0 and at < lane[before].ends_at else None


def _by_start(shift: Shift) -> datetime:
    return shift.starts_at


# --- one layer -----------------------------------------------------------------------------------


def _lane(layer: Layer, zone: str, start: datetime, end: datetime) -> list[Shift]:
    """Return a layer's turns within its hours, in order, none over another."""
    if layer.turn is Turn.SHIFTS:
        turns = _apart(s for s in layer.shifts if s.starts_at < end and s.ends_at > start)
    else:
        turns = list(_turns(layer, zone, start, end))
    if layer.hours is Hours.ALWAYS:
        return turns
    return list(_cut(turns, _hours(layer, start, end)))


def _turns(layer: Layer, zone: str, start: datetime, end: datetime) -> Iterator[Shift]:
    """Yield the turns that reach into `start`…`end`."""
    if not layer.members:
        return
    number = _turn_before(layer, zone, start)
    begins = _begin(layer, zone, number)
    while begins < end and not _is_over(layer, zone, begins):
        number += 1
        following = _begin(layer, zone, number)
        if following > start:
            agent = layer.members[(number - 1) % len(layer.members)]
            yield Shift(begins, following, agent)
        begins = following


def _turn_before(layer: Layer, zone: str, at: datetime) -> int:
    """Return the number (from 0) of a turn that begins before `at`, close to it."""
    first = _begin(layer, zone, 0)
    # A hand-over is never a whole day from where the same clock time would be without changes.
    passed = at - first - timedelta(days=1)
    return max(0, passed // _length(layer))


def _length(layer: Layer) -> timedelta:
    return timedelta(**{layer.turn.value: layer.turn_length})


def _begin(layer: Layer, zone: str, number: int) -> datetime:
    """Return when a turn begins. number: from 0."""
    if layer.turn is Turn.HOURS:
        return first_instant(zone, layer.starts_on, layer.handover_at) + number * _length(layer)
    return first_instant(zone, layer.starts_on + number * _length(layer), layer.handover_at)


def _is_over(layer: Layer, zone: str, begins: datetime) -> bool:
    """Say whether a turn would begin after the layer's last day."""
    return layer.ends_on is not None and _day(zone, begins) > layer.ends_on


def _day(zone: str, at: datetime) -> date:
    return at.astimezone(ZoneInfo(zone)).date()


def _apart(shifts: Iterable[Shift]) -> list[Shift]:
    """Return shifts in order, none over another; who begins later cuts off who was on before.

    A shift of nobody cuts off nobody: better the wrong person is woken than none.
    """
    known = [shift for shift in shifts if shift.agent is not None]
    edges = sorted({edge for shift in known for edge in (shift.starts_at, shift.ends_at)})
    known.sort(key=_by_start)
    apart = []
    for begins, ends in pairwise(edges):
        covering = [s for s in known if s.starts_at <= begins < s.ends_at]
        if covering:
            apart.append(Shift(begins, ends, covering[-1].agent))
    return apart


def _hours(layer: Layer, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """Return the spans of `start`…`end` in which the layer has anybody at all."""
    spans = []
    for begins, ends, calendar in _in_force(layer.calendars, start, end):
        spans += open_spans(calendar, begins, ends)
    return spans if layer.hours is Hours.INSIDE else _between(spans, start, end)


def _in_force(
    calendars: Calendars, start: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime, Calendar]]:
    """Yield each calendar with the part of `start`…`end` in which it holds."""
    begins = start
    for number, (_, calendar) in enumerate(calendars):
        later = calendars[number + 1 :]
        ends = min(later[0][0], end) if later else end
        if begins < ends:
            yield begins, ends, calendar
            begins = ends


def _between(
    spans: list[tuple[datetime, datetime]], start: datetime, end: datetime
) -> list[tuple[datetime, datetime]]:
    """Return what of `start`…`end` lies outside of the spans."""
    edges = [start, *(edge for span in spans for edge in span), end]
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return [(begins, ends) for begins, ends in pairs if begins < ends]


def _cut(turns: list[Shift], spans: list[tuple[datetime, datetime]]) -> Iterator[Shift]:
    """Yield what of the turns lies within the spans; both are in order."""
    number = 0
    for opens, closes in spans:
        while number < len(turns) and turns[number].ends_at <= opens:
            number += 1
        for turn in turns[number:]:
            if turn.starts_at >= closes:
                break
            yield Shift(max(turn.starts_at, opens), min(turn.ends_at, closes), turn.agent)
