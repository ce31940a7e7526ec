"""Questions to Tier Two, with the time by which each is owed an answer."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from dueline.core.case_numbers import case_number
from dueline.core.policy import CommitmentKind
from dueline.models import Commitment, Question
from dueline.queries.timeline import CommitmentRow


class OpenQuestion(NamedTuple):
    id: int
    case_id: int
    subject: str
    priority: str
    organization: str | None
    owner: str | None
    asked_by: str
    asked_at: datetime
    text: str
    promised: CommitmentRow | None

    @property
    def number(self) -> str:
        return case_number(self.case_id)


class AnsweredQuestion(NamedTuple):
    id: int
    case_id: int
    subject: str
    asked_by: str
    text: str
    answered_by: str
    answered_at: datetime
    answer: str

    @property
    def number(self) -> str:
        return case_number(self.case_id)


def open_questions() -> list[OpenQuestion]:
    """Return what waits for Tier Two, by due time. Two statements."""
    waiting = Question.objects.filter(answered_at__isnull=True, taken_back_at__isnull=True)
    case_ids = list(waiting.values_list("case_id", flat=True))
    ordinals = {
        row["id"]: row["ordinal"]
        for row in Question.objects.filter(case_id__in=case_ids)
        .annotate(ordinal=Window(RowNumber(), partition_by=[F("case_id")], order_by="id"))
        .values("id", "ordinal")
    }
    promised = {
        (case_id, row[-1]): CommitmentRow._make(row)
        for case_id, *row in Commitment.objects.filter(
            case_id__in=case_ids, kind=CommitmentKind.ASSISTANCE
        ).values_list("case_id", *CommitmentRow._fields)
    }
    rows = waiting.values_list(
        "id",
        "case_id",
        "case__subject",
        "case__priority",
        "case__organization__name",
        "case__owner__name",
        "asked_by__name",
        "asked_at",
        "text",
    )
    # The nth question of a case is its nth commitment of this kind.
    found = [OpenQuestion(*row, promised.get((row[1], ordinals[row[0]]))) for row in rows]
    return sorted(found, key=_by_due_time)


def _by_due_time(question: OpenQuestion) -> tuple[bool, datetime]:
    due_at = question.promised.due_at if question.promised else None
    return due_at is None, due_at or question.asked_at


def answered_lately(*, most: int = 10) -> list[AnsweredQuestion]:
    rows = (
        Question.objects.filter(answered_at__isnull=False)
        .order_by("-answered_at", "-id")
        .values_list(
            "id",
            "case_id",
            "case__subject",
            "asked_by__name",
            "text",
            "answered_by__name",
            "answered_at",
            "answer",
        )
    )
    return [AnsweredQuestion._make(row) for row in rows[:most]]
