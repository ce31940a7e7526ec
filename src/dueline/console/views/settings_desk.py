"""Settings of the desk itself: its name, its policy, its way out."""

from collections.abc import Mapping
from zoneinfo import available_timezones

from django.contrib import messages as flashes
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dueline.actions import desk
from dueline.console.access import Visit
from dueline.console.administration import administrators_only, typed_in
from dueline.core.errors import Refusal
from dueline.queries.calendars import calendars_running_out
from dueline.queries.desk import desk_row
from dueline.wording.refusals import say_refusal


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: Visit) -> HttpResponse:
    row = desk_row()
    if request.method != "POST":
        return _desk(request, {name: str(value) for name, value in row.items()})
    typed = typed_in(request)
    try:
        desk.change_desk(desk.Facts.read(typed), actor=request.person, at=request.now)
    except Refusal as refusal:
        return _desk(request, typed, errors={refusal.code: say_refusal(refusal)})
    flashes.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("console:settings"))


def _desk(
    request: Visit, typed: Mapping[str, str], *, errors: Mapping[str, str] | None = None
) -> HttpResponse:
    row = desk_row()
    page = {
        "here": "settings",
        "tab": "desk",
        "typed": {name: typed.get(name, "") for name in row},
        "has_password": bool(row["smtp_password"]),
        "errors": errors or {},
        "running_out": calendars_running_out(at=request.now),
        "zones": [(zone, zone) for zone in sorted(available_timezones())],
    }
    return render(request, "console/settings/desk.html", page, status=400 if errors else 200)


@administrators_only
@require_POST
def test_mail(request: Visit) -> HttpResponse:
    desk.send_test_mail(actor=request.person, at=request.now)
    flashes.success(
        request,
        _("A test mail to %(address)s is in the outbox; its fate stands there.")
        % {"address": request.person.email},
    )
    return HttpResponseRedirect(reverse("console:settings"))
