"""Search by Case Number, words and customer."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dueline.console.access import Visit, agents_only
from dueline.console.lines import lines
from dueline.core.case_numbers import case_number
from dueline.queries.plans import titles_of_plans
from dueline.queries.search import search

_ROWS = 30


@agents_only
@require_safe
def show(request: Visit) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:400]
    before = request.GET.get("before", "")
    answer = search(
        request.person,
        text,
        limit=_ROWS,
        before=int(before) if before.isascii() and before.isdigit() else None,
    )
    if answer.case_id:
        return HttpResponseRedirect(f"/console/cases/{case_number(answer.case_id)}")
    context = {
        "here": "search",
        "found_by": text,
        "misheard": answer.misheard,
        "contacts": answer.contacts,
        "rows": lines(
            answer.rows,
            reader=request.person,
            plans=titles_of_plans(),
            now=request.now,
            zone=request.zone,
        ),
        "older": answer.before,
    }
    return render(request, "console/search.html", context)
