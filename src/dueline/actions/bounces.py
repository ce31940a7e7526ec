"""What is learnt from a mail server about mail that we sent.

A bounce counts only for the one mail that it proves to have seen (i42): by the address that it
goes to, which names the row of the outbox and is signed; else by the Message-ID that it gives back.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.conf import settings

from dueline.actions import outbox
from dueline.core import matching
from dueline.core.inbound import Inbound, Machine
from dueline.models import OutboxItem

_MOST_CANDIDATES = 200
_LONGEST_LOCAL_PART = 64  # RFC 5321, 4.5.3.1.1


def learn(inbound: Inbound, *, rcpt_to: Sequence[str], at: datetime) -> OutboxItem | None:
    """Note what a machine says of a mail of ours; return that mail, None if it proves none.

    Only a bounce changes anything. A mail that is late is not lost: its page says so.
    """
    item = _by_address(rcpt_to, inbound.to)
    if inbound.machine is not Machine.BOUNCE:
        return item
    item = item or _by_message_id(inbound)
    if item and inbound.returned_because:
        outbox.come_back(item, why=inbound.returned_because, at=at)
    elif item and inbound.delayed_because:
        outbox.note_delay(item, why=inbound.delayed_because)
    return item


def return_address(item: OutboxItem, mail_address: str) -> str:
    """Return the envelope's sender of a mail: where a bounce of it goes, whatever it gives back.

    mail_address: of the desk. A mail of another mailbox bounces to that. "": the address would be
    longer than a local part may be.
    """
    answers_to = item.reply_to or item.from_address or mail_address
    local, _, domain = answers_to.rpartition("@")
    address = matching.bounce_address(
        settings.SECRET_KEY,
        mail_address=f"{local.partition('+')[0]}@{domain}",
        item_id=item.pk,
        mail_id=item.mail_id,
    )
    return address if len(address.rpartition("@")[0]) <= _LONGEST_LOCAL_PART else ""


def _by_address(*addresses: Sequence[str]) -> OutboxItem | None:
    for address in [one for some in addresses for one in some][:_MOST_CANDIDATES]:
        item_id = matching.read_bounce_address(address)
        item = OutboxItem.objects.filter(pk=item_id).first() if item_id else None
        if item and matching.is_bounce_address(
            settings.SECRET_KEY, address, item_id=item.pk, mail_id=item.mail_id
        ):
            return item
    return None


def _by_message_id(inbound: Inbound) -> OutboxItem | None:
    candidates = list(_message_ids(inbound))[:_MOST_CANDIDATES]
    found = {item.mail_id: item for item in OutboxItem.objects.filter(mail_id__in=candidates)}
    return next((found[one] for one in candidates if one in found), None)


def _message_ids(inbound: Inbound) -> Iterator[str]:
    """What was returned comes first; an older mail of the thread last."""
    yield from inbound.returned_ids
    yield from inbound.in_reply_to
    yield from reversed(inbound.references)
