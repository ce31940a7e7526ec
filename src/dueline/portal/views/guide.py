"""The Support Guide, to read and to keep."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dueline.core.instants import now
from dueline.portal.access import person_of
from dueline.queries.guide import guide, pdf_of
from dueline.queries.portal import desk_facts
from dueline.wording.language import spoken


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    desk = desk_facts()
    if desk is None:
        return HttpResponseRedirect("/")
    drawn = guide(at=now(), reader=person_of(request))
    return render(request, "portal/guide.html", {"here": "guide", "guide": drawn, "desk": desk})


@require_safe
def pdf(request: HttpRequest) -> HttpResponse:
    if desk_facts() is None:
        return HttpResponseRedirect("/")
    drawn = guide(at=now(), reader=person_of(request))
    language = spoken() or "en"
    response = HttpResponse(pdf_of(drawn, language=language), content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="support-guide.pdf"'
    response["Cache-Control"] = "private, no-cache"
    return response
