"""The queue of Tier Two, and the page of one question: the whole conversation, and every act."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from django.contrib import messages as flashes
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dueline.actions import assistance
from dueline.console.access import Visit, agents_only
from dueline.console.acting import number
from dueline.console.live import is_part, tag, tagged, unchanged
from dueline.console.refusals import status_of
from dueline.console.timeline import File, drawn_file
from dueline.console.uploads import read_files
from dueline.core.case_numbers import case_number
from dueline.core.errors import Refusal
from dueline.queries import questions as queries
from dueline.queries.case_pages import facts_of, version_of
from dueline.queries.queue import latest_event_id
from dueline.queries.quiet import away
from dueline.wording.promise_lines import PromiseLine, Stored, draw
from dueline.wording.questions import say_standing
from dueline.wording.quiet import say_away
from dueline.wording.states import say_priority, say_state

Act = Callable[[int], object]


class Row(NamedTuple):
    """A question with its promise as it is drawn, and where it stands in a sentence."""

    question: queries.QuestionLine
    line: PromiseLine | None
    standing: str


class Said(NamedTuple):
    """One thing that was said about a question. shape: "asked_back", "added" or "answer"."""

    id: str
    shape: str
    who: str
    text: str
    at: object
    files: list[File]


@agents_only
@require_safe
def show(request: Visit) -> HttpResponse:
    wanted = request.GET.get("show", "open")
    wanted = wanted if wanted in queries.SHOWN else "open"
    mark = tag(request, "tier-two", wanted, latest_event_id())
    if same := unchanged(request, mark):
        return same
    found = queries.questions(wanted, agent_id=request.person.id)
    counted = queries.counts(agent_id=request.person.id)
    context = {
        "here": "tier-two",
        "show": wanted,
        "rows": [_row(request, question) for question in found],
        "tabs": [
            ("open", _("Open"), counted["open"]),
            ("mine", _("Mine"), counted["mine"]),
            ("waiting", _("Waiting for Tier One"), counted["waiting"]),
            ("answered", _("Answered"), 0),
        ],
    }
    template = "console/tier_two_rows.html" if is_part(request) else "console/tier_two.html"
    return tagged(render(request, template, context), mark)


@agents_only
@require_safe
def one(request: Visit, question_id: int) -> HttpResponse:
    found = queries.question_page(question_id)
    # What is ticked off is no event: the version of the case tells of it.
    mark = tag(request, "question", question_id, version_of(found.line.case_id, request.person))
    if same := unchanged(request, mark):
        return same
    return tagged(_page(request, question_id), mark)


# --- acts ----------------------------------------------------------------------------------------


@agents_only
@require_POST
def take(request: Visit, question_id: int) -> HttpResponse:
    held_by = number(request, "held_by")

    def take_it() -> None:
        assistance.take(question_id, held_by=held_by, actor=request.person, at=request.now)

    said = _("The question is yours. The case stays with its owner.")
    return _do(request, question_id, take_it, said=said)


@agents_only
@require_POST
def release(request: Visit, question_id: int) -> HttpResponse:
    def release_it() -> None:
        assistance.release(question_id, actor=request.person, at=request.now)

    return _do(request, question_id, release_it, said=_("Anybody of Tier Two can take it now."))


@agents_only
@require_POST
def ask_back(request: Visit, question_id: int) -> HttpResponse:
    said = _("Asked. The question waits for Tier One; its time runs on.")
    return _say(request, question_id, assistance.ask_back, said=said)


@agents_only
@require_POST
def add(request: Visit, question_id: int) -> HttpResponse:
    return _say(request, question_id, assistance.add, said=_("Tier Two has it."))


@agents_only
@require_POST
def answer(request: Visit, question_id: int) -> HttpResponse:
    checklist = request.POST.get("checklist", "").splitlines()
    said = _("Answered. Whoever asked and the owner of the case see it at once.")
    return _say(request, question_id, assistance.answer, said=said, checklist=checklist)


@agents_only
@require_POST
def take_back(request: Visit, question_id: int) -> HttpResponse:
    def take_it_back() -> None:
        assistance.take_back(question_id, actor=request.person, at=request.now)

    return _do(request, question_id, take_it_back, said=_("The question is taken back."))


@agents_only
@require_POST
def tick(request: Visit, question_id: int) -> HttpResponse:
    """Say that one thing to do is done, or is not."""

    def tick_it() -> None:
        place = number(request, "place")
        assistance.tick(
            question_id,
            place=-1 if place is None else place,
            is_done=request.POST.get("done") == "yes",
            actor=request.person,
            at=request.now,
        )

    return _do(request, question_id, tick_it, said="")


def _say(
    request: Visit, question_id: int, act: Callable[..., object], *, said: str, **more: Any
) -> HttpResponse:
    def say_it() -> None:
        act(
            question_id,
            text=request.POST.get("text", ""),
            files=read_files(request),
            actor=request.person,
            at=request.now,
            **more,
        )

    return _do(request, question_id, say_it, said=said)


def _do(request: Visit, question_id: int, act: Callable[[], object], *, said: str) -> HttpResponse:
    """Act, and lead to the question, or back to the case from which it was done."""
    try:
        act()
    except Refusal as refusal:
        if refusal.code == "not-found":
            raise
        typed = {**request.POST.dict(), "refusal": refusal}
        return _page(request, question_id, typed=typed, status=status_of(refusal))
    if said:
        flashes.success(request, said)
    return HttpResponseRedirect(_back(request, question_id))


def _back(request: Visit, question_id: int) -> str:
    if request.POST.get("from") == "case":
        case_id = queries.question_page(question_id).line.case_id
        return f"/console/cases/{case_number(case_id)}#questions"
    if request.POST.get("from") == "queue":
        return "/console/tier-two"
    return f"/console/tier-two/{question_id}"


# --- drawing -------------------------------------------------------------------------------------


def _page(
    request: Visit,
    question_id: int,
    *,
    typed: Mapping[str, object] | None = None,
    status: int = 200,
) -> HttpResponse:
    found = queries.question_page(question_id)
    case = facts_of(found.line.case_id, request.person)
    absence = away(at=request.now)
    context = {
        "here": "tier-two",
        "row": _row(request, found.line),
        "question": found.line,
        "tried": found.tried,
        "files": [drawn_file(file) for file in found.files.get(None, ())],
        "said": [
            Said(
                f"said-{entry.id}",
                entry.kind,
                entry.agent,
                entry.text,
                entry.recorded_at,
                [drawn_file(file) for file in found.files.get(entry.id, ())],
            )
            for entry in found.entries
        ],
        "steps": found.checklist,
        "case": case,
        "case_address": f"/console/cases/{case.number}",
        "why": f"/console/cases/{case.number}/promises/assistance/{found.line.ordinal}",
        "priority_title": say_priority(case.priority),
        "state_title": say_state(case.state),
        "absent": [
            say_away(gone.name, until=gone.until, deputy=gone.deputy)
            for id_, gone in absence.items()
            if id_ in {case.owner_id, found.line.asked_by_id, found.line.taken_by_id}
        ],
        "others": [
            _row(request, other)
            for other in queries.questions_of(found.line.case_id)
            if other.id != question_id
        ],
        "is_asking": request.person.id in (found.line.asked_by_id, case.owner_id),
        "typed": typed or {},
    }
    template = "console/question_parts.html" if is_part(request) else "console/question.html"
    return render(request, template, context, status=status)


def _row(request: Visit, question: queries.QuestionLine) -> Row:
    line = (
        draw(Stored._make(question.promised[:-1]), now=request.now, zone=request.zone)
        if question.promised
        else None
    )
    standing = say_standing(
        asked_by=question.asked_by,
        taken_by=question.taken_by or "",
        taken_at=question.taken_at,
        asked_back_at=question.asked_back_at,
        answered_by=question.answered_by or "",
        answered_at=question.answered_at,
        taken_back_at=question.taken_back_at,
        now=request.now,
        zone=request.zone,
    )
    return Row(question, line, standing)
