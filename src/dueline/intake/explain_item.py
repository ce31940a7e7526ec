"""What a mail of the inbox says, read once more for somebody who asks why it went where it went."""

import re
from dataclasses import dataclass

from django.conf import settings

from dueline.core.inbound import Inbound
from dueline.core.matching import Token, find_token
from dueline.intake.mail.decode import decode
from dueline.intake.registry import READERS, Unreadable
from dueline.models import Desk, InboxItem
from dueline.queries.inbox import region_of

_LONGEST_HEAD = 64 * 1024
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n|\r\r")
# What could change how the rest of a line looks: control characters, and those that turn the
# direction of writing round.
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


@dataclass(frozen=True, slots=True)
class Explained:
    """item: with what was decided, and why, as it was then. inbound: None if it cannot be read.

    token: what of our mails it carries, if it answers one. head: its headers, made visible.
    """

    item: InboxItem
    inbound: Inbound | None
    unreadable: str
    token: Token | None
    head: str
    size: int


def explain_item(item_id: int) -> Explained | None:
    """Return what is known of a mail; None if there is no such mail. For agents only."""
    item = InboxItem.objects.select_related("raw", "mailbox").filter(pk=item_id).first()
    if item is None:
        return None
    raw = bytes(item.raw.bytes)
    inbound, unreadable = _read(item, raw)
    return Explained(
        item=item,
        inbound=inbound,
        unreadable=unreadable,
        token=_token(item, inbound) if inbound else None,
        head=_head(raw),
        size=len(raw),
    )


def _read(item: InboxItem, raw: bytes) -> tuple[Inbound | None, str]:
    region = region_of(Desk.objects.get().zone)
    try:
        return READERS[item.door](raw, item.mail_from, region), ""
    except Unreadable as why:
        return None, str(why)


def _token(item: InboxItem, inbound: Inbound) -> Token | None:
    return find_token(settings.SECRET_KEY, inbound, rcpt_to=item.rcpt_to)


def _head(raw: bytes) -> str:
    end = _END_OF_HEAD.search(raw, 0, _LONGEST_HEAD)
    text = decode(raw[: end.start() if end else _LONGEST_HEAD])[0]
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNSEEN.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", lines)
