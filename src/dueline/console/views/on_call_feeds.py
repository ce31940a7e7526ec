"""Rotas for calendar programs: iCalendar at addresses that nobody guesses.

Such a program cannot sign in, so the address is the key. It tells who is on call and when, and
nothing else; who works here no more, and a rota that is not in use, have none.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.views.decorators.http import require_safe

from dueline.core.instants import now
from dueline.core.oncall import Duty
from dueline.core.rota_feed import FeedShift, write_feed
from dueline.queries import on_call, rotas

_BACK, _AHEAD = timedelta(days=35), timedelta(days=182)


def rota_feed(secret: str) -> str:
    """Return the path of a rota's feed."""
    return reverse("rota_feed", args=[secret])


def agent_feed(agent_id: int) -> str:
    """Return the path of the feed of somebody's own shifts."""
    return reverse("agent_feed", args=[agent_id, _key(agent_id)])


@require_safe
def rota(request: HttpRequest, secret: str) -> HttpResponse:
    found = rotas.rota_by_secret(secret)
    if found is None:
        raise Http404
    at, people = now(), rotas.names()
    rota_id, name = found
    shifts = [
        _shift(rota_id, duty, people.get(duty.agent or 0, "?"))
        for duty in _duties(rota_id, at=at)
        if duty.agent is not None
    ]
    return _feed(name, shifts, at=at)


@require_safe
def agent(request: HttpRequest, agent_id: int, key: str) -> HttpResponse:
    name = rotas.agent_by_id(agent_id)
    if not constant_time_compare(key, _key(agent_id)) or name is None:
        raise Http404
    at = now()
    shifts = [
        _shift(rota_id, duty, f"{name} ({rota})")
        for rota_id, rota in on_call.rotas()
        for duty in _duties(rota_id, at=at)
        if duty.agent == agent_id
    ]
    return _feed(name, shifts, at=at)


def _key(agent_id: int) -> str:
    return salted_hmac("dueline.on-call.feed", str(agent_id), algorithm="sha256").hexdigest()[:40]


def _duties(rota_id: int, *, at: datetime) -> tuple[Duty, ...]:
    return rotas.shifts_between(rota_id, at - _BACK, at + _AHEAD)


def _shift(rota_id: int, duty: Duty, summary: str) -> FeedShift:
    uid = f"{rota_id}-{duty.agent}-{duty.starts_at:%Y%m%dT%H%M%SZ}@dueline"
    return FeedShift(uid, summary, duty.starts_at, duty.ends_at)


def _feed(name: str, shifts: Iterable[FeedShift], *, at: datetime) -> HttpResponse:
    response = HttpResponse(
        write_feed(name, shifts, at=at), content_type="text/calendar; charset=utf-8"
    )
    response["Cache-Control"] = "private, max-age=300"
    response["X-Robots-Tag"] = "noindex"
    return response
