"""Text messages that answer a page: "ACK 471100", from the telephone of the one who was paged."""

import json
import re
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.utils.html import escape
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from dueline.actions import page_answers
from dueline.core.errors import Refusal
from dueline.core.instants import now
from dueline.intake.phone.doors import Refused, refuse, refused_by, say, signed, webhook_of
from dueline.intake.phone.reading import Unclear
from dueline.intake.phone.signatures import SignedCall
from dueline.models import PhoneWebhook

_CODE = re.compile(r"\s*(?:ack\w*\W+)?(\d{4,8})\b", re.IGNORECASE)


class Reply(NamedTuple):
    """number: of who sent it, as it was told. code: "" where the text holds none."""

    number: str
    code: str


@csrf_exempt
@require_POST
def receive(request: HttpRequest, secret: str) -> HttpResponse:
    """Take in a text message that a telephone system passes on, and say what came of it."""
    webhook, at = webhook_of(secret), now()
    try:
        knock = signed(request, webhook, at=at)
        try:
            reply = _read(knock.call, webhook.provider)
            said = page_answers.by_text_message(
                reply.code, reply.number, webhook_id=webhook.pk, digest=knock.digest, at=at
            )
        except (Refusal, Unclear) as error:
            raise refused_by(error) from error
    except Refused as refused:
        return refuse(webhook, refused, at=at)
    return _answer(webhook, said)


def _read(call: SignedCall, provider: str) -> Reply:
    if provider == PhoneWebhook.Provider.TWILIO:
        form = dict(call.form)
        return _reply(form.get("From", ""), form.get("Body", ""))
    try:
        said = json.loads(call.body)
        return _reply(str(said["from"]), str(said["text"]))
    except (ValueError, KeyError, TypeError) as error:
        raise Unclear("", "It is JSON with “from” and “text”.") from error


def _reply(number: str, text: str) -> Reply:
    found = _CODE.match(text[:200])
    return Reply(number[:60], found[1] if found else "")


def _answer(webhook: PhoneWebhook, said: str) -> HttpResponse:
    if webhook.provider == PhoneWebhook.Provider.TWILIO:
        # Twilio sends this back to whoever wrote.
        xml = f"<?xml version='1.0' encoding='UTF-8'?><Response><Message>{escape(said)}</Message>"
        return HttpResponse(f"{xml}</Response>", content_type="text/xml; charset=utf-8")
    return say(200, said=said)
