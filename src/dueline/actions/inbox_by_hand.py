"""What staff do with mail that is held: read it again, open it, add it, dismiss it."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from dueline.actions import mail_cases, voicemails
from dueline.actions.cases import agents_only
from dueline.core.audience import Person
from dueline.core.errors import Refusal
from dueline.core.inbound import File, Inbound, Particulars
from dueline.models import Case, InboxItem, RawItem
from dueline.queries.voicemails import left_of


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
        inbound = inbound or _unread(item)
        if left_of(inbound, door=item.door, arrived_at=min(item.received_at, at)):
            case = voicemails.open_by_hand(item, inbound, at=at)
        else:
            case = mail_cases.open_for(item, inbound, at=at, acknowledge=False)
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
        contact = mail_cases.contact_of(item, inbound, at=at)
        case = mail_cases.receive(item, inbound, item.case_id, contact, at=at)
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
