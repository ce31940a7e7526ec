"""Commitments: what is owed, since when, until when, and what became of it.

What starts and what meets each kind stands in `RULES`; `core.replay.evaluate` lets the clocks run.
The norm is `docs/promises.md`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from dueline.core.calendars import (
    AROUND_THE_CLOCK,
    Calendar,
    add_business_days,
    add_open_time,
    end_of_business_day,
)
from dueline.core.events import Event, Kind
from dueline.core.policy import ALWAYS, DUE, Cell, CommitmentKind, Plan, Policy, Unit
from dueline.core.priorities import Priority


class State(StrEnum):
    WAITING = "waiting"  # its start has not happened yet
    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    EXTENDED = "extended"  # met within a time to which somebody had moved it: never reported as met
    MISSED = "missed"  # for ever; `met_at` says when it was met late, if it was
    WITHDRAWN = "withdrawn"  # no longer owed; `reason` says why


@dataclass(frozen=True, slots=True)
class Book:
    """The immutable versions that cases were promised under, by their row ids."""

    policies: Mapping[int, Policy]
    calendars: Mapping[int, Calendar]


@dataclass(frozen=True, slots=True)
class Terms:
    """What a case was promised under, as its OPENED event (or a later re-base) recorded it.

    named: the calendars that cells name, by their names.
    """

    plan: Plan
    policy: Policy
    policy_id: int
    office: Calendar
    calendar_id: int
    named: Mapping[str, Calendar] = field(default_factory=dict)
    named_ids: Mapping[str, int] = field(default_factory=dict)

    def calendar(self, cell: Cell) -> Calendar:
        """Return the calendar on which the targets of a cell are counted."""
        if cell.calendar == ALWAYS or cell.target.unit is Unit.DAYS:
            return AROUND_THE_CLOCK
        return self.named.get(cell.calendar, self.office)

    def as_facts(self) -> dict[str, Any]:
        """Return the facts from which `terms_of` reads the same terms."""
        return {
            "plan": self.plan.key,
            "policy": self.policy_id,
            "calendar": self.calendar_id,
            **({"calendars": dict(self.named_ids)} if self.named_ids else {}),
        }


@dataclass(frozen=True, slots=True)
class Pause:
    """The time between two events in which a clock stood still. ended_by None: it still does.

    waits_for: "customer" or "third_party".
    """

    began_by: int
    began_at: datetime
    ended_by: int | None = None
    ended_at: datetime | None = None
    waits_for: str = "customer"


@dataclass(frozen=True, slots=True)
class Extension:
    """Somebody with the right to it moved a due time, openly.

    said_by: the EXTENDED event, or the MERGED one that brought it along from another case.
    """

    said_by: int
    from_at: datetime
    to_at: datetime


@dataclass(frozen=True, slots=True)
class Promise:
    """What was promised at one point of a commitment's life.

    said_by: the event that made this promise (the anchor, a change of priority, a merge, …).
    from_at: where counting begins; due_at: before any pause. terms: what it was made under.
    taken_over: the event of another case that began it, where that case was merged into this one.
    instead_of: the due time that held until then, where it replaced another promise.
    """

    said_by: int
    priority: Priority | None  # None: not by the matrix (a question with its own answer time)
    cell: Cell
    from_at: datetime
    due_at: datetime
    terms: Terms
    taken_over: Event | None = None
    instead_of: datetime | None = None

    @property
    def calendar(self) -> Calendar:
        """The calendar on which it is counted."""
        return self.terms.calendar(self.cell)


@dataclass(frozen=True, slots=True)
class Commitment:
    """One promise and its fate. All instants aware UTC, whole seconds.

    promises: every promise made on the way, the one that holds last.
    extensions: of the promise that holds. was_saved: an extension of an older one kept it from
    being missed.
    due_at: None while waiting or paused. frozen_due_at: while paused, what it was before.
    steps: (percent of the target, instant) at which somebody is to be told, as long as it matters.
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
    extensions: tuple[Extension, ...] = ()
    was_saved: bool = False
    steps: tuple[tuple[int, datetime], ...] = ()
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


def terms_of(facts: Mapping[str, Any], book: Book) -> Terms:
    """Return what a case was promised under, from the facts of its OPENED (or REBASED) event."""
    policy = book.policies[facts["policy"]]
    named_ids = facts.get("calendars", {})
    return Terms(
        plan=policy.plans[facts["plan"]],
        policy=policy,
        policy_id=facts["policy"],
        office=book.calendars[facts["calendar"]],
        calendar_id=facts["calendar"],
        named={name: book.calendars[id_] for name, id_ in named_ids.items()},
        named_ids=named_ids,
    )


def terms_at(events: Iterable[Event], book: Book) -> Terms:
    """Return what a case is promised under after its last event: the last terms recorded."""
    last = max(
        (e for e in events if e.kind in (Kind.OPENED, Kind.REBASED)), key=lambda event: event.id
    )
    return terms_of(last.facts, book)


def versions_named(events: Iterable[Event]) -> tuple[set[int], set[int]]:
    """Return the ids of the policy and calendar versions that a history speaks of."""
    policies, calendars = set(), set()
    for event in events:
        if event.kind in (Kind.OPENED, Kind.REBASED):
            terms = [event.facts]
        else:
            terms = [entry["terms"] for entry in event.facts.get("carried", ())]
        for facts in terms:
            policies.add(facts["policy"])
            calendars |= {facts["calendar"], *facts.get("calendars", {}).values()}
    return policies, calendars


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
) -> list[tuple[Commitment, int, datetime]]:
    """Return the steps that nobody was told of yet: (commitment, percent of target, instant)."""
    told = {
        (event.facts["commitment"], event.facts["ordinal"], _percent(event.facts["step"]))
        for event in events
        if event.kind is Kind.NOTICED
    }
    return [
        (commitment, percent, instant)
        for commitment in commitments
        for percent, instant in commitment.steps
        if (commitment.kind.value, commitment.ordinal, percent) not in told
    ]


def _percent(step: int | str) -> int:
    # The first edition knew two steps, by name.
    return {"warning": 75, "due": DUE}[step] if isinstance(step, str) else step


def promise_for(cell: Cell | None, calendar: Calendar, at: datetime) -> datetime | None:
    """Return when a promise would fall due that began at `at`; None: nothing is promised."""
    return None if cell is None else due_after(cell, calendar, at)
