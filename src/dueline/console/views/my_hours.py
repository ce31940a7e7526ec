"""Working hours, absence and deputy: one's own, and for administrators anybody's."""

from collections.abc import Mapping
from datetime import date

from django.contrib import messages as flashes
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dueline.actions.working_hours import Hours, set_hours
from dueline.console.access import Visit, agents_only
from dueline.console.administration import administrators_only
from dueline.console.refusals import status_of
from dueline.core.errors import Refusal
from dueline.queries.quiet import calendars, hours_of, possible_deputies
from dueline.wording.refusals import say_refusal

_FIELDS = ("working_hours", "away_from", "away_until", "deputy", "phone", "extension")


@agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: Visit) -> HttpResponse:
    return _hours(request, request.person.id, address="/console/my-hours")


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def of_colleague(request: Visit, agent_id: int) -> HttpResponse:
    return _hours(request, agent_id, address=f"/console/settings/people/{agent_id}/hours")


def _hours(request: Visit, agent_id: int, *, address: str) -> HttpResponse:
    if request.method != "POST":
        return _page(request, agent_id, address, typed=hours_of(agent_id).as_typed())
    typed = {name: request.POST.get(name, "") for name in _FIELDS}
    try:
        set_hours(agent_id, _read(typed), actor=request.person)
    except Refusal as refusal:
        if refusal.code == "not-found":
            raise
        return _page(request, agent_id, address, typed=typed, refusal=refusal)
    flashes.success(request, _("Saved. It holds for what happens from now on."))
    return HttpResponseRedirect(address)


def _read(typed: Mapping[str, str]) -> Hours:
    return Hours(
        calendar_id=_number(typed["working_hours"]),
        away_from=_day(typed, "away_from"),
        away_until=_day(typed, "away_until"),
        deputy_id=_number(typed["deputy"]),
        phone=typed["phone"],
        extension=typed["extension"],
    )


def _number(text: str) -> int | None:
    if not text:
        return None
    # What is no number is nobody's: the act refuses it by name.
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


def _day(typed: Mapping[str, str], name: str) -> date | None:
    text = typed[name].strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Refusal(name, _("Write the day like 2026-11-23.")) from error


def _page(
    request: Visit,
    agent_id: int,
    address: str,
    *,
    typed: Mapping[str, str],
    refusal: Refusal | None = None,
) -> HttpResponse:
    context = {
        "here": "settings" if address != "/console/my-hours" else "my-hours",
        "tab": "people",
        "is_own": address == "/console/my-hours",
        "address": address,
        "name": hours_of(agent_id).name,
        "typed": typed,
        "calendars": [("", _("at any hour")), *calendars()],
        "deputies": [("", _("nobody")), *possible_deputies(agent_id)],
        "errors": {refusal.code: say_refusal(refusal)} if refusal else {},
    }
    status = status_of(refusal) if refusal else 200
    return render(request, "console/my_hours.html", context, status=status)
