"""Call backs that are owed, in the order in which they fall due. For agents only."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import F

from dueline.core.case_numbers import case_number
from dueline.core.commitments import State
from dueline.core.events import Kind
from dueline.core.policy import CommitmentKind
from dueline.models import IS_OPEN, Case, Commitment, Event
from dueline.queries.timeline import CommitmentRow
from dueline.queries.voicemails import Heard, heard_in


class Attempt(NamedTuple):
    """A call that reached nobody."""

    happened_at: datetime
    agent: str
    phone: str
    left_message: bool


class CallBack(NamedTuple):
    """One case whose customer waits for our call. phone: "" where it was withheld."""

    case_id: int
    subject: str
    priority: str
    contact: str
    organization: str | None
    owner: str | None
    promised: CommitmentRow
    phone: str
    attempts: Sequence[Attempt]
    voicemails: Sequence[Heard]

    @property
    def number(self) -> str:
        return case_number(self.case_id)


_OWED = (State.RUNNING, State.MISSED, State.PAUSED)


def count_call_backs() -> int:
    """Return how many customers wait for our call."""
    return _owed().values("case_id").distinct().count()


def call_backs(*, most: int = 50) -> list[CallBack]:
    """Return the call backs that are owed, the earliest first; of each case the earliest.

    Four statements, however many they are.
    """
    rows = _owed().order_by(F("due_at").asc(nulls_last=True), "case_id", "ordinal")  # null: paused
    promised: dict[int, CommitmentRow] = {}
    # One that was missed and asked for again is owed twice: the first of them stands for both.
    for case_id, *columns in rows.values_list("case_id", *CommitmentRow._fields)[: most * 3]:
        promised.setdefault(case_id, CommitmentRow._make(columns))
    shown = dict(list(promised.items())[:most])
    cases = {row[0]: row for row in _cases(list(shown))}
    asked, attempts = _calls(list(shown))
    heard = heard_in(list(shown))
    return [
        CallBack._make(
            (
                *cases[case_id],
                commitment,
                asked.get(case_id, ""),
                _since(commitment.started_at, attempts.get(case_id, ())),
                heard.get(case_id, ()),
            )
        )
        for case_id, commitment in shown.items()
    ]


def _since(started_at: datetime | None, attempts: Sequence[Attempt]) -> list[Attempt]:
    return [one for one in attempts if started_at is None or one.happened_at >= started_at]


def _owed():  # type: ignore[no-untyped-def]
    return Commitment.objects.filter(
        kind=CommitmentKind.CALLBACK,
        state__in=_OWED,
        met_at=None,
        withdrawn_at=None,
        started_at__isnull=False,
        case__in=Case.objects.filter(IS_OPEN),
    )


def _cases(case_ids: Sequence[int]):  # type: ignore[no-untyped-def]
    return Case.objects.filter(pk__in=case_ids).values_list(
        "id", "subject", "priority", "contact__name", "organization__name", "owner__name"
    )


def _calls(case_ids: Sequence[int]) -> tuple[dict[int, str], dict[int, list[Attempt]]]:
    """Return the number that each asked to be called at last, and the calls that reached nobody."""
    asked: dict[int, str] = {}
    attempts: dict[int, list[Attempt]] = {}
    events = Event.objects.filter(
        case_id__in=case_ids, kind__in=(Kind.CALL_BACK_ASKED, Kind.CALL_LOGGED)
    ).order_by("happened_at", "id")
    for case_id, kind, at, agent, facts in events.values_list(
        "case_id", "kind", "happened_at", "agent__name", "facts"
    ):
        phone = str(facts.get("phone") or "")
        if kind == Kind.CALL_BACK_ASKED:
            asked[case_id] = phone or asked.get(case_id, "")
        elif not facts.get("reached") and facts.get("direction") == "out":
            attempt = Attempt(at, agent or "", phone, bool(facts.get("left_message")))
            attempts.setdefault(case_id, []).append(attempt)
    return asked, attempts
