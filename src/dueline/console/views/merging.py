"""Two cases about the same matter: let one go on in the other, and undo that."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dueline.actions import merging
from dueline.console.access import Visit, agents_only
from dueline.console.acting import by_form, number, simply
from dueline.core.case_numbers import parse_case_number
from dueline.core.errors import Refusal
from dueline.queries.case_pages import exists, facts_of, merge_targets, watchers_of


@agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: Visit, case_id: int) -> HttpResponse:
    def merge_it() -> None:
        merging.merge(case_id, into=_into(request), actor=request.person, at=request.now)

    def offered() -> dict[str, object]:
        case = facts_of(case_id, request.person)
        watching = [one.name for one in watchers_of(case_id) if one.contact_id]
        return {"targets": merge_targets(case), "coming": ", ".join([case.contact, *watching])}

    said = _("Merged. You can undo it here at any time.")
    return by_form(request, case_id, "merge", merge_it, said=said, offered=offered)


@agents_only
@require_POST
def unmerge(request: Visit, case_id: int) -> HttpResponse:
    said = _("The cases stand apart again, with the promises of each.")
    return simply(request, case_id, merging.unmerge, said)


def _into(request: Visit) -> int:
    """Return the case that should go on: a number that was typed, or else one that was chosen."""
    typed = request.POST.get("number", "").strip()
    if typed:
        case_id = parse_case_number(typed)
        if not exists(case_id, request.person):
            raise Refusal("no-case", "There is no case with this number.")
        return case_id
    chosen = number(request, "into")
    if chosen is None:
        raise Refusal("nothing-chosen", "Choose the case that goes on, or type its Case Number.")
    return chosen
