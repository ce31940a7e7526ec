"""What a mail becomes: a case, a message of one, or a request that waits for a super-user."""

from dataclasses import replace
from datetime import datetime, timedelta

from dueline.actions import cases, contacts, held_requests, messages, voicemails
from dueline.core.audience import DESK
from dueline.core.errors import Refusal
from dueline.core.inbound import Inbound, Machine
from dueline.core.matching import Decision, Verdict, mentioned_number
from dueline.core.priorities import DEFAULT, Priority
from dueline.models import Attempt, Case, Contact, HeldRequest, InboxItem
from dueline.queries.addresses import own_addresses
from dueline.queries.entries import entry_of_address

# How often one address is acknowledged, and all unknown ones together: a flood of forged senders
# must not make us flood those whose addresses were forged (i38).
ACKNOWLEDGEMENTS_AN_HOUR = 3
ACKNOWLEDGEMENTS_TO_STRANGERS_AN_HOUR = 100
_HOUR = timedelta(hours=1)

_MOST_COPIES = 50
_ASKED_FOR_HIGH = "Asked for High in the mail."


def make(
    item: InboxItem, inbound: Inbound, decision: Decision, *, at: datetime
) -> tuple[Case | None, Decision]:
    """Do what was decided (within `inbox.take_in`); return the case, and the decision as it stands.

    It may have become another one meanwhile: a sender was listed, a case was closed.
    """
    if decision.is_voicemail:
        return voicemails.take(item, inbound, decision, at=at)
    if decision.verdict is Verdict.VOUCH and not _hold_for_super_user(item, inbound, at=at):
        reason = "A new request. Its sender may open cases by now."
        decision = replace(decision, verdict=Verdict.OPEN, reason=reason)
    if decision.verdict is Verdict.OPEN:
        case = open_for(item, inbound, at=at, acknowledge=decision.acknowledge)
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


def open_for(item: InboxItem, inbound: Inbound, *, at: datetime, acknowledge: bool) -> Case:
    told = inbound.particulars
    contact = contact_of(item, inbound, at=at)
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


def contact_of(item: InboxItem, inbound: Inbound, *, at: datetime) -> Contact:
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
        return receive(item, inbound, decision.case_id or 0, contact, at=at), decision
    except Refusal as refusal:
        reason = f"The case would not take it: {refusal.text}"
        return None, Decision(Verdict.HOLD, reason, decision.case_id, machine=decision.machine)


def receive(
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
