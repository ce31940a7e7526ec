"""What the desk knows about a mail before it decides, and what staff see of the inbox."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from django.db.models import OuterRef, Q, Subquery

from dueline.core.case_numbers import parse_case_number
from dueline.core.entitlement import Entry
from dueline.core.inbound import Inbound
from dueline.core.matching import (
    MOST_CASES_AN_HOUR,
    Facts,
    Seen,
    Token,
    Who,
    find_token,
    is_own_message_id,
    mentioned_number,
)
from dueline.core.trust import NOT_CHECKED, Trust
from dueline.models import Agent, Case, Contact, HeldRequest, InboxItem, RawItem
from dueline.queries.addresses import is_own_address
from dueline.queries.cases import visible_to
from dueline.queries.desk import day_at
from dueline.queries.entries import entry_of_address
from dueline.queries.pages import page_answered
from dueline.queries.prepared import Prepared
from dueline.queries.voicemails import left_of

_HOUR = timedelta(hours=1)


def facts_for(
    inbound: Inbound,
    *,
    rcpt_to: Sequence[str],
    secret: str,
    mail_address: str,
    except_item: int | None = None,
    arrived_at: datetime | None = None,
    trust: Trust = NOT_CHECKED,
    is_released: bool = False,
    door: str = "",
) -> Facts:
    """Look up what `core.matching.decide` needs. except_item: the mail's own inbox item.

    arrived_at: whose day decides who may open cases; None: nobody asks for one. trust: what was
    found out about its sender. is_released: an agent has said that it belongs to no storm. door:
    through which it came; "": nobody knows, and a voicemail counts only by its sender.
    """
    token = find_token(secret, inbound, rcpt_to=rcpt_to)
    sender = inbound.sender_address
    is_own = is_own_message_id(secret, inbound.mail_id)
    entry = entry_of_address(sender, at=arrived_at) if arrived_at and not token else None
    known, opened_at = _sender(sender)
    left = left_of(inbound, door=door, arrived_at=arrived_at) if arrived_at else None
    page_id, page_case_id = page_answered([*rcpt_to, *inbound.to, *inbound.cc], secret=secret)
    return Facts(
        page_id=page_id,
        page_case_id=page_case_id,
        token=token,
        token_contact=_reader(token) if token else None,
        token_case_organization_id=_organization_of(token),
        sender=known,
        seen=seen_before(inbound, except_item=except_item),
        # A colleague who brings a recording may have the desk's own address.
        is_own=left is None
        and (is_own or sender == mail_address.lower() or is_own_address(sender)),
        entry=entry,
        trust=trust,
        numbered_case_id=_numbered(inbound.subject, known, at=arrived_at)
        if known and not token
        else None,
        is_agent=trust.has_failed and Agent.objects.filter(account__email=sender).exists(),
        is_storm=not is_released
        and arrived_at is not None
        and _is_storm(opened_at, sender, entry, arrived_at=arrived_at),
        left=left,
    )


def _sender(address: str) -> tuple[Who | None, datetime | None]:
    """Return who writes, and when they opened the last case but `MOST_CASES_AN_HOUR`."""
    row = _senders.first(address) if address else None
    if row is None:
        return None, None
    return Who(row.id, row.organization_id, row.left_at is not None), row.opened_at


class _Sender(NamedTuple):
    id: int
    organization_id: int | None
    left_at: datetime | None
    opened_at: datetime | None


_last_but_many = (
    Case.objects.filter(contact=OuterRef("pk"))
    .order_by("-id")
    .values("opened_at")[MOST_CASES_AN_HOUR - 1 : MOST_CASES_AN_HOUR]
)
_senders = Prepared(
    _Sender,
    lambda address: (
        Contact.objects.filter(email=address)
        .annotate(opened_at=Subquery(_last_but_many))
        .order_by("id")
        .values_list(*_Sender._fields)
    ),
)


def _is_storm(
    opened_at: datetime | None, sender: str, entry: Entry | None, *, arrived_at: datetime
) -> bool:
    since = arrived_at - _HOUR
    if opened_at is not None and opened_at > since:
        return True
    if entry is None or entry.why_held is None:
        return False
    held = HeldRequest.objects.filter(
        organization_id=entry.organization_id, email=sender, arrived_at__gt=since
    )
    return held.count() >= MOST_CASES_AN_HOUR


def _numbered(subject: str, sender: Who, *, at: datetime | None) -> int | None:
    """Return the case that a subject names, if its sender may see it; else None."""
    number = mentioned_number(subject)
    if not number or sender.has_left:
        return None
    person = Contact.objects.get(pk=sender.contact_id).as_person(on=day_at(at) if at else None)
    found = visible_to(person).filter(pk=parse_case_number(number))
    return found.values_list("id", flat=True).first()


def key_of(inbound: Inbound) -> str:
    """Return what tells a mail from others: its Message-ID, or what it says if it has none."""
    return inbound.mail_id or f"none:{inbound.digest}"


def seen_before(inbound: Inbound, *, except_item: int | None) -> tuple[Seen, ...]:
    """Return earlier mails with the same Message-ID that were read, oldest first."""
    rows = InboxItem.objects.filter(mail_id=key_of(inbound)).exclude(state=InboxItem.State.RECEIVED)
    if except_item is not None:
        rows = rows.exclude(pk=except_item)
    return tuple(
        Seen(*row) for row in rows.order_by("id").values_list("id", "digest", "case_id")[:20]
    )


def _who(**which: object) -> Who | None:
    row = Contact.objects.filter(**which).values_list("id", "organization_id").first()
    return Who(*row) if row else None


def _reader(token: Token) -> Who | None:
    """Return whom a token was given to, if they still read the case (i33).

    Its contact does, wherever they work now. Somebody who only watches it must still be of the
    company: who has left it answers as a stranger.
    """
    of_case = Case.objects.filter(
        Q(contact_id=token.contact_id) | Q(organization__contacts=token.contact_id),
        pk=token.case_id,
    )
    return _who(pk=token.contact_id) if of_case.exists() else None


def _organization_of(token: Token | None) -> int | None:
    if token is None:
        return None
    rows = Case.objects.filter(pk=token.case_id).values_list("organization_id", flat=True)
    return rows.first()


# --- the inbox page ----------------------------------------------------------------------------


class InboxRow(NamedTuple):
    """One mail in a list. state: see `InboxItem.State`; reason: a sentence. trust: what is known of
    its sender (`console.senders.marks_of` says it)."""

    id: int
    received_at: datetime
    state: str
    reason: str
    sender: str
    mail_from: str
    subject: str
    case_id: int | None
    times_received: int
    door: str
    trust: dict[str, Any]


def get_raw(item_id: int) -> bytes | None:
    """Return a mail as it came, byte for byte. For agents only."""
    raw = RawItem.objects.filter(pk=item_id).values_list("bytes", flat=True).first()
    return None if raw is None else bytes(raw)


def count_held() -> int:
    return InboxItem.objects.filter(state=InboxItem.State.HELD).count()


# --- telephone numbers -------------------------------------------------------------------------


def region_of(zone: str) -> str:
    """Return the country (ISO 3166) of a time zone, in which national numbers are read."""
    return _countries().get(zone, "SE")


@cache
def _countries() -> dict[str, str]:
    table = (files("tzdata") / "zoneinfo" / "zone.tab").read_text("utf-8")
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return {row[2]: row[0] for row in rows if len(row) > 2}
