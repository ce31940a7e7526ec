"""Who may enter the console: agents. Strangers are asked to sign in; a customer finds nothing."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from dueline.core.audience import Person
from dueline.core.errors import Refusal
from dueline.core.instants import now
from dueline.queries.desk import Standing, get_standing
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
        request.worker_silence = _worker_silence(request)
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


def _worker_silence(request: Visit) -> str:
    seen_at = request.standing.worker_seen_at
    if seen_at is not None and request.now - seen_at < _SILENT:
        return ""
    if seen_at is None:
        return _("It has not been started: no mail is read or sent, and nobody is warned.")
    at = say_instant(seen_at, now=request.now, zone=request.zone)
    return _("It was last seen %(at)s: no mail is read or sent, and nobody is warned.") % {"at": at}
