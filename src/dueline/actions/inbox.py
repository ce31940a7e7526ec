"""What arrives by mail: kept before anybody reads it, then taken in exactly once.

    keep_raw → claim_next → (read, decide) → take_in     or hold / release

A claim is a lease with a number. Whoever ends one names that number again in the transaction that
stores the work; a worker that slept through its lease finds that it no longer holds it.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q

from dueline.actions import bounces, mail_cases, page_answers, storms
from dueline.core.crash_points import crash_point
from dueline.core.inbound import Inbound
from dueline.core.mail_headers import glance_at_sender
from dueline.core.matching import Decision, Verdict
from dueline.core.trust import NOT_CHECKED, Trust
from dueline.models import (
    Case,
    InboxItem,
    Mailbox,
    RawItem,
    store,
)
from dueline.queries.addresses import is_own_address, mailbox_of
from dueline.queries.inbox import key_of, seen_before
from dueline.queries.prepared import Prepared, PreparedUpdate, prepared_rows

LEASE = timedelta(seconds=settings.LEASE_SECONDS)  # reading takes thirty at most
MOST_TRIES = 5  # a part of the desk that dies again and again is not the fault of the mail
_PAUSE = timedelta(seconds=30)  # after a failed try; twice as long after the second

MOST_WAITING = 60  # mails of one sender; what comes beyond them is read when nothing else waits


@dataclass(frozen=True, slots=True)
class Claimed:
    """An item that is ours to read until the lease ends."""

    item_id: int
    claim: int
    tries: int


class LostClaim(Exception):
    """Somebody else has the item now; nothing was stored."""


# --- arrival ---------------------------------------------------------------------------------


def keep_raw(
    raw: bytes,
    *,
    door: str,
    mail_from: str,
    rcpt_to: Sequence[str],
    at: datetime,
    mailbox: Mailbox | None = None,
    peer: str = "",
    helo: str = "",
) -> int:
    """Keep a mail byte for byte, durably, and return the id of its inbox item.

    door: a name of `intake.registry.READERS`. The same bytes twice are one item: a sender that did
    not hear our "250" sends them again. mailbox: where it was fetched; an address among `rcpt_to`
    that is a mailbox's counts before it. peer, helo: who brought it, and called itself what; ""
    where that tells nothing of its sender.
    """
    sha256 = hashlib.sha256(raw).hexdigest()
    sender = _storable(mail_from.lower())[:254] or glance_at_sender(raw)
    try:
        with transaction.atomic():
            item = InboxItem.objects.create(
                sha256=sha256,
                door=door,
                mail_from=_storable(mail_from),
                rcpt_to=[_storable(address) for address in rcpt_to],
                received_at=at,
                mailbox=mailbox_of(rcpt_to) or mailbox,
                peer=peer[:45],
                helo=_storable(helo)[:255],
                sender=sender,
                rank=_rank_of(sender),
            )
            RawItem.objects.create(item=item, bytes=raw)
            crash_point("raw.before-commit")
        crash_point("raw.kept")
        return item.pk
    except IntegrityError:
        again = InboxItem.objects.filter(sha256=sha256)
        if not again.update(times_received=F("times_received") + 1):
            raise
        return again.values_list("id", flat=True).get()


def _rank_of(sender: str) -> int:
    """Return 1 for one mail too many of the same sender: those of others are read first."""
    return int(bool(sender and _one_too_many(sender)))


_one_too_many = Prepared(
    int,
    lambda sender: (
        InboxItem.objects.filter(sender=sender, state=InboxItem.State.RECEIVED)
        .order_by("sender", "state")  # as the index lies
        .values_list("id")[MOST_WAITING - 1 : MOST_WAITING]
    ),
)


def _storable(word: str) -> str:
    # An envelope may hold any bytes; the column holds text.
    return word.encode("utf-8", "replace").decode().replace("\0", "")[:1000]


# --- claims ----------------------------------------------------------------------------------


def claim_next(*, at: datetime) -> Claimed | None:
    """Take the oldest mail that nobody is reading, for `LEASE`; None if there is none.

    Mails of a sender who floods us wait behind those of everybody else.

    One that has ended its readers `MOST_TRIES` times is held for a person instead.
    """
    waiting = InboxItem.objects.filter(
        Q(claimed_until=None) | Q(claimed_until__lt=at),
        Q(next_try_at=None) | Q(next_try_at__lte=at),
        state=InboxItem.State.RECEIVED,
    ).order_by("rank", "id")
    for item_id, claim, tries in waiting.values_list("id", "claim", "tries")[:10]:
        claimed = Claimed(item_id, claim + 1, tries + 1)
        if not _claim(claimed, at=at):
            continue
        if tries < MOST_TRIES:
            return claimed
        hold(item_id, claim=claimed.claim, reason="It was tried five times and not finished.")
    return None


def claim(item_id: int, *, at: datetime) -> Claimed | None:
    """Take one item that was just kept; None if somebody has it, or it is taken in already."""
    free = InboxItem.objects.filter(
        Q(claimed_until=None) | Q(claimed_until__lt=at), pk=item_id, state=InboxItem.State.RECEIVED
    )
    row = free.values_list("claim", "tries").first()
    claimed = Claimed(item_id, row[0] + 1, row[1] + 1) if row else None
    return claimed if claimed and _claim(claimed, at=at) else None


def _claim(claimed: Claimed, *, at: datetime) -> bool:
    before = claimed.claim - 1
    return bool(_take_claim(claimed.item_id, before, claimed.claim, at + LEASE, claimed.tries))


_take_claim = PreparedUpdate(
    lambda item_id, before, claim, until, tries: (
        InboxItem.objects.filter(pk=item_id, claim=before, state=InboxItem.State.RECEIVED),
        {"claim": claim, "claimed_until": until, "tries": tries},
    )
)


def release(claimed: Claimed, *, reason: str, at: datetime) -> None:
    """Give an item back after a failed try; after the last one it is held, with the reason."""
    if claimed.tries >= MOST_TRIES:
        hold(claimed.item_id, claim=claimed.claim, reason=reason)
        return
    _still_ours(claimed.item_id, claimed.claim).update(
        claimed_until=None, next_try_at=at + _PAUSE * claimed.tries, reason=reason
    )


def hold(item_id: int, *, claim: int, reason: str, sender: str = "", subject: str = "") -> None:
    """Keep a mail where staff see it, with the reason why nobody could take it in."""
    _still_ours(item_id, claim).update(
        state=InboxItem.State.HELD,
        reason=reason,
        sender=sender,
        subject=subject,
        claimed_until=None,
    )


def _still_ours(item_id: int, claim: int):  # type: ignore[no-untyped-def]
    return InboxItem.objects.filter(pk=item_id, claim=claim, state=InboxItem.State.RECEIVED)


# --- taking in -------------------------------------------------------------------------------


def take_in(
    item_id: int,
    *,
    claim: int,
    inbound: Inbound,
    decision: Decision,
    at: datetime,
    trust: Trust = NOT_CHECKED,
) -> Case | None:
    """Do what was decided, in one transaction; return the case that came of it.

    trust: what was found out about the sender; kept with the mail.

    Raises LostClaim, and stores nothing, if the lease has passed to somebody else.
    """
    if decision.verdict in (Verdict.OPEN, Verdict.ADD, Verdict.VOUCH):
        # Written before the transaction: nobody else's writing waits for a thousand small files.
        for file in inbound.files:
            store.save(file.content)
    with transaction.atomic():
        # First the fence: from here until the end of the transaction the row is ours. The mail_id
        # is there before the act, which answers in its thread.
        if not _fence(item_id, claim, key_of(inbound)):
            raise LostClaim
        (item,) = _item(item_id)
        decision = _unless_it_came_meanwhile(item, inbound, decision)
        case, decision = mail_cases.make(item, inbound, decision, at=at)
        case_id = case.pk if case else decision.case_id
        if decision.verdict is Verdict.RECORD:
            ours = bounces.learn(inbound, rcpt_to=item.rcpt_to, at=at)
            case_id = case_id or (ours.case_id if ours else None)
        if decision.page_id is not None:
            decision = page_answers.by_mail(decision, at=at)
        if decision.is_storm:
            storms.tell_tier_one(inbound.sender_address, at=at)
        item.trust = _kept(trust, inbound)
        _finish(item, inbound, decision, case_id=case_id)
        crash_point("inbox.before-commit")
    crash_point("inbox.taken")
    return case


_fence = PreparedUpdate(
    lambda item_id, claim, key: (
        _still_ours(item_id, claim),
        {"claimed_until": None, "mail_id": key},
    )
)
_item = prepared_rows(InboxItem, lambda item_id: InboxItem.objects.filter(pk=item_id))


_STATES = {
    Verdict.OPEN: InboxItem.State.TAKEN,
    Verdict.ADD: InboxItem.State.TAKEN,
    Verdict.VOUCH: InboxItem.State.TAKEN,
    Verdict.HOLD: InboxItem.State.HELD,
    Verdict.RECORD: InboxItem.State.RECORDED,
    Verdict.DUPLICATE: InboxItem.State.DUPLICATE,
}


def _unless_it_came_meanwhile(item: InboxItem, inbound: Inbound, decision: Decision) -> Decision:
    """Look once more for a copy that another worker took in since the decision (F11)."""
    if connection.vendor == "postgresql":
        # SQLite has one writer at a time anyhow; here copies of one mail wait for each other.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [key_of(inbound)])
    for seen in seen_before(inbound, except_item=item.pk):
        if seen.digest == inbound.digest:
            reason = "The same message came before."
            return Decision(Verdict.DUPLICATE, reason, seen.case_id, machine=decision.machine)
    return decision


_FOUND_OUT = ["state", "reason", "digest", "sender", "subject", "machine", "trust", "case"]
_FOUND_OUT += ["original_name", "original_address"]


def _finish(item: InboxItem, inbound: Inbound, decision: Decision, *, case_id: int | None) -> None:
    item.state = _STATES[decision.verdict]
    item.reason = decision.reason
    item.digest = inbound.digest
    item.sender = inbound.sender_address
    item.subject = inbound.subject
    item.machine = decision.machine.value
    if inbound.original_address and not is_own_address(inbound.original_address):
        item.original_name = inbound.original_name[:200]
        item.original_address = inbound.original_address[:254]
    item.case_id = case_id
    item.save(update_fields=_FOUND_OUT)


def _kept(trust: Trust, inbound: Inbound) -> dict[str, Any]:
    name = {"name": inbound.sender_name[:200]} if inbound.sender_name else {}
    return {**trust.as_facts(), **name}
