"""Commitments: what is owed, since when, until when, and what became of it.

What starts and what meets each kind stands in `RULES`; `core.replay.evaluate` lets the clocks run.
The norm is `docs/promises.md`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dueline.core.calendars import (
    AROUND_THE_CLOCK,
    Calendar,
    add_business_days,
    add_open_time,
    end_of_business_day,
)
from dueline.core.events import Event, Kind
from dueline.core.policy import ALWAYS, Cell, CommitmentKind, Plan, Policy, Unit
from dueline.core.priorities import Priority


class State(StrEnum):
    WAITING = "waiting"  # its start has not happened yet
    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    MISSED = "missed"  # for ever; `met_at` says when it was met late, if it was
    WITHDRAWN = "withdrawn"  # no longer owed; `reason` says why


@dataclass(frozen=True, slots=True)
class Book:
    """The immutable versions that cases were promised under, by their row ids."""

    policies: Mapping[int, Policy]
    calendars: Mapping[int, Calendar]


@dataclass(frozen=True, slots=True)
class Terms:
    """What a case was promised under, as its OPENED event recorded it."""

    plan: Plan
    policy: Policy
    policy_id: int
    office: Calendar
    calendar_id: int

    def calendar(self, cell: Cell) -> Calendar:
        """Return the calendar on which the targets of a cell are counted."""
        around_the_clock = cell.calendar == ALWAYS or cell.target.unit is Unit.DAYS
        return AROUND_THE_CLOCK if around_the_clock else self.office


@dataclass(frozen=True, slots=True)
class Pause:
    """The time between two events in which a clock stood still. ended_by None: it still does."""

    began_by: int
    began_at: datetime
    ended_by: int | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """What was promised at one point of a commitment's life.

    said_by: the event that made this promise (the anchor, or a change of priority).
    from_at: where counting begins; due_at: before any pause.
    """

    said_by: int
    priority: Priority | None  # None: not by the matrix (a question with its own answer time)
    cell: Cell
    from_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Commitment:
    """One promise and its fate. All instants aware UTC, whole seconds.

    promises: every promise made on the way, the one that holds last.
    due_at: None while waiting or paused. frozen_due_at: while paused, what it was before.
    met_by: the event that met it.
    withdrawn_at: on a missed commitment, when it stopped being owed at all.
    """

    kind: CommitmentKind
    ordinal: int
    state: State
    cell: Cell
    promises: tuple[Promise, ...] = ()
    started_at: datetime | None = None
    warn_at: datetime | None = None
    due_at: datetime | None = None
    frozen_due_at: datetime | None = None
    met_at: datetime | None = None
    met_by: int | None = None
    withdrawn_at: datetime | None = None
    reason: str = ""
    pauses: tuple[Pause, ...] = ()
    question: int | None = None

    @property
    def paused_since(self) -> datetime | None:
        return self.pauses[-1].began_at if self.state is State.PAUSED else None

    @property
    def is_owed(self) -> bool:
        """Somebody still has to do something: it runs, it is paused, or it is missed and unmet."""
        unmet = self.met_at is None and self.withdrawn_at is None
        return self.state in (State.RUNNING, State.PAUSED) or (self.state is State.MISSED and unmet)


def due_after(cell: Cell, calendar: Calendar, start: datetime) -> datetime:
    """Return when a promise falls due whose counting begins at `start`."""
    target = cell.target
    match target.unit:
        case Unit.OPEN_TIME:
            return add_open_time(calendar, start, target.span)
        case Unit.BUSINESS_DAYS:
            return add_business_days(calendar, start, target.amount)
        case Unit.END_OF_BUSINESS_DAY:
            return end_of_business_day(calendar, start, target.amount)
        case Unit.DAYS:
            return start + target.span


# --- what starts and what meets each kind ------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the norm's table. A new kind of commitment is one more entry in `RULES`.

    announced_by: from these events on the commitment is shown as waiting for its start.
    started_by, met_by: which events do that. repeats: met or missed, the next one begins.
    """

    started_by: Callable[[Event], bool]
    met_by: Callable[[Event], bool]
    announced_by: frozenset[Kind] = frozenset()
    repeats: bool = False


def _is(*kinds: Kind) -> Callable[[Event], bool]:
    return lambda event: event.kind in kinds


def _spoke(event: Event) -> bool:
    return event.kind is Kind.CALL_LOGGED and bool(event.facts.get("reached"))


def _reaches_the_customer(event: Event) -> bool:
    """A person's public word. Machines, notes and calls that nobody answered never count."""
    return event.kind is Kind.REPLY_SENT or _spoke(event)


_BEGINNING = frozenset({Kind.OPENED, Kind.REOPENED})

RULES: dict[CommitmentKind, Rule] = {
    CommitmentKind.RESPONSE: Rule(
        started_by=_is(Kind.OPENED, Kind.REOPENED),
        met_by=_reaches_the_customer,
    ),
    CommitmentKind.ACTIVATION: Rule(
        announced_by=_BEGINNING,
        started_by=_reaches_the_customer,
        met_by=_is(Kind.ACTIVATED),
    ),
    CommitmentKind.FEEDBACK: Rule(
        announced_by=_BEGINNING,
        started_by=_is(Kind.ACTIVATED),
        met_by=_reaches_the_customer,
        repeats=True,
    ),
    CommitmentKind.CALLBACK: Rule(
        started_by=_is(Kind.CALL_BACK_ASKED),
        met_by=_spoke,
    ),
    CommitmentKind.ASSISTANCE: Rule(
        started_by=_is(Kind.ASSISTANCE_ASKED),
        met_by=_is(Kind.ASSISTANCE_ANSWERED, Kind.ASSISTANCE_TAKEN_BACK),
    ),
    CommitmentKind.RESOLUTION: Rule(
        started_by=_is(Kind.OPENED, Kind.REOPENED),
        met_by=_is(Kind.RESOLVED),
    ),
}


def terms_of(opened: Event, book: Book) -> Terms:
    """Return what a case was promised under, from its OPENED event."""
    policy = book.policies[opened.facts["policy"]]
    return Terms(
        plan=policy.plans[opened.facts["plan"]],
        policy=policy,
        policy_id=opened.facts["policy"],
        office=book.calendars[opened.facts["calendar"]],
        calendar_id=opened.facts["calendar"],
    )


# --- answers that pages and sweeps need --------------------------------------------------------


def nearest(commitments: Sequence[Commitment]) -> Commitment | None:
    """Return the commitment to show for a case: what is owed first, else paused, else waiting."""
    due = [c for c in commitments if c.is_owed and c.due_at is not None]
    if due:
        return min(due, key=lambda c: (c.due_at, c.kind))
    for state in (State.PAUSED, State.WAITING):
        for commitment in commitments:
            if commitment.state is state and not commitment.kind.is_internal:
                return commitment
    return None


def next_due_at(commitments: Iterable[Commitment]) -> datetime | None:
    """Return the least due time of the running commitments."""
    running = [c.due_at for c in commitments if c.state is State.RUNNING and c.due_at]
    return min(running, default=None)


def notices_to_come(
    commitments: Iterable[Commitment], events: Iterable[Event]
) -> list[tuple[Commitment, str, datetime]]:
    """Return the steps that nobody was told of yet: (commitment, "warning" or "due", instant)."""
    told = {
        (event.facts["commitment"], event.facts["ordinal"], event.facts["step"])
        for event in events
        if event.kind is Kind.NOTICED
    }
    steps = []
    for commitment in commitments:
        instants = {"due": commitment.due_at}
        if commitment.state is State.RUNNING:
            instants["warning"] = commitment.warn_at
        elif commitment.state is not State.MISSED:
            continue
        steps += [
            (commitment, step, instant)
            for step, instant in instants.items()
            if instant and (commitment.kind.value, commitment.ordinal, step) not in told
        ]
    return steps


def promise_for(cell: Cell | None, calendar: Calendar, at: datetime) -> datetime | None:
    """Return when a promise would fall due that began at `at`; None: nothing is promised."""
    return None if cell is None else due_after(cell, calendar, at)
