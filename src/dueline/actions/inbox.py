"""What arrives by mail: kept before anybody reads it, then taken in exactly once.

    keep_raw → claim_next → (read, decide) → take_in     or hold / release

A claim is a lease with a number. Whoever ends one names that number again in the transaction that
stores the work; a worker that slept through its lease finds that it no longer holds it.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q

from dueline.actions import bounces, cases, contacts, held_requests, messages, storms
from dueline.actions.cases import agents_only
from dueline.core.audience import DESK, Person
from dueline.core.crash_points import crash_point
from dueline.core.errors import Refusal
from dueline.core.inbound import File, Inbound, Machine, Particulars
from dueline.core.mail_headers import glance_at_sender
from dueline.core.matching import Decision, Verdict, mentioned_number
from dueline.core.priorities import DEFAULT, Priority
from dueline.core.trust import NOT_CHECKED, Trust
from dueline.models import (
    Attempt,
    Case,
    Contact,
    HeldRequest,
    InboxItem,
    Mailbox,
    RawItem,
    store,
)
from dueline.queries.addresses import is_own_address, mailbox_of, own_addresses
from dueline.queries.entries import entry_of_address
from dueline.queries.inbox import key_of, seen_before
from dueline.queries.prepared import Prepared, PreparedUpdate, prepared_rows

LEASE = timedelta(seconds=settings.LEASE_SECONDS)  # reading takes thirty at most
MOST_TRIES = 3
_PAUSE = timedelta(seconds=30)  # after a failed try; twice as long after the second

# How often one address is acknowledged, and all unknown ones together: a flood of forged senders
# must not make us flood those whose addresses were forged (i38).
ACKNOWLEDGEMENTS_AN_HOUR = 3
ACKNOWLEDGEMENTS_TO_STRANGERS_AN_HOUR = 100
MOST_WAITING = 60  # mails of one sender; what comes beyond them is read when nothing else waits
_HOUR = timedelta(hours=1)

_MOST_COPIES = 50
_ASKED_FOR_HIGH = "Asked for High in the mail."


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
        hold(item_id, claim=claimed.claim, reason="It was tried three times and not finished.")
    return None


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
        case, decision = _do(item, inbound, decision, at=at)
        case_id = case.pk if case else decision.case_id
        if decision.verdict is Verdict.RECORD:
            ours = bounces.learn(inbound, rcpt_to=item.rcpt_to, at=at)
            case_id = case_id or (ours.case_id if ours else None)
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


def _do(
    item: InboxItem, inbound: Inbound, decision: Decision, *, at: datetime
) -> tuple[Case | None, Decision]:
    if decision.verdict is Verdict.VOUCH and not _hold_for_super_user(item, inbound, at=at):
        reason = "A new request. Its sender may open cases by now."
        decision = replace(decision, verdict=Verdict.OPEN, reason=reason)
    if decision.verdict is Verdict.OPEN:
        case = _open(item, inbound, at=at, acknowledge=decision.acknowledge)
        return case, decision
    if decision.verdict is Verdict.ADD:
        return _add(item, inbound, decision, at=at)
    return None, decision


def _hold_for_super_user(item: InboxItem, inbound: Inbound, *, at: datetime) -> bool:
    """Keep a request until a super-user vouches for it. False: somebody has listed its sender."""
    arrived_at = min(item.received_at, at)
    entry = entry_of_address(inbound.sender_address, at=arrived_at)
    if entry is None or entry.why_held is None:
        return False
    told, is_machine = inbound.particulars, inbound.machine is not Machine.NONE
    contact = Contact.objects.filter(
        email=inbound.sender_address, organization_id=entry.organization_id
    ).first()
    priority = told.priority or DEFAULT
    held = HeldRequest(
        organization_id=entry.organization_id,
        contact=contact,
        why=entry.why_held,
        name=contact.name if contact else _called(inbound)[:200],
        email=inbound.sender_address,
        phone=told.phone[:40],
        channel="mail",
        subject=inbound.subject,
        text=inbound.text,
        html=inbound.html,
        folded_from=inbound.folded_from,
        priority=priority,
        escalation_reason=_ASKED_FOR_HIGH if priority is Priority.HIGH else "",
        missing=_missing(inbound, contact),
        is_verified=contact is not None and contact.left_at is None,
        by_machine=is_machine,
        inbox_item=item,
        arrived_at=arrived_at,
    )
    may_tell = not is_machine and _may_acknowledge(inbound.sender_address, contact, at=at)
    held_requests.hold(held, files=inbound.files, tells_sender=may_tell, at=at)
    return True


def _open(item: InboxItem, inbound: Inbound, *, at: datetime, acknowledge: bool) -> Case:
    told = inbound.particulars
    contact = _contact_of(item, inbound, at=at)
    priority = told.priority or DEFAULT
    is_known = contact.organization_id is not None
    return cases.open_case(
        contact=contact,
        subject=inbound.subject,
        text=inbound.text,
        html=inbound.html,
        folded_from=inbound.folded_from,
        files=inbound.files,
        priority=priority,
        escalation_reason=_ASKED_FOR_HIGH if priority is Priority.HIGH else "",
        channel="mail",
        # A clock that was set back must not make a mail come from the future.
        happened_at=min(item.received_at, at),
        at=at,
        actor=contact.as_person(),
        inbox_item=item,
        acknowledge=acknowledge and _may_acknowledge(contact.email or "", contact, at=at),
        verified=is_known,
        missing=_missing(inbound, contact),
        mentions=mentioned_number(inbound.subject),
        cc=_copied(item, inbound),
    )


def _contact_of(item: InboxItem, inbound: Inbound, *, at: datetime) -> Contact:
    return contacts.find_or_create(
        name=_called(inbound),
        email=inbound.sender_address,
        phone=inbound.particulars.phone,
        language=item.mailbox.language if item.mailbox else "",
        at=at,
    )


def _called(inbound: Inbound) -> str:
    return _name_of(inbound) or inbound.sender_address.split("@")[0] or "Unknown sender"


def _name_of(inbound: Inbound) -> str:
    return inbound.particulars.name or inbound.sender_name


def _missing(inbound: Inbound, contact: Contact | None) -> tuple[str, ...]:
    """Return the particulars that the request should have told and did not (name, phone, …)."""
    there = {
        "name": bool(_name_of(inbound)) or _is_listed(contact),
        "phone": bool(inbound.particulars.phone or (contact and contact.phone)),
        "priority": inbound.particulars.priority is not None,
    }
    return tuple(particular for particular, is_there in there.items() if not is_there)


def _is_listed(contact: Contact | None) -> bool:
    return contact is not None and contact.organization_id is not None


def _may_acknowledge(address: str, contact: Contact | None, *, at: datetime) -> bool:
    """Whether one more acknowledgement is within the ration; if so, it is counted."""
    keys = {f"acknowledge:{address}"[:200]: ACKNOWLEDGEMENTS_AN_HOUR}
    if not _is_listed(contact):
        keys["acknowledge:strangers"] = ACKNOWLEDGEMENTS_TO_STRANGERS_AN_HOUR
    for key, most in keys.items():
        if Attempt.objects.filter(key=key, at__gt=at - _HOUR).count() >= most:
            return False
    Attempt.objects.bulk_create([Attempt(key=key, at=at) for key in keys])
    return True


def _add(
    item: InboxItem, inbound: Inbound, decision: Decision, *, at: datetime
) -> tuple[Case | None, Decision]:
    contact = Contact.objects.get(email=inbound.sender_address)
    try:
        return _receive(item, inbound, decision.case_id or 0, contact, at=at), decision
    except Refusal as refusal:
        reason = f"The case would not take it: {refusal.text}"
        return None, Decision(Verdict.HOLD, reason, decision.case_id, machine=decision.machine)


def _receive(
    item: InboxItem, inbound: Inbound, case_id: int, contact: Contact, *, at: datetime
) -> Case:
    return messages.receive(
        case_id,
        text=inbound.text,
        contact=contact,
        actor=DESK,  # a token, or an agent, has opened this one case to the sender
        channel="mail",
        happened_at=min(item.received_at, at),
        at=at,
        html=inbound.html,
        folded_from=inbound.folded_from,
        files=inbound.files,
        inbox_item=item,
        cc=_copied(item, inbound),
    )


def _copied(item: InboxItem, inbound: Inbound) -> tuple[str, ...]:
    """Return whom a mail was also sent to, besides us and its sender: who might want to hear.

    An agent may take them up; being named in a mail gives nobody a part in a case (i30).
    """
    others = dict.fromkeys(address.lower() for address in (*inbound.to, *inbound.cc))
    for address in (inbound.sender_address, *item.rcpt_to):
        others.pop(address.lower(), None)
    named = list(others)[:_MOST_COPIES]
    own = own_addresses(named) if named else frozenset()
    return tuple(address[:254] for address in named if address not in own)


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


# --- what staff do with what is held -----------------------------------------------------------


def try_again(item_id: int, *, actor: Person) -> None:
    """Let the worker read a held mail once more."""
    agents_only(actor)
    _held(item_id, state=InboxItem.State.RECEIVED, tries=0, next_try_at=None, reason="")


def dismiss(item_id: int, *, reason: str, actor: Person) -> None:
    """Say that a held mail calls for nothing. It stays readable."""
    agents_only(actor)
    if not reason.strip():
        raise Refusal("reason-missing", "Say why this mail calls for nothing.")
    _held(
        item_id,
        state=InboxItem.State.RECORDED,
        reason=f"{actor.name}: {reason.strip()}",
    )


def open_as_case(item_id: int, *, inbound: Inbound | None, actor: Person, at: datetime) -> Case:
    """Open a case for a held mail. inbound: None if it cannot be read: then it is attached whole.

    The clocks count from the arrival of the mail, as for any other.
    """
    agents_only(actor)
    with transaction.atomic():
        item = _taken_by(actor, item_id, verb="Opened as a case")
        case = _open(item, inbound or _unread(item), at=at, acknowledge=False)
        InboxItem.objects.filter(pk=item_id).update(case=case)
    return case


def open_for_original(
    item_id: int, *, inbound: Inbound | None, actor: Person, at: datetime
) -> Case:
    """Open a case for a held mail in the name of whoever wrote what it only passes on.

    Nothing is sent to them: that is for a person to do.
    """
    agents_only(actor)
    if inbound is None or not inbound.original_address:
        raise Refusal("not-now", "This mail does not say who wrote what it passes on.")
    written = replace(
        inbound,
        sender_name=inbound.original_name,
        sender_address=inbound.original_address,
        # What the sender says of themselves is not said of the writer.
        particulars=Particulars(priority=inbound.particulars.priority),
    )
    return open_as_case(item_id, inbound=written, actor=actor, at=at)


def add_to_case(item_id: int, *, inbound: Inbound | None, actor: Person, at: datetime) -> Case:
    """Vouch for the sender of a held answer: it becomes a message of the case that it answers.

    The sender joins nothing else: the case keeps its customer, and nothing is sent to them (i32).
    """
    agents_only(actor)
    with transaction.atomic():
        item = _taken_by(actor, item_id, verb="Added to its case")
        if item.case_id is None:
            raise Refusal("not-now", "This mail answers none of our mails: open it as a case.")
        inbound = inbound or _unread(item)
        case = _receive(item, inbound, item.case_id, _contact_of(item, inbound, at=at), at=at)
        InboxItem.objects.filter(pk=item_id).update(case=case)
    return case


def _taken_by(actor: Person, item_id: int, *, verb: str) -> InboxItem:
    _held(item_id, state=InboxItem.State.TAKEN)
    item = InboxItem.objects.get(pk=item_id)
    reason = f"{verb} by {actor.name}. {item.reason}".strip()
    InboxItem.objects.filter(pk=item_id).update(reason=reason)
    return item


def _held(item_id: int, **changes: object) -> None:
    """Change a held item; two people who act at once cannot both succeed."""
    rows = InboxItem.objects.filter(pk=item_id, state=InboxItem.State.HELD)
    if not rows.update(**changes):
        raise Refusal("not-now", "This mail is no longer held: somebody was quicker.")


def _unread(item: InboxItem) -> Inbound:
    raw = bytes(RawItem.objects.values_list("bytes", flat=True).get(pk=item.pk))
    sender = item.mail_from if "@" in item.mail_from else ""
    return Inbound(
        channel="mail",
        sender_address=sender.lower()[:254],
        subject=item.subject or "A mail that could not be read",
        text=f"This mail could not be read: {item.reason} It is attached as it came.",
        files=(File("message.eml", "message/rfc822", raw),),
    )


# --- many at once ------------------------------------------------------------------------------


def dismiss_many(*, sender: str, reason: str, actor: Person) -> int:
    """Say that all that is held of one sender calls for nothing; return how many it was.

    The mails stay readable.
    """
    agents_only(actor)
    if not reason.strip():
        raise Refusal("reason-missing", "Say why these mails call for nothing.")
    said = f"{actor.name}: {reason.strip()}"
    return _held_of(sender).update(state=InboxItem.State.RECORDED, reason=said)


def release_many(*, sender: str, actor: Person) -> int:
    """Let the worker take in all that is held of one sender, storm or not; return how many it is.

    They are read when nothing else waits. Whether their sender is verified is asked once more.
    """
    agents_only(actor)
    return _held_of(sender).update(
        state=InboxItem.State.RECEIVED,
        reason="",
        rank=1,
        tries=0,
        next_try_at=None,
        released_by=actor.id,
    )


def _held_of(sender: str):  # type: ignore[no-untyped-def]
    if not sender.strip():
        raise Refusal("sender-missing", "Say whose mails.")
    return InboxItem.objects.filter(sender=sender.strip().lower(), state=InboxItem.State.HELD)
