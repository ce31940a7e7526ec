"""Settings: the laboratory, where a target is reckoned stretch for stretch."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dueline.console.access import Visit
from dueline.console.administration import administrators_only
from dueline.console.instants import read_instant
from dueline.core.calendars import Calendar
from dueline.core.errors import Refusal
from dueline.core.laboratory import Trace, reckon_between, reckon_due
from dueline.core.policy import parse_target
from dueline.queries.calendars import laboratory_calendars
from dueline.wording.laboratory import say_question, say_segments, say_sum
from dueline.wording.refusals import say_refusal
from dueline.wording.segments import draw

DUE, BETWEEN = "due", "between"


@administrators_only
@require_safe
def show(request: Visit) -> HttpResponse:
    """Everything stands in the address: a reckoning can be sent to a colleague."""
    choices = laboratory_calendars(at=request.now)
    typed = {name: request.GET.get(name, "") for name in ("calendar", "from", "target", "to")}
    key = typed["calendar"] if typed["calendar"] in choices else next(iter(choices))
    calendar = choices[key].calendar
    wall = request.now.astimezone(ZoneInfo(calendar.zone)).strftime("%Y-%m-%dT%H:%M")
    values = {**typed, "calendar": key, "from": typed["from"] or wall}
    values["ask"] = BETWEEN if request.GET.get("ask") == BETWEEN else DUE
    values["target"] = typed["target"] or "4 h"
    page: dict[str, object] = {
        "here": "settings",
        "tab": "calendars",
        "choices": [(key, choice) for key, choice in choices.items()],
        "calendar": calendar,
        "typed": values,
        "errors": {},
        "trace": None,
    }
    try:
        trace = _reckon(values, calendar, at=request.now)
    except Refusal as refusal:
        errors = {_FIELDS.get(refusal.code, refusal.code): say_refusal(refusal)}
        page["errors"] = errors
        return render(request, "console/settings/laboratory.html", page, status=400)
    page.update(
        trace=trace,
        drawn=draw(trace.segments, zone=calendar.zone),
        question=say_question(trace),
        sentences=say_segments(trace),
        sum=say_sum(trace),
    )
    return render(request, "console/settings/laboratory.html", page)


_FIELDS = {"bad-target": "target", "too-long": "from", "never-open": "from", "end": "to"}


def _reckon(values: Mapping[str, str], calendar: Calendar, *, at: datetime) -> Trace:
    start = _instant(values, "from", calendar, at=at)
    if values["ask"] == DUE:
        return reckon_due(calendar, start, parse_target(values["target"]))
    if not values["to"]:
        raise Refusal("to", "Until when?")
    return reckon_between(calendar, start, _instant(values, "to", calendar, at=at))


def _instant(values: Mapping[str, str], name: str, calendar: Calendar, *, at: datetime) -> datetime:
    try:
        return read_instant(values[name], zone=calendar.zone, at=at)
    except Refusal as refusal:
        raise Refusal(name, refusal.words) from refusal
