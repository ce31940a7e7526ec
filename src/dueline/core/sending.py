"""When a written text leaves: the pause in which it can be taken back must cost no promise."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from dueline.core.commitments import RULES, Book, Commitment
from dueline.core.events import Event, Kind
from dueline.core.replay import evaluate

# A worker looks twice a second; the rest is for one that has much to do.
MARGIN = timedelta(seconds=5)


def due_before(
    until: datetime, events: Iterable[Event], book: Book, *, says: Iterable[Kind], at: datetime
) -> Commitment | None:
    """Return the first promise that falls due from `at` to `until` and that the text would keep.

    says: the kinds of events that sending it will append.
    """
    said = [Event(0, kind, at, at, "agent", {}) for kind in says]
    owed = [
        commitment
        for commitment in evaluate(events, book, until=until)
        if commitment.is_owed
        and commitment.due_at is not None
        and at <= commitment.due_at <= until
        and any(RULES[commitment.kind].met_by(event) for event in said)
    ]
    return min(owed, key=lambda one: one.due_at or until, default=None)


def leaves_at(
    events: Iterable[Event], book: Book, *, says: Iterable[Kind], at: datetime, pause: timedelta
) -> datetime:
    """Return when a text leaves that is sent at `at`: after the pause, or in time for a promise."""
    wanted = at + pause
    first = due_before(wanted + MARGIN, events, book, says=says, at=at)
    if first is None or first.due_at is None:
        return wanted
    return max(at, min(wanted, first.due_at - MARGIN))
