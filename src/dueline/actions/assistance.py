"""Questions to Tier Two. The owner keeps the case; the customer sees nothing of it.

    ask → take → answer, with what is still to be done → tick
             ↘ ask back → add ↗
    take back: whoever asked needs no answer any more

Asking back does not stop the clock: how long an answer took is counted from the question, and
that it waited for Tier One meanwhile stands openly beside it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from dueline.actions import question_letters as letters
from dueline.actions._change import Change, changing
from dueline.actions.attachments import keep_files
from dueline.actions.cases import agents_only
from dueline.actions.search_index import index_internal
from dueline.core.audience import Person
from dueline.core.commitments import terms_at
from dueline.core.errors import Refusal
from dueline.core.events import Event, Kind
from dueline.core.inbound import File
from dueline.core.lifecycle import Act
from dueline.core.policy import OFFICE, CommitmentKind, parse_target
from dueline.core.priorities import Priority
from dueline.models import Question, QuestionEntry

_MOST_STEPS = 30
_LONGEST_STEP = 300


def ask(
    case_id: int,
    *,
    text: str,
    actor: Person,
    at: datetime,
    within: str = "",
    tried: str = "",
    files: Sequence[File] = (),
) -> Question:
    """Ask Tier Two. within: the answer time ("2 h"); empty: what the policy says."""
    agents_only(actor)
    if not text.strip():
        raise Refusal("text-missing", "There is no question yet.")
    if within.strip():
        within = parse_target(within).spelled  # refuses what it cannot read
    with changing(case_id, actor=actor, at=at) as change:
        change.do(Act.ASK_TIER_TWO)
        terms = terms_at(change.events, change.book)
        cell = terms.plan.cell(Priority(change.case.priority), CommitmentKind.ASSISTANCE)
        question = Question.objects.create(
            case=change.case,
            asked_by_id=actor.id,
            asked_at=change.at,
            text=text.strip(),
            tried=tried.strip(),
        )
        keep_files(files, question=question)
        event = change.append(
            Kind.ASSISTANCE_ASKED,
            question=question.pk,
            within=within or (cell.target.spelled if cell else "1 business day"),
            calendar=cell.calendar if cell else OFFICE,
        )
        said = "\n".join([question.text, question.tried, *_names(files)])
        index_internal(said, event_id=event.id, case=change.case)
        letters.asked(change, question)
    return question


def take(question_id: int, *, actor: Person, at: datetime, held_by: int | None = None) -> None:
    """Look after a question from now on. The case stays with its owner.

    held_by: the colleague who had it when the actor looked; None: nobody had. Of two who take it
    at once one wins, and the other is told by whom they were beaten: Refusal("stale").
    """
    with _about(question_id, actor=actor, at=at) as (change, question):
        before = question.taken_by
        if before is not None and before.pk == actor.id:
            raise Refusal("not-now", "You have this question already.")
        if before is None and held_by is not None:
            raise Refusal("stale", "Nobody has this question any more. Take it, if you like.")
        if before is not None and before.pk != held_by:
            raise Refusal("stale", "%(name)s has taken this question.", name=before.name)
        question.taken_by_id, question.taken_at = actor.id, change.at
        question.save(update_fields=["taken_by", "taken_at"])
        change.append(
            Kind.ASSISTANCE_TAKEN, question=question_id, before=before.name if before else ""
        )
        if before is not None:
            letters.taken_over(change, question, before)


def release(question_id: int, *, actor: Person, at: datetime) -> None:
    """Look after a question no more: it waits for anybody of Tier Two again."""
    with _about(question_id, actor=actor, at=at) as (change, question):
        if question.taken_by_id != actor.id:
            raise Refusal("not-now", "You do not have this question.")
        question.taken_by = question.taken_at = None
        question.save(update_fields=["taken_by", "taken_at"])
        change.append(Kind.ASSISTANCE_TAKEN, question=question_id, released=True)


def ask_back(
    question_id: int, *, text: str, actor: Person, at: datetime, files: Sequence[File] = ()
) -> None:
    """Ask Tier One for more. The question waits for them from here, and its clock runs on."""
    if not text.strip():
        raise Refusal("text-missing", "Write what you need to know.")
    with _about(question_id, actor=actor, at=at) as (change, question):
        question.asked_back_at = question.asked_back_at or change.at
        _take_if_free(question, change)
        question.save(update_fields=["asked_back_at", "taken_by", "taken_at"])
        entry = _say(change, question, QuestionEntry.Kind.ASKED_BACK, text, files)
        _record(change, Kind.ASSISTANCE_ASKED_BACK, entry, files)
        letters.asked_back(change, question)


def add(
    question_id: int, *, text: str, actor: Person, at: datetime, files: Sequence[File] = ()
) -> None:
    """Say more about a question. If Tier Two waits for it, they wait no longer."""
    if not text.strip():
        raise Refusal("text-missing", "Write what there is to add.")
    with _about(question_id, actor=actor, at=at) as (change, question):
        question.asked_back_at = None
        question.save(update_fields=["asked_back_at"])
        entry = _say(change, question, QuestionEntry.Kind.ADDED, text, files)
        _record(change, Kind.ASSISTANCE_ADDED_TO, entry, files)
        letters.added_to(change, question)


def answer(
    question_id: int,
    *,
    text: str,
    actor: Person,
    at: datetime,
    checklist: Sequence[str] = (),
    files: Sequence[File] = (),
) -> None:
    """Answer, and hand back. checklist: what is still to be done in the case, by Tier One."""
    if not text.strip():
        raise Refusal("text-missing", "There is no answer yet.")
    steps = _steps(checklist)
    with _about(question_id, actor=actor, at=at) as (change, question):
        question.answered_by_id, question.answered_at = actor.id, change.at
        question.answer, question.checklist = text.strip(), steps
        question.asked_back_at = None
        _take_if_free(question, change)
        question.save()
        entry = _say(change, question, QuestionEntry.Kind.ANSWER, text, files)
        said = "\n".join(step["text"] for step in steps)
        _record(change, Kind.ASSISTANCE_ANSWERED, entry, files, besides=said)
        letters.answered(change, question)


def take_back(question_id: int, *, actor: Person, at: datetime) -> None:
    """Need no answer any more."""
    with _about(question_id, actor=actor, at=at) as (change, question):
        question.taken_back_at, question.asked_back_at = change.at, None
        question.save(update_fields=["taken_back_at", "asked_back_at"])
        change.append(Kind.ASSISTANCE_TAKEN_BACK, question=question_id)
        letters.taken_back(change, question)


def tick(question_id: int, *, place: int, is_done: bool, actor: Person, at: datetime) -> None:
    """Say of one thing that an answer left to do that it is done, or is not. place: from 0."""
    agents_only(actor)
    with changing(_case_of(question_id), actor=actor, at=at) as change:
        question = Question.objects.get(pk=question_id)
        if not 0 <= place < len(question.checklist):
            raise Refusal("not-found", "There is no such thing to do.")
        step = {"text": question.checklist[place]["text"], "done": is_done}
        if is_done:
            step |= {"by": actor.name, "at": change.at.isoformat()}
        question.checklist[place] = step
        question.save(update_fields=["checklist"])


# --- parts of the acts ---------------------------------------------------------------------------


@contextmanager
def _about(question_id: int, *, actor: Person, at: datetime) -> Iterator[tuple[Change, Question]]:
    """Open the case of a question for one act about it. Raises Refusal("stale") if it is closed.

    The question is read after its case was claimed: until the act ends nobody else changes it.
    """
    agents_only(actor)
    with changing(_case_of(question_id), actor=actor, at=at) as change:
        question = Question.objects.select_related("asked_by", "taken_by").get(pk=question_id)
        if not question.is_open:
            raise Refusal("stale", "Somebody answered this question already, or took it back.")
        yield change, question


def _case_of(question_id: int) -> int:
    case_id = Question.objects.filter(pk=question_id).values_list("case_id", flat=True).first()
    if case_id is None:
        raise Refusal("not-found", "There is no such question.")
    return case_id


def _take_if_free(question: Question, change: Change) -> None:
    if question.taken_by_id is None:
        question.taken_by_id, question.taken_at = change.actor.id, change.at


def _say(
    change: Change, question: Question, kind: str, text: str, files: Sequence[File]
) -> QuestionEntry:
    entry = QuestionEntry.objects.create(
        question=question,
        kind=kind,
        agent_id=change.actor.id,
        text=text.strip(),
        recorded_at=change.at,
    )
    keep_files(files, entry=entry)
    return entry


def _record(
    change: Change,
    kind: Kind,
    entry: QuestionEntry,
    files: Sequence[File],
    *,
    besides: str = "",
) -> Event:
    event = change.append(kind, question=entry.question_id, entry=entry.pk)
    said = "\n".join([entry.text, besides, *_names(files)])
    index_internal(said, event_id=event.id, case=change.case)
    return event


def _names(files: Sequence[File]) -> list[str]:
    return [file.name for file in files]


def _steps(lines: Sequence[str]) -> list[dict[str, Any]]:
    steps = [line.strip() for line in lines if line.strip()]
    if len(steps) > _MOST_STEPS:
        raise Refusal("too-many", "At most %(n)s things can be left to do.", n=_MOST_STEPS)
    if any(len(step) > _LONGEST_STEP for step in steps):
        raise Refusal(
            "too-long", "Say each thing to do in at most %(n)s characters.", n=_LONGEST_STEP
        )
    return [{"text": step, "done": False} for step in steps]
