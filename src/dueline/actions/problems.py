"""Known problems: one cause behind many cases. Customers read only what is sent to them."""

from collections.abc import Callable, Collection
from datetime import datetime

from django.db import transaction

from dueline.actions import cases, messages
from dueline.actions._change import Change, changing
from dueline.actions.cases import agents_only
from dueline.core.audience import Person
from dueline.core.errors import Refusal
from dueline.core.events import Kind
from dueline.models import IS_OPEN, Case, Problem


def create(*, title: str, text: str, actor: Person, at: datetime) -> Problem:
    agents_only(actor)
    title = _title(title)
    return Problem.objects.create(
        title=title, text=text.strip(), created_by_id=actor.id, created_at=at
    )


def describe(problem_id: int, *, title: str, text: str, actor: Person) -> None:
    """Say better what the problem is. For colleagues: no customer is told of it."""
    agents_only(actor)
    _existing(problem_id)
    Problem.objects.filter(pk=problem_id).update(title=_title(title), text=text.strip())


def link(case_id: int, *, problem_id: int, actor: Person, at: datetime) -> None:
    """Say that a case has this cause. A case has one at most: another one is let go of."""
    agents_only(actor)
    with changing(case_id, actor=actor, at=at) as change:
        problem = _existing(problem_id)
        if change.case.problem_id == problem.pk:
            raise Refusal("not-now", "The case is linked to this problem already.")
        if problem.solved_at:
            raise Refusal("not-now", "This problem is solved. Take it up again first.")
        _let_go(change)
        change.case.problem = problem
        change.append(Kind.PROBLEM_LINKED, problem=problem.pk, title=problem.title)


def link_to_new(case_id: int, *, title: str, actor: Person, at: datetime) -> Problem:
    """Create a problem from a case that has it."""
    with transaction.atomic():
        problem = create(title=title, text="", actor=actor, at=at)
        link(case_id, problem_id=problem.pk, actor=actor, at=at)
    return problem


def unlink(case_id: int, *, actor: Person, at: datetime) -> None:
    agents_only(actor)
    with changing(case_id, actor=actor, at=at) as change:
        if change.case.problem_id is None:
            raise Refusal("not-now", "The case is linked to no known problem.")
        _let_go(change)


def announce(
    problem_id: int, *, text: str, seen: Collection[int], actor: Person, at: datetime
) -> int:
    """Write the same to the customer of each open case that has the problem, to each alone.

    seen: the cases that the person was shown. Raises Refusal("stale") if it would be others by
    now. Each is a reply in its own thread and meets what a reply meets; all are sent, or none.
    Returns how many cases were written in.
    """
    agents_only(actor)

    def write(case_id: int) -> None:
        messages.reply(case_id, text=text, actor=actor, at=at)

    with transaction.atomic():
        _existing(problem_id)
        return _in_each(problem_id, write, seen=seen)


def solve(problem_id: int, *, actor: Person, at: datetime) -> None:
    """Say that the cause is gone. The linked cases go on until each is resolved."""
    agents_only(actor)
    _existing(problem_id)
    if not Problem.objects.filter(pk=problem_id, solved_at=None).update(solved_at=at):
        raise Refusal("not-now", "This problem is solved already.")


def solve_with_cases(
    problem_id: int, *, text: str, seen: Collection[int], actor: Person, at: datetime
) -> int:
    """Say that the cause is gone, and resolve each open linked case with the same words.

    seen: as for `announce`. Returns how many cases were resolved.
    """

    def resolve(case_id: int) -> None:
        cases.resolve(case_id, text=text, actor=actor, at=at)

    with transaction.atomic():
        solve(problem_id, actor=actor, at=at)
        return _in_each(problem_id, resolve, seen=seen)


def take_up_again(problem_id: int, *, actor: Person, at: datetime) -> None:
    """Say that a solved problem is back. Cases that were resolved stay so until reopened."""
    agents_only(actor)
    _existing(problem_id)
    if not Problem.objects.filter(pk=problem_id, solved_at__isnull=False).update(solved_at=None):
        raise Refusal("not-now", "This problem is not solved.")


def _in_each(problem_id: int, act: Callable[[int], None], *, seen: Collection[int]) -> int:
    """Act on each open linked case, in one order, so that two who do it wait for each other."""
    linked = Case.objects.filter(IS_OPEN, problem_id=problem_id).order_by("id")
    case_ids = list(linked.values_list("id", flat=True))
    if set(case_ids) != set(seen):
        raise Refusal("stale", "Other cases have this problem by now. Look at the list once more.")
    if not case_ids:
        raise Refusal("not-now", "No open case has this problem.")
    for case_id in case_ids:
        act(case_id)
    return len(case_ids)


def _let_go(change: Change) -> None:
    problem = change.case.problem
    if problem is not None:
        change.case.problem = None
        change.append(Kind.PROBLEM_UNLINKED, problem=problem.pk, title=problem.title)


def _existing(problem_id: int) -> Problem:
    problem = Problem.objects.filter(pk=problem_id).first()
    if problem is None:
        raise Refusal("not-found", "There is no such problem.")
    return problem


def _title(title: str) -> str:
    title = " ".join(title.split())
    if not title:
        raise Refusal("title-missing", "Give the problem a name that colleagues recognise.")
    return title[:200]
