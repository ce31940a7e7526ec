"""Why a commitment is due when it is: every segment counted or skipped, adding up to the target."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from dueline.core.calendars import (
    AROUND_THE_CLOCK,
    Calendar,
    business_day,
    local_midnight,
    next_open,
    nth_open_day,
    open_spans,
    open_time_between,
)
from dueline.core.commitments import Commitment
from dueline.core.events import Event
from dueline.core.policy import Plan, Unit

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of time on the way to a due time.

    why: "open", "closed" (outside the opening hours), "holiday" (name says which), "free" (a day
    of the week without opening), "paused" (for the customer), "paused-third-party", "day" (an open
    day that counts as one), "same-day" (the day on which a business-day target starts), "made-up"
    (open time that makes up for a pause), "extended" (open time that somebody added),
    "around-the-clock", "left" (still to be counted).
    counted: open time counted here (zero when skipped). days: open days counted here.
    said: the name in other languages, by language code.
    """

    from_at: datetime
    to_at: datetime
    why: str
    counted: timedelta = timedelta()
    days: int = 0
    name: str = ""
    said: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Explanation:
    """A commitment, taken apart.

    anchor: the event that started it. said_by: the event that made the promise that holds (the
    anchor, a change of priority, a merge, …). extended_by: the events that moved its due time.
    paused, extended: open time lost to pauses, and added by hand, which moved the due time.
    """

    commitment: Commitment
    plan: Plan
    policy_id: int
    calendar: Calendar
    anchor: Event
    said_by: Event
    extended_by: tuple[Event, ...]
    segments: tuple[Segment, ...]
    counted: timedelta
    days: int
    paused: timedelta
    extended: timedelta

    @property
    def adds_up(self) -> bool:
        """The segments come to the target, to the second (or to the day)."""
        target = self.commitment.cell.target
        if target.unit in (Unit.BUSINESS_DAYS, Unit.END_OF_BUSINESS_DAY):
            return self.days == target.amount and self.counted == self.paused + self.extended
        return self.counted == target.span + self.extended


def explain(commitment: Commitment, events: Iterable[Event]) -> Explanation:
    """Return why a commitment is due when it is.

    commitment: one that has started, from `evaluate` over the same events. A paused one is
    explained up to where it stands still.
    """
    by_id = {event.id: event for event in events}
    first, promise = commitment.promises[0], commitment.promises[-1]
    calendar = promise.calendar
    extended = _extended(commitment, calendar)
    if promise.cell.target.unit in (Unit.BUSINESS_DAYS, Unit.END_OF_BUSINESS_DAY):
        segments = _day_segments(commitment, calendar)
    else:
        segments = _time_segments(commitment, calendar, extended=extended)
    segments = _say_what_was_added(segments, extended)
    return Explanation(
        commitment=commitment,
        plan=promise.terms.plan,
        policy_id=promise.terms.policy_id,
        calendar=calendar,
        anchor=first.taken_over or by_id[first.said_by],
        said_by=by_id[promise.said_by],
        extended_by=tuple(by_id[extension.said_by] for extension in commitment.extensions),
        segments=tuple(segments),
        counted=sum((s.counted for s in segments), timedelta()),
        days=sum(s.days for s in segments),
        paused=_paused(commitment, calendar),
        extended=extended,
    )


def skipped_parts(commitment: Commitment) -> list[list[int]]:
    """Return what is closed or paused between start and due, in thousandths of the way.

    For the small drawing of a promise; at most 40 parts, since more cannot be seen.
    """
    start, due = commitment.started_at, commitment.due_at
    if start is None or due is None or due <= start or not commitment.promises:
        return []
    calendar = commitment.promises[-1].calendar
    counted = [
        part
        for opens, closes in open_spans(calendar, start, due)
        for part in _without_pauses(opens, closes, commitment)
    ]
    whole = (due - start).total_seconds()
    edges = [start, *(edge for part in counted for edge in part), due]
    places = [round((edge - start).total_seconds() * 1000 / whole) for edge in edges]
    gaps = zip(places[0::2], places[1::2], strict=True)
    return [[from_, to] for from_, to in gaps if to > from_][:40]


def _time_segments(
    commitment: Commitment, calendar: Calendar, *, extended: timedelta
) -> list[Segment]:
    start = commitment.promises[-1].from_at
    end = commitment.due_at or commitment.pauses[-1].began_at
    segments: list[Segment] = []
    for from_at, to_at, why in _with_pauses(start, end, commitment):
        if why:
            segments.append(Segment(from_at, to_at, why))
        else:
            segments += open_and_closed(calendar, from_at, to_at)
    if commitment.due_at is None:  # paused: what is left still has to be counted
        whole = commitment.cell.target.span + extended
        left = whole - sum((s.counted for s in segments), timedelta())
        segments.append(Segment(end, end, "left", counted=left))
    return segments


def _day_segments(commitment: Commitment, calendar: Calendar) -> list[Segment]:
    """Count open days; then the open time that makes up for pauses."""
    promise = commitment.promises[-1]
    began = next_open(calendar, promise.from_at)
    segments = open_and_closed(calendar, promise.from_at, began)
    first = business_day(calendar, began)
    last = nth_open_day(calendar, first, promise.cell.target.amount)
    # What began after midnight, in an opening of the day before, is on the next date already.
    at = max(began, local_midnight(calendar, first + _DAY))
    segments.append(Segment(began, at, "same-day"))
    day = first + _DAY
    while day <= last:
        to_at = max(at, local_midnight(calendar, day + _DAY)) if day < last else promise.due_at
        if calendar.is_open_day(day):
            segments.append(Segment(at, to_at, "day", days=1))
        else:
            _append_or_prolong(segments, _closed(calendar, at, to_at, day=day))
        at, day = to_at, day + _DAY
    due_at = commitment.due_at or commitment.frozen_due_at
    if due_at is not None and due_at > promise.due_at:
        segments += [
            replace(s, why="made-up") if s.counted else s
            for s in open_and_closed(calendar, promise.due_at, due_at)
        ]
    return segments


def open_and_closed(calendar: Calendar, start: datetime, end: datetime) -> list[Segment]:
    """Split a stretch of time into what is open and what is not, the closed parts by day."""
    if calendar is AROUND_THE_CLOCK:
        if end <= start:
            return []
        return [Segment(start, end, "around-the-clock", counted=end - start)]
    segments: list[Segment] = []
    at = start
    for opens, closes in open_spans(calendar, start, end):
        segments += _closed_by_day(calendar, at, opens)
        segments.append(Segment(opens, closes, "open", counted=closes - opens))
        at = closes
    return segments + _closed_by_day(calendar, at, end)


def _closed_by_day(calendar: Calendar, start: datetime, end: datetime) -> list[Segment]:
    """Split closed time where its reason changes."""
    segments: list[Segment] = []
    while start < end:
        day = calendar.local_day(start)
        to_at = min(local_midnight(calendar, day + _DAY), end)
        _append_or_prolong(segments, _closed(calendar, start, to_at))
        start = to_at
    return segments


def _append_or_prolong(segments: list[Segment], segment: Segment) -> None:
    """Add a skipped segment; one that goes on for the same reason becomes longer."""
    if segments and (segments[-1].why, segments[-1].name) == (segment.why, segment.name):
        segment = replace(segment, from_at=segments.pop().from_at)
    segments.append(segment)


def _closed(
    calendar: Calendar, from_at: datetime, to_at: datetime, *, day: date | None = None
) -> Segment:
    day = day or calendar.local_day(from_at)
    exceptional = calendar.dates.get(day)
    if exceptional and exceptional.name:
        said = exceptional.said
        return Segment(from_at, to_at, "holiday", name=exceptional.name, said=said)
    return Segment(from_at, to_at, "closed" if calendar.is_open_day(day) else "free")


_PAUSED = {"customer": "paused", "third_party": "paused-third-party"}


def _with_pauses(
    start: datetime, end: datetime, commitment: Commitment
) -> list[tuple[datetime, datetime, str]]:
    """Split a stretch of time into paused and unpaused parts, in order."""
    parts, at = [], start
    for pause in commitment.pauses:
        ended_at = pause.ended_at or end
        began_at, ended_at = max(pause.began_at, at), min(ended_at, end)
        if ended_at <= began_at:
            continue
        if began_at > at:
            parts.append((at, began_at, ""))
        parts.append((began_at, ended_at, _PAUSED[pause.waits_for]))
        at = ended_at
    if at < end:
        parts.append((at, end, ""))
    return parts


def _without_pauses(
    start: datetime, end: datetime, commitment: Commitment
) -> list[tuple[datetime, datetime]]:
    return [(a, b) for a, b, why in _with_pauses(start, end, commitment) if not why]


def _extended(commitment: Commitment, calendar: Calendar) -> timedelta:
    spans = (open_time_between(calendar, e.from_at, e.to_at) for e in commitment.extensions)
    return sum(spans, timedelta())


def _say_what_was_added(segments: list[Segment], extended: timedelta) -> list[Segment]:
    """Mark the last open time, as much as was added by hand, as that."""
    marked: list[Segment] = []
    for segment in reversed(segments):
        added = min(segment.counted, extended) if segment.why != "left" else timedelta()
        if added:
            extended -= added
            at = segment.to_at - added
            marked.append(Segment(at, segment.to_at, "extended", counted=added))
            if added == segment.counted:
                continue
            segment = replace(segment, to_at=at, counted=segment.counted - added)
        marked.append(segment)
    return marked[::-1]


def _paused(commitment: Commitment, calendar: Calendar) -> timedelta:
    """Return the open time that ended pauses took from the promise that holds."""
    start = commitment.promises[-1].from_at
    return sum(
        (
            open_time_between(calendar, max(pause.began_at, start), pause.ended_at)
            for pause in commitment.pauses
            if pause.ended_at is not None
        ),
        timedelta(),
    )
