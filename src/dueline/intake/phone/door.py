"""What every address has in common that telephone systems call: who calls, and what they bring."""

from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare

from dueline.actions.phone_door import note_trouble
from dueline.core.instants import now
from dueline.intake.mail.calls import Call
from dueline.intake.phone.signatures import SignedCall, check
from dueline.models import Desk, PhoneWebhook


def webhook_of(secret: str) -> PhoneWebhook | None:
    """Return the telephone system that this address was given to; None: nobody's."""
    # Each is compared, in constant time: how long it takes tells nothing of how near a guess was.
    found = [
        webhook
        for webhook in PhoneWebhook.objects.filter(is_active=True)
        if constant_time_compare(webhook.secret, secret)
    ]
    return found[0] if found else None


def body_of(request: HttpRequest, *, most: int) -> bytes | None:
    """Return what was sent, up to a byte more than is taken; None if it was broken off."""
    try:
        body = request.read(most + 1)
    except OSError:
        return None
    announced = int(request.META.get("CONTENT_LENGTH") or 0)
    return body if len(body) >= min(announced, most) else None


def check_signature(webhook: PhoneWebhook, request: HttpRequest, call: Call) -> str:
    """Return the digest of what was signed. Raises Forged; may raise Unreadable for a form."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    fields = [(name, value) for name, values in call.POST.lists() for value in values]
    signed = SignedCall(_public_address(request), headers, call.body, fields)
    return check(webhook.provider, signed, key=webhook.signing_key, at=now())


def _public_address(request: HttpRequest) -> str:
    """Return the address as the telephone system knows it: a proxy may have changed the host."""
    public_url = Desk.objects.values_list("public_url", flat=True).first() or ""
    return public_url + request.get_full_path()


def refuse(webhook: PhoneWebhook, status: int, why: str) -> HttpResponse:
    """Refuse a call, and let administrators see why."""
    note_trouble(webhook.pk, why=why, at=now())
    return said(why, status)


def said(text: str, status: int) -> HttpResponse:
    return HttpResponse(f"{text}\n", status=status, content_type="text/plain; charset=utf-8")
