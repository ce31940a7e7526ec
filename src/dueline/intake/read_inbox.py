"""The worker's job that takes in mail: claim, read, decide, act. One mail a call."""

import logging
import re
from datetime import datetime

from django.conf import settings

from dueline.actions import inbox, inbox_by_hand
from dueline.core.audience import Person
from dueline.core.crash_points import crash_point
from dueline.core.inbound import Inbound, Machine
from dueline.core.mail_text import clean_line
from dueline.core.matching import decide
from dueline.core.trust import Trust, read_trust
from dueline.intake import registry
from dueline.intake.mail.decode import decode, decode_header
from dueline.intake.mail.trust import Envelope
from dueline.intake.mail.trust import Settings as TrustSettings
from dueline.intake.registry import READERS, SURE_DOORS, Unreadable
from dueline.models import Case, Desk, InboxItem
from dueline.queries.inbox import facts_for, region_of

logger = logging.getLogger(__name__)


def read_next(at: datetime) -> bool:
    """Take in the oldest mail that waits; False if none does (or the desk is not set up yet)."""
    desk = Desk.objects.filter(set_up_at__isnull=False).first()
    claimed = inbox.claim_next(at=at) if desk else None
    if desk is None or claimed is None:
        return False
    try:
        _take(claimed, desk, at=at)
    except inbox.LostClaim:
        logger.warning("Mail %s was taken over by another worker.", claimed.item_id)
    except Exception as error:
        # Our bug, or the database's trouble: logged once, tried again, then held. Never lost.
        logger.exception("Mail %s could not be taken in.", claimed.item_id)
        inbox.release(claimed, reason=f"It failed: {type(error).__name__}.", at=at)
    return True


def read_now(item_id: int, *, at: datetime) -> bool:
    """Take in one item that was just kept; False if it is another worker's, or taken in already."""
    desk = Desk.objects.filter(set_up_at__isnull=False).first()
    claimed = inbox.claim(item_id, at=at) if desk else None
    if desk is None or claimed is None:
        return False
    try:
        _take(claimed, desk, at=at)
    except inbox.LostClaim:
        return False
    return True


def trust_settings(desk: Desk) -> TrustSettings:
    return TrustSettings(
        authserv_id=desk.trusted_authserv_id,
        checks=desk.checks_senders,
        dns=settings.DNS_SERVER,
        sealers=tuple(filter(None, settings.TRUSTED_SEALERS)),
    )


def stop() -> None:
    """End what reading keeps running between two mails."""
    registry.close()


def _take(claimed: inbox.Claimed, desk: Desk, *, at: datetime) -> None:
    crash_point("inbox.claimed")
    item = InboxItem.objects.select_related("raw").get(pk=claimed.item_id)
    raw = bytes(item.raw.bytes)
    try:
        inbound = _read(item, raw, desk)
    except Unreadable as why:
        sender, subject = _glimpse(raw)
        inbox.hold(
            item.pk, claim=claimed.claim, reason=_sentence(why), sender=sender, subject=subject
        )
        return
    crash_point("inbox.read")
    trust = _trust(item, inbound, raw, desk)
    facts = facts_for(
        inbound,
        rcpt_to=item.rcpt_to,
        secret=settings.SECRET_KEY,
        mail_address=desk.mail_address,
        except_item=item.pk,
        arrived_at=min(item.received_at, at),
        trust=trust,
        is_released=item.released_by_id is not None,
        door=item.door,
    )
    decision = decide(inbound, facts)
    inbox.take_in(
        item.pk, claim=claimed.claim, inbound=inbound, decision=decision, trust=trust, at=at
    )


def _trust(item: InboxItem, inbound: Inbound, raw: bytes, desk: Desk) -> Trust:
    """Find out whether a mail comes from whom it names; once, for a signature does not last."""
    found = read_trust(item.trust)
    is_asked_for_nothing = inbound.machine in (Machine.AUTO_REPLY, Machine.BOUNCE)
    # Who calls a mail a voicemail wants something for somebody else: that must be theirs to want.
    if found.by or item.door in SURE_DOORS or (is_asked_for_nothing and inbound.voicemail is None):
        return found
    return registry.look(
        raw,
        sender=inbound.sender_address,
        envelope=Envelope(item.mail_from, item.peer, item.helo),
        settings=trust_settings(desk),
    )


def open_held(item_id: int, *, actor: Person, at: datetime) -> Case:
    """Read a held mail once more and open a case for it; unreadable, it is attached whole."""
    return inbox_by_hand.open_as_case(item_id, inbound=_read_again(item_id), actor=actor, at=at)


def open_held_for_original(item_id: int, *, actor: Person, at: datetime) -> Case:
    """Read a held mail once more and open a case for whoever wrote what it passes on."""
    return inbox_by_hand.open_for_original(
        item_id, inbound=_read_again(item_id), actor=actor, at=at
    )


def add_held(item_id: int, *, actor: Person, at: datetime) -> Case:
    """Read a held answer once more and add it to the case that it answers."""
    return inbox_by_hand.add_to_case(item_id, inbound=_read_again(item_id), actor=actor, at=at)


def _read_again(item_id: int) -> Inbound | None:
    item = InboxItem.objects.select_related("raw").filter(pk=item_id).first()
    try:
        return _read(item, bytes(item.raw.bytes), Desk.objects.get()) if item else None
    except Unreadable:
        return None


def _read(item: InboxItem, raw: bytes, desk: Desk) -> Inbound:
    return READERS[item.door](raw, item.mail_from, region_of(desk.zone))


def _sentence(why: Unreadable) -> str:
    text = str(why)
    return f"It could not be read: {text}."


def _glimpse(raw: bytes) -> tuple[str, str]:
    """Return what an unreadable mail says of its sender and subject, for the person who looks."""
    head = decode(raw[:65536].replace(b"\0", b""))[0]
    return _first_line(head, "from"), _first_line(head, "subject")


def _first_line(head: str, name: str) -> str:
    found = re.search(rf"^{name}:([^\r\n]{{0,500}})", head, re.MULTILINE | re.IGNORECASE)
    return clean_line(decode_header(found[1]))[:300] if found else ""
