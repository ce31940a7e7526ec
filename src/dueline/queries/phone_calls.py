"""Calls for the call desk: what rings, who talks, and what nobody has dealt with."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import QuerySet

from dueline.models import PhoneCall
from dueline.queries.prepared import Prepared

# A telephone system that fell silent leaves calls that ring for ever: they are over, we say then.
_RINGS = timedelta(minutes=5)
_TALKS = timedelta(hours=4)
_MISSED_KEPT = timedelta(days=30)
_ENDED_KEPT = timedelta(hours=24)
_MOST = 50
_SEEN = 60  # of the newest calls, for the tag of a page


class CallRow(NamedTuple):
    """One call. number: of the other side. agent: whose telephone it is."""

    id: int
    direction: str
    from_number: str
    to_number: str
    caller_name: str
    extension: str
    agent: str | None
    agent_id: int | None
    contact_id: int | None
    state: str
    rang_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    case_id: int | None
    recording_url: str

    @property
    def number(self) -> str:
        return self.from_number if self.direction == "in" else self.to_number

    @property
    def seconds(self) -> int | None:
        if self.answered_at is None or self.ended_at is None:
            return None
        return max(0, int((self.ended_at - self.answered_at).total_seconds()))


class Desk(NamedTuple):
    """The call desk at an instant, each part the newest first."""

    ringing: list[CallRow]
    talking: list[CallRow]
    missed: list[CallRow]  # came in, and nobody has logged them or set them aside
    to_log: list[CallRow]  # ended, or called in vain


_COLUMNS = (
    *("id", "direction", "from_number", "to_number", "caller_name", "extension"),
    *("agent__name", "agent_id", "contact_id", "state"),
    *("rang_at", "answered_at", "ended_at", "case_id", "recording_url"),
)


def call_desk(*, at: datetime) -> Desk:
    under_way = _rows(
        PhoneCall.objects.filter(state__in=["ringing", "answered"], set_aside_at=None)
    )
    left = PhoneCall.objects.filter(event=None, set_aside_at=None)
    missed = _rows(left.filter(state="missed", direction="in", rang_at__gt=at - _MISSED_KEPT))
    over = _rows(left.filter(state__in=["ended", "missed"], rang_at__gt=at - _ENDED_KEPT))
    silent = [row for row in under_way if not _goes_on(row, at=at) and row.case_id is None]
    return Desk(
        ringing=[row for row in under_way if row.state == "ringing" and _goes_on(row, at=at)],
        talking=[row for row in under_way if row.state == "answered" and _goes_on(row, at=at)],
        missed=_newest(missed, [row for row in silent if _is_missed(row)]),
        to_log=_newest(
            [row for row in over if row not in missed],
            [row for row in silent if not _is_missed(row) and row.rang_at > at - _ENDED_KEPT],
        ),
    )


def get_call(call_id: int) -> CallRow | None:
    return next(iter(_rows(PhoneCall.objects.filter(pk=call_id))), None)


def mark_of_calls() -> str:
    """Return a word that differs whenever something about the newest calls has changed."""
    seen = "".join(str(tuple(row)) for row in _seen())
    return hashlib.sha256(seen.encode()).hexdigest()[:16]


class _Seen(NamedTuple):
    id: int
    state: str
    changed_at: datetime
    event_id: int | None
    set_aside_at: datetime | None
    contact_id: int | None


_seen = Prepared(
    _Seen, lambda: PhoneCall.objects.order_by("-id").values_list(*_Seen._fields)[:_SEEN]
)


def _rows(calls: QuerySet[PhoneCall]) -> list[CallRow]:
    newest = calls.order_by("-id").values_list(*_COLUMNS)[:_MOST]
    return [CallRow._make(values) for values in newest]


def _goes_on(row: CallRow, *, at: datetime) -> bool:
    return row.rang_at > at - (_RINGS if row.state == "ringing" else _TALKS)


def _is_missed(row: CallRow) -> bool:
    return row.direction == "in" and row.state == "ringing"


def _newest(rows: Sequence[CallRow], more: Sequence[CallRow]) -> list[CallRow]:
    return sorted([*rows, *more], key=lambda row: row.id, reverse=True)[:_MOST]
