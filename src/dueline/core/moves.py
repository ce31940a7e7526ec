"""Where a due time was moved, and from when to when: both promises stay on record."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from dueline.core.commitments import Book, State
from dueline.core.events import Event, Kind
from dueline.core.policy import CommitmentKind
from dueline.core.replay import evaluate

MOVING = frozenset({Kind.PRIORITY_CHANGED, Kind.ESCALATED, Kind.EXTENDED, Kind.REBASED})
_DueTimes = dict[tuple[CommitmentKind, int], datetime]


@dataclass(frozen=True, slots=True)
class Move:
    """by: the event that moved a commitment's due time from was_due_at to due_at."""

    kind: CommitmentKind
    ordinal: int
    by: Event
    was_due_at: datetime
    due_at: datetime


def moves(events: Iterable[Event], book: Book) -> list[Move]:
    """Return every move of a due time, in the order in which the desk was told of them.

    Each is judged by what was known when it was made: a bounce that came to light later does not
    change what somebody had been promised.
    """
    history = sorted(events, key=lambda event: event.id)
    found = []
    for place, event in enumerate(history):
        if event.kind not in MOVING:
            continue
        before = _due_times(history[:place], book, at=event.happened_at)
        after = _due_times(history[: place + 1], book, at=event.happened_at)
        found += [
            Move(kind, ordinal, event, before[kind, ordinal], due_at)
            for (kind, ordinal), due_at in after.items()
            if before.get((kind, ordinal), due_at) != due_at
        ]
    return found


def _due_times(history: Sequence[Event], book: Book, *, at: datetime) -> _DueTimes:
    return {
        (commitment.kind, commitment.ordinal): due_at
        for commitment in evaluate(history, book, until=at)
        if commitment.state in (State.RUNNING, State.PAUSED)
        and (due_at := commitment.due_at or commitment.frozen_due_at)
    }
