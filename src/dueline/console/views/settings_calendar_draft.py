"""Settings: the draft of a calendar, what it changes, and publishing it."""

from collections.abc import Callable, Mapping
from datetime import date

from django.contrib import messages as flashes
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dueline.actions import calendar_drafts as drafts
from dueline.actions import calendars
from dueline.console.access import Visit
from dueline.console.administration import administrators_only, typed_in
from dueline.console.refusals import status_of
from dueline.console.views.settings_calendars import as_file, uploaded_text, year_of, zones
from dueline.core.calendar_changes import compare
from dueline.core.calendars import (
    WEEKDAYS,
    Calendar,
    parse_openings,
    spell_calendar,
    spell_openings,
)
from dueline.core.closures import LARGEST
from dueline.core.errors import Refusal
from dueline.core.places import countries, country_of_zone
from dueline.queries.calendars import CalendarPage, calendar_page
from dueline.wording.calendars import say_changed_days, say_changes, say_imported, say_use
from dueline.wording.language import spoken
from dueline.wording.refusals import say_refusal

_FIELDS = (
    *WEEKDAYS,
    "zone",
    "country",
    "region",
    "from_year",
    "to_year",
    "first_on",
    "last_on",
    "date_name",
    "date_open",
    "holds_from",
)


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: Visit, calendar_id: int) -> HttpResponse:
    """The draft, or what it would begin with; a POST changes its week and its zone."""
    if request.method != "POST":
        return _page(request, calendar_id)
    typed = typed_in(request)

    def change() -> None:
        drafts.change_week(
            calendar_id,
            week=tuple(_openings(typed, day) for day in WEEKDAYS),
            zone=typed.get("zone", ""),
            actor=request.person,
            at=request.now,
        )

    return _done(request, calendar_id, change, anchor="week", fields={"hours": "monday"})


@administrators_only
@require_POST
def holidays(request: Visit, calendar_id: int) -> HttpResponse:
    typed = typed_in(request)

    def fill() -> str:
        years = range(_year(typed, "from_year"), _year(typed, "to_year") + 1)
        found = drafts.fill_holidays(
            calendar_id,
            country=typed.get("country", ""),
            region=typed.get("region", "").strip(),
            years=years,
            actor=request.person,
            at=request.now,
        )
        return _("%(n)s holidays are filled in. Days put in by hand stay.") % {"n": found}

    return _done(request, calendar_id, fill, anchor="holidays", fields={"years": "to_year"})


@administrators_only
@require_POST
def dates(request: Visit, calendar_id: int) -> HttpResponse:
    """Put in days that are not like their weekday, or with `remove` take one out again."""
    typed = typed_in(request)

    def change() -> str:
        first_on = _day(typed, "first_on")
        if first_on is None:
            raise Refusal("first_on", "Which day is it?")
        if "remove" in typed:
            drafts.remove_date(calendar_id, on=first_on, actor=request.person, at=request.now)
            return _("The day is like its weekday again.")
        drafts.set_dates(
            calendar_id,
            first_on=first_on,
            last_on=_day(typed, "last_on") or first_on,
            name=typed.get("date_name", ""),
            openings=_openings(typed, "date_open"),
            actor=request.person,
            at=request.now,
        )
        return _("Put into the draft.")

    return _done(request, calendar_id, change, anchor="changes")


@administrators_only
@require_POST
def closures(request: Visit, calendar_id: int) -> HttpResponse:
    """Close the days of an iCalendar file."""

    def bring() -> str:
        upload = request.FILES.get("closures")
        if upload is None:
            raise Refusal("closures", "Choose a file.")
        found, added = drafts.import_closures(
            calendar_id,
            content=upload.read(LARGEST + 1),
            actor=request.person,
            at=request.now,
        )
        return say_imported(found, added=added)

    return _done(request, calendar_id, bring, anchor="changes")


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def text(request: Visit, calendar_id: int) -> HttpResponse:
    """The draft as a file; a POST takes the whole draft from one."""
    if request.method != "POST":
        found = calendar_page(calendar_id, at=request.now)
        return as_file(_shown(found)[1], name=f"{found.name} draft.toml")

    def bring() -> str:
        brought = uploaded_text(request, "text")
        if brought is None:
            raise Refusal("text", "Choose a file.")
        drafts.import_text(calendar_id, text=brought, actor=request.person, at=request.now)
        return _("The draft is what the file says.")

    return _done(request, calendar_id, bring, anchor="changes")


@administrators_only
@require_POST
def publish(request: Visit, calendar_id: int) -> HttpResponse:
    typed = typed_in(request)
    version = typed.get("version", "")
    try:
        published = calendars.publish_draft(
            calendar_id,
            version=int(version) if version.isascii() and version.isdigit() else 0,
            holds_from_on=_day(typed, "holds_from"),
            actor=request.person,
            at=request.now,
        )
    except Refusal as refusal:
        return _refused(request, calendar_id, refusal)
    flashes.success(
        request,
        _("Version %(n)s is published. What was promised before stays as it was promised.")
        % {"n": published.number},
    )
    return HttpResponseRedirect(reverse("console:settings_calendar", args=[calendar_id]))


@administrators_only
@require_POST
def discard(request: Visit, calendar_id: int) -> HttpResponse:
    drafts.discard_draft(calendar_id, actor=request.person, at=request.now)
    flashes.success(
        request, _("The draft is laid aside. Until another is begun, it can be taken up again.")
    )
    return HttpResponseRedirect(reverse("console:settings_calendar", args=[calendar_id]))


@administrators_only
@require_POST
def bring_back(request: Visit, calendar_id: int) -> HttpResponse:
    return _done(
        request,
        calendar_id,
        lambda: drafts.bring_back_draft(calendar_id, actor=request.person, at=request.now),
        anchor="changes",
    )


def _done(
    request: Visit,
    calendar_id: int,
    act: Callable[[], str | None],
    *,
    anchor: str,
    fields: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Do one act on the draft and come back to it, or show what was refused beside its field."""
    try:
        said = act()
    except Refusal as refusal:
        return _refused(request, calendar_id, refusal, fields=fields)
    flashes.success(request, said or _("Saved in the draft."))
    address = reverse("console:settings_calendar_draft", args=[calendar_id])
    return HttpResponseRedirect(f"{address}{_same_year(request)}#{anchor}")


def _same_year(request: Visit) -> str:
    year = request.POST.get("year", "")
    return f"?year={year}" if year.isascii() and year.isdigit() else ""


def _refused(
    request: Visit,
    calendar_id: int,
    refusal: Refusal,
    *,
    fields: Mapping[str, str] | None = None,
) -> HttpResponse:
    if refusal.code == "not-found":
        raise refusal
    field = (fields or {}).get(refusal.code, refusal.code)
    return _page(
        request,
        calendar_id,
        typed=typed_in(request),
        errors={field: say_refusal(refusal)},
        status=status_of(refusal),
    )


def _page(
    request: Visit,
    calendar_id: int,
    *,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    found = calendar_page(calendar_id, at=request.now)
    calendar, source = _shown(found)
    in_force = found.in_force.calendar
    this_year = calendar.local_day(request.now).year
    years = range(this_year, this_year + 2)
    changes = compare(in_force, calendar, years=years, language=spoken())
    values = {**_filled_in(request, found, calendar), **(typed or {})}
    page = {
        **year_of(request, calendar),
        "found": found,
        "source": source,
        "changes": say_changes(changes) if changes else [],
        "changed_days": say_changed_days(changes),
        "use": say_use(found.contracts, found.open_cases),
        "typed": {name: values.get(name, "") for name in _FIELDS},
        "errors": errors or {},
        "zones": zones(),
        "countries": [(code, code) for code in countries()],
    }
    return render(request, "console/settings/calendar_draft.html", page, status=status)


def _shown(found: CalendarPage) -> tuple[Calendar, str]:
    """Return the draft, or what it would begin with."""
    if found.draft is not None and not found.draft.is_discarded:
        return found.draft.calendar, found.draft.source
    newest = drafts.draft_or_newest(found.id)
    return newest, spell_calendar(newest)


def _filled_in(request: Visit, found: CalendarPage, calendar: Calendar) -> dict[str, str]:
    """Return what stands in the forms when the page is opened."""
    this_year = calendar.local_day(request.now).year
    chosen = _chosen(request)
    exceptional = calendar.dates.get(chosen) if chosen else None
    openings = calendar.week[chosen.weekday()] if chosen else ()
    return {
        **{
            day: spell_openings(openings)
            for day, openings in zip(WEEKDAYS, calendar.week, strict=True)
        },
        "zone": calendar.zone,
        "country": country_of_zone(calendar.zone),
        "from_year": str(this_year),
        "to_year": str(this_year + drafts.YEARS_OF_HOLIDAYS - 1),
        "first_on": chosen.isoformat() if chosen else "",
        "date_name": exceptional.name if exceptional else "",
        "date_open": spell_openings(exceptional.openings if exceptional else openings),
        "holds_from": _begins_with(found, calendar),
    }


def _begins_with(found: CalendarPage, calendar: Calendar) -> str:
    """Return the day that a version which is still to come holds from: the draft replaces it."""
    return calendar.local_day(found.later.holds_from).isoformat() if found.later else ""


def _chosen(request: Visit) -> date | None:
    """Return the day that was clicked in the drawing."""
    try:
        return date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return None


def _openings(typed: Mapping[str, str], name: str) -> tuple[tuple[int, int], ...]:
    try:
        return parse_openings(typed.get(name, ""))
    except Refusal as refusal:
        raise Refusal(name, refusal.words, **refusal.facts) from refusal


def _day(typed: Mapping[str, str], name: str) -> date | None:
    text = typed.get(name, "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Refusal(name, "Write a day like 2026-11-23.") from error


def _year(typed: Mapping[str, str], name: str) -> int:
    text = typed.get(name, "").strip()
    if not (text.isascii() and text.isdigit() and len(text) == 4):
        raise Refusal(name, "Write a year like 2026.")
    return int(text)
