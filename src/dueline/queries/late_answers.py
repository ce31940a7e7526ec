"""The report of late answers: what Tier Two owed in a period, and what of it came too late."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from dueline.core.case_numbers import case_number
from dueline.core.commitments import State
from dueline.core.policy import CommitmentKind
from dueline.core.promise_counts import Fate, count
from dueline.models import Commitment
from dueline.queries.questions import QuestionLine, questions_of_cases


class LateAnswer(NamedTuple):
    """One promise of an answer that was not kept. met_at: answered or taken back; None: not yet.

    word: "late" or "missing". who: answered it, or has it now; "": nobody.
    """

    question_id: int
    case_id: int
    subject: str
    asked_by: str
    asked_at: datetime
    due_at: datetime
    met_at: datetime | None
    is_taken_back: bool
    who: str
    word: str
    late: timedelta

    @property
    def number(self) -> str:
        return case_number(self.case_id)


class Report(NamedTuple):
    """counts: of every answer that was due in the period, by `core.promise_counts.WORDS`."""

    rows: list[LateAnswer]
    counts: dict[str, int]


def late_answers(first: date, last: date, *, zone: str, at: datetime) -> Report:
    """Return what was due from the first to the last of these days in `zone`, as it stands at `at`.

    The latest comes last. For agents alone.
    """
    begins, ends = _midnight(first, zone), _midnight(last + timedelta(days=1), zone)
    found = (
        Commitment.objects.filter(
            kind=CommitmentKind.ASSISTANCE, due_at__gte=begins, due_at__lt=ends
        )
        .order_by("due_at", "id")
        .values_list("case_id", "ordinal", "state", "due_at", "met_at")
    )
    owed = [(*row[:3], row[3], row[4]) for row in found if row[3] is not None]
    words = {
        (case_id, ordinal): Fate(State(state), due_at, met_at).word(at=at)
        for case_id, ordinal, state, due_at, met_at in owed
    }
    wanted = {key for key, word in words.items() if word in ("late", "missing")}
    asked = _by_ordinal(questions_of_cases({case_id for case_id, _ in wanted}))
    rows = [
        _row(asked[case_id, ordinal], due_at, met_at, words[case_id, ordinal], at=at)
        for case_id, ordinal, _, due_at, met_at in owed
        if (case_id, ordinal) in wanted
    ]
    return Report(rows, count(words.values()))


def _row(
    question: QuestionLine, due_at: datetime, met_at: datetime | None, word: str, *, at: datetime
) -> LateAnswer:
    return LateAnswer(
        question_id=question.id,
        case_id=question.case_id,
        subject=question.subject,
        asked_by=question.asked_by,
        asked_at=question.asked_at,
        due_at=due_at,
        met_at=met_at,
        is_taken_back=question.taken_back_at is not None,
        who=question.answered_by or question.taken_by or "",
        word=word,
        late=(met_at or at) - due_at,
    )


def _by_ordinal(lines: Iterable[QuestionLine]) -> dict[tuple[int, int], QuestionLine]:
    return {(line.case_id, line.ordinal): line for line in lines}


def _midnight(day: date, zone: str) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
