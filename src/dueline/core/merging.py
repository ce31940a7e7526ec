"""What one case owes, written down for another that goes on in its place.

The MERGED event of the surviving case carries it as a fact, so that its clocks can be replayed
from its own events alone, and a merge that is undone leaves no trace in them.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from dueline.core.clocks import Clock
from dueline.core.commitments import Book, Commitment, Extension, Pause, Promise, State, terms_of
from dueline.core.events import Event, Kind
from dueline.core.policy import Cell, CommitmentKind, parse_target
from dueline.core.priorities import Priority


def carry(commitments: Iterable[Commitment], events: Iterable[Event]) -> list[dict[str, Any]]:
    """Return what of a case's commitments runs or is paused, as facts (JSON).

    What was missed stays with its own case, and a question to Tier Two where it was asked.
    """
    by_id = {event.id: event for event in events}
    return [
        _entry(commitment, by_id)
        for commitment in commitments
        if commitment.state in (State.RUNNING, State.PAUSED)
        and not commitment.kind.is_internal
        and commitment.promises
    ]


def hides_a_miss(before: Iterable[Commitment], after: Iterable[Commitment]) -> bool:
    """Say whether of the promises that were missed `before` some are not missed `after`.

    Of each kind there must be as many, each missed at the same time or earlier.
    """
    was, now = _misses(before), _misses(after)
    return any(
        len(now.get(kind, ())) < len(dues)
        or any(new > old for new, old in zip(now[kind], dues, strict=False))
        for kind, dues in was.items()
    )


def _misses(commitments: Iterable[Commitment]) -> dict[CommitmentKind, list[datetime]]:
    misses: dict[CommitmentKind, list[datetime]] = {}
    for commitment in commitments:
        if commitment.state is State.MISSED and commitment.due_at:
            misses.setdefault(commitment.kind, []).append(commitment.due_at)
    return {kind: sorted(dues) for kind, dues in misses.items()}


def clock_of(entry: Mapping[str, Any], merged: Event, book: Book) -> Clock:
    """Return the clock that `carry` wrote down, to go on in the case of the event `merged`."""
    began = Event(
        entry["began"]["id"],
        Kind(entry["began"]["kind"]),
        _instant(entry["began"]["at"]),
        _instant(entry["began"]["at"]),
    )
    terms = terms_of(entry["terms"], book)
    target = parse_target(entry["within"], immediately=terms.policy.immediately)
    promise = Promise(
        said_by=merged.id,
        priority=Priority(entry["priority"]),
        cell=Cell(target, entry["calendar"]),
        from_at=_instant(entry["from_at"]),
        due_at=_instant(entry["promised_for"]),
        terms=terms,
        taken_over=began,
    )
    pauses = [_pause(stored) for stored in entry["pauses"]]
    still_paused = bool(pauses) and pauses[-1].ended_at is None
    return Clock(
        CommitmentKind(entry["commitment"]),
        State.PAUSED if still_paused else State.RUNNING,
        began,
        started_at=_instant(entry["started_at"]),
        promises=[promise],
        due_at=_instant(entry["due_at"]),
        pauses=pauses,
        extensions=[
            # By the event that says so here: the one that moved it is of the other case.
            Extension(merged.id, _instant(from_at), _instant(to_at))
            for _, from_at, to_at in entry["extensions"]
        ],
        was_saved=entry["was_saved"],
    )


def _entry(commitment: Commitment, by_id: Mapping[int, Event]) -> dict[str, Any]:
    promise = commitment.promises[-1]
    due_at = commitment.due_at or commitment.frozen_due_at
    began = commitment.promises[0].taken_over or by_id[commitment.promises[0].said_by]
    assert due_at is not None  # noqa: S101 - what runs or is paused has one
    assert commitment.started_at is not None  # noqa: S101 - and has begun
    assert promise.priority is not None  # noqa: S101 - only questions have none
    return {
        "commitment": commitment.kind.value,
        "began": {
            "id": began.id,
            "kind": began.kind.value,
            "at": began.happened_at.isoformat(),
        },
        "started_at": commitment.started_at.isoformat(),
        "priority": promise.priority.value,
        "within": promise.cell.target.spelled,
        "calendar": promise.cell.calendar,
        "terms": promise.terms.as_facts(),
        "from_at": promise.from_at.isoformat(),
        "promised_for": promise.due_at.isoformat(),
        "due_at": due_at.isoformat(),
        "pauses": [
            [
                pause.began_by,
                pause.began_at.isoformat(),
                pause.ended_by,
                pause.ended_at.isoformat() if pause.ended_at else None,
                pause.waits_for,
            ]
            for pause in commitment.pauses
        ],
        "was_saved": commitment.was_saved,
        "extensions": [
            [e.said_by, e.from_at.isoformat(), e.to_at.isoformat()] for e in commitment.extensions
        ],
    }


def _pause(stored: list[Any]) -> Pause:
    began_by, began_at, ended_by, ended_at, waits_for = stored
    return Pause(
        began_by, _instant(began_at), ended_by, _instant(ended_at) if ended_at else None, waits_for
    )


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
