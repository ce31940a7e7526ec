"""Who is on call: now, next, by day; and taking over, swapping, taking back."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages as flashes
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dueline.actions import rota_overrides as acts
from dueline.console.access import Visit, agents_only
from dueline.console.administration import typed_in
from dueline.console.instants import read_instant, spell_local
from dueline.console.nights import nights_part
from dueline.console.pagings import pagings_part
from dueline.console.refusals import status_of
from dueline.console.rota_drawing import draw_month, draw_week
from dueline.console.views.on_call_feeds import agent_feed, rota_feed
from dueline.core.errors import Refusal
from dueline.core.oncall import Duty
from dueline.queries import on_call, rotas
from dueline.queries.pages import failing_agents, unreachable_agents
from dueline.wording.refusals import say_refusal
from dueline.wording.times import say_stamp

_FIELDS = ("agent", "replaces", "starts_at", "ends_at", "reason", "one", "other")


@agents_only
@require_safe
def show(request: Visit) -> HttpResponse:
    """Who is on by every rota, and the reader's own shifts."""
    page = {
        **nights_part(request),
        **pagings_part(request),
        "here": "on-call",
        "unreachable": unreachable_agents(),
        "failing": failing_agents(),
        "watches": rotas.watches(at=request.now),
        "shifts": rotas.shifts_of(request.person.id, at=request.now),
        "people": rotas.names(),
        "feed": request.build_absolute_uri(agent_feed(request.person.id)),
    }
    return render(request, "console/on_call.html", page)


@agents_only
@require_safe
def rota(request: Visit, rota_id: int) -> HttpResponse:
    """A rota by the day, with what stands above it."""
    typed = {name: request.GET.get(name, "") for name in _FIELDS}
    return _rota(request, rota_id, typed=typed)


@agents_only
@require_POST
def override(request: Visit, rota_id: int) -> HttpResponse:
    typed = typed_in(request)

    def act() -> str:
        acts.override(
            rota_id,
            agent_id=_agent(typed.get("agent", ""), default=request.person.id),
            replaces_id=_agent(typed.get("replaces", ""), default=None),
            starts_at=_instant(request, typed, "starts_at"),
            ends_at=_instant(request, typed, "ends_at"),
            reason=typed.get("reason", ""),
            actor=request.person,
            at=request.now,
        )
        return _("Done. It counts from now on.")

    return _done(request, rota_id, act)


@agents_only
@require_POST
def swap(request: Visit, rota_id: int) -> HttpResponse:
    typed = typed_in(request)

    def act() -> str:
        acts.swap(
            rota_id,
            _part(typed.get("one", ""), "one"),
            _part(typed.get("other", ""), "other"),
            reason=typed.get("reason", ""),
            actor=request.person,
            at=request.now,
        )
        return _("Swapped.")

    return _done(request, rota_id, act)


@agents_only
@require_POST
def take_back(request: Visit, rota_id: int, override_id: int) -> HttpResponse:
    def act() -> str:
        acts.take_back(override_id, actor=request.person, at=request.now)
        return _("Taken back.")

    return _done(request, rota_id, act)


def _done(request: Visit, rota_id: int, act: Callable[[], str]) -> HttpResponse:
    try:
        said = act()
    except Refusal as refusal:
        if refusal.code == "not-found":
            raise
        errors = {refusal.code: say_refusal(refusal)}
        return _rota(
            request, rota_id, typed=typed_in(request), errors=errors, status=status_of(refusal)
        )
    flashes.success(request, said)
    return HttpResponseRedirect(reverse("console:rota", args=[rota_id]))


def _rota(
    request: Visit,
    rota_id: int,
    *,
    typed: Mapping[str, str],
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    found = rotas.rota_page(rota_id)
    if not found.is_active and not request.person.is_administrator:
        raise Http404
    view = "week" if request.GET.get("view") == "week" else "month"
    draw = draw_week if view == "week" else draw_month
    people = rotas.names()
    upcoming = rotas.upcoming(rota_id, at=request.now)
    drawing = draw(
        on_call.load_rota(rota_id), people, _day(request), zone=request.zone, at=request.now
    )
    page = {
        "here": "on-call",
        "rota": found,
        "view": view,
        "drawing": drawing,
        "people": people,
        "upcoming": upcoming[:_LISTED],
        "overrides": [
            (line, acts.may_take_back(line.row, request.person))
            for line in rotas.overrides_of(rota_id, at=request.now)
        ],
        "says_for_anybody": acts.may_say_for_anybody(request.person),
        "agents": rotas.who_work_here(),
        "own_shifts": _shifts(request, upcoming, people, own=True),
        "other_shifts": _shifts(request, upcoming, people, own=False),
        "typed": {name: typed.get(name, "") for name in _FIELDS},
        "spelled": lambda at: spell_local(at, zone=request.zone),
        "errors": errors or {},
        "feed": request.build_absolute_uri(rota_feed(found.feed_secret)),
    }
    return render(request, "console/rota.html", page, status=status)


_LISTED = 12


def _shifts(
    request: Visit, upcoming: tuple[Duty, ...], people: Mapping[int, str], *, own: bool
) -> list[tuple[str, str]]:
    """Return shifts to choose from for a swap; who may say it for anybody chooses from all."""
    anybody = acts.may_say_for_anybody(request.person)
    return [
        (
            f"{duty.agent}/{duty.starts_at:%Y%m%dT%H%M%SZ}/{duty.ends_at:%Y%m%dT%H%M%SZ}",
            f"{people.get(duty.agent, '?')}: {say_stamp(duty.starts_at, request.zone)} – "
            f"{say_stamp(duty.ends_at, request.zone)}",
        )
        for duty in upcoming
        if duty.agent and (anybody or (duty.agent == request.person.id) == own)
    ]


def _part(typed: str, field: str) -> acts.Part:
    try:
        agent, starts_at, ends_at = typed.split("/")
        return acts.Part(int(agent), _stamp(starts_at), _stamp(ends_at))
    except ValueError as error:
        raise Refusal(field, _("Choose a shift.")) from error


def _stamp(typed: str) -> datetime:
    return datetime.strptime(typed, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def _agent(typed: str, *, default: int | None) -> int | None:
    """Return whom a choice names. "nobody" is None; nothing chosen the default."""
    if typed == "nobody":
        return None
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else default


def _instant(request: Visit, typed: Mapping[str, str], field: str) -> datetime:
    text = typed.get(field, "")
    if not text.strip() and field == "ends_at":
        raise Refusal("ends_at", _("Until when?"))
    try:
        return read_instant(text, zone=request.zone, at=request.now)
    except Refusal as refusal:
        raise Refusal(field, refusal.words) from refusal


def _day(request: Visit) -> date:
    """Return the day that is looked at: today, unless the address names another."""
    try:
        asked: Any = date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        asked = None
    if asked is None or not 2000 <= asked.year <= 2099:
        return request.now.astimezone(ZoneInfo(request.zone)).date()
    return asked
