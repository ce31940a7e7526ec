"""Settings of the desk itself: its name, its hours, its policy, its way out."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo, available_timezones

from django.contrib import messages as flashes
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dueline.actions import desk
from dueline.console.access import Visit
from dueline.console.administration import administrators_only, typed_in
from dueline.core.calendars import Calendar
from dueline.core.errors import Refusal
from dueline.core.places import countries
from dueline.queries.desk import desk_row
from dueline.queries.policies import current_calendar
from dueline.wording.guide import say_openings
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


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def hours(request: Visit) -> HttpResponse:
    """Show the calendar of this year; a change is a new version, for cases opened from now on."""
    if request.method != "POST":
        return _hours(request, _typed_week(current_calendar(at=request.now).calendar))
    typed = typed_in(request)
    zone = str(desk_row()["zone"])
    try:
        desk.change_hours(desk.Hours.read(typed, zone=zone), actor=request.person, at=request.now)
    except Refusal as refusal:
        field = "monday" if refusal.code == "hours" else refusal.code
        return _hours(request, typed, errors={field: say_refusal(refusal)})
    flashes.success(request, _("The new office hours hold for cases opened from now on."))
    return HttpResponseRedirect(reverse("console:settings_hours"))


def _hours(
    request: Visit, typed: Mapping[str, str], *, errors: Mapping[str, str] | None = None
) -> HttpResponse:
    found = current_calendar(at=request.now)
    year = request.now.astimezone(ZoneInfo(found.calendar.zone)).year
    page = {
        "here": "settings",
        "tab": "hours",
        "calendar": found,
        "year": year,
        "days": [
            (day, exceptional.name, say_openings(exceptional.openings))
            for day, exceptional in sorted(found.calendar.dates.items())
            if day.year == year
        ],
        "typed": {name: typed.get(name, "") for name in (*desk.WEEKDAYS, "country", "region")},
        "errors": errors or {},
        "countries": [(code, code) for code in countries()],
        "years": desk.YEARS_OF_HOLIDAYS,
    }
    return render(request, "console/settings/hours.html", page, status=400 if errors else 200)


def _typed_week(calendar: Calendar) -> dict[str, str]:
    week = [
        ", ".join(f"{_clock(start)}-{_clock(end)}" for start, end in openings)
        for openings in calendar.week
    ]
    return {**dict(zip(desk.WEEKDAYS, week, strict=True)), "country": desk.BY_ZONE}


def _clock(minutes: int) -> str:
    hours, minutes = divmod(minutes if minutes <= 1440 else minutes - 1440, 60)
    return f"{hours:02}:{minutes:02}"
