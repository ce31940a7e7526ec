"""Who may enter the console: agents. Strangers are asked to sign in; a customer finds nothing."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from dueline.core.audience import Person
from dueline.core.errors import Refusal
from dueline.core.instants import now
from dueline.core.vigil import OF_THE_WORKER, Part, is_silent
from dueline.queries.desk import Standing, get_standing
from dueline.wording.alarms import say_silence
from dueline.wording.times import say_instant

_SILENT = timedelta(minutes=2)
_RINGS = timedelta(minutes=2)  # nobody lets a telephone ring for longer

View = Callable[..., HttpResponse]


class Visit(HttpRequest):
    """A request as the console's views get it (the middleware and `agents_only` see to that)."""

    person: Person
    standing: Standing
    zone: str  # in which this reader lives
    now: datetime  # the instant of this request: asked once
    rings: bool  # a telephone rings, and nobody has answered it
    worker_silence: str  # a sentence, when nobody sweeps the clocks and carries the mails
    silences: list[str]  # a sentence for each other part that stands still


def agents_only(view: View) -> View:
    """Let only agents in: stands before every view of the console (a test walks the addresses)."""

    @wraps(view)
    def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        person = request.person
        if person is None:
            back = request.get_full_path() if request.method == "GET" else "/console/queue"
            return HttpResponseRedirect(f"/sign-in?{urlencode({'next': back})}")
        if not person.is_agent:
            raise Http404
        request.now = now()
        request.standing = get_standing()
        request.zone = person.zone or request.standing.zone
        signs = request.standing.signs_of_life
        request.worker_silence = _worker_silence(request, signs)
        request.silences = _silences(request, signs)
        request.rings = _rings(request)
        try:
            response = view(request, *args, **kwargs)
        except Refusal as refusal:
            if refusal.code == "not-found":
                raise Http404 from refusal
            raise
        if request.rings:  # also where nothing else is new: an open page hears of it
            response["Dueline-Rings"] = "yes"
        return response

    return guarded


def _rings(request: Visit) -> bool:
    rang_at = request.standing.rang_at
    return rang_at is not None and request.now - rang_at < _RINGS


def _worker_silence(request: Visit, signs: Mapping[str, datetime]) -> str:
    seen_at = signs.get(Part.WORKER)
    if seen_at is None:
        return _("It has not been started: no mail is read or sent, and nobody is warned.")
    if not is_silent(seen_at, at=request.now, after=_SILENT):
        return ""
    at = say_instant(seen_at, now=request.now, zone=request.zone)
    return _("It was last seen %(at)s: no mail is read or sent, and nobody is warned.") % {"at": at}


def _silences(request: Visit, signs: Mapping[str, datetime]) -> list[str]:
    """Say which other parts are silent; not those that are so because the worker is."""
    others = set(Part) - {Part.WORKER} - (OF_THE_WORKER if request.worker_silence else set())
    return [
        say_silence(part, signs[part], now=request.now, zone=request.zone)
        for part in Part
        if part in others
        and part in signs
        and is_silent(signs[part], at=request.now, after=_SILENT)
    ]
