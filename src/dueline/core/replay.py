"""The clocks: a case's events, replayed from the first to the last.

Nobody is asked what time it is: a due time and the instant of a miss follow from the events.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from dueline.core import merging
from dueline.core.clocks import Clock, shifted
from dueline.core.commitments import (
    RULES,
    Book,
    Commitment,
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
    void = _void(history)
    replay = _Replay(book)
    for event in history:
        replay.let_time_pass(event.happened_at)
        if event.id not in void and event.facts.get("reply") not in void:
            replay.take(event)
    replay.let_time_pass(until)
    return replay.commitments()


def _void(history: Iterable[Event]) -> set[int]:
    """Return the events that count as if they had not been.

    A message that never arrived was never sent, and neither was what it asked for. Two cases that
    were taken apart again were never merged.
    """
    facts = {Kind.BOUNCED: "event", Kind.UNMERGED: "merge"}
    return {event.facts[facts[event.kind]] for event in history if event.kind in facts}


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


class _Replay:
    """The clocks of one case while its history passes by."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._clocks: list[Clock] = []
        self._terms: Terms
        self._priority: Priority
        self._wait: Event | None = None  # what began it, while the case waits for somebody
        self._merges: dict[int, Event] = {}  # by the foreign event that began what was carried

    def let_time_pass(self, until: datetime) -> None:
        for clock in list(self._clocks):
            while clock.state is State.RUNNING and clock.due_at and clock.due_at < until:
                clock.state = State.MISSED
                if not RULES[clock.kind].repeats:
                    break
                clock = self._start(clock.kind, clock.anchor, at=clock.due_at)

    def take(self, event: Event) -> None:
        if event.kind is Kind.OPENED:
            self._terms = terms_of(event.facts, self._book)
            self._priority = Priority(event.facts["priority"])
        self._meet(event)
        match event.kind:
            case Kind.PRIORITY_CHANGED | Kind.ESCALATED:
                self._change_priority(event)
            case Kind.REBASED:
                self._rebase(event)
            case Kind.EXTENDED:
                self._extend(event)
            case Kind.INFORMATION_ASKED | Kind.THIRD_PARTY_AWAITED:
                self._begin_wait(event)
            case Kind.WAIT_ENDED:
                self._end_wait(event)
            case Kind.MERGED:
                self._take_over(event)
            case Kind.MERGED_INTO:
                self._withdraw(event, reason="merged")
            case Kind.RESOLVED | Kind.CLOSED:
                self._withdraw(event, reason=event.kind.value)
        self._begin(event)

    def commitments(self) -> tuple[Commitment, ...]:
        order = list(CommitmentKind)
        ordinals = dict.fromkeys(order, 0)
        made = []
        for clock in sorted(self._clocks, key=lambda clock: order.index(clock.kind)):
            cell = clock.promises[-1].cell if clock.promises else None
            if cell is None and clock.state is State.WAITING:
                cell = self._cell(clock)
            if cell is not None:
                ordinals[clock.kind] += 1
                made.append(clock.commitment(ordinals[clock.kind], cell=cell))
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
            clock.meet(event)
            if rule.repeats:
                begin_anew.add(clock.kind)
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
                self._clocks.append(Clock(kind, State.WAITING, event))

    def _begin_wait(self, event: Event) -> None:
        self._end_wait(event)
        self._wait = event
        for clock in self._clocks:
            self._pause(clock, at=event.happened_at)

    def _end_wait(self, event: Event) -> None:
        self._wait = None
        for clock in self._clocks:
            clock.resume(event)

    def _withdraw(self, event: Event, *, reason: str) -> None:
        """Nothing is owed any more; what never began, or began with this act, is no promise.

        A question to Tier Two outlives a merge: it is answered where it was asked.
        """
        self._end_wait(event)
        for clock in list(self._clocks):
            if reason == "merged" and clock.kind is CommitmentKind.ASSISTANCE:
                continue
            never_began = clock.state is State.WAITING
            just_began = (
                RULES[clock.kind].repeats
                and clock.state is State.RUNNING
                and clock.started_at == event.happened_at
            )
            if never_began or just_began:
                self._clocks.remove(clock)
            elif clock.is_unmet:
                clock.withdraw(event, reason=reason)

    def _change_priority(self, event: Event) -> None:
        old, self._priority = self._priority, Priority(event.facts["new"])
        change = self._raise if self._priority.is_more_urgent_than(old) else self._lower
        self._promise_anew(change, event)

    def _rebase(self, event: Event) -> None:
        """Another contract holds: where it promises something earlier, that is the promise now.

        It takes nothing away that runs.
        """
        self._terms = terms_of(event.facts, self._book)
        self._promise_anew(self._raise, event)

    def _promise_anew(self, change: Callable[[Clock, Event], None], event: Event) -> None:
        for clock in list(self._clocks):
            by_matrix = clock.question is None
            if by_matrix and clock.state in (State.RUNNING, State.PAUSED):
                change(clock, event)

    def _raise(self, clock: Clock, event: Event) -> None:
        """The earlier of the old due time and change time + new target."""
        cell = self._cell(clock)
        if cell is None:
            return
        promise = self._promise(event, cell, from_at=event.happened_at)
        self._let_the_earlier_hold(clock, promise, event)

    def _let_the_earlier_hold(self, clock: Clock, promise: Promise, event: Event) -> None:
        at = event.happened_at
        if clock.due_at is not None and clock.due_if_resumed(at) <= promise.due_at:
            return
        clock.promise(promise, at=at)
        if clock.state is State.PAUSED:
            clock.pause_anew(event)

    def _lower(self, clock: Clock, event: Event) -> None:
        """Start + new target, and never earlier than it was. An empty cell promises nothing."""
        cell = self._cell(clock)
        if not clock.promises or clock.started_at is None or clock.due_at is None:
            return
        if cell is None:
            clock.withdraw(event, reason="lowered")
            unpromised = clock.without_promise()
            self._clocks.append(unpromised)
            self._pause(unpromised, at=event.happened_at)
            return
        promise = self._promise(event, cell, from_at=clock.started_at)
        due_at = promise.due_at
        for pause in clock.pauses:
            if pause.ended_at:
                due_at = shifted(promise, due_at, pause.began_at, pause.ended_at)
        if due_at > clock.due_at:
            clock.promise(promise, at=event.happened_at)
            clock.due_at = due_at

    def _extend(self, event: Event) -> None:
        clock = self._live(
            CommitmentKind(event.facts["commitment"]), question=event.facts.get("question")
        )
        if clock is not None:
            clock.extend(event, until=datetime.fromisoformat(event.facts["until"]))

    def _take_over(self, event: Event) -> None:
        """Owe what was owed in the case that was merged into this one.

        Of each kind the earliest open anchor is kept. Where the two promised different targets,
        the earlier due time is: neither promise becomes weaker, and none is overdue by a merge.
        """
        for entry in event.facts["carried"]:
            theirs = merging.clock_of(entry, event, self._book)
            self._merges[theirs.anchor.id] = event
            mine = self._live(theirs.kind)
            if theirs.state is State.PAUSED:
                theirs.resume(event)
            if mine is None or not mine.promises:
                if mine is not None:
                    self._clocks.remove(mine)
                self._clocks.append(theirs)
                self._pause(theirs, at=event.happened_at)
                continue
            if mine.due_if_resumed(event.happened_at) > theirs.due_at:  # type: ignore[operator]
                was_paused = mine.state is State.PAUSED
                if was_paused:
                    mine.resume(event)
                mine.promise(theirs.promises[-1], at=event.happened_at)
                mine.due_at, mine.extensions = theirs.due_at, theirs.extensions
                mine.was_saved |= theirs.was_saved
                mine.pauses = theirs.pauses
                mine.started_at = min(filter(None, (mine.started_at, theirs.started_at)))
                if was_paused:
                    self._pause(mine, at=event.happened_at)

    # - one clock -

    def _start(self, kind: CommitmentKind, event: Event, *, at: datetime) -> Clock:
        clock = Clock(kind, State.WAITING, event)
        if kind is CommitmentKind.ASSISTANCE:
            clock.question = event.facts["question"]
        self._clocks.append(clock)
        self._run(clock, event, at=at)
        return clock

    def _run(self, clock: Clock, event: Event, *, at: datetime) -> None:
        clock.state, clock.started_at, clock.anchor = State.RUNNING, at, event
        cell = self._cell(clock)
        if cell is not None:
            by_matrix = clock.question is None
            clock.promise(self._promise(event, cell, from_at=at, by_matrix=by_matrix), at=at)
        self._pause(clock, at=at)

    def _promise(
        self, event: Event, cell: Cell, *, from_at: datetime, by_matrix: bool = True
    ) -> Promise:
        merge = self._merges.get(event.id)
        return Promise(
            said_by=merge.id if merge else event.id,
            priority=self._priority if by_matrix else None,
            cell=cell,
            from_at=from_at,
            due_at=due_after(cell, self._terms.calendar(cell), from_at),
            terms=self._terms,
            taken_over=event if merge else None,
        )

    def _pause(self, clock: Clock, *, at: datetime) -> None:
        """Stop a clock if the case waits, and the policy says that this wait stops its kind."""
        if self._wait is None:
            return
        policy = self._terms.policy
        if self._wait.kind is Kind.INFORMATION_ASKED:
            kinds, waits_for = policy.pauses, "customer"
        else:
            kinds, waits_for = policy.third_party_pauses, "third_party"
        if clock.kind in kinds:
            clock.pause(self._wait, at=at, waits_for=waits_for)

    def _cell(self, clock: Clock) -> Cell | None:
        if clock.kind is CommitmentKind.ASSISTANCE:
            facts = clock.anchor.facts
            target = parse_target(facts["within"], immediately=self._terms.policy.immediately)
            return Cell(target, facts["calendar"])
        return self._terms.plan.cell(self._priority, clock.kind)

    def _live(self, kind: CommitmentKind, *, question: int | None = None) -> Clock | None:
        return next(
            (
                clock
                for clock in self._clocks
                if clock.kind is kind
                and clock.is_live
                and (question is None or clock.question == question)
            ),
            None,
        )
