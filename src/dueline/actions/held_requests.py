"""Requests that are held until a super-user of the company vouches for them.

    hold → vouch: the case opens        or decline: the sender is told why

An engineer may vouch after a call, and dismiss what calls for nothing.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from dueline.actions import attempts, contact_changes, contacts, contract_letters
from dueline.actions._change import changing
from dueline.actions.cases import agents_only, open_case
from dueline.actions.voicemail_rows import put_into
from dueline.core.audience import Person
from dueline.core.crash_points import crash_point
from dueline.core.entitlement import Held
from dueline.core.errors import Refusal
from dueline.core.events import Kind
from dueline.core.inbound import File
from dueline.core.priorities import Priority
from dueline.models import Case, Contact, HeldFile, HeldRequest, InboxItem, Voicemail, store
from dueline.queries.desk import day_at
from dueline.queries.entries import super_users
from dueline.queries.held_requests import requests_for
from dueline.queries.policies import current_policy

State = HeldRequest.State


def hold(held: HeldRequest, *, files: Sequence[File], tells_sender: bool, at: datetime) -> None:
    """Keep a request with its files, and tell those who can do something about it.

    held: not yet saved. tells_sender: their ration allows it.
    """
    with transaction.atomic():
        held.save(force_insert=True)
        HeldFile.objects.bulk_create(
            HeldFile(
                request=held,
                name=file.name[:200],
                media_type=file.media_type[:100],
                size=len(file.content),
                sha256=store.save(file.content),
                content_id=file.content_id[:200],
                is_inline=file.is_inline,
            )
            for file in files
        )
        who = super_users(held.organization_id, on=day_at(at))
        if tells_sender:
            contract_letters.request_held(held, super_users=who, at=at)
        # Forged senders must not make us flood the people whose company they name (i38); what is
        # not mailed stands on their page all the same.
        if attempts.take(attempts.VOUCHING, str(held.organization_id), at=at):
            contract_letters.vouch_asked(held, super_users=who, at=at)
        crash_point("held.before-commit")
    crash_point("held.kept")


def vouch(held_id: int, *, actor: Person, at: datetime, confirmed_by: str = "") -> Case:
    """Let a held request become a case of its sender, who is on the company's list from now on.

    confirmed_by: who confirmed it to an engineer, and how. The policy of the day on which the
    request arrived says whether its clocks count from then or from now.
    Raises Refusal("not-found"), or Refusal("not-now") if somebody was quicker.
    """
    if actor.is_agent and not confirmed_by.strip():
        raise Refusal("confirmed-by", "Say who of the company confirmed it, and how.")
    _refuse_unconfirmed(actor, at=at)
    with transaction.atomic():
        held = _decide(held_id, State.OPENED, actor=actor, at=at)
        case = _open(held, _sender(held, actor=actor, at=at), at=at)
        HeldRequest.objects.filter(pk=held_id).update(case=case)
        _put_recording_into(case, held)
        if held.inbox_item_id:
            InboxItem.objects.filter(pk=held.inbox_item_id).update(case=case)
        with changing(case.pk, actor=actor, at=at) as change:
            arrived_at = held.arrived_at.isoformat()
            change.append(Kind.VOUCHED, arrived_at=arrived_at, confirmed_by=confirmed_by.strip())
        crash_point("vouched.before-commit")
    return case


def decline(held_id: int, *, reason: str, actor: Person, at: datetime) -> None:
    """Say, as a super-user, that a request of a colleague opens no case. The sender is told why."""
    if not actor.is_contact:
        raise Refusal("not-found", "There is no such request.")
    if not reason.strip():
        raise Refusal("reason-missing", "Say why: your colleague is told.")
    with transaction.atomic():
        held = _decide(held_id, State.DECLINED, actor=actor, at=at, reason=reason.strip())
        contract_letters.request_declined(held, by=actor.name, reason=reason, at=at)


def dismiss(held_id: int, *, reason: str, actor: Person, at: datetime) -> None:
    """Say, as an engineer, that a held request calls for nothing. It stays readable."""
    agents_only(actor)
    if not reason.strip():
        raise Refusal("reason-missing", "Say why this request calls for nothing.")
    _decide(held_id, State.DISMISSED, actor=actor, at=at, reason=reason.strip())


def _open(held: HeldRequest, contact: Contact, *, at: datetime) -> Case:
    from_arrival = current_policy(at=held.arrived_at).policy.held_from_arrival
    return open_case(
        contact=contact,
        subject=held.subject,
        text=held.text,
        html=held.html,
        folded_from=held.folded_from,
        files=_files(held),
        priority=Priority(held.priority),
        escalation_reason=held.escalation_reason,
        call_back_phone=held.call_back_phone,
        voicemail_id=_voicemail(held).values_list("id", flat=True).first(),
        channel=held.channel,
        happened_at=held.arrived_at if from_arrival else at,
        at=at,
        actor=contact.as_person(),
        inbox_item=held.inbox_item,
        installation=held.installation,
        acknowledge=not held.by_machine,
        missing=held.missing,
        held_since=held.arrived_at,
    )


def _voicemail(held: HeldRequest) -> QuerySet[Voicemail]:
    return Voicemail.objects.filter(item=held.inbox_item_id or 0)


def _put_recording_into(case: Case, held: HeldRequest) -> None:
    row = _voicemail(held).first()
    if row is not None:
        # What was held with a voicemail is its recording, and comes first.
        recording = held.files.order_by("id").values_list("sha256", flat=True).first()
        put_into(row, case, audio_sha256=recording or "")


def _decide(
    held_id: int, state: str, *, actor: Person, at: datetime, reason: str = ""
) -> HeldRequest:
    """Claim a request that nobody has decided yet; of two at once, the second is refused."""
    rows = requests_for(actor).filter(pk=held_id)
    decided = rows.filter(state=State.HELD).update(
        state=state,
        decided_at=at,
        decided_by_contact_id=actor.id if actor.is_contact else None,
        decided_by_agent_id=actor.id if actor.is_agent else None,
        reason=reason,
    )
    if not decided:
        if not rows.exists():
            raise Refusal("not-found", "There is no such request.")
        raise Refusal("not-now", "Somebody has decided about this request already.")
    related = ("organization", "contact__account", "inbox_item", "installation")
    return HeldRequest.objects.select_related(*related).get(pk=held_id)


def _refuse_unconfirmed(actor: Person, *, at: datetime) -> None:
    """Whom nobody has confirmed for too long cannot open cases by vouching for them either."""
    if actor.is_contact and Contact.objects.get(pk=actor.id).listed.is_expired_on(day_at(at)):
        raise Refusal("not-confirmed", "Confirm the list of your people first; then you can vouch.")


def _sender(held: HeldRequest, *, actor: Person, at: datetime) -> Contact:
    """Return the sender as a contact of the company, as which they are listed from now on."""
    box = held.inbox_item.mailbox if held.inbox_item else None
    contact = held.contact or contacts.find_or_create(
        name=held.name,
        email=held.email,
        phone=held.phone,
        language=box.language if box else "",
        at=at,
    )
    if contact.organization_id not in (None, held.organization_id):
        raise Refusal("not-now", "The sender belongs to another company by now.")
    if contact.organization_id is not None and Held(held.why) is Held.NOT_SUPER_USER:
        return contact
    contacts.put_on_list(contact, organization_id=held.organization_id, by=actor, at=at)
    change = contact_changes.record(
        "vouched", organization_id=held.organization_id, contact=contact, actor=actor, at=at
    )
    if actor.is_contact:
        contract_letters.list_changed(held.organization, [change], at=at)
    return contact


def _files(held: HeldRequest) -> list[File]:
    return [
        File(
            name=file.name,
            media_type=file.media_type,
            content=store.read(file.sha256),
            content_id=file.content_id,
            is_inline=file.is_inline,
        )
        for file in held.files.order_by("id")
    ]
