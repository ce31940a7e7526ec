"""The addresses that telephone systems call: who knocks, and what they are told.

A door that is shut and one that never was look the same. What is refused is kept for
administrators in a sentence, beside the webhook; keys, numbers and addresses never are.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from django.http import Http404, HttpRequest, JsonResponse
from django.utils.crypto import constant_time_compare

from dueline.actions import attempts, phone_webhooks
from dueline.core.errors import Refusal
from dueline.intake.phone.reading import Unclear
from dueline.intake.phone.signatures import Forged, SignedCall, check
from dueline.models import Desk, PhoneWebhook

LARGEST_CALL = 64 * 1024
_FORM = "application/x-www-form-urlencoded"
_MOST_FIELDS = 200


class Refused(Exception):
    """A call that is not taken: with what is answered. note: for administrators; "": nothing."""

    def __init__(self, status: int, code: str, says: str, *, field: str = "", note: str = ""):
        super().__init__(says)
        self.status, self.code, self.says, self.field, self.note = status, code, says, field, note


@dataclass(frozen=True, slots=True)
class Knock:
    """A call that was signed as it should be. digest: by which a second one like it is known."""

    webhook: PhoneWebhook
    call: SignedCall
    digest: str


def webhook_of(secret: str) -> PhoneWebhook:
    """Return the webhook with this secret in its address. Raises Http404."""
    # Each is compared, in constant time: how long it takes tells nothing of how near a guess was.
    found = [
        webhook
        for webhook in PhoneWebhook.objects.filter(is_active=True)
        if constant_time_compare(webhook.secret, secret)
    ]
    if not found:
        raise Http404
    return found[0]


def signed(
    request: HttpRequest,
    webhook: PhoneWebhook,
    *,
    at: datetime,
    body: bytes | None = None,
    most: int = LARGEST_CALL,
) -> Knock:
    """Return a call that proves where it comes from. Raises Refused.

    body: what was signed in its place, where there is none. most: bytes that are taken.
    """
    call = _as_it_came(request, most=most)
    call = call if body is None else replace(call, body=body)
    try:
        digest = check(webhook.provider, call, key=webhook.signing_key, at=at)
    except Forged as forgery:
        raise forged(request, webhook, f"{forgery} {_hint(webhook)}".strip(), at=at) from forgery
    return Knock(webhook, call, digest)


def forged(request: HttpRequest, webhook: PhoneWebhook, why: str, *, at: datetime) -> Refused:
    """Return the refusal of a call that proves nothing; of many, that there were too many."""
    who = f"{webhook.pk} {attempts.network_of(request.META.get('REMOTE_ADDR', ''))}"
    if not attempts.take(attempts.PHONE_FORGERY, who, at=at):
        return Refused(429, "too-many", "Too many calls without a good signature. Wait a while.")
    return Refused(401, "not-signed", why, note=why)


def refuse(webhook: PhoneWebhook, refused: Refused, *, at: datetime) -> JsonResponse:
    """Answer a call that is not taken, and keep what was wrong with it."""
    if refused.note:
        phone_webhooks.note_trouble(webhook.pk, why=refused.note, at=at)
    field = {"field": refused.field} if refused.field else {}
    return say(refused.status, error=refused.code, **field, says=refused.says)


def refused_by(error: Refusal | Unclear) -> Refused:
    """Return what to answer where the rules, or a reader, say no to a call that was signed well."""
    if isinstance(error, Unclear):
        return Refused(400, "unclear", str(error), field=error.field, note=str(error))
    # Told twice is no trouble: who did not hear our first answer, says it again.
    return Refused(409, error.code, str(error))


def say(status: int, **said: Any) -> JsonResponse:
    return JsonResponse(said, status=status, headers={"Cache-Control": "no-store"})


def _as_it_came(request: HttpRequest, *, most: int) -> SignedCall:
    try:
        body = request.read(most + 1)
    except OSError as error:
        raise Refused(503, "broken-off", "The call was broken off; please try again.") from error
    if len(body) > most:
        says = f"A call is {most >> 10} KB at most."
        raise Refused(413, "too-large", says, note=says)
    return SignedCall(
        url=_public_url() + request.get_full_path(),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=body,
        form=_form(request, body),
    )


def _public_url() -> str:
    # The name by which the world knows the desk: behind a proxy the request has another one.
    return Desk.objects.values_list("public_url", flat=True).first() or ""


def _form(request: HttpRequest, body: bytes) -> list[tuple[str, str]]:
    if request.content_type != _FORM:
        return []
    try:
        return parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        return []


def _hint(webhook: PhoneWebhook) -> str:
    if webhook.provider != PhoneWebhook.Provider.TWILIO:
        return ""
    return (
        "Twilio signs the address as well: it must have been given one that begins with "
        f"{_public_url()}."
    )
