"""Customers, as an agent looks for them while one is on the line."""

from typing import NamedTuple

from django.db.models import Q

from dueline.models import Contact

_FEWEST_DIGITS = 4  # of a telephone number: fewer find everybody


class Caller(NamedTuple):
    id: int
    name: str
    email: str | None
    phone: str
    organization: str | None
    is_super_user: bool


_COLUMNS = ("id", "name", "email", "phone", "organization__name", "is_super_user")


def find_callers(text: str, *, most: int = 8) -> list[Caller]:
    """Return contacts whose name, company or address holds every word, or who have the number."""
    words = text.split()
    if not words:
        return []
    wanted = Q()
    for word in words:
        wanted &= (
            Q(name__icontains=word)
            | Q(email__icontains=word)
            | Q(organization__name__icontains=word)
        )
    digits = "".join(filter(str.isdigit, text)).lstrip("0")
    if len(digits) >= _FEWEST_DIGITS and not any(map(str.isalpha, text)):
        wanted |= Q(phone__endswith=digits)
    rows = Contact.objects.filter(wanted).order_by("name", "id").values_list(*_COLUMNS)[:most]
    return [Caller._make(row) for row in rows]


def get_caller(contact_id: int) -> Caller | None:
    row = Contact.objects.filter(pk=contact_id).values_list(*_COLUMNS).first()
    return Caller._make(row) if row else None
