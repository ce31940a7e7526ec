"""Chains of pages: which step comes when, and what an act means for the people being woken.

A chain is a list of steps, gone through a number of times. A step's instant follows from the one
before it and its wait, and never from when the worker woke.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from dueline.core.commitments import RULES
from dueline.core.events import Event, Kind
from dueline.core.policy import CommitmentKind
from dueline.core.priorities import Priority


@dataclass(frozen=True, slots=True)
class Step:
    """whom: "rota", "agent", "everyone" or "managers". also: agents who are paged besides."""

    whom: str
    wait: timedelta
    rota: int | None = None
    agent: int | None = None
    also: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Chain:
    """steps: at least one. rounds: how often they are gone through."""

    steps: tuple[Step, ...]
    rounds: int

    @property
    def length(self) -> int:
        """How many steps there are over all rounds."""
        return len(self.steps) * self.rounds

    def step(self, number: int) -> Step:
        """number: counted over all rounds, from 0."""
        return self.steps[number % len(self.steps)]


def planned(chain: Chain, *, next_at: datetime, taken: int) -> Iterator[tuple[int, datetime]]:
    """Return the number and instant of every step to come, if nobody acknowledges.

    next_at: of the first of them. The last pair is the end: its number is the chain's length.
    """
    at = next_at
    for number in range(taken, chain.length):
        yield number, at
        at += chain.step(number).wait
    yield chain.length, at


def after_step(chain: Chain, number: int, *, due_at: datetime, at: datetime) -> datetime:
    """Return when the step after `number` is due, whose own instant was `due_at`.

    at: when it was really taken. Only the wait of the very last step is counted from there: after
    a sleep of the worker, whoever is paged at last still gets the time to answer.
    """
    wait = chain.step(number).wait
    if number == chain.length - 1:
        return max(due_at, at) + wait
    return due_at + wait


# --- as it is stored ----------------------------------------------------------------------------


def write_steps(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """Return the steps as `read_chain` reads them: a snapshot, in JSON."""
    return [
        {
            "whom": step.whom,
            "rota": step.rota,
            "agent": step.agent,
            "wait_minutes": int(step.wait.total_seconds()) // 60,
            **({"also": list(step.also)} if step.also else {}),
        }
        for step in steps
    ]


def read_chain(steps: Sequence[Mapping[str, Any]], *, rounds: int) -> Chain:
    return Chain(
        steps=tuple(
            Step(
                whom=step["whom"],
                wait=timedelta(minutes=step["wait_minutes"]),
                rota=step.get("rota"),
                agent=step.get("agent"),
                also=tuple(step.get("also", ())),
            )
            for step in steps
        ),
        rounds=rounds,
    )


# --- what an act means --------------------------------------------------------------------------


class Wake(NamedTuple):
    """Why somebody is to be woken, and for what: each occasion of a case is paged about once."""

    why: str
    occasion: str


def wake(events: Sequence[Event], news: Sequence[Event], *, priority: Priority) -> Wake | None:
    """Say whether an act calls for waking somebody.

    events: the whole history. news: the end of it, which the act has added. priority: after it.
    Nobody is woken by an act in which an engineer answers the customer, or in which one raises a
    case that is being worked on: they are at work. The due times are watched all the same.
    """
    if priority is not Priority.CRITICAL or any(_answers(event) for event in news):
        return None
    for event in reversed(news):
        match event.kind:
            case Kind.OPENED:
                return Wake("critical", f"opened:{event.id}")
            case Kind.REOPENED:
                return Wake("reopened", f"reopened:{event.id}")
            case Kind.PRIORITY_CHANGED:
                at_work = event.by == "agent" and _is_activated(events)
                return None if at_work else Wake("critical", f"raised:{event.id}")
            case Kind.UNMERGED if _comes_back(event, events) and not _is_activated(events):
                return Wake("critical", f"unmerged:{event.id}")
    return None


_ENDS = {
    Kind.ACTIVATED: "activated",
    Kind.RESOLVED: "resolved",
    Kind.CLOSED: "closed",
    Kind.MERGED_INTO: "merged",
}


def ended_by(event: Event) -> str:
    """Say why nobody needs to be woken any more after an event; empty: it changes nothing."""
    if event.kind is Kind.PRIORITY_CHANGED and event.facts.get("new") != Priority.CRITICAL:
        return "lowered"
    return _ENDS.get(event.kind, "")


def is_taken_up_by(event: Event) -> bool:
    """An engineer shows by it that they are awake and at the case, also if nobody picks up."""
    kinds = (Kind.OWNED, Kind.REPLY_SENT, Kind.CALL_LOGGED)
    return event.by == "agent" and event.kind in kinds


def is_unsettled(events: Sequence[Event]) -> bool:
    """Somebody is being paged, or has acknowledged, or all were paged in vain."""
    for event in reversed(events):
        if event.kind is Kind.PAGING_ENDED:
            return bool(event.facts["reason"] == EXHAUSTED)
        if event.kind in (Kind.PAGING_STARTED, Kind.PAGE_ACKNOWLEDGED):
            return True
    return False


EXHAUSTED = "exhausted"  # why a paging ended: all rounds were gone through


def occasion_of(kind: str, ordinal: int) -> str:
    """Return the occasion of a promise that nobody kept by its due time."""
    return f"due:{kind}:{ordinal}"


def _answers(event: Event) -> bool:
    return event.by == "agent" and bool(RULES[CommitmentKind.RESPONSE].met_by(event))


def _is_activated(events: Sequence[Event]) -> bool:
    for event in reversed(events):
        if event.kind in (Kind.ACTIVATED, Kind.REOPENED):
            return event.kind is Kind.ACTIVATED
    return False


def _comes_back(event: Event, events: Sequence[Event]) -> bool:
    """This case is the one that was merged away, not the one that went on."""
    return any(e.kind is Kind.MERGED_INTO and e.id == event.facts["merge"] for e in events)
