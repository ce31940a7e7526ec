"""Where telephone systems tell of calls, and where a switchboard asks who calls."""

from collections.abc import Callable
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from dueline.actions import phone_calls
from dueline.core.calls import Told
from dueline.core.case_numbers import case_number
from dueline.core.errors import Refusal
from dueline.core.instants import now
from dueline.intake.phone import generic, twilio, zoom
from dueline.intake.phone.doors import (
    Refused,
    forged,
    refuse,
    refused_by,
    say,
    signed,
    webhook_of,
)
from dueline.intake.phone.reading import Unclear
from dueline.intake.phone.signatures import SignedCall, answer_zoom
from dueline.models import PhoneWebhook
from dueline.queries.callers import Known, who_calls
from dueline.queries.desk import desk_row
from dueline.queries.plans import titles_of_plans

# provider → read what it tells of calls: (call, now). Raises Unclear. `signatures.CHECKS` has the
# same names, and proves that the call comes from there.
READERS: dict[str, Callable[..., list[Told]]] = {
    PhoneWebhook.Provider.GENERIC: generic.read,
    PhoneWebhook.Provider.TWILIO: twilio.read,
    PhoneWebhook.Provider.ZOOM: zoom.read,
}


@csrf_exempt
@require_POST
def calls(request: HttpRequest, secret: str) -> HttpResponse:
    """Take in what a telephone system tells of a call."""
    webhook, at = webhook_of(secret), now()
    try:
        return _take(webhook, request, at=at)
    except Refused as refused:
        return refuse(webhook, refused, at=at)


def _take(webhook: PhoneWebhook, request: HttpRequest, *, at: datetime) -> HttpResponse:
    knock = signed(request, webhook, at=at)
    try:
        if webhook.provider == PhoneWebhook.Provider.ZOOM and (token := zoom.challenge(knock.call)):
            return say(200, **answer_zoom(token, key=webhook.signing_key))
        told = _read(knock.call, webhook.provider, at=at)
        phone_calls.take(webhook.pk, told, digest=knock.digest, at=at)
    except (Refusal, Unclear) as error:
        raise refused_by(error) from error
    if webhook.provider == PhoneWebhook.Provider.TWILIO:
        return HttpResponse(status=204)  # Twilio takes any text for instructions to the caller
    return say(200, taken=len(told))


def _read(call: SignedCall, provider: str, *, at: datetime) -> list[Told]:
    reader = READERS.get(provider)
    if reader is None:
        raise Unclear("", "Of this telephone system no calls are known.")
    return reader(call, at=at)


@csrf_exempt
@require_safe
def caller(request: HttpRequest, secret: str) -> HttpResponse:
    """Tell a switchboard who has a number, for the little screen of the telephone.

    It shows the key as a bearer token, or signs the question (what stands behind "?") as it signs
    the body of its calls.
    """
    webhook, at = webhook_of(secret), now()
    try:
        _refuse_strangers(request, webhook, at=at)
    except Refused as refused:
        return refuse(webhook, refused, at=at)
    number = request.GET.get("number", "")[:200]
    found = who_calls(number, at=at)
    plans, address = titles_of_plans(), str(desk_row()["public_url"])
    callers = [_caller(one, plans.get(one.plan, one.plan), address) for one in found]
    first = callers[0] if callers else _NOBODY
    if len(callers) > 1:
        first = {**first, "name": " / ".join(str(one["name"]) for one in callers)}
    return say(200, **{"known": bool(callers), **first, "callers": callers})


_NOBODY = {
    "name": "",
    "company": "",
    "plan": "",
    "has_contract": False,
    "open_cases": 0,
    "url": "",
}


def _refuse_strangers(request: HttpRequest, webhook: PhoneWebhook, *, at: datetime) -> None:
    # The key of a service like Twilio is known there; only a switchboard of ours asks.
    if webhook.provider != PhoneWebhook.Provider.GENERIC:
        raise Refused(403, "not-here", "Only a generic telephone system may ask who calls.")
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        if not constant_time_compare(token.strip(), webhook.signing_key):
            raise forged(
                request, webhook, "The bearer token is not the key of this webhook.", at=at
            )
        return
    signed(request, webhook, at=at, body=request.META.get("QUERY_STRING", "").encode())


def _caller(one: Known, plan: str, address: str) -> dict[str, object]:
    if len(one.cases) == 1 and one.open_cases == 1:
        path = f"/console/cases/{case_number(one.cases[0].id)}"
    else:
        path = f"/console/calls/new?contact={one.id}"
    return {
        "name": one.name,
        "company": one.organization,
        "plan": plan,
        "has_contract": one.is_covered,
        "open_cases": one.open_cases,
        "url": address + path,
    }
