"""Why a promise is due when it is."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dueline.console.access import Visit, agents_only
from dueline.console.live import is_part
from dueline.core.case_numbers import case_number
from dueline.queries.explanations import explanation_of
from dueline.wording.explain import sentences
from dueline.wording.promise_lines import say_kind
from dueline.wording.segments import draw


@agents_only
@require_safe
def why(request: Visit, case_id: int, kind: str, ordinal: int) -> HttpResponse:
    found = explanation_of(case_id, request.person, kind=kind, ordinal=ordinal, until=request.now)
    if found is None:
        raise Http404
    context = {
        "here": "cases",
        "number": case_number(case_id),
        "kind": say_kind(kind),
        "drawn": draw(found.explanation.segments, zone=request.zone),
        "sentences": sentences(
            found.explanation, zone=request.zone, policy_number=found.policy_number
        ),
    }
    template = "console/why_part.html" if is_part(request) else "console/why.html"
    return render(request, template, context)
