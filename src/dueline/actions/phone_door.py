"""What telephone systems bring when they call us, kept raw."""

from datetime import datetime

from django.db import transaction

from dueline.actions import inbox
from dueline.models import PhoneWebhook

DOOR = "phone"


def keep(webhook_id: int, raw: bytes, *, at: datetime) -> int:
    """Keep what a telephone system has brought, and return the id of its inbox item.

    The same bytes twice are one item: a system that did not hear our answer sends them again.
    """
    with transaction.atomic():
        item_id = inbox.keep_raw(raw, door=DOOR, mail_from="", rcpt_to=[], at=at)
        PhoneWebhook.objects.filter(pk=webhook_id).update(
            last_success_at=at, failing_since=None, last_error=""
        )
    return item_id
