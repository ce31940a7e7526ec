"""The door for telephone systems that tell of a voicemail. 204 means: kept, byte for byte."""

import logging

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from dueline.actions import phone_door
from dueline.core.instants import now
from dueline.intake.mail.calls import Call, Unreadable
from dueline.intake.phone import door
from dueline.intake.phone.signatures import Forged
from dueline.intake.phone.voicemails import READS, is_finished, kept_as

logger = logging.getLogger(__name__)

# A recording may come with the call; longer ones are fetched. Base64 is longer by a third.
LARGEST = 34 * 1024 * 1024


@csrf_exempt
@require_POST
def receive(request: HttpRequest, secret: str) -> HttpResponse:
    """Take in what a telephone system tells of a recording. After anything but 204 it comes again.

    Nothing stands in the answer: Twilio would read a text aloud to the caller.
    """
    webhook = door.webhook_of(secret)
    if webhook is None:
        raise Http404
    body = door.body_of(request, most=LARGEST)
    if body is None:
        return door.said("The call was broken off; please try again.", 503)
    if len(body) > LARGEST:
        return door.refuse(webhook, 413, f"A voicemail was larger than {LARGEST >> 20} MB.")
    if webhook.provider not in READS:
        return door.refuse(webhook, 400, "This telephone system brings no voicemails here.")
    call = Call(request, body)
    try:
        door.check_signature(webhook, request, call)
    except Forged as why:
        return door.refuse(webhook, 403, str(why))
    except Unreadable as why:
        return door.refuse(webhook, 400, f"A call could not be read: {why}.")
    if not is_finished(webhook.provider, call):
        return HttpResponse(status=204)
    raw = kept_as(webhook.pk, webhook.provider, call)
    try:
        phone_door.keep(webhook.pk, raw, at=now())
    except Exception:
        # Whatever went wrong: the telephone system tells of it again.
        logger.exception("A voicemail of webhook %s could not be kept.", webhook.pk)
        return door.said("The voicemail could not be kept; please try again later.", 503)
    return HttpResponse(status=204)
