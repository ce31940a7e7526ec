"""The emergency sheet: made every night, kept for a month, and sent to those who lead."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from dueline.actions import audit
from dueline.actions._administration import administrators_only
from dueline.actions.addresses import is_address
from dueline.actions.contract_letters import desk_facts_of
from dueline.actions.outbox import queue_mail
from dueline.core.audience import Person
from dueline.core.calendars import first_instant
from dueline.core.errors import Refusal
from dueline.models import Agent, Contact, Desk, EmergencySheet, OutboxItem, store
from dueline.queries.desk import day_at
from dueline.queries.sheets import name_of, sheet_facts
from dueline.wording import sheet as wording
from dueline.wording import sheet_pdf
from dueline.wording.mail_paper import signed

KEPT = timedelta(days=30)
_MOST_ADDRESSES = 20


# --- making --------------------------------------------------------------------------------------


def make_tonights(*, at: datetime) -> bool:
    """Make and send the sheet of the day, once its time has come; return whether it was made.

    Also late, after a night in which nobody worked. Of two workers, one sends it.
    """
    desk = Desk.objects.first()
    if desk is None or not _is_due(desk, at=at):
        return False
    return _keep(desk, sends=True, at=at)


def make_now(*, actor: Person, at: datetime) -> None:
    """Make the sheet anew. The first of a day goes out as the night's would have.

    Raises Refusal("not-found") for customers.
    """
    if not actor.is_agent:
        raise Refusal("not-found", "There is no such page.")
    desk = Desk.objects.get()
    _keep(desk, sends=_is_due(desk, at=at), at=at)


def _is_due(desk: Desk, *, at: datetime) -> bool:
    due_at = _due_at(desk, at=at)
    if desk.set_up_at is not None and desk.set_up_at > due_at:
        return False  # a desk that was opened today has no night behind it
    made = EmergencySheet.objects.filter(day=day_at(at), made_at__gte=due_at)
    return at >= due_at and not made.exists()


def _due_at(desk: Desk, *, at: datetime) -> datetime:
    """Return when the sheet of a day falls due. Of an hour that is there twice, the first time."""
    return first_instant(desk.zone, day_at(at), desk.sheet_at)


def _keep(desk: Desk, *, sends: bool, at: datetime) -> bool:
    # The desk's language: several people read one sheet.
    with override(desk.language):
        facts = sheet_facts(at=at)
        paper = sheet_pdf.typeset(wording.compose(facts), language=desk.language)
        sha256 = store.save(paper)
        with transaction.atomic():
            made = _store(desk, sha256, open_critical=len(facts.cases), sends=sends, at=at)
            if made is not None and sends:
                _send(desk, made, at=at)
    return made is not None


def _store(
    desk: Desk, sha256: str, *, open_critical: int, sends: bool, at: datetime
) -> EmergencySheet | None:
    """Store the sheet of a day in the place of an earlier one. None: somebody was quicker."""
    day = day_at(at)
    # Whoever sends may replace only what was made before it fell due.
    may_replace = Q(made_at__lt=_due_at(desk, at=at)) if sends else Q()
    earlier = EmergencySheet.objects.filter(may_replace, day=day)
    facts = {"made_at": at, "sha256": sha256, "open_critical": open_critical}
    if earlier.update(**facts):
        return EmergencySheet.objects.get(day=day)
    try:
        with transaction.atomic():
            return EmergencySheet.objects.create(day=day, **facts)
    except IntegrityError:
        return None


# --- sending -------------------------------------------------------------------------------------


def _send(desk: Desk, sheet: EmergencySheet, *, at: datetime) -> None:
    readers = _readers(desk)
    for name, address in readers:
        item = queue_mail(
            purpose=OutboxItem.Purpose.SHEET,
            to_name=name,
            to_address=address,
            mail=signed(
                _("Emergency sheet of %(day)s") % {"day": sheet.day.isoformat()},
                desk_facts_of(desk),
                wording.letter_paragraphs(sheet.open_critical, made_at=at, zone=desk.zone),
            ),
            at=at,
        )
        OutboxItem.objects.filter(pk=item.pk).update(
            file_name=name_of(sheet), file_sha256=sheet.sha256
        )
    sheet.sent_to = [address for _, address in readers]
    sheet.save(update_fields=["sent_to"])


def _readers(desk: Desk) -> list[tuple[str, str]]:
    """Return name and address of everybody who gets the sheet, each once, and never a customer."""
    leading = Agent.objects.filter(
        Q(is_manager=True) | Q(is_administrator=True), account__is_active=True
    )
    found = dict.fromkeys(desk.sheet_to, "")
    found |= dict(leading.order_by("name").values_list(F("account__email"), F("name")))
    customers = _of_customers(found)
    return [(name, address) for address, name in found.items() if address not in customers]


def _of_customers(addresses: Iterable[str]) -> set[str]:
    known = Contact.objects.filter(email__in=list(addresses))
    return {email for email in known.values_list("email", flat=True) if email}


# --- settings ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SheetSettings:
    """at: on the wall of the desk's zone; None: it was not understood."""

    at: time | None
    to: tuple[str, ...]

    @classmethod
    def read(cls, typed: Mapping[str, str]) -> "SheetSettings":
        try:
            at = time.fromisoformat(typed.get("sheet_at", "").strip())
        except ValueError:
            at = None
        words = typed.get("sheet_to", "").replace(",", " ").replace(";", " ").split()
        return cls(at, tuple(dict.fromkeys(word.lower() for word in words)))


def change_settings(facts: SheetSettings, *, actor: Person, at: datetime) -> None:
    """Raises Refusal with the name of the field as its code."""
    administrators_only(actor)
    if facts.at is None or facts.at.tzinfo is not None:
        raise Refusal("sheet_at", "Write a time of day, like 03:30.")
    for address in facts.to:
        if not is_address(address):
            raise Refusal("sheet_to", "“%(address)s” is no e-mail address.", address=address[:100])
    if len(facts.to) > _MOST_ADDRESSES:
        raise Refusal("sheet_to", "Write at most %(most)s addresses.", most=_MOST_ADDRESSES)
    if customers := _of_customers(facts.to):
        raise Refusal(
            "sheet_to",
            "“%(address)s” is a customer's: the sheet names other customers.",
            address=min(customers),
        )
    with transaction.atomic():
        was = Desk.objects.values("sheet_at", "sheet_to").get()
        Desk.objects.filter(pk=1).update(sheet_at=facts.at, sheet_to=list(facts.to))
        audit.record(
            "sheet",
            about="",
            actor=actor,
            at=at,
            was={"at": was["sheet_at"].isoformat(), "to": was["sheet_to"]},
            now={"at": facts.at.isoformat(), "to": list(facts.to)},
        )


# --- sweeping away -------------------------------------------------------------------------------


def forget_old(*, at: datetime) -> None:
    """Remove sheets whose time is over. Their files go when no row names them any more."""
    oldest: date = day_at(at) - KEPT
    EmergencySheet.objects.filter(day__lt=oldest).delete()
