"""Settings: the calendars of the desk, each drawn for a year, and their published versions."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from django.contrib import messages as flashes
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from dueline.actions import calendars
from dueline.console.access import Visit
from dueline.console.administration import administrators_only, typed_in
from dueline.console.calendar_drawing import draw_year, legend, list_days
from dueline.core.calendar_drafts import FIRST_YEAR, LAST_YEAR
from dueline.core.calendars import Calendar, parse_calendar
from dueline.core.errors import Refusal
from dueline.queries import calendars as rows
from dueline.queries.desk import desk_row
from dueline.wording.calendars import say_week
from dueline.wording.refusals import say_refusal


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: Visit) -> HttpResponse:
    """All calendars; a POST adds one, typed or brought as a file."""
    if request.method != "POST":
        return _list(request)
    typed = typed_in(request)
    try:
        if (text := uploaded_text(request, "text")) is not None:
            added = calendars.add_calendar_from_text(text, actor=request.person, at=request.now)
        else:
            added = calendars.add_calendar(
                name=typed.get("name", ""),
                zone=typed.get("zone", ""),
                actor=request.person,
                at=request.now,
            )
    except Refusal as refusal:
        return _list(request, typed=typed, errors={refusal.code: say_refusal(refusal)})
    flashes.success(request, _("Added. Nobody counts by it yet: a contract or a policy names it."))
    return HttpResponseRedirect(reverse("console:settings_calendar", args=[added.pk]))


def _list(
    request: Visit,
    *,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> HttpResponse:
    typed = typed or {"zone": str(desk_row()["zone"])}
    page = {
        "here": "settings",
        "tab": "calendars",
        "calendars": rows.calendar_lines(at=request.now),
        "zones": zones(),
        "typed": {name: typed.get(name, "") for name in ("name", "zone")},
        "errors": errors or {},
    }
    return render(request, "console/settings/calendars.html", page, status=400 if errors else 200)


@administrators_only
@require_safe
def hours(request: Visit) -> HttpResponse:
    """The address at which the office hours stood alone: their calendar."""
    desks = next(line.id for line in rows.calendar_lines(at=request.now) if line.is_desks)
    return HttpResponseRedirect(reverse("console:settings_calendar", args=[desks]))


@administrators_only
@require_safe
def show(request: Visit, calendar_id: int) -> HttpResponse:
    found = rows.calendar_page(calendar_id, at=request.now)
    page = {
        **year_of(request, found.in_force.calendar),
        "found": found,
    }
    return render(request, "console/settings/calendar.html", page)


@administrators_only
@require_safe
def version(request: Visit, calendar_id: int, number: int) -> HttpResponse:
    """One published version, as it was published."""
    found = rows.calendar_page(calendar_id, at=request.now)
    source = rows.version_source(calendar_id, number)
    page = {
        **year_of(request, parse_calendar(source)),
        "found": found,
        "line": next(line for line in found.versions if line.number == number),
        "source": source,
    }
    return render(request, "console/settings/calendar_version.html", page)


@administrators_only
@require_safe
def text(request: Visit, calendar_id: int, number: int) -> HttpResponse:
    """One published version as a file that `import` reads back."""
    source = rows.version_source(calendar_id, number)
    return as_file(source, name=f"{parse_calendar(source).name} {number}.toml")


# --- what the draft and the laboratory share with these pages -----------------------------------


def year_of(request: Visit, calendar: Calendar) -> dict[str, Any]:
    """Return what the drawing of a year needs; the address says which year."""
    this_year = calendar.local_day(request.now).year
    typed = request.GET.get("year", "")
    year = int(typed) if typed.isascii() and typed.isdigit() and len(typed) == 4 else this_year
    year = min(max(year, FIRST_YEAR), LAST_YEAR)
    return {
        "here": "settings",
        "tab": "calendars",
        "calendar": calendar,
        "year": year,
        "years": [y for y in (year - 1, year, year + 1) if FIRST_YEAR <= y <= LAST_YEAR],
        "today": calendar.local_day(request.now),
        "week": say_week(calendar),
        "months": draw_year(calendar, year),
        "days": list_days(calendar, year),
        "legend": legend(),
    }


def zones() -> list[tuple[str, str]]:
    return [(zone, zone) for zone in sorted(available_timezones())]


def uploaded_text(request: Visit, name: str) -> str | None:
    """Return the text of an uploaded file; None if none was chosen. Raises Refusal(name)."""
    upload = request.FILES.get(name)
    if upload is None:
        return None
    if (upload.size or 0) > calendars.LARGEST_TEXT:
        raise Refusal(name, "The text is too long for a calendar.")
    try:
        return upload.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refusal(name, "The file is not a text in UTF-8.") from error


def as_file(source: str, *, name: str) -> HttpResponse:
    """Hand out the text of a calendar as something to keep."""
    return HttpResponse(
        source,
        content_type="application/toml; charset=utf-8",
        headers={
            "Content-Disposition": content_disposition_header(True, name) or "attachment",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )
