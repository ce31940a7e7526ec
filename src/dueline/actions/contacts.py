"""The people at customer companies: met, named, put where they belong."""

from datetime import datetime
from zoneinfo import available_timezones

from django.db import transaction
from django.utils.translation import gettext as _

from dueline.actions._administration import administrators_only
from dueline.actions.addresses import is_address
from dueline.core.audience import Person
from dueline.core.errors import Refusal
from dueline.models import Account, Contact, Organization


def find_or_create(*, name: str, email: str, phone: str, at: datetime) -> Contact:
    """Return the contact with this address, new and without a company if nobody knew it.

    email: "" for somebody known by name or telephone only: always a new contact.
    phone: taken over where the desk had none; a known number is not changed by a stranger's word.
    """
    email = email.strip().lower()
    with transaction.atomic():
        if not email:
            return Contact.objects.create(name=name[:200], phone=phone[:40], created_at=at)
        contact, is_new = Contact.objects.get_or_create(
            email=email,
            defaults={"name": name[:200], "phone": phone[:40], "created_at": at},
        )
        if phone and not is_new and not contact.phone:
            contact.phone = phone[:40]
            contact.save(update_fields=["phone"])
    return contact


def add_contact(
    organization_id: int,
    *,
    name: str,
    email: str,
    phone: str,
    is_super_user: bool,
    sees_company: bool,
    actor: Person,
    at: datetime,
) -> Contact:
    """Add somebody to a company; a contact who wrote before and had none is taken in.

    Raises Refusal with the name of the field as its code.
    """
    administrators_only(actor)
    if not Organization.objects.filter(pk=organization_id).exists():
        raise Refusal("not-found", _("There is no such company."))
    name, email, phone = _checked(name, email, phone)
    with transaction.atomic():
        contact = Contact.objects.filter(email=email).first() if email else None
        if contact is None:
            contact = Contact(email=email or None, created_at=at)
        elif contact.organization_id is not None:
            raise Refusal("email", _("Somebody has this address already."))
        contact.organization_id = organization_id
        contact.name, contact.phone = name, phone
        contact.is_super_user, contact.sees_company = is_super_user, sees_company
        contact.save()
    return contact


def change_contact(
    contact_id: int,
    *,
    name: str,
    email: str,
    phone: str,
    is_super_user: bool,
    sees_company: bool,
    actor: Person,
    at: datetime,
) -> None:
    administrators_only(actor)
    name, email, phone = _checked(name, email, phone)
    with transaction.atomic():
        contact = Contact.objects.filter(pk=contact_id).first()
        if contact is None:
            raise Refusal("not-found", _("There is no such person."))
        if email and Contact.objects.filter(email=email).exclude(pk=contact_id).exists():
            raise Refusal("email", _("Somebody has this address already."))
        _move_account(contact, email=email)
        contact.name, contact.email, contact.phone = name, email or None, phone
        contact.is_super_user, contact.sees_company = is_super_user, sees_company
        contact.save()


def set_zone(contact_id: int, *, zone: str, actor: Person) -> None:
    """Let a contact read times in a zone of their own; "" is the desk's."""
    if not actor.is_contact or actor.id != contact_id:
        raise Refusal("not-found", _("There is no such person."))
    if zone and zone not in available_timezones():
        raise Refusal("zone", _("Choose a time zone from the list."))
    Contact.objects.filter(pk=contact_id).update(zone=zone)


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


def _checked(name: str, email: str, phone: str) -> tuple[str, str, str]:
    name, email, phone = " ".join(name.split()), email.strip().lower(), phone.strip()
    if not name or len(name) > 200:
        raise Refusal("name", _("Write the name."))
    if not email and not phone:
        raise Refusal("email", _("Write an e-mail address or a telephone number."))
    if len(phone) > 40:
        raise Refusal("phone", _("This telephone number is too long."))
    if email and not is_address(email):
        raise Refusal("email", _("Write an e-mail address."))
    return name, email, phone
