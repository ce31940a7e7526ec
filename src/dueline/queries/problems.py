"""Known problems, as colleagues see them."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Q

from dueline.core.errors import Refusal
from dueline.models import Problem

_MOST = 200
_OPEN_CASES = Count("cases", filter=Q(cases__resolved_at=None, cases__closed_at=None))


class ProblemRow(NamedTuple):
    """open_cases: how many wait for its end. cases: how many ever had it."""

    id: int
    title: str
    text: str
    created_by: str
    created_at: datetime
    solved_at: datetime | None
    open_cases: int
    cases: int


_COLUMNS = ("id", "title", "text", "created_by__name", "created_at", "solved_at")


def problems() -> list[ProblemRow]:
    """Return the problems, the newest first: those that are not solved, then the others."""
    rows = sorted(_counted().order_by("-id")[:_MOST], key=lambda row: row[5] is not None)
    return [ProblemRow._make(row) for row in rows]


def problem(problem_id: int) -> ProblemRow:
    """Raises Refusal("not-found")."""
    row = _counted().filter(pk=problem_id).first()
    if row is None:
        raise Refusal("not-found", "There is no such problem.")
    return ProblemRow._make(row)


def _counted():  # type: ignore[no-untyped-def]
    return Problem.objects.annotate(open_count=_OPEN_CASES, case_count=Count("cases")).values_list(
        *_COLUMNS, "open_count", "case_count"
    )


def unsolved() -> list[tuple[int, str]]:
    """Return id and title of the problems that a case can be linked to, the newest first."""
    rows = Problem.objects.filter(solved_at=None).order_by("-id")
    return list(rows.values_list("id", "title")[:_MOST])
