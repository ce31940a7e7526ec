"""Who left a voicemail, whether it is believed, and what the desk has of it."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q

from dueline.core.entitlement import Entry
from dueline.core.errors import Refusal
from dueline.core.events import Kind
from dueline.core.inbound import Inbound, Voicemail
from dueline.core.matching import Left
from dueline.core.voicemails import Earlier, hang_up, is_believed, is_same_recording
from dueline.models import IS_OPEN, Case, Contact, Desk
from dueline.models import Voicemail as Row
from dueline.queries.entries import entry_of_contact

# Doors that look by themselves at who tells: by a signature, or by a sign-in.
_SURE_DOORS = frozenset({"upload", "phone"})


class Owner(NamedTuple):
    """A contact who has a number."""

    id: int
    organization_id: int | None


def left_of(inbound: Inbound, *, door: str, arrived_at: datetime) -> Left | None:
    """Return what is known of a voicemail, or None where a mail is none, or is not believed."""
    voicemail = inbound.voicemail
    if voicemail is None:
        return None
    if door not in _SURE_DOORS and not _is_listed(inbound.sender_address):
        return None
    earlier = same_recording(voicemail, arrived_at=arrived_at)
    owners = owners_of(voicemail.from_number)
    caller = caller_among(owners)
    return Left(
        is_known=earlier is not None,
        known_case_id=earlier.case_id if earlier else None,
        joins_case_id=_joins(voicemail.from_number, owners),
        entry=_entry(caller, at=hang_up(voicemail.hung_up_at, arrived_at=arrived_at).at),
    )


def _is_listed(sender: str) -> bool:
    believed = Desk.objects.values_list("voicemail_senders", flat=True).first() or []
    return is_believed(sender, believed=believed)


def same_recording(voicemail: Voicemail, *, arrived_at: datetime) -> Row | None:
    """Return the voicemail that is this very recording, whoever told of it (F24)."""
    told = Row.objects.filter(source=voicemail.source, recording_id=voicemail.recording_id).first()
    if told is not None:
        return told
    rows = Row.objects.filter(from_number=voicemail.from_number).order_by("-id")
    if voicemail.audio and voicemail.audio.content:
        # Sent to two of our mailboxes, it has two names.
        sha256 = hashlib.sha256(voicemail.audio.content).hexdigest()
        same = rows.filter(attachment__sha256=sha256).first()
        if same is not None:
            return same
    hung_up_at = hang_up(voicemail.hung_up_at, arrived_at=arrived_at).at
    for row in rows.exclude(source=voicemail.source)[:20]:
        earlier = Earlier(row.from_number, row.hung_up_at, row.seconds)
        if is_same_recording(voicemail, hung_up_at=hung_up_at, others=[earlier]):
            return row
    return None


def owners_of(number: str) -> list[Owner]:
    """Return the contacts who have a number (E.164); those of companies, if there are any."""
    if not number:
        return []
    having = Q(numbers__number=number) | Q(phone=number)
    rows = Contact.objects.filter(having, left_at=None).order_by("id").distinct()
    owners = [Owner(*row) for row in rows.values_list("id", "organization_id")[:20]]
    # Somebody who called before anybody knew where they belong must not make a number ambiguous.
    return [owner for owner in owners if owner.organization_id is not None] or owners


def caller_among(owners: Sequence[Owner]) -> int | None:
    """Return who calls, if a number is one contact's alone: a switchboard is nobody."""
    return owners[0].id if len(owners) == 1 else None


def _entry(contact_id: int | None, *, at: datetime) -> Entry | None:
    contact = Contact.objects.filter(pk=contact_id).first() if contact_id else None
    return entry_of_contact(contact, at=at) if contact else None


def _joins(number: str, owners: Sequence[Owner]) -> int | None:
    """Return the one open case in which this number waits for a call back; else None.

    Its contact must have the number. A number that is known at two companies joins nothing: one
    would hear what the other has said.
    """
    if not owners or len({owner.organization_id for owner in owners}) > 1:
        return None
    waiting = Case.objects.filter(
        IS_OPEN,
        contact_id__in=[owner.id for owner in owners],
        events__kind=Kind.CALL_BACK_ASKED,
        events__facts__phone=number,
        commitments__kind="callback",
        commitments__met_at=None,
        commitments__withdrawn_at=None,
        commitments__started_at__isnull=False,
    )
    found = list(waiting.order_by("id").distinct().values_list("id", flat=True)[:2])
    return found[0] if len(found) == 1 else None


# --- what a page shows -------------------------------------------------------------------------


class Heard(NamedTuple):
    """A voicemail as agents see it. stated_by: "" for nobody."""

    id: int
    case_id: int
    item_id: int
    from_number: str
    caller_name: str
    hung_up_at: datetime
    hung_up_is_told: bool
    seconds: int | None
    stated_priority: str
    stated_by: str
    keyed: str
    heard_by: str | None


def heard_in(case_ids: Sequence[int]) -> dict[int, list[Heard]]:
    """Return the voicemails of some cases, oldest first. For agents only."""
    found: dict[int, list[Heard]] = {}
    rows = Row.objects.filter(case_id__in=case_ids).order_by("hung_up_at", "id")
    columns = [*Heard._fields[:-1], "heard_by__name"]
    for row in map(Heard._make, rows.values_list(*columns)):
        found.setdefault(row.case_id, []).append(row)
    return found


def voicemail_case(voicemail_id: int) -> int:
    """Return the case of a voicemail. Raises Refusal("not-found"). For agents only."""
    case_id = Row.objects.filter(pk=voicemail_id).values_list("case_id", flat=True).first()
    if case_id is None:
        raise Refusal("not-found", "There is no such voicemail.")
    return case_id


def voicemail_settings() -> dict[str, Any]:
    """Return from whom voicemails are believed, and what the keys say, by column."""
    return dict(Desk.objects.values("voicemail_senders", "keypad").get())
