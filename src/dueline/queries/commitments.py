"""What is stored of a case's commitments, and whether it still is what the events say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dueline.core.commitments import (
    Book,
    Commitment,
    nearest,
    next_due_at,
    notices_to_come,
)
from dueline.core.events import Event
from dueline.core.explain import skipped_parts
from dueline.core.lifecycle import CaseState
from dueline.core.replay import evaluate
from dueline.models import NOTHING_OWED, Case
from dueline.models import Commitment as CommitmentRow
from dueline.queries.cases import book_of, events_of
from dueline.queries.silence import steps_of

# What two rows of the same kind and ordinal must agree in.
COMPARED = [
    "state",
    "target",
    "started_at",
    "warn_at",
    "due_at",
    "met_at",
    "withdrawn_at",
    "paused_since",
    "reason",
    "skipped",
]


@dataclass(frozen=True, slots=True)
class Summary:
    """What lists and sweeps need of a case's commitments.

    rows: unsaved. nearest: kind and ordinal of the row to show. columns: of the case.
    """

    rows: list[CommitmentRow]
    nearest: tuple[str, int] | None
    columns: dict[str, datetime | None]


def summarize(case: Case, events: Sequence[Event], book: Book, *, at: datetime) -> Summary:
    """Compute from the events of a case what is stored of its commitments at an instant."""
    commitments = evaluate(events, book, until=at)
    shown = nearest(commitments)
    is_due = shown is not None and shown.due_at is not None and CaseState(case.state).is_open
    notices = (notice_at for _, _, notice_at in notices_to_come(commitments, events))
    return Summary(
        rows=[_row(case, commitment) for commitment in commitments],
        nearest=(shown.kind.value, shown.ordinal) if shown else None,
        columns={
            "next_due_at": next_due_at(commitments),
            "next_notice_at": min(notices, default=None),
            "silence_at": steps[0].at if (steps := steps_of(case, events, book)) else None,
            "queue_at": shown.due_at if shown and is_due else NOTHING_OWED,
        },
    )


def differences(case_id: int) -> list[str]:
    """Return what the database says of a case's commitments and its events do not, in words.

    The stored copy is as of the last act or sweep; what has passed since is the sweep's to store.
    """
    case = Case.objects.select_related("policy_version", "calendar_version").get(pk=case_id)
    events = events_of(case_id)
    summary = summarize(case, events, book_of(case, events), at=case.changed_at)
    stored = {(row.kind, row.ordinal): row for row in case.commitments.all()}
    computed = {(row.kind, row.ordinal): row for row in summary.rows}
    found = [f"{_name(key)}: is stored, but is not promised" for key in stored.keys() - computed]
    found += [f"{_name(key)}: is promised, but not stored" for key in computed.keys() - stored]
    for key in stored.keys() & computed:
        found += [
            _difference(f"{_name(key)}: {column}", stored[key], computed[key], column)
            for column in COMPARED
            if getattr(stored[key], column) != getattr(computed[key], column)
        ]
    for column, value in summary.columns.items():
        if getattr(case, column) != value:
            found.append(f"{column}: stored {getattr(case, column)}, computed {value}")
    shown = next((key for key, row in stored.items() if row.pk == case.nearest_id), None)
    if shown != summary.nearest:
        found.append(f"nearest: stored {shown}, computed {summary.nearest}")
    return sorted(found)


def _row(case: Case, commitment: Commitment) -> CommitmentRow:
    return CommitmentRow(
        case=case,
        kind=commitment.kind.value,
        ordinal=commitment.ordinal,
        state=commitment.state.value,
        target=commitment.cell.target.spelled,
        started_at=commitment.started_at,
        warn_at=commitment.warn_at,
        due_at=commitment.due_at,
        met_at=commitment.met_at,
        withdrawn_at=commitment.withdrawn_at,
        paused_since=commitment.paused_since,
        reason=commitment.reason,
        skipped=skipped_parts(commitment),
    )


def _name(key: tuple[str, int]) -> str:
    return f"{key[0]} {key[1]}"


def _difference(what: str, stored: Any, computed: Any, column: str) -> str:
    return f"{what}: stored {getattr(stored, column)}, computed {getattr(computed, column)}"
