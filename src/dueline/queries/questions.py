"""Questions to Tier Two, with the time by which each is owed an answer. For agents alone."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Exists, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from dueline.core.case_numbers import case_number
from dueline.core.errors import Refusal
from dueline.core.policy import CommitmentKind
from dueline.models import Attachment, Commitment, Desk, Question, QuestionEntry
from dueline.queries.agents import tier_two
from dueline.queries.timeline import CommitmentRow, FileRow

_OPEN = Q(answered_at__isnull=True, taken_back_at__isnull=True)
# What the page can show, by the word in its address.
SHOWN: Mapping[str, Q] = {
    "open": _OPEN,
    "mine": _OPEN,  # of these, one's own
    "waiting": _OPEN & Q(asked_back_at__isnull=False),
    "answered": Q(answered_at__isnull=False),
}
MOST_ANSWERED = 50


class QuestionLine(NamedTuple):
    """One question in a list, or at the head of its page."""

    id: int
    case_id: int
    subject: str
    priority: str
    organization: str | None
    owner_id: int | None
    owner: str | None
    asked_by_id: int
    asked_by: str
    asked_at: datetime
    text: str
    taken_by_id: int | None
    taken_by: str | None
    taken_at: datetime | None
    asked_back_at: datetime | None
    answered_by: str | None
    answered_at: datetime | None
    answer: str
    taken_back_at: datetime | None
    ordinal: int  # of its commitment within the case
    promised: CommitmentRow | None

    @property
    def number(self) -> str:
        return case_number(self.case_id)

    @property
    def is_open(self) -> bool:
        return self.answered_at is None and self.taken_back_at is None

    @property
    def due_at(self) -> datetime | None:
        return self.promised.due_at if self.promised else None


_COLUMNS = (
    "id",
    "case_id",
    "case__subject",
    "case__priority",
    "case__organization__name",
    "case__owner_id",
    "case__owner__name",
    "asked_by_id",
    "asked_by__name",
    "asked_at",
    "text",
    "taken_by_id",
    "taken_by__name",
    "taken_at",
    "asked_back_at",
    "answered_by__name",
    "answered_at",
    "answer",
    "taken_back_at",
)


class EntryRow(NamedTuple):
    """kind: of `QuestionEntry.Kind`."""

    id: int
    kind: str
    agent: str
    text: str
    recorded_at: datetime


class QuestionPage(NamedTuple):
    """files: of the question itself under None, of what was said later under the entry's id."""

    line: QuestionLine
    tried: str
    checklist: list[dict[str, Any]]
    entries: list[EntryRow]
    files: dict[int | None, list[FileRow]]


def questions(show: str, *, agent_id: int) -> list[QuestionLine]:
    """Return one of `SHOWN`: by due time; of what is answered the latest, the newest first."""
    found = Question.objects.filter(SHOWN[show])
    if show == "mine":
        found = found.filter(taken_by_id=agent_id)
    if show == "answered":
        return _lines(found.order_by("-answered_at", "-id")[:MOST_ANSWERED])
    return sorted(_lines(found), key=_by_due_time)


def questions_of(case_id: int) -> list[QuestionLine]:
    """Return the questions of one case, the oldest first."""
    return questions_of_cases([case_id])


def questions_of_cases(case_ids: Collection[int]) -> list[QuestionLine]:
    """Return the questions of some cases, the oldest first."""
    return _lines(Question.objects.filter(case_id__in=case_ids).order_by("id"))


def counts(*, agent_id: int) -> dict[str, int]:
    """Return how many questions are open, one's own, and waiting for Tier One."""
    rows = Question.objects.filter(_OPEN).values_list("taken_by_id", "asked_back_at")
    found = list(rows)
    return {
        "open": len(found),
        "mine": sum(taken_by == agent_id for taken_by, _ in found),
        "waiting": sum(asked_back_at is not None for _, asked_back_at in found),
    }


def question_page(question_id: int) -> QuestionPage:
    """Return one question with all that was said about it. Raises Refusal("not-found")."""
    lines = _lines(Question.objects.filter(pk=question_id))
    if not lines:
        raise Refusal("not-found", "There is no such question.")
    tried, checklist = Question.objects.values_list("tried", "checklist").get(pk=question_id)
    entries = QuestionEntry.objects.filter(question_id=question_id).order_by("id")
    return QuestionPage(
        lines[0],
        tried,
        checklist,
        [EntryRow._make(row) for row in entries.values_list(*_ENTRY)],
        _files(question_id),
    )


_ENTRY = ("id", "kind", "agent__name", "text", "recorded_at")


def who_answers(question_id: int) -> tuple[list[int], list[int]]:
    """Return who hears of a question: whoever has it; or else, as a crowd, all of Tier Two."""
    taken_by = Question.objects.values_list("taken_by_id", flat=True).get(pk=question_id)
    return ([], tier_two()) if taken_by is None else ([taken_by], [])


def _lines(found: QuerySet[Question]) -> list[QuestionLine]:
    """Return questions with what is promised about them. Three statements, however many."""
    rows = list(found.values_list(*_COLUMNS))
    case_ids = {row[1] for row in rows}
    ordinals, promised = _ordinals(case_ids), _promised(case_ids)
    # The nth question of a case is its nth commitment of this kind.
    return [
        QuestionLine._make((*row, ordinals[row[0]], promised.get((row[1], ordinals[row[0]]))))
        for row in rows
    ]


def _ordinals(case_ids: Collection[int]) -> dict[int, int]:
    counted = Question.objects.filter(case_id__in=case_ids).annotate(
        ordinal=Window(RowNumber(), partition_by=[F("case_id")], order_by="id")
    )
    return dict(counted.values_list("id", "ordinal"))


def _promised(case_ids: Collection[int]) -> dict[tuple[int, int], CommitmentRow]:
    rows = Commitment.objects.filter(case_id__in=case_ids, kind=CommitmentKind.ASSISTANCE)
    return {
        (case_id, row[-1]): CommitmentRow._make(row)
        for case_id, *row in rows.values_list("case_id", *CommitmentRow._fields)
    }


def _by_due_time(line: QuestionLine) -> tuple[bool, datetime]:
    return line.due_at is None, line.due_at or line.asked_at


def _files(question_id: int) -> dict[int | None, list[FileRow]]:
    rows = (
        Attachment.objects.filter(Q(question_id=question_id) | Q(entry__question_id=question_id))
        .annotate(is_scanned=Exists(Desk.objects.exclude(clamd_address="")))
        .order_by("id")
    )
    found: dict[int | None, list[FileRow]] = {}
    for entry_id, *row in rows.values_list("entry_id", *FileRow._fields):
        found.setdefault(entry_id, []).append(FileRow._make(row))
    return found
