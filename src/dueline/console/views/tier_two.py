"""The queue of Tier Two: questions by due time, and their answers."""

from django.contrib import messages as flashes
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dueline.actions import assistance
from dueline.console.access import Visit, agents_only
from dueline.console.live import is_part, tag, tagged, unchanged
from dueline.console.refusals import status_of
from dueline.core.errors import Refusal
from dueline.queries.questions import answered_lately, open_questions
from dueline.queries.queue import latest_event_id
from dueline.wording.promise_lines import Stored, draw


@agents_only
@require_safe
def show(request: Visit) -> HttpResponse:
    mark = tag(request, "tier-two", latest_event_id())
    if same := unchanged(request, mark):
        return same
    return tagged(_page(request), mark)


@agents_only
@require_POST
def answer(request: Visit, question_id: int) -> HttpResponse:
    text = request.POST.get("text", "")
    try:
        assistance.answer(question_id, text=text, actor=request.person, at=request.now)
    except Refusal as refusal:
        if refusal.code == "not-found":
            raise
        typed = {"question": question_id, "text": text, "refusal": refusal}
        return _page(request, typed=typed, status=status_of(refusal))
    flashes.success(request, _("Answered. The owner of the case sees it at once."))
    return HttpResponseRedirect("/console/tier-two")


@agents_only
@require_POST
def take_back(request: Visit, question_id: int) -> HttpResponse:
    try:
        assistance.take_back(question_id, actor=request.person, at=request.now)
    except Refusal as refusal:
        if refusal.code == "not-found":
            raise
        return _page(request, typed={"refusal": refusal}, status=status_of(refusal))
    flashes.success(request, _("The question is taken back."))
    return HttpResponseRedirect("/console/tier-two")


def _page(
    request: Visit, *, typed: dict[str, object] | None = None, status: int = 200
) -> HttpResponse:
    questions = [
        (
            question,
            draw(Stored._make(question.promised[:-1]), now=request.now, zone=request.zone)
            if question.promised
            else None,
        )
        for question in open_questions()
    ]
    context = {
        "here": "tier-two",
        "questions": questions,
        "answered": answered_lately(),
        "typed": typed or {},
    }
    template = "console/tier_two_rows.html" if is_part(request) else "console/tier_two.html"
    return render(request, template, context, status=status)
