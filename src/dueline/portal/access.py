"""Who comes in, and where they may be sent."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from dueline.core.audience import Person
from dueline.core.errors import Refusal

View = Callable[..., HttpResponse]
CONSOLE = "/console/queue"


def person_of(request: HttpRequest) -> Person | None:
    return request.person  # type: ignore[attr-defined]


def customers_only(view: View) -> View:
    """Let contacts in; ask others to sign in; send colleagues to their own pages."""

    @wraps(view)
    def guarded(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
        person = person_of(request)
        if person is None:
            return to_sign_in(request)
        if not person.is_contact:
            # Mails to the desk name the customer's page: the console has the same below its own.
            return HttpResponseRedirect(f"/console{request.path}")
        try:
            response = view(request, person, *arguments, **named)
        except Refusal as refusal:
            if refusal.code in ("not-found", "misheard", "not-a-number"):
                raise Http404 from refusal
            raise
        # A page with a customer's cases stays in no cache that others use.
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

    return guarded


def to_sign_in(request: HttpRequest) -> HttpResponse:
    then = request.get_full_path() if request.method == "GET" else ""
    query = f"?{urlencode({'next': then})}" if safe_path(then) else ""
    return HttpResponseRedirect(reverse("portal:sign-in") + query)


def safe_path(then: str) -> str:
    """Return where to go if it is a path of ours, else "" (i54)."""
    ours = (
        then.startswith("/")
        and then[1:2] not in ("/", "\\")
        and then.isprintable()
        and "\\" not in then
        and len(then) < 500
        and url_has_allowed_host_and_scheme(then, allowed_hosts=None)
    )
    return then if ours else ""


def computer_of(request: HttpRequest) -> str:
    """Return the address of the computer that asks, as the network tells it.

    Behind a proxy that we were told of, it is what the proxy added: the last of the list. What
    stands before that was written by whoever asks.
    """
    if settings.HTTPS:
        forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        if forwarded:
            return forwarded
    return str(request.META.get("REMOTE_ADDR", ""))
