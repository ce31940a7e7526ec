"""One clock: a commitment in the making, while the history of its case passes by."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from dueline.core.calendars import add_open_time, open_time_between
from dueline.core.commitments import Commitment, Extension, Pause, Promise, State
from dueline.core.events import Event
from dueline.core.policy import DUE, Cell, CommitmentKind


@dataclass
class Clock:
    """promises empty: it has started, but the matrix has an empty cell.

    question: of a promise between colleagues, the id of what was asked.
    """

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
    extensions: list[Extension] = field(default_factory=list)
    was_saved: bool = False  # by an extension, from being missed; another promise holds since
    question: int | None = None

    @property
    def is_live(self) -> bool:
        return self.state in (State.WAITING, State.RUNNING, State.PAUSED)

    @property
    def is_unmet(self) -> bool:
        """Something may still meet it, be it late."""
        return self.met_at is None and self.withdrawn_at is None

    def promise(self, promise: Promise, *, at: datetime) -> None:
        """Let another promise hold from here on. A time that was moved belonged to the old one.

        Where only the extension had kept that from being missed, it goes on to count as extended.
        """
        if self.due_at is not None:
            promise = replace(promise, instead_of=self.due_if_resumed(at))
        if self.extensions and at > self.extensions[0].from_at:
            self.was_saved = True
        self.promises.append(promise)
        self.due_at = promise.due_at
        self.extensions = []

    def meet(self, event: Event) -> None:
        self.met_at, self.met_by = event.happened_at, event.id
        if self.state is State.MISSED:
            return
        self.resume(event)
        self.state = State.EXTENDED if self.extensions or self.was_saved else State.MET

    def withdraw(self, event: Event, *, reason: str) -> None:
        """Say that it is no longer owed. What was missed stays missed."""
        self.resume(event)
        self.withdrawn_at, self.reason = event.happened_at, reason
        if self.state is not State.MISSED:
            self.state = State.WITHDRAWN

    def without_promise(self) -> "Clock":
        """Return it as it goes on where nothing is promised, so that a raise can promise anew.

        The pauses that there were stay: a later lowering counts from the start, without them.
        """
        return Clock(
            self.kind,
            State.RUNNING,
            self.anchor,
            started_at=self.started_at,
            pauses=list(self.pauses),
        )

    def pause(self, event: Event, *, at: datetime, waits_for: str) -> None:
        if self.state is State.RUNNING:
            self.state = State.PAUSED
            self.pauses.append(Pause(event.id, at, waits_for=waits_for))

    def pause_anew(self, event: Event) -> None:
        """Let a pause go on that now stops another promise."""
        waits_for = self.pauses[-1].waits_for
        self._end_pause(event)
        self.pauses.append(Pause(event.id, event.happened_at, waits_for=waits_for))

    def resume(self, event: Event) -> None:
        if self.state is State.PAUSED:
            self.due_at = self.due_if_resumed(event.happened_at) if self.due_at else None
            self.state = State.RUNNING
            self._end_pause(event)

    def extend(self, event: Event, *, until: datetime) -> None:
        """Move the due time. Nothing comes back that was missed, and nothing becomes earlier."""
        if self.state is State.RUNNING and self.due_at and until > self.due_at:
            self.extensions.append(Extension(event.id, self.due_at, until))
            self.due_at = until

    def due_if_resumed(self, at: datetime) -> datetime:
        """Return the due time that it has at `at`, without a pause that lasts until then."""
        assert self.due_at is not None  # noqa: S101 - the callers have looked
        if self.state is not State.PAUSED:
            return self.due_at
        return shifted(self.promises[-1], self.due_at, self.pauses[-1].began_at, at)

    def _end_pause(self, event: Event) -> None:
        ended = {"ended_by": event.id, "ended_at": event.happened_at}
        self.pauses[-1] = replace(self.pauses[-1], **ended)  # type: ignore[arg-type]

    # - what is said of it -

    def commitment(self, ordinal: int, *, cell: Cell) -> Commitment:
        """cell: of the promise, or of the one that its start will make."""
        running, paused = self.state is State.RUNNING, self.state is State.PAUSED
        steps = self._steps()
        return Commitment(
            kind=self.kind,
            ordinal=ordinal,
            state=self.state,
            cell=self.promises[-1].cell if self.promises else cell,
            promises=tuple(self.promises),
            started_at=self.started_at,
            warn_at=self._warn_at(steps) if running else None,
            due_at=None if paused else self.due_at,
            frozen_due_at=self.due_at if paused else None,
            met_at=self.met_at,
            met_by=self.met_by,
            withdrawn_at=self.withdrawn_at,
            reason=self.reason,
            pauses=tuple(self.pauses),
            extensions=tuple(self.extensions),
            was_saved=self.was_saved,
            steps=steps,
            question=self.question,
        )

    def _warn_at(self, steps: tuple[tuple[int, datetime], ...]) -> datetime | None:
        """Return from when on it counts as due soon: its last step before the due time."""
        return max((at for percent, at in steps if percent < DUE), default=self.due_at)

    def _steps(self) -> tuple[tuple[int, datetime], ...]:
        """Return the instants at which somebody is told, in order.

        A warning that would come after the miss is none any more; after a miss, the steps count
        until somebody met it late.
        """
        if not self.promises or self.due_at is None:
            return ()
        if self.state not in (State.RUNNING, State.MISSED):
            return ()
        asked = self.promises[-1].terms.policy.steps[self.kind]
        first = 0 if self.state is State.RUNNING else DUE
        ended_at = self.met_at or self.withdrawn_at
        return tuple(
            (step.percent, at)
            for step in asked
            if step.percent >= first
            and (
                (at := self._step_at(step.percent)) == self.due_at or not ended_at or at < ended_at
            )
        )

    def _step_at(self, percent: int) -> datetime:
        """Return when so much of the target has passed, in open time and without the pauses."""
        promise, due_at = self.promises[-1], self.due_at
        assert due_at is not None  # noqa: S101 - `_steps` has looked
        if percent == DUE:
            return due_at
        calendar = promise.calendar
        whole = open_time_between(calendar, promise.from_at, promise.due_at) + self._extended()
        share = timedelta(seconds=int(whole.total_seconds()) * abs(percent - DUE) // DUE)
        if percent > DUE:
            return add_open_time(calendar, due_at, share)
        at = add_open_time(calendar, promise.from_at, whole - share)
        for pause in self.pauses:
            began_at = max(pause.began_at, promise.from_at)
            if pause.ended_at and began_at < at:
                at = shifted(promise, at, began_at, pause.ended_at)
        return min(at, due_at)

    def _extended(self) -> timedelta:
        calendar = self.promises[-1].calendar
        spans = (open_time_between(calendar, e.from_at, e.to_at) for e in self.extensions)
        return sum(spans, timedelta())


def shifted(promise: Promise, due_at: datetime, began: datetime, ended: datetime) -> datetime:
    """Move a due time by the open time of a pause, so that the pause is excluded exactly."""
    paused = open_time_between(promise.calendar, began, ended)
    return add_open_time(promise.calendar, due_at, paused) if paused else due_at
