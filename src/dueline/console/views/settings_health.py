"""Settings: how the parts of the desk are, who is told, and the monitor outside."""

from django.contrib import messages as flashes
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dueline.actions import monitoring as acts
from dueline.console.access import Visit
from dueline.console.administration import administrators_only, typed_in
from dueline.core.errors import Refusal
from dueline.outlets.ping import ping
from dueline.queries import alarms
from dueline.wording.alarms import say_meaning, say_part
from dueline.wording.refusals import say_refusal


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: Visit) -> HttpResponse:
    if request.method != "POST":
        return _page(request)
    url = typed_in(request).get("ping_url", "").strip()
    try:
        acts.change_ping(url, actor=request.person, at=request.now)
    except Refusal as refusal:
        return _page(request, typed=url, refusal=refusal)
    flashes.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("console:settings_health"))


@administrators_only
@require_POST
def try_ping(request: Visit) -> HttpResponse:
    """Call the address that is typed, once; nothing is stored."""
    url = typed_in(request).get("ping_url", "").strip()
    try:
        acts.check_ping(url)
        if not url:
            raise Refusal("ping_url", "Write an address that begins with https://.")
    except Refusal as refusal:
        return _page(request, typed=url, refusal=refusal)
    return _page(request, typed=url, tried=True, problem=ping(url))


@administrators_only
@require_POST
def forget(request: Visit, part: str) -> HttpResponse:
    try:
        acts.forget_part(part, actor=request.person, at=request.now)
    except Refusal as refusal:
        if refusal.code == "not-found":
            raise
        return _page(request, refusal=refusal)
    flashes.success(request, _("It is missed no more, until it shows a sign of life again."))
    return HttpResponseRedirect(reverse("console:settings_health"))


def _page(
    request: Visit,
    *,
    typed: str | None = None,
    refusal: Refusal | None = None,
    tried: bool = False,
    problem: str = "",
) -> HttpResponse:
    ping_now = alarms.ping_now()
    page = {
        "here": "settings",
        "tab": "health",
        "parts": alarms.parts(at=request.now),
        "can_be_forgotten": acts.CAN_BE_FORGOTTEN,
        "alarms": alarms.recent_alarms(),
        "known": alarms.known(at=request.now),
        "ping": ping_now,
        "typed": ping_now.url if typed is None else typed,
        "tried": tried,
        "problem": problem,
        "errors": {refusal.code: say_refusal(refusal)} if refusal else {},
        "say_part": say_part,
        "say_meaning": say_meaning,
    }
    response = render(request, "console/settings/health.html", page, status=400 if refusal else 200)
    response["Cache-Control"] = "no-store"  # the address of the monitor is a key
    return response
