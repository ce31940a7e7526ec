"""Questions to Tier Two. The owner keeps the case; the customer sees nothing of it."""

from datetime import datetime

from django.db.models import QuerySet

from dueline.actions._change import changing
from dueline.actions.cases import agents_only
from dueline.actions.search_index import index_internal
from dueline.core.audience import Person
from dueline.core.commitments import terms_at
from dueline.core.errors import Refusal
from dueline.core.events import Kind
from dueline.core.lifecycle import Act
from dueline.core.policy import OFFICE, CommitmentKind, parse_target
from dueline.core.priorities import Priority
from dueline.models import Question


def ask(case_id: int, *, text: str, actor: Person, at: datetime, within: str = "") -> Question:
    """Ask Tier Two. within: the answer time ("2 h"); empty: what the policy says."""
    agents_only(actor)
    if not text.strip():
        raise Refusal("text-missing", "There is no question yet.")
    with changing(case_id, actor=actor, at=at) as change:
        change.do(Act.ASK_TIER_TWO)
        terms = terms_at(change.events, change.book)
        cell = terms.plan.cell(Priority(change.case.priority), CommitmentKind.ASSISTANCE)
        if within:
            parse_target(within)  # refuses what it cannot read
        question = Question.objects.create(
            case=change.case, asked_by_id=actor.id, asked_at=at, text=text.strip()
        )
        event = change.append(
            Kind.ASSISTANCE_ASKED,
            question=question.pk,
            within=within or (cell.target.spelled if cell else "1 business day"),
            calendar=cell.calendar if cell else OFFICE,
        )
        index_internal(question.text, event_id=event.id, case=change.case)
    return question


def answer(question_id: int, *, text: str, actor: Person, at: datetime) -> None:
    agents_only(actor)
    if not text.strip():
        raise Refusal("text-missing", "There is no answer yet.")
    question = _question(question_id)
    with changing(question.case_id, actor=actor, at=at) as change:
        rows = _still_open(question_id).update(
            answered_by_id=actor.id, answered_at=at, answer=text.strip()
        )
        if not rows:
            raise Refusal("stale", "Somebody answered this question already, or took it back.")
        event = change.append(Kind.ASSISTANCE_ANSWERED, question=question_id)
        index_internal(text, event_id=event.id, case=change.case)


def take_back(question_id: int, *, actor: Person, at: datetime) -> None:
    agents_only(actor)
    question = _question(question_id)
    with changing(question.case_id, actor=actor, at=at) as change:
        if not _still_open(question_id).update(taken_back_at=at):
            raise Refusal("stale", "Somebody answered this question already, or took it back.")
        change.append(Kind.ASSISTANCE_TAKEN_BACK, question=question_id)


def _question(question_id: int) -> Question:
    question = Question.objects.filter(pk=question_id).first()
    if question is None:
        raise Refusal("not-found", "There is no such question.")
    return question


def _still_open(question_id: int) -> QuerySet[Question]:
    return Question.objects.filter(
        pk=question_id, answered_at__isnull=True, taken_back_at__isnull=True
    )
