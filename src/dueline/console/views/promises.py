"""Why a promise is due when it is, and moving that time openly."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from dueline.actions import promises
from dueline.console.access import Visit, agents_only
from dueline.console.acting import by_form
from dueline.console.instants import read_instant, spell_local
from dueline.console.live import is_part
from dueline.core.case_numbers import case_number
from dueline.core.policy import CommitmentKind
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


@agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def extend(request: Visit, case_id: int, kind: str, ordinal: int) -> HttpResponse:
    if kind not in list(CommitmentKind):
        raise Http404
    promised = CommitmentKind(kind)

    def extend_it() -> None:
        promises.extend(
            case_id,
            kind=promised,
            ordinal=ordinal,
            until=read_instant(request.POST.get("until", ""), zone=request.zone, at=request.now),
            reason=request.POST.get("reason", ""),
            note=request.POST.get("note", ""),
            actor=request.person,
            at=request.now,
        )

    def offered() -> dict[str, object]:
        found = explanation_of(
            case_id, request.person, kind=kind, ordinal=ordinal, until=request.now
        )
        due_at = found.explanation.commitment.due_at if found else None
        return {
            "kind": say_kind(kind),
            "due_at": due_at,
            "is_internal": promised.is_internal,
            "offered": spell_local(due_at, zone=request.zone) if due_at else "",
        }

    return by_form(
        request,
        case_id,
        "extension",
        extend_it,
        path=f"promises/{kind}/{ordinal}/extension",
        said=_("Extended. It is reported as extended, never as met."),
        offered=offered,
    )


@agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def rebase(request: Visit, case_id: int) -> HttpResponse:
    def rebase_it() -> None:
        reason = request.POST.get("reason", "")
        promises.rebase(case_id, reason=reason, actor=request.person, at=request.now)

    said = _("The contract that holds today covers the case from here on.")
    return by_form(request, case_id, "contract", rebase_it, said=said)
