"""What a company's own super-users do with the list of its people.

Only what stands in the signature of an act can be changed by it, and only within the company of
whoever acts (i57, i58). Every change is written down, and the desk is told.
"""

from collections.abc import Sequence
from copy import copy
from datetime import date, datetime

from django.db import transaction

from dueline.actions import contact_changes, contacts, contract_letters
from dueline.actions.contact_numbers import keep_number
from dueline.core.audience import Person
from dueline.core.entitlement import CONFIRMED_FOR
from dueline.core.errors import Refusal
from dueline.models import Contact, Organization
from dueline.queries.desk import day_at
from dueline.queries.entries import super_users
from dueline.wording.contact_changes import Changed


def add_colleague(
    *, name: str, email: str, phone: str, sees_company: bool, actor: Person, at: datetime
) -> Contact:
    """Put a colleague on the list. Raises Refusal with the name of the field as its code."""
    organization = _own_company(actor)
    name, email, phone = contacts.check_person(name, email, phone)
    with transaction.atomic():
        contact = contacts.find_free(email, organization_id=organization.pk)
        what = "returned" if contact is not None and contact.organization_id else "added"
        contact = contact or Contact(email=email or None, created_at=at)
        before = copy(contact)
        contact.name, contact.phone, contact.sees_company = name, phone, sees_company
        contacts.put_on_list(contact, organization_id=organization.pk, by=actor, at=at)
        keep_number(contact, before=before.phone)
        changes = contacts.record_changes(before, contact, what=what, actor=actor, at=at)
        contract_letters.list_changed(organization, changes, at=at)
    return contact


def change_colleague(
    contact_id: int,
    *,
    name: str,
    phone: str,
    sees_company: bool,
    is_escalation_contact: bool,
    actor: Person,
    at: datetime,
) -> None:
    """Say how somebody is called and reached, and what they see. The mail address stays: whoever
    holds it signs in with it, so that only the desk changes it."""
    organization, contact = _own_colleague(contact_id, actor)
    name, _email, phone = contacts.check_person(name, contact.email or "", phone)
    with transaction.atomic():
        before = copy(contact)
        contact.name, contact.phone, contact.sees_company = name, phone, sees_company
        contact.is_escalation_contact = is_escalation_contact
        contact.save()
        keep_number(contact, before=before.phone)
        _tell(organization, contacts.record_changes(before, contact, actor=actor, at=at), at=at)


def make_super_user(
    contact_id: int,
    *,
    starts_on: date | None,
    ends_on: date | None,
    actor: Person,
    at: datetime,
) -> None:
    """Give somebody the rights of a super-user, for a time or for good.

    Raises Refusal("is_super_user") if the contract has no seat left.
    """
    organization, contact = _own_colleague(contact_id, actor)
    contacts.check_dates(starts_on, ends_on)
    if ends_on is not None and ends_on < day_at(at):
        raise Refusal("super_until", "The last day has passed already.")
    with transaction.atomic():
        contacts.refuse_without_seat(organization.pk, contact_id=contact_id, at=at)
        before = copy(contact)
        contact.is_super_user = True
        contact.super_from, contact.super_until = starts_on, ends_on
        contact.save()
        _tell(organization, contacts.record_changes(before, contact, actor=actor, at=at), at=at)


def end_super_user(
    contact_id: int, *, actor: Person, at: datetime, even_the_last: bool = False
) -> None:
    """Take the rights of a super-user from somebody.

    Raises Refusal("last-super-user") for the last one, unless the actor says that they know.
    """
    organization, contact = _own_colleague(contact_id, actor)
    if not contact.is_super_user:
        raise Refusal("not-now", "This person is no super-user.")
    with transaction.atomic():
        if not even_the_last:
            _refuse_the_last(contact, organization, at=at)
        before = copy(contact)
        contact.is_super_user = False
        contact.super_from = contact.super_until = None
        contact.save()
        _tell(organization, contacts.record_changes(before, contact, actor=actor, at=at), at=at)


def mark_left(contact_id: int, *, actor: Person, at: datetime, even_the_last: bool = False) -> None:
    """Record that somebody works there no more: they get in no more, and their cases stay.

    Raises Refusal("last-super-user") for the last one, unless the actor says that they know.
    """
    organization, contact = _own_colleague(contact_id, actor)
    with transaction.atomic():
        if not even_the_last:
            _refuse_the_last(contact, organization, at=at)
        contacts.take_off_list(contact, at=at)
        change = contact_changes.record(
            "left", organization_id=organization.pk, contact=contact, actor=actor, at=at
        )
        _tell(organization, [change], at=at)


def confirm_list(*, actor: Person, at: datetime) -> None:
    """Confirm that everybody on the list works there, for a quarter."""
    organization = _own_company(actor)
    with transaction.atomic():
        Organization.objects.filter(pk=organization.pk).update(
            confirmed_at=at, confirmation_asked_at=None, confirmation_reminded_at=None
        )
        Contact.objects.filter(organization=organization, left_at=None).update(
            confirmed_until=day_at(at) + CONFIRMED_FOR
        )
        change = contact_changes.record(
            "confirmed", organization_id=organization.pk, actor=actor, at=at
        )
        _tell(organization, [change], at=at)


# --- parts ---------------------------------------------------------------------------------------


def _own_company(actor: Person) -> Organization:
    """Return the company for which a super-user may act; nobody else learns of such acts."""
    if not (actor.is_contact and actor.is_super_user and actor.organization_id):
        raise Refusal("not-found", "There is no such page.")
    return Organization.objects.get(pk=actor.organization_id)


def _own_colleague(contact_id: int, actor: Person) -> tuple[Organization, Contact]:
    """Return somebody on the list of the actor's own company."""
    organization = _own_company(actor)
    contact = Contact.objects.filter(pk=contact_id, organization=organization, left_at=None).first()
    if contact is None:
        raise Refusal("not-found", "There is no such person.")
    return organization, contact


def _refuse_the_last(contact: Contact, organization: Organization, *, at: datetime) -> None:
    remaining = [person.pk for person in super_users(organization.pk, on=day_at(at))]
    if remaining == [contact.pk]:
        raise Refusal(
            "last-super-user",
            "%(name)s is the last super-user. Without one nobody of you sees all cases, keeps this "
            "list, or vouches for colleagues. Name another one first, or say that you mean it.",
            name=contact.name,
        )


def _tell(organization: Organization, changes: Sequence[Changed], *, at: datetime) -> None:
    if changes:
        contract_letters.list_changed(organization, changes, at=at)
