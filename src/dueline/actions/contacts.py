"""The people at customer companies: met, named, put where they belong."""

from copy import copy
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from zoneinfo import available_timezones

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from dueline.actions import contact_changes
from dueline.actions._administration import administrators_only
from dueline.actions.addresses import is_address
from dueline.actions.contact_numbers import keep_number, set_more_numbers
from dueline.core.audience import Person
from dueline.core.entitlement import CONFIRMED_FOR, Listed
from dueline.core.errors import Refusal
from dueline.models import Account, Contact, Organization
from dueline.queries.contracts import seats_of, seats_taken
from dueline.queries.desk import day_at
from dueline.queries.prepared import prepared_rows
from dueline.wording.contact_changes import Changed


def find_or_create(
    *, name: str, email: str, phone: str, at: datetime, language: str = ""
) -> Contact:
    """Return the contact with this address, new and without a company if nobody knew it.

    email: "" for somebody known by name or telephone only: always a new contact.
    phone: taken over where the desk had none; a known number is not changed by a stranger's word.
    language: of somebody whom nobody knew, until they choose; "": the desk's.
    """
    email = email.strip().lower()
    if not email:
        with transaction.atomic():
            stranger = Contact.objects.create(name=name[:200], phone=phone[:40], created_at=at)
            keep_number(stranger)
        return stranger
    contact, is_new = _by_address.first(email), False
    if contact is None:
        # Of two who ask at the same time, one makes the row and the other finds it.
        with transaction.atomic():
            contact, is_new = Contact.objects.get_or_create(
                email=email,
                defaults={
                    "name": name[:200],
                    "phone": phone[:40],
                    "language": language,
                    "created_at": at,
                },
            )
            if is_new:
                keep_number(contact)
    if phone and not is_new and not contact.phone:
        with transaction.atomic():
            contact.phone = phone[:40]
            contact.save(update_fields=["phone"])
            keep_number(contact)
    return contact


_by_address = prepared_rows(Contact, lambda email: Contact.objects.filter(email=email).order_by())


@dataclass(frozen=True, slots=True)
class Particulars:
    """What an administrator says of somebody at a company. The days are those of `Listed`.

    more_numbers: by which they are known on the telephone besides `phone`; None: as they are.
    """

    name: str
    email: str
    phone: str
    is_super_user: bool = False
    super_from: date | None = None
    super_until: date | None = None
    sees_company: bool = False
    is_escalation_contact: bool = False
    more_numbers: tuple[str, ...] | None = None


def add_contact(
    organization_id: int, particulars: Particulars, *, actor: Person, at: datetime
) -> Contact:
    """Add somebody to a company; a contact who wrote before and had none is taken in.

    Raises Refusal with the name of the field as its code.
    """
    administrators_only(actor)
    if not Organization.objects.filter(pk=organization_id).exists():
        raise Refusal("not-found", "There is no such company.")
    particulars = _checked(particulars)
    with transaction.atomic():
        contact = find_free(particulars.email, organization_id=organization_id) or Contact(
            email=particulars.email or None, created_at=at
        )
        _refuse_without_seat(organization_id, particulars, contact_id=contact.pk, at=at)
        put_on_list(contact, organization_id=organization_id, by=actor, at=at)
        before = copy(contact)
        _write(contact, particulars)
        record_changes(before, contact, what="added", actor=actor, at=at)
    return contact


def change_contact(
    contact_id: int, particulars: Particulars, *, actor: Person, at: datetime
) -> None:
    """Raises Refusal with the name of the field as its code."""
    administrators_only(actor)
    particulars = _checked(particulars)
    with transaction.atomic():
        contact = _get(contact_id)
        if contact.organization_id is not None:
            _refuse_without_seat(contact.organization_id, particulars, contact_id=contact_id, at=at)
        email = particulars.email
        if email and Contact.objects.filter(email=email).exclude(pk=contact_id).exists():
            raise Refusal("email", "Somebody has this address already.")
        _move_account(contact, email=email)
        before = copy(contact)
        _write(contact, particulars)
        record_changes(before, contact, actor=actor, at=at)


def let_go(contact_id: int, *, actor: Person, at: datetime) -> None:
    """Record, as an administrator, that somebody works at the company no more."""
    administrators_only(actor)
    with transaction.atomic():
        contact = _get(contact_id)
        if contact.left_at is not None or contact.organization_id is None:
            raise Refusal("not-now", "This person is not on the list of a company.")
        take_off_list(contact, at=at)
        contact_changes.record(
            "left", organization_id=contact.organization_id, contact=contact, actor=actor, at=at
        )


def set_zone(contact_id: int, *, zone: str, actor: Person) -> None:
    """Let a contact read times in a zone of their own; "" is the desk's."""
    if not actor.is_contact or actor.id != contact_id:
        raise Refusal("not-found", _("There is no such person."))
    if zone and zone not in available_timezones():
        raise Refusal("zone", _("Choose a time zone from the list."))
    Contact.objects.filter(pk=contact_id).update(zone=zone)


# --- the list of a company: parts of acts --------------------------------------------------------


def find_free(email: str, *, organization_id: int) -> Contact | None:
    """Return the contact with this address who can be put on the list, or None for a new one.

    Raises Refusal("email") if they are on it, or belong to another company: nobody takes people
    over by knowing their address.
    """
    contact = Contact.objects.filter(email=email).first() if email else None
    if contact is None or contact.organization_id is None:
        return contact
    if contact.organization_id == organization_id and contact.left_at is not None:
        return contact
    raise Refusal("email", "Somebody has this address already.")


def put_on_list(contact: Contact, *, organization_id: int, by: Person, at: datetime) -> None:
    """Let somebody belong to a company, from now on or again (inside the act under way)."""
    contact.organization_id = organization_id
    contact.left_at = None
    # Whoever a super-user adds is confirmed by that. An administrator of the desk confirms nobody
    # in a company's name: the date comes with the company's next confirmation.
    if by.is_contact or contact.confirmed_until is not None:
        contact.confirmed_until = day_at(at) + CONFIRMED_FOR
    contact.save()
    if contact.account_id is not None:
        Account.objects.filter(pk=contact.account_id).update(is_active=True)


def take_off_list(contact: Contact, *, at: datetime) -> None:
    """Let nobody in under this name any more. The cases stay (inside the act under way)."""
    contact.left_at = at
    contact.is_super_user = contact.sees_company = contact.is_escalation_contact = False
    contact.super_from = contact.super_until = None
    contact.save()
    if contact.account_id is not None:
        Account.objects.filter(pk=contact.account_id).update(is_active=False)


def refuse_without_seat(organization_id: int, *, contact_id: int | None, at: datetime) -> None:
    """Raise Refusal("is_super_user") if the contract has no seat left for one more super-user."""
    # Written first: of two at once, the second counts the first.
    Organization.objects.filter(pk=organization_id).update(name=F("name"))
    seats = seats_of(organization_id, at=at)
    taken = seats_taken(organization_id, on=day_at(at), except_contact=contact_id)
    if seats is not None and taken >= seats:
        raise Refusal(
            "is_super_user",
            "The contract has %(seats)s seats for super-users, and all of them are taken. "
            "Take the rights from somebody else first.",
            seats=seats,
        )


def record_changes(
    before: Contact, contact: Contact, *, actor: Person, at: datetime, what: str = ""
) -> list[Changed]:
    """Write down what an act changed about somebody. what: what it did besides."""
    found = [what] if what else []
    reach = ("name", "email", "phone")
    if not what and any(getattr(before, name) != getattr(contact, name) for name in reach):
        found.append("changed")
    dates = {"from": contact.super_from, "until": contact.super_until}
    super_user = ("is_super_user", "super_from", "super_until")
    if any(getattr(before, name) != getattr(contact, name) for name in super_user):
        found.append("super-user" if contact.is_super_user else "no-super-user")
    if before.sees_company != contact.sees_company:
        found.append("sees-company" if contact.sees_company else "sees-own")
    if before.is_escalation_contact != contact.is_escalation_contact:
        found.append("escalation" if contact.is_escalation_contact else "no-escalation")
    if contact.organization_id is None:
        return []
    return [
        contact_changes.record(
            one,
            organization_id=contact.organization_id,
            contact=contact,
            actor=actor,
            at=at,
            **{
                name: day.isoformat()
                for name, day in dates.items()
                if day is not None and one == "super-user"
            },
        )
        for one in found
    ]


def _get(contact_id: int) -> Contact:
    contact = Contact.objects.filter(pk=contact_id).first()
    if contact is None:
        raise Refusal("not-found", "There is no such person.")
    return contact


def _refuse_without_seat(
    organization_id: int, particulars: Particulars, *, contact_id: int | None, at: datetime
) -> None:
    listed = Listed(particulars.is_super_user, particulars.super_from, particulars.super_until)
    if listed.takes_a_seat_on(day_at(at)):
        refuse_without_seat(organization_id, contact_id=contact_id, at=at)


def _write(contact: Contact, particulars: Particulars) -> None:
    phone_before = contact.phone
    for name, value in asdict(particulars).items():
        if name != "more_numbers":
            setattr(contact, name, value)
    contact.email = particulars.email or None
    if not particulars.is_super_user:
        contact.super_from = contact.super_until = None
    contact.save()
    keep_number(contact, before=phone_before)
    if particulars.more_numbers is not None:
        set_more_numbers(contact, particulars.more_numbers)


def _move_account(contact: Contact, *, email: str) -> None:
    """Let the way in follow the address: who has the old mailbox must not get in any more."""
    if contact.account_id is None or email == contact.email:
        return
    if not email or Account.objects.filter(email=email).exists():
        raise Refusal("email", _("This person signs in with the old address; choose a free one."))
    account = contact.account
    assert account is not None  # noqa: S101 - looked at above
    account.email = email
    account.set_unusable_password()  # also ends every session
    account.save(update_fields=["email", "password"])


def _checked(particulars: Particulars) -> Particulars:
    name, email, phone = check_person(particulars.name, particulars.email, particulars.phone)
    check_dates(particulars.super_from, particulars.super_until)
    return replace(particulars, name=name, email=email, phone=phone)


def check_person(name: str, email: str, phone: str) -> tuple[str, str, str]:
    """Return how somebody is called and reached, tidied. Raises Refusal with the field as code."""
    name, email, phone = " ".join(name.split()), email.strip().lower(), phone.strip()
    if not name or len(name) > 200:
        raise Refusal("name", "Write the name.")
    if not email and not phone:
        raise Refusal("email", "Write an e-mail address or a telephone number.")
    if len(phone) > 40:
        raise Refusal("phone", "This telephone number is too long.")
    if email and not is_address(email):
        raise Refusal("email", "Write an e-mail address.")
    return name, email, phone


def check_dates(super_from: date | None, super_until: date | None) -> None:
    if super_from and super_until and super_until < super_from:
        raise Refusal("super_until", "The last day is before the first.")
