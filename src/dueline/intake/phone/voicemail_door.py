"""The door for telephone systems that tell of a voicemail. 204 means: kept, byte for byte."""

import logging
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from dueline.actions import phone_door
from dueline.core.instants import now
from dueline.intake.mail.calls import Call, Unreadable
from dueline.intake.phone.doors import Refused, refuse, signed, webhook_of
from dueline.intake.phone.voicemails import READS, is_finished, kept_as
from dueline.models import PhoneWebhook

logger = logging.getLogger(__name__)

# A recording may come with the call; longer ones are fetched. Base64 is longer by a third.
LARGEST = 34 * 1024 * 1024


@csrf_exempt
@require_POST
def receive(request: HttpRequest, secret: str) -> HttpResponse:
    """Take in what a telephone system tells of a recording. After anything but 204 it comes again.

    Nothing stands in the answer: Twilio would read a text aloud to the caller.
    """
    webhook, at = webhook_of(secret), now()
    try:
        return _take(webhook, request, at=at)
    except Refused as refused:
        return refuse(webhook, refused, at=at)


def _take(webhook: PhoneWebhook, request: HttpRequest, *, at: datetime) -> HttpResponse:
    if webhook.provider not in READS:
        says = "This telephone system brings no voicemails here."
        raise Refused(400, "no-voicemails", says, note=says)
    # A second copy of a signed message is no second recording, so nobody counts them here.
    knock = signed(request, webhook, at=at, most=LARGEST)
    call = Call(request, knock.call.body)
    try:
        if not is_finished(webhook.provider, call):
            return HttpResponse(status=204)
    except Unreadable as error:
        raise Refused(400, "unclear", f"It could not be read: {error}.", note=str(error)) from error
    _keep(webhook, kept_as(webhook.pk, webhook.provider, call), at=at)
    return HttpResponse(status=204)


def _keep(webhook: PhoneWebhook, raw: bytes, *, at: datetime) -> None:
    try:
        phone_door.keep(webhook.pk, raw, at=at)
    except Exception as error:
        # Whatever went wrong: the telephone system tells of it again.
        logger.exception("A voicemail of webhook %s could not be kept.", webhook.pk)
        says = "The voicemail could not be kept; please try again later."
        raise Refused(503, "not-kept", says) from error
