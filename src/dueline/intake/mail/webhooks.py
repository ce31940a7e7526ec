"""The door for mail services that call us. 200 means: kept, byte for byte."""

import logging

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from dueline.actions import mail_webhooks
from dueline.core.errors import TryLater
from dueline.core.instants import now
from dueline.intake.mail.calls import Call
from dueline.intake.mail.limits import LARGEST_MAIL
from dueline.intake.mail.services import Brought, Forged, NoMail, read_call
from dueline.models import MailWebhook

logger = logging.getLogger(__name__)

# JSON holds a mail's files as base64, which makes them longer by a third.
_LARGEST_CALL = LARGEST_MAIL * 4 // 3 + 1024 * 1024


@csrf_exempt
@require_POST
def receive(request: HttpRequest, secret: str) -> HttpResponse:
    """Take in what a mail service brings. Anything but 200 lets it keep the mail and try again."""
    webhook = _by_secret(secret)
    if webhook is None:
        raise Http404
    body = _body(request)
    if body is None:
        return _said("The call was broken off; please try again.", 503)
    if len(body) > _LARGEST_CALL:
        return _refuse(webhook, 413, f"A mail was larger than {LARGEST_MAIL >> 20} MB.")
    try:
        mails = _read(webhook, Call(request, body))
    except Forged:
        return _refuse(webhook, 403, "A call was not signed with the key that is stored here.")
    except NoMail:
        return _refuse(webhook, 400, "The service told of something that is no incoming mail.")
    except TryLater as trouble:
        return _refuse(webhook, 503, str(trouble))
    if any(len(mail.raw) > LARGEST_MAIL for mail in mails):
        return _refuse(webhook, 413, f"A mail was larger than {LARGEST_MAIL >> 20} MB.")
    return _keep(webhook, mails)


def _body(request: HttpRequest) -> bytes | None:
    """Return what was sent, up to a byte more than is taken; None if it was broken off."""
    try:
        body = request.read(_LARGEST_CALL + 1)
    except OSError:
        return None
    announced = int(request.META.get("CONTENT_LENGTH") or 0)
    return body if len(body) >= min(announced, _LARGEST_CALL) else None


def _by_secret(secret: str) -> MailWebhook | None:
    # Each is compared, in constant time: how long it takes tells nothing of how near a guess was.
    found = [
        webhook
        for webhook in MailWebhook.objects.filter(is_active=True)
        if constant_time_compare(webhook.secret, secret)
    ]
    return found[0] if found else None


def _read(webhook: MailWebhook, call: Call) -> list[Brought]:
    return read_call(webhook.provider, call, key=webhook.signing_key, at=now())


def _keep(webhook: MailWebhook, mails: list[Brought]) -> HttpResponse:
    brought = [(mail.raw, mail.mail_from, mail.rcpt_to) for mail in mails if mail.raw.strip()]
    if not brought:
        return _refuse(webhook, 400, "A call brought nothing.")
    try:
        mail_webhooks.keep(webhook.pk, brought, at=now())
    except Exception:
        # Whatever went wrong: the service still has the mail.
        logger.exception("A mail of webhook %s could not be kept; it comes again.", webhook.pk)
        return _said("The mail could not be kept; please try again later.", 503)
    return _said("Kept.", 200)


def _refuse(webhook: MailWebhook, status: int, why: str) -> HttpResponse:
    mail_webhooks.note_trouble(webhook.pk, why=why, at=now())
    return _said(why, status)


def _said(text: str, status: int) -> HttpResponse:
    return HttpResponse(f"{text}\n", status=status, content_type="text/plain; charset=utf-8")
