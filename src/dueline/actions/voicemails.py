"""A voicemail becomes a case with a call back that is owed, or a further word in one.

take: what a telephone system brought       state_priority: what somebody heard in it
"""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from dueline.actions import attempts, cases, contacts, held_requests, messages
from dueline.actions._change import changing
from dueline.actions._language import in_language_of
from dueline.actions.cases import agents_only
from dueline.actions.voicemail_rows import keep, put_into, sha256_of
from dueline.core.audience import DESK, Person
from dueline.core.errors import Refusal
from dueline.core.events import Kind
from dueline.core.inbound import File, Inbound, Voicemail
from dueline.core.matching import Decision, Verdict
from dueline.core.phone import spoken
from dueline.core.priorities import DEFAULT, Priority
from dueline.models import Case, Contact, Event, HeldRequest, InboxItem
from dueline.models import Voicemail as Row
from dueline.queries.desk import get_standing
from dueline.queries.entries import entry_of_contact
from dueline.queries.inbox import region_of
from dueline.queries.voicemails import caller_among, owners_of, same_recording

_STATED = "Stated on the telephone."


def take(
    item: InboxItem, inbound: Inbound, decision: Decision, *, at: datetime
) -> tuple[Case | None, Decision]:
    """Do what was decided about a voicemail (within `inbox.take_in`).

    Returns the case, and the decision as it stands: another worker may have been quicker.
    """
    if inbound.voicemail is None or decision.verdict is Verdict.DUPLICATE:
        return None, decision
    again = same_recording(inbound.voicemail, arrived_at=min(item.received_at, at))
    if again is not None:
        reason = "The same recording came before."
        return None, replace(
            decision, verdict=Verdict.DUPLICATE, reason=reason, case_id=again.case_id
        )
    if decision.verdict is Verdict.ADD:
        return _add(item, inbound, decision, at=at)
    caller = _caller(inbound.voicemail, at=at)
    if decision.verdict is Verdict.VOUCH and _hold(item, inbound, caller, at=at):
        return None, decision
    if decision.verdict in (Verdict.VOUCH, Verdict.OPEN):
        return open_for(item, inbound, caller, at=at), decision
    return None, decision


def open_for(item: InboxItem, inbound: Inbound, caller: Contact, *, at: datetime) -> Case:
    """Open a case for a voicemail: every clock counts from the caller's last word."""
    row = keep(item, inbound, at=at)
    priority = Priority(row.stated_priority or DEFAULT)
    is_known = caller.organization_id is not None
    case = cases.open_case(
        contact=caller,
        subject=_subject(row, caller),
        text=_words(item, inbound),
        files=_recordings(inbound),
        priority=priority,
        escalation_reason=_STATED if priority is Priority.HIGH else "",
        channel="voicemail",
        happened_at=row.hung_up_at,
        at=at,
        actor=caller.as_person(),
        inbox_item=item,
        call_back_phone=row.from_number,
        voicemail_id=row.pk,
        acknowledge=_may_write(caller, at=at),
        verified=is_known,
        missing=_missing(row),
    )
    put_into(row, case, audio_sha256=sha256_of(inbound))
    return case


def open_by_hand(item: InboxItem, inbound: Inbound, *, at: datetime) -> Case:
    """Open a case for a voicemail that was held, because an agent knows that it is one of ours.

    Raises Refusal("not-now") if the recording has come another way meanwhile.
    """
    voicemail = inbound.voicemail
    if voicemail is None:
        raise Refusal("not-now", "This mail brings no voicemail.")
    if same_recording(voicemail, arrived_at=min(item.received_at, at)):
        raise Refusal("not-now", "This recording has come before.")
    return open_for(item, inbound, _caller(voicemail, at=at), at=at)


def _caller(voicemail: Voicemail, *, at: datetime) -> Contact:
    """Return whose number it is; a number that is nobody's, or several people's, is a stranger."""
    known = caller_among(owners_of(voicemail.from_number))
    if known is not None:
        return Contact.objects.get(pk=known)
    with in_language_of(None):
        nobody = _("Unknown caller")
    told = voicemail.caller_name if any(map(str.isalpha, voicemail.caller_name)) else ""
    return contacts.find_or_create(
        name=told or voicemail.from_number or nobody,
        email="",
        phone=voicemail.from_number,
        at=at,
    )


def _subject(row: Row, caller: Contact) -> str:
    with in_language_of(caller):
        if not row.from_number:
            return _("Voicemail from a withheld number")
        number = spoken(row.from_number, region_of(get_standing().zone))
        return _("Voicemail from %(number)s") % {"number": number}


def _words(item: InboxItem, inbound: Inbound) -> str:
    """Return what an engineer wrote down. What a telephone system writes is about its own boxes."""
    return inbound.text if item.door == "upload" else ""


def _recordings(inbound: Inbound) -> list[File]:
    return [file for file in inbound.files if not file.is_inline]


def _missing(row: Row) -> tuple[str, ...]:
    told = {"phone": bool(row.from_number), "priority": bool(row.stated_priority)}
    return tuple(particular for particular, is_told in told.items() if not is_told)


def _may_write(caller: Contact, *, at: datetime) -> bool:
    return bool(caller.email) and attempts.take(attempts.STRANGER, caller.email or "", at=at)


def _add(
    item: InboxItem, inbound: Inbound, decision: Decision, *, at: datetime
) -> tuple[Case | None, Decision]:
    """Let the same caller, who calls once more, say it in the case that waits for our call."""
    try:
        with transaction.atomic():
            row = keep(item, inbound, at=at)
            waiting = Case.objects.select_related("contact").get(pk=decision.case_id or 0)
            case = messages.receive(
                waiting.pk,
                text=_words(item, inbound),
                contact=waiting.contact,
                actor=DESK,  # the number has opened this one case to the caller
                channel="voicemail",
                happened_at=max(row.hung_up_at, waiting.opened_at),
                at=at,
                files=_recordings(inbound),
                inbox_item=item,
            )
            messages.ask_for_call_back(
                case.pk,
                phone=row.from_number,
                happened_at=max(row.hung_up_at, waiting.opened_at),
                at=at,
                voicemail_id=row.pk,
            )
            _raise_to(row.stated_priority, case, since=row.hung_up_at, actor=DESK, at=at)
            put_into(row, case, audio_sha256=sha256_of(inbound))
    except Refusal as refusal:
        reason = f"The case would not take it: {refusal.text}"
        return None, Decision(Verdict.HOLD, reason, decision.case_id, is_voicemail=True)
    return case, decision


def _hold(item: InboxItem, inbound: Inbound, caller: Contact, *, at: datetime) -> bool:
    """Keep it until a super-user vouches for the caller. False: they may open cases by now."""
    arrived_at = min(item.received_at, at)
    entry = entry_of_contact(caller, at=arrived_at)
    if entry is None or entry.why_held is None:
        return False
    row = keep(item, inbound, at=at)
    priority = Priority(row.stated_priority or DEFAULT)
    held = HeldRequest(
        organization_id=entry.organization_id,
        contact=caller,
        why=entry.why_held,
        name=caller.name,
        email=caller.email or "",
        phone=row.from_number[:40],
        channel="voicemail",
        subject=_subject(row, caller),
        text=_words(item, inbound),
        priority=priority,
        escalation_reason=_STATED if priority is Priority.HIGH else "",
        call_back_phone=row.from_number[:40],
        missing=_missing(row),
        is_verified=True,
        inbox_item=item,
        arrived_at=row.hung_up_at,
    )
    may_tell = _may_write(caller, at=at)
    held_requests.hold(held, files=_recordings(inbound), tells_sender=may_tell, at=at)
    return True


# --- what somebody heard -----------------------------------------------------------------------


def state_priority(voicemail_id: int, *, priority: Priority, actor: Person, at: datetime) -> Row:
    """Write down how bad the caller says it is, as somebody heard it in the recording.

    The caller said so before they hung up, so it counts from there, whenever somebody listens.
    Raises Refusal("not-now") if it is stated already: then the priority is changed by its own act.
    """
    agents_only(actor)
    with transaction.atomic():
        row = Row.objects.filter(pk=voicemail_id, case__isnull=False).select_related("case").first()
        if row is None or row.case is None:
            raise Refusal("not-found", "There is no such voicemail.")
        unsaid = Row.objects.filter(pk=voicemail_id, stated_priority="")
        if not unsaid.update(
            stated_priority=priority.value,
            stated_by="person",
            heard_at=at,
            heard_by_id=actor.id,
        ):
            raise Refusal("not-now", "Somebody has said already how bad it is.")
        if _opened_by_it(row) and not _was_changed(row.case):
            _set(priority, row, actor=actor, at=at)
        else:
            _raise_to(priority, row.case, since=row.hung_up_at, actor=actor, at=at)
        with changing(row.case.pk, actor=actor, at=at):
            pass  # also where the priority stays: open pages ask for it no more
    return row


def _opened_by_it(row: Row) -> bool:
    opened = Event.objects.filter(case_id=row.case_id or 0, kind=Kind.OPENED)
    return opened.filter(message__inbox_item_id=row.item_id).exists()


def _was_changed(case: Case) -> bool:
    kinds = (Kind.PRIORITY_CHANGED, Kind.ESCALATED)
    return Event.objects.filter(case=case, kind__in=kinds).exists()


def _set(priority: Priority, row: Row, *, actor: Person, at: datetime) -> None:
    """Give the case what its caller stated: Normal was nobody's choice."""
    case = row.case
    if case is None or Priority(case.priority) is priority:
        return
    cases.change_priority(
        case.pk,
        priority=priority,
        reason=_STATED,
        # They said it themselves.
        consent=_STATED if Priority(case.priority).is_more_urgent_than(priority) else "",
        actor=actor,
        at=at,
        happened_at=row.hung_up_at,
    )


def _raise_to(priority: str, case: Case, *, since: datetime, actor: Person, at: datetime) -> None:
    """Raise a case that somebody calls about once more; a further call never lowers one."""
    case.refresh_from_db(fields=["priority", "opened_at"])
    if not priority or not Priority(priority).is_more_urgent_than(Priority(case.priority)):
        return
    cases.change_priority(
        case.pk,
        priority=Priority(priority),
        reason=_STATED,
        actor=actor,
        at=at,
        happened_at=max(since, case.opened_at),
    )
