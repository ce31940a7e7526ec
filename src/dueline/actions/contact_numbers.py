"""The numbers by which a caller is known. Kept at every write of a contact's telephone."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from dueline.core.audience import Person
from dueline.core.errors import Refusal
from dueline.core.phone import is_real, normal
from dueline.models import Contact, ContactNumber
from dueline.queries.callers import home_region

MOST_NUMBERS = 20


def keep_number(contact: Contact, *, before: str = "") -> None:
    """Know a contact by the telephone number of their row, and no more by the one before.

    What is no number that the world can call is not kept: an extension, a word.
    """
    if not contact.phone and not before:
        return
    region = home_region()
    number, old = normal(contact.phone, region), normal(before, region)
    if old and old != number:
        ContactNumber.objects.filter(contact=contact, number=old).delete()
    if is_real(number):
        ContactNumber.objects.get_or_create(contact=contact, number=number)


def set_more_numbers(contact: Contact, written: Iterable[str]) -> None:
    """Know a contact by these numbers besides the one of their row, and by no others.

    Raises Refusal("more_numbers").
    """
    region = home_region()
    wanted = {read_number(number, region=region) for number in written if number.strip()}
    if len(wanted) > MOST_NUMBERS:
        raise Refusal("more_numbers", "These are too many numbers for one person.")
    own = normal(contact.phone, region)
    wanted |= {own} if is_real(own) else set()
    ContactNumber.objects.filter(contact=contact).exclude(number__in=wanted).delete()
    for number in sorted(wanted):
        ContactNumber.objects.get_or_create(contact=contact, number=number)


def add_number(contact_id: int, *, number: str, actor: Person, at: datetime) -> None:
    """Know a contact by one more number, as an agent has learned on the telephone."""
    if not actor.is_agent:
        raise Refusal("not-found", "There is no such person.")
    contact = Contact.objects.filter(pk=contact_id, left_at=None).first()
    if contact is None:
        raise Refusal("contact", "Choose the caller again.")
    number = read_number(number, region=home_region())
    with transaction.atomic():
        if not contact.phone:
            Contact.objects.filter(pk=contact_id, phone="").update(phone=number)
        ContactNumber.objects.get_or_create(contact=contact, number=number)


def read_number(written: str, *, region: str) -> str:
    """Return a number as E.164. Raises Refusal("more_numbers") with what is none."""
    number = normal(written, region)
    if not is_real(number):
        raise Refusal(
            "more_numbers",
            "“%(number)s” is no telephone number that can be called from everywhere.",
            number=written.strip()[:40],
        )
    return number
