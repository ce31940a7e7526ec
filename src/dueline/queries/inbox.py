"""What the desk knows about a mail before it decides, and what staff see of the inbox."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from django.db.models import Q

from dueline.core.inbound import Inbound
from dueline.core.matching import Facts, Seen, Token, Who, find_token, is_own_message_id
from dueline.models import Case, Contact, InboxItem, RawItem
from dueline.queries.addresses import is_own_address
from dueline.queries.entries import entry_of_address


def facts_for(
    inbound: Inbound,
    *,
    rcpt_to: Sequence[str],
    secret: str,
    mail_address: str,
    except_item: int | None = None,
    arrived_at: datetime | None = None,
) -> Facts:
    """Look up what `core.matching.decide` needs. except_item: the mail's own inbox item.

    arrived_at: whose day decides who may open cases; None: nobody asks for one.
    """
    token = find_token(secret, inbound, rcpt_to=rcpt_to)
    sender = inbound.sender_address
    is_own = is_own_message_id(secret, inbound.mail_id)
    return Facts(
        token=token,
        token_contact=_reader(token) if token else None,
        token_case_organization_id=_organization_of(token),
        sender=_who(email=sender) if sender else None,
        seen=seen_before(inbound, except_item=except_item),
        is_own=is_own or sender == mail_address.lower() or is_own_address(sender),
        entry=entry_of_address(sender, at=arrived_at) if arrived_at and not token else None,
    )


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
    """One mail in a list. state: see `InboxItem.State`; reason: a sentence."""

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


def inbox_rows(*, state: str = "", before_id: int | None = None, most: int = 50) -> list[InboxRow]:
    """Return what arrived, newest first. state: "" for all. For agents only."""
    rows = InboxItem.objects.order_by("-id")
    if state:
        rows = rows.filter(state=state)
    if before_id is not None:
        rows = rows.filter(pk__lt=before_id)
    return [InboxRow(*row) for row in rows.values_list(*InboxRow._fields)[:most]]


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
