"""The clocks: a case's events, replayed from the first to the last.

Nobody is asked what time it is: a due time and the instant of a miss follow from the events.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from dueline.core.calendars import add_open_time, open_time_between
from dueline.core.commitments import (
    RULES,
    Book,
    Commitment,
    Pause,
    Promise,
    State,
    Terms,
    due_after,
    terms_of,
)
from dueline.core.events import Event, Kind
from dueline.core.policy import Cell, CommitmentKind, parse_target
from dueline.core.priorities import Priority


def evaluate(events: Iterable[Event], book: Book, *, until: datetime) -> tuple[Commitment, ...]:
    """Return every commitment of a case as it stands at `until`, by kind and ordinal.

    events: the whole history, in any order; later ones than `until` are left out. They count from
    when they happened, not from when they were typed in. A commitment is met at or before its due
    time and missed after it.
    """
    history = _in_order(events, until=until)
    bounced = {event.facts["event"] for event in history if event.kind is Kind.BOUNCED}
    replay = _Replay(book)
    for event in history:
        replay.let_time_pass(event.happened_at)
        # A message that never arrived is as if it had not been sent, and so is what it asked for.
        if event.id not in bounced and event.facts.get("reply") not in bounced:
            replay.take(event)
    replay.let_time_pass(until)
    return replay.commitments()


def _in_order(events: Iterable[Event], *, until: datetime) -> list[Event]:
    """Return what happened until an instant, first to last, beginning with the arrival.

    A clock that was set back may have dated something before the arrival: that counts from there.
    """
    recorded = sorted(events, key=lambda event: event.id)
    if not recorded:
        return []
    arrived_at = recorded[0].happened_at
    dated = [
        event if event.happened_at >= arrived_at else replace(event, happened_at=arrived_at)
        for event in recorded
    ]
    happened = [event for event in dated if event.happened_at <= until]
    return sorted(happened, key=lambda event: (event.happened_at, event.id))


@dataclass
class _Clock:
    """A commitment in the making. No promise: started, but the matrix has an empty cell."""

    kind: CommitmentKind
    state: State
    anchor: Event
    started_at: datetime | None = None
    promises: list[Promise] = field(default_factory=list)
    due_at: datetime | None = None
    met_at: datetime | None = None
    met_by: int | None = None
    withdrawn_at: datetime | None = None
    reason: str = ""
    pauses: list[Pause] = field(default_factory=list)
    question: int | None = None

    @property
    def is_live(self) -> bool:
        return self.state in (State.WAITING, State.RUNNING, State.PAUSED)

    @property
    def is_unmet(self) -> bool:
        """Something may still meet it, be it late."""
        return self.met_at is None and self.withdrawn_at is None


class _Replay:
    """The clocks of one case while its history passes by."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._clocks: list[_Clock] = []
        self._terms: Terms
        self._priority: Priority
        self._waits_since: Event | None = None

    def let_time_pass(self, until: datetime) -> None:
        for clock in list(self._clocks):
            while clock.state is State.RUNNING and clock.due_at and clock.due_at < until:
                clock.state = State.MISSED
                if not RULES[clock.kind].repeats:
                    break
                clock = self._start(clock.kind, clock.anchor, at=clock.due_at)

    def take(self, event: Event) -> None:
        if event.kind is Kind.OPENED:
            self._terms = terms_of(event, self._book)
            self._priority = Priority(event.facts["priority"])
        self._meet(event)
        match event.kind:
            case Kind.PRIORITY_CHANGED | Kind.ESCALATED:
                self._change_priority(event)
            case Kind.INFORMATION_ASKED:
                self._begin_wait(event)
            case Kind.WAIT_ENDED:
                self._end_wait(event)
            case Kind.RESOLVED | Kind.CLOSED:
                self._withdraw(event)
        self._begin(event)

    def commitments(self) -> tuple[Commitment, ...]:
        order = list(CommitmentKind)
        ordinals = dict.fromkeys(order, 0)
        made = []
        for clock in sorted(self._clocks, key=lambda clock: order.index(clock.kind)):
            if clock.promises or (clock.state is State.WAITING and self._cell(clock)):
                ordinals[clock.kind] += 1
                made.append(self._commitment(clock, ordinals[clock.kind]))
        return tuple(made)

    # - what an event does to the clocks -

    def _meet(self, event: Event) -> None:
        """Let an event meet what it meets; of a commitment that repeats, the next one begins."""
        begin_anew = set()
        for clock in self._clocks:
            rule = RULES[clock.kind]
            if not clock.is_unmet or not rule.met_by(event):
                continue
            if clock.question != event.facts.get("question") and clock.question is not None:
                continue
            if clock.state is State.WAITING:
                # Only what has begun can repeat; a single commitment is met as it begins.
                if rule.repeats or rule.started_by(event):
                    continue
                self._run(clock, event, at=event.happened_at)
            clock.met_at, clock.met_by = event.happened_at, event.id
            if rule.repeats:
                begin_anew.add(clock.kind)
            if clock.state is not State.MISSED:
                self._end_pause(clock, event)
                clock.state = State.MET
        for kind in begin_anew:
            self._start(kind, event, at=event.happened_at)

    def _begin(self, event: Event) -> None:
        """Let an event start what it starts, and announce what will start later."""
        for kind, rule in RULES.items():
            waiting = self._live(kind)
            if kind is CommitmentKind.ASSISTANCE:
                if rule.started_by(event):
                    self._start(kind, event, at=event.happened_at)
            elif waiting and waiting.state is State.WAITING and rule.started_by(event):
                self._run(waiting, event, at=event.happened_at)
            elif not waiting and not rule.announced_by and rule.started_by(event):
                self._start(kind, event, at=event.happened_at)
            elif not waiting and event.kind in rule.announced_by:
                self._clocks.append(_Clock(kind, State.WAITING, event))

    def _begin_wait(self, event: Event) -> None:
        self._waits_since = event
        for clock in self._clocks:
            self._begin_pause(clock, event, at=event.happened_at)

    def _end_wait(self, event: Event) -> None:
        self._waits_since = None
        for clock in self._clocks:
            self._end_pause(clock, event)

    def _withdraw(self, event: Event) -> None:
        """Nothing is owed any more; what never began, or began with this act, is no promise."""
        self._end_wait(event)
        for clock in list(self._clocks):
            never_began = clock.state is State.WAITING
            just_began = (
                RULES[clock.kind].repeats
                and clock.state is State.RUNNING
                and clock.started_at == event.happened_at
            )
            if never_began or just_began:
                self._clocks.remove(clock)
            elif clock.is_unmet:
                clock.withdrawn_at, clock.reason = event.happened_at, event.kind.value
                if clock.state is not State.MISSED:
                    clock.state = State.WITHDRAWN

    def _change_priority(self, event: Event) -> None:
        old, self._priority = self._priority, Priority(event.facts["new"])
        change = self._raise if self._priority.is_more_urgent_than(old) else self._lower
        for clock in list(self._clocks):
            by_matrix = clock.question is None
            if by_matrix and clock.state in (State.RUNNING, State.PAUSED):
                change(clock, event)

    def _raise(self, clock: _Clock, event: Event) -> None:
        """The earlier of the old due time and change time + new target."""
        cell = self._cell(clock)
        if cell is None:
            return
        at = event.happened_at
        promise = self._promise(event, cell, from_at=at)
        if clock.due_at is not None and self._due_if_resumed(clock, at) <= promise.due_at:
            return
        clock.promises.append(promise)
        clock.due_at = promise.due_at
        if clock.state is State.PAUSED:  # the pause goes on, and now stops the new promise
            clock.pauses[-1] = replace(clock.pauses[-1], ended_by=event.id, ended_at=at)
            clock.pauses.append(Pause(event.id, at))

    def _lower(self, clock: _Clock, event: Event) -> None:
        """Start + new target, and never earlier than it was. An empty cell promises nothing."""
        cell = self._cell(clock)
        if not clock.promises or clock.started_at is None or clock.due_at is None:
            return
        if cell is None:
            self._end_pause(clock, event)
            clock.state, clock.reason = State.WITHDRAWN, "lowered"
            clock.withdrawn_at = event.happened_at
            # It goes on without a promise, so that a raise can make a new one.
            self._start(clock.kind, clock.anchor, at=clock.started_at)
            return
        promise = self._promise(event, cell, from_at=clock.started_at)
        due_at = promise.due_at
        for pause in clock.pauses:
            if pause.ended_at:
                due_at = self._shift(cell, due_at, pause.began_at, pause.ended_at)
        if due_at > clock.due_at:
            clock.promises.append(promise)
            clock.due_at = due_at

    # - one clock -

    def _start(self, kind: CommitmentKind, event: Event, *, at: datetime) -> _Clock:
        clock = _Clock(kind, State.WAITING, event)
        if kind is CommitmentKind.ASSISTANCE:
            clock.question = event.facts["question"]
        self._clocks.append(clock)
        self._run(clock, event, at=at)
        return clock

    def _run(self, clock: _Clock, event: Event, *, at: datetime) -> None:
        clock.state, clock.started_at, clock.anchor = State.RUNNING, at, event
        cell = self._cell(clock)
        if cell is not None:
            promise = self._promise(event, cell, from_at=at, by_matrix=clock.question is None)
            clock.promises.append(promise)
            clock.due_at = promise.due_at
        if self._waits_since is not None:
            self._begin_pause(clock, self._waits_since, at=at)

    def _promise(
        self, event: Event, cell: Cell, *, from_at: datetime, by_matrix: bool = True
    ) -> Promise:
        due_at = due_after(cell, self._terms.calendar(cell), from_at)
        priority = self._priority if by_matrix else None
        return Promise(event.id, priority, cell, from_at, due_at)

    def _begin_pause(self, clock: _Clock, event: Event, *, at: datetime) -> None:
        if clock.kind in self._terms.policy.pauses and clock.state is State.RUNNING:
            clock.state = State.PAUSED
            clock.pauses.append(Pause(event.id, at))

    def _end_pause(self, clock: _Clock, event: Event) -> None:
        if clock.state is not State.PAUSED:
            return
        at = event.happened_at
        clock.due_at = self._due_if_resumed(clock, at) if clock.due_at else None
        clock.state = State.RUNNING
        clock.pauses[-1] = replace(clock.pauses[-1], ended_by=event.id, ended_at=at)

    def _due_if_resumed(self, clock: _Clock, at: datetime) -> datetime:
        """Return the due time that a clock has at `at`, without a pause that lasts until then."""
        assert clock.due_at is not None  # noqa: S101 - the callers have looked
        if clock.state is not State.PAUSED:
            return clock.due_at
        return self._shift(clock.promises[-1].cell, clock.due_at, clock.pauses[-1].began_at, at)

    def _shift(self, cell: Cell, due_at: datetime, began: datetime, ended: datetime) -> datetime:
        """Move a due time by the open time of a pause, so that the pause is excluded exactly."""
        calendar = self._terms.calendar(cell)
        paused = open_time_between(calendar, began, ended)
        return add_open_time(calendar, due_at, paused) if paused else due_at

    def _cell(self, clock: _Clock) -> Cell | None:
        if clock.kind is CommitmentKind.ASSISTANCE:
            facts = clock.anchor.facts
            target = parse_target(facts["within"], immediately=self._terms.policy.immediately)
            return Cell(target, facts["calendar"])
        return self._terms.plan.cell(self._priority, clock.kind)

    def _live(self, kind: CommitmentKind) -> _Clock | None:
        return next((c for c in self._clocks if c.kind is kind and c.is_live), None)

    def _commitment(self, clock: _Clock, ordinal: int) -> Commitment:
        cell = clock.promises[-1].cell if clock.promises else self._cell(clock)
        assert cell is not None  # noqa: S101 - `commitments` leaves out what was never promised
        running, paused = clock.state is State.RUNNING, clock.state is State.PAUSED
        return Commitment(
            kind=clock.kind,
            ordinal=ordinal,
            state=clock.state,
            cell=cell,
            promises=tuple(clock.promises),
            started_at=clock.started_at,
            warn_at=self._warn_at(clock) if running else None,
            due_at=None if paused else clock.due_at,
            frozen_due_at=clock.due_at if paused else None,
            met_at=clock.met_at,
            met_by=clock.met_by,
            withdrawn_at=clock.withdrawn_at,
            reason=clock.reason,
            pauses=tuple(clock.pauses),
            question=clock.question,
        )

    def _warn_at(self, clock: _Clock) -> datetime:
        """Return the instant at which only the last part of the target is left."""
        promise, due_at = clock.promises[-1], clock.due_at
        assert due_at is not None  # noqa: S101 - a running commitment has one
        calendar = self._terms.calendar(promise.cell)
        whole = open_time_between(calendar, promise.from_at, promise.due_at)
        percent_left = 100 - self._terms.policy.soon_at(clock.kind)
        left = timedelta(seconds=int(whole.total_seconds()) * percent_left // 100)
        until_due = open_time_between(calendar, promise.from_at, due_at)
        return min(add_open_time(calendar, promise.from_at, until_due - left), due_at)
