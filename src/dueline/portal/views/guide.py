"""The Support Guide, to read and to keep."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dueline.core.errors import Refusal
from dueline.core.instants import now
from dueline.portal.access import person_of
from dueline.queries.guide import guide, pdf_of
from dueline.queries.guide_editions import earlier_editions, edition_for
from dueline.queries.portal import desk_facts
from dueline.wording.language import say_language, spoken


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    desk = desk_facts()
    if desk is None:
        return HttpResponseRedirect("/")
    at, reader = now(), person_of(request)
    page = {
        "here": "guide",
        "guide": guide(at=at, reader=reader),
        "desk": desk,
        "earlier": earlier_editions(reader, at=at),
        "say_language": say_language,
        "zone": desk.zone,
        "now": at,
    }
    return render(request, "portal/guide.html", page)


@require_safe
def pdf(request: HttpRequest) -> HttpResponse:
    if desk_facts() is None:
        return HttpResponseRedirect("/")
    drawn = guide(at=now(), reader=person_of(request))
    language = spoken() or "en"
    return _as_download(pdf_of(drawn, language=language), name="support-guide.pdf")


@require_safe
def edition(request: HttpRequest, edition_id: int) -> HttpResponse:
    """An edition that was handed out before, as it was."""
    if desk_facts() is None:
        return HttpResponseRedirect("/")
    try:
        name, paper = edition_for(person_of(request), edition_id, at=now())
    except Refusal as refusal:
        raise Http404 from refusal
    return _as_download(paper, name=name)


def _as_download(pdf: bytes, *, name: str) -> HttpResponse:
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-cache"
    return response
