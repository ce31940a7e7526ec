"""Settings: rotas, their layers, and shifts out of iCalendar files."""

from collections.abc import Callable, Mapping
from datetime import date, time, timedelta
from typing import Any

from django.contrib import messages as flashes
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dueline.actions import rotas as acts
from dueline.console.access import Visit
from dueline.console.administration import administrators_only, typed_in
from dueline.console.nights import nights_part
from dueline.console.refusals import status_of
from dueline.console.rota_drawing import draw_weeks
from dueline.console.views.settings_calendars import zones
from dueline.core.calendars import WEEKDAYS, parse_openings, spell_openings
from dueline.core.errors import Refusal
from dueline.core.oncall import Rota, Turn
from dueline.core.rota_plans import LayerPlan
from dueline.models import RotaLayer
from dueline.queries import on_call, rotas
from dueline.queries.desk import desk_row
from dueline.queries.policies import calendar_names
from dueline.wording.refusals import say_refusal
from dueline.wording.rotas import HOURS, TURNS, say_last_day, say_layer_hours, say_turns
from dueline.wording.times import WEEKDAYS as DAY_NAMES

_FIELDS = (
    "name",
    "turn",
    "turn_length",
    "starts_on",
    "ends_on",
    "handover_at",
    "hours",
    "calendar",
    *WEEKDAYS,
)
_WEEKS_SHOWN = 5
_PLACES_FREE = 3


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: Visit) -> HttpResponse:
    """All rotas; a POST adds one."""
    typed: Mapping[str, str] = {"zone": str(desk_row()["zone"])}
    errors: Mapping[str, str] = {}
    if request.method == "POST":
        typed = typed_in(request)
        try:
            added = acts.add(
                name=typed.get("name", ""),
                zone=typed.get("zone", ""),
                actor=request.person,
                at=request.now,
            )
        except Refusal as refusal:
            errors = _said(refusal)
        else:
            flashes.success(request, _("Added. Now say in a layer who takes turns."))
            return HttpResponseRedirect(reverse("console:settings_new_layer", args=[added.pk]))
    page = {
        **_frame(errors),
        "rotas": rotas.all_rotas(),
        "zones": zones(),
        "typed": {name: typed.get(name, "") for name in ("name", "zone")},
    }
    return render(request, "console/settings/rotas.html", page, status=400 if errors else 200)


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: Visit, rota_id: int) -> HttpResponse:
    """A rota with its layers; a POST changes its name and zone."""
    if request.method != "POST":
        return _one(request, rota_id)
    typed = typed_in(request)

    def change() -> None:
        acts.change(
            rota_id,
            version=_number(typed, "version"),
            name=typed.get("name", ""),
            zone=typed.get("zone", ""),
            actor=request.person,
            at=request.now,
        )

    return _done(request, rota_id, change, typed=typed)


@administrators_only
@require_POST
def activity(request: Visit, rota_id: int) -> HttpResponse:
    typed = typed_in(request)

    def change() -> None:
        acts.set_active(
            rota_id,
            version=_number(typed, "version"),
            is_active=typed.get("is_active") == "yes",
            actor=request.person,
            at=request.now,
        )

    return _done(request, rota_id, change)


@administrators_only
@require_POST
def feed(request: Visit, rota_id: int) -> HttpResponse:
    """Give the feed a new address."""
    version = _number(typed_in(request), "version")
    return _done(
        request,
        rota_id,
        lambda: acts.renew_feed(rota_id, version=version, actor=request.person, at=request.now),
    )


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def new_layer(request: Visit, rota_id: int) -> HttpResponse:
    """A layer above the others: its form, a look ahead, and adding it."""
    found = rotas.rota_page(rota_id)

    def add(plan: LayerPlan, version: int) -> int:
        return acts.add_layer(
            rota_id, plan, version=version, actor=request.person, at=request.now
        ).pk

    today = request.now.date()
    begun = {
        "starts_on": str(today - timedelta(days=today.weekday())),
        "handover_at": "09:00",
        "turn": "weeks",
        "turn_length": "1",
        "hours": "always",
    }
    return _layer(request, found, None, begun, add)


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def layer(request: Visit, layer_id: int) -> HttpResponse:
    """One layer: its form, a look ahead, and changing it."""
    row = rotas.layer_of(layer_id)
    found = rotas.rota_page(row.rota_id)

    def change(plan: LayerPlan, version: int) -> int:
        acts.change_layer(layer_id, plan, version=version, actor=request.person, at=request.now)
        return layer_id

    return _layer(request, found, row, _spelled(row), change)


@administrators_only
@require_POST
def remove_layer(request: Visit, layer_id: int) -> HttpResponse:
    return _on_layer(request, layer_id, acts.remove_layer)


@administrators_only
@require_POST
def raise_layer(request: Visit, layer_id: int) -> HttpResponse:
    return _on_layer(request, layer_id, acts.raise_layer)


def _on_layer(request: Visit, layer_id: int, act: Callable[..., None]) -> HttpResponse:
    rota_id = rotas.layer_of(layer_id).rota_id
    version = _number(typed_in(request), "version")
    return _done(
        request,
        rota_id,
        lambda: act(layer_id, version=version, actor=request.person, at=request.now),
    )


# --- a rota --------------------------------------------------------------------------------------


def _done(
    request: Visit,
    rota_id: int,
    act: Callable[[], None],
    *,
    typed: Mapping[str, str] | None = None,
) -> HttpResponse:
    try:
        act()
    except Refusal as refusal:
        return _one(request, rota_id, typed=typed, errors=_said(refusal), status=status_of(refusal))
    flashes.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("console:settings_rota", args=[rota_id]))


def _one(
    request: Visit,
    rota_id: int,
    *,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    found = rotas.rota_page(rota_id)
    typed = typed or {"name": found.name, "zone": found.zone}
    page = {
        **_frame(errors),
        "rota": found,
        "zones": zones(),
        "typed": {name: typed.get(name, "") for name in ("name", "zone")},
        # The highest first: as they count.
        "layers": [(row, _describe(row)) for row in reversed(found.layers)],
        "drawn": _ahead(request, on_call.load_rota(rota_id)),
    }
    return render(request, "console/settings/rota.html", page, status=status)


def _describe(row: RotaLayer) -> list[str]:
    said = [
        say_turns(row.turn, row.turn_length, handover_at=row.handover_at, starts_on=row.starts_on),
        say_layer_hours(
            row.hours, calendar=row.calendar.name if row.calendar else "", week=row.week
        ),
        say_last_day(row.ends_on),
    ]
    return [text for text in said if text]


def _ahead(request: Visit, loaded: Rota) -> list[Any]:
    """Draw this week and those after it."""
    today = request.now.date()
    monday = today - timedelta(days=today.weekday())
    people = rotas.names()
    return draw_weeks(loaded, people, monday, _WEEKS_SHOWN, zone=request.zone, at=request.now)


# --- a layer -------------------------------------------------------------------------------------


def _layer(
    request: Visit,
    found: rotas.RotaPage,
    row: RotaLayer | None,
    begun: Mapping[str, str],
    save: Callable[[LayerPlan, int], int],
) -> HttpResponse:
    """Show the form, look ahead, or save."""
    typed, errors, status = begun, {}, 200
    drawn, nights = None, {}
    if request.method == "POST":
        typed = typed_in(request)
        try:
            plan = _plan(typed)
            if "look" in typed:
                planned = _planned(found, row, plan)
                drawn = _ahead(request, planned)
                nights = nights_part(request, instead={found.id: planned})
            else:
                layer_id = save(plan, _number(typed, "version"))
                flashes.success(request, _("Saved."))
                if plan.turn is Turn.SHIFTS and row is None:
                    return HttpResponseRedirect(reverse("console:settings_layer", args=[layer_id]))
                return HttpResponseRedirect(reverse("console:settings_rota", args=[found.id]))
        except Refusal as refusal:
            errors, status = _said(refusal), status_of(refusal)
    # Who was told of the change of another may insist; before that, what was seen counts.
    seen = typed.get("version") if "stale" not in errors else None
    page = {
        **_frame(errors),
        **nights,
        "rota": found,
        "layer": row,
        "typed": {name: typed.get(name, "") for name in _FIELDS},
        "version": seen or found.version,
        "drawn": drawn,
        "turns": [(key, _(name)) for key, name in TURNS.items()],
        "hours": [(key, _(name)) for key, name in HOURS.items()],
        "calendars": [("", _("the desk’s office hours")), *calendar_names()],
        "weekdays": [(key, _(DAY_NAMES[n])) for n, key in enumerate(WEEKDAYS)],
        "agents": [("", "–"), *rotas.who_work_here()],
        "places": _places(typed),
        "shifts": row.shifts.count() if row else 0,
        "unknown": row.shifts.filter(agent=None).count() if row else 0,
    }
    return render(request, "console/settings/rota_layer.html", page, status=status)


def _planned(found: rotas.RotaPage, row: RotaLayer | None, plan: LayerPlan) -> Rota:
    acts.check_layer(plan)
    position = row.position if row else len(found.layers) + 1
    return on_call.rota_as_planned(found.id, plan, position=position)


def _places(typed: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the names of the fields for members with what is in them, and some free ones."""
    filled = [value for _name, value in _member_fields(typed) if value]
    values = filled + [""] * _PLACES_FREE
    return [(f"member_{n}", value) for n, value in enumerate(values, start=1)]


def _member_fields(typed: Mapping[str, str]) -> list[tuple[int, str]]:
    fields = [
        (int(name[7:]), value)
        for name, value in typed.items()
        if name.startswith("member_") and name[7:].isascii() and name[7:].isdigit()
    ]
    return sorted(fields)


def _spelled(row: RotaLayer) -> dict[str, str]:
    """Return a layer as its form shows it."""
    members = enumerate(row.members.values_list("agent_id", flat=True), start=1)
    return {
        "name": row.name,
        "turn": row.turn,
        "turn_length": str(row.turn_length),
        "starts_on": str(row.starts_on),
        "ends_on": str(row.ends_on or ""),
        "handover_at": f"{row.handover_at:%H:%M}",
        "hours": row.hours,
        "calendar": str(row.calendar_id or ""),
        **{day: ", ".join(row.week.get(day, [])) for day in WEEKDAYS},
        **{f"member_{n}": str(agent_id) for n, agent_id in members},
    }


def _plan(typed: Mapping[str, str]) -> LayerPlan:
    """Read the form of a layer. Raises Refusal with the name of the field as its code."""
    try:
        turn = Turn(typed.get("turn", ""))
    except ValueError as error:
        raise Refusal("turn", _("Choose one of the offered.")) from error
    starts_on = _date(typed, "starts_on")
    if starts_on is None:
        raise Refusal("starts_on", _("When does the first turn begin?"))
    return LayerPlan(
        name=" ".join(typed.get("name", "").split()),
        turn=turn,
        turn_length=1 if turn is Turn.SHIFTS else _number(typed, "turn_length"),
        starts_on=starts_on,
        ends_on=_date(typed, "ends_on"),
        handover_at=_time(typed, "handover_at"),
        hours=typed.get("hours", ""),
        calendar_id=_number(typed, "calendar") or None,
        week={day: spans for day in WEEKDAYS if (spans := _spans(typed, day))},
        members=tuple(int(value) for _n, value in _member_fields(typed) if value.isdigit()),
    )


def _spans(typed: Mapping[str, str], day: str) -> list[str]:
    if typed.get("hours") != "week":
        return []
    try:
        openings = parse_openings(typed.get(day, ""))
    except Refusal as refusal:
        raise Refusal(day, refusal.words, **refusal.facts) from refusal
    return [spell_openings((opening,)) for opening in openings]


def _date(typed: Mapping[str, str], field: str) -> date | None:
    text = typed.get(field, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Refusal(field, _("Write a day like 2026-11-23.")) from error


def _time(typed: Mapping[str, str], field: str) -> time:
    try:
        return time.fromisoformat(typed.get(field, "")).replace(second=0, microsecond=0)
    except ValueError as error:
        raise Refusal(field, _("Write a time like 09:00.")) from error


def _number(typed: Mapping[str, str], field: str) -> int:
    text = typed.get(field, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _frame(errors: Mapping[str, str] | None) -> dict[str, Any]:
    return {"here": "settings", "tab": "rotas", "errors": errors or {}}


def _said(refusal: Refusal) -> dict[str, str]:
    if refusal.code == "not-found":
        raise refusal
    return {refusal.code: say_refusal(refusal)}
