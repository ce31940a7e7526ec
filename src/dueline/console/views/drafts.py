"""A text while it is written: keeping it, undoing its sending, handing it over."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dueline.actions import drafts, sending, templates
from dueline.console import drafting
from dueline.console.access import Visit, agents_only
from dueline.console.acting import do, number
from dueline.console.composer import typed_in, writing
from dueline.console.live import is_part
from dueline.console.refusals import status_of
from dueline.core.errors import Refusal
from dueline.queries.case_pages import facts_of, watchers_of
from dueline.queries.drafts import drafts_of, own_drafts
from dueline.queries.timeline import last_received
from dueline.wording.quoting import quote

_ACTS = ("reply", "resolve")
_COMPOSER = "?write=reply#write"


@agents_only
@require_POST
def keep(request: Visit, case_id: int) -> HttpResponse:
    """Keep what was typed: by the page's own script while one types, or by a button."""
    act = request.POST.get("act", "")
    act = act if act in _ACTS else "reply"
    if is_part(request):
        return _keep_part(request, case_id, act)

    def keep_it() -> None:
        drafting.keep(request, case_id, act, text=_with_insertion(request, case_id))

    return do(request, case_id, keep_it, said=_("Kept as a draft."), place=_COMPOSER)


def _keep_part(request: Visit, case_id: int, act: str) -> HttpResponse:
    refused: Refusal | None = None
    typed = typed_in(request)
    try:
        drafting.keep(request, case_id, act)
    except Refusal as refusal:
        if refusal.code == "not-found":
            raise
        refused = refusal
    case, watchers = facts_of(case_id, request.person), watchers_of(case_id)
    context = {
        "case": case,
        "address": f"/console/cases/{case.number}",
        "writing": writing(case, watchers, drafts_of(case_id), request, typed=typed),
        "refusal": refused,
        "place": act,
    }
    status = status_of(refused) if refused else 200
    return render(request, "console/draft_part.html", context, status=status)


def _with_insertion(request: Visit, case_id: int) -> str | None:
    """Return the text with the template or the quote whose button was pressed; None: neither."""
    inserted = ""
    if (template_id := number(request, "template")) is not None:
        inserted = templates.fill_in(template_id, case_id, actor=request.person, at=request.now)
    elif "quote" in request.POST:
        inserted = quote(last_received(case_id))
    if not inserted:
        return None
    text = request.POST.get("text", "").rstrip()
    return f"{text}\n\n{inserted}" if text else inserted


@agents_only
@require_safe
def template(request: Visit, case_id: int, template_id: int) -> HttpResponse:
    """Return a template, filled in, for the page's script to insert."""
    text = templates.fill_in(template_id, case_id, actor=request.person, at=request.now)
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@agents_only
@require_safe
def quoted(request: Visit, case_id: int) -> HttpResponse:
    """Return the customer's last message as a quote, for the page's script to insert."""
    facts_of(case_id, request.person)
    text = quote(last_received(case_id))
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@agents_only
@require_POST
def discard(request: Visit, case_id: int) -> HttpResponse:
    def throw_away() -> None:
        drafts.discard(case_id, actor=request.person)

    return do(request, case_id, throw_away, said=_("The draft is discarded."))


@agents_only
@require_POST
def remove_file(request: Visit, case_id: int, file_id: int) -> HttpResponse:
    """Take a file off the draft, and keep what was typed meanwhile."""

    def remove() -> None:
        drafts.remove_file(case_id, file_id, actor=request.person, at=request.now)
        drafting.keep(request, case_id, "reply")

    if is_part(request):
        drafts.remove_file(case_id, file_id, actor=request.person, at=request.now)
        return _keep_part(request, case_id, "reply")
    return do(request, case_id, remove, said="", place=_COMPOSER)


@agents_only
@require_POST
def take_over(request: Visit, case_id: int, draft_id: int) -> HttpResponse:
    def take() -> None:
        drafts.take_over(case_id, draft_id, actor=request.person, at=request.now)

    said = _("The draft is yours. Nothing of it was sent.")
    return do(request, case_id, take, said=said, place=_COMPOSER)


@agents_only
@require_POST
def take_back(request: Visit, case_id: int) -> HttpResponse:
    """Undo."""

    def take() -> None:
        sending.take_back(case_id, actor=request.person, at=request.now)

    said = _("Taken back. Nothing was sent.")
    return do(request, case_id, take, said=said, place=_COMPOSER)


@agents_only
@require_safe
def show_own(request: Visit) -> HttpResponse:
    return render(
        request, "console/drafts.html", {"here": "drafts", "drafts": own_drafts(request.person)}
    )
