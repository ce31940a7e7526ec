"""Customers, as an agent looks for them while one is on the line."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q

from dueline.core.case_numbers import case_number
from dueline.core.events import Kind
from dueline.core.phone import normal
from dueline.core.priorities import Priority
from dueline.models import IS_OPEN, Case, Contact
from dueline.queries.callers import home_region
from dueline.queries.desk import day_at
from dueline.queries.policies import current_policy, entitlement_of

_FEWEST_DIGITS = 4  # of a telephone number: fewer find everybody


class Caller(NamedTuple):
    id: int
    name: str
    email: str | None
    phone: str
    organization: str | None
    is_super_user: bool  # today
    wants_super_users: bool  # only super-users open cases for this company today


class Urgent(NamedTuple):
    """A case that a super-user called urgent, and that waits for a call to become Critical."""

    id: int
    subject: str
    contact: str
    opened_at: datetime

    @property
    def number(self) -> str:
        return case_number(self.id)


def find_callers(text: str, *, at: datetime, most: int = 8) -> list[Caller]:
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
        wanted |= Q(numbers__number=normal(text, home_region()))
    known = Contact.objects.filter(wanted, left_at=None).select_related("organization")
    return _callers(known.distinct().order_by("name", "id")[:most], at=at)


def get_caller(contact_id: int, *, at: datetime) -> Caller | None:
    found = Contact.objects.filter(pk=contact_id).select_related("organization")
    return next(iter(_callers(found, at=at)), None)


def urgent_cases(contact_ids: Iterable[int]) -> list[Urgent]:
    """Return the cases about which one of these people, or their company, may be calling now."""
    callers = Contact.objects.filter(pk__in=list(contact_ids))
    companies = callers.filter(organization__isnull=False).values("organization_id")
    cases = Case.objects.filter(
        Q(contact__in=callers) | Q(organization_id__in=companies),
        IS_OPEN,
        events__kind=Kind.OPENED,
        events__facts__urgent=True,
    ).exclude(priority=Priority.CRITICAL)
    rows = cases.order_by("-id").values_list("id", "subject", "contact__name", "opened_at")
    return [Urgent._make(row) for row in rows[:5]]


def _callers(contacts: Iterable[Contact], *, at: datetime) -> list[Caller]:
    on = day_at(at)
    contacts = list(contacts)
    companies = {contact.organization_id for contact in contacts} - {None}
    closed = {company for company in companies if _is_for_super_users(company, at=at)}
    return [
        Caller(
            id=contact.pk,
            name=contact.name,
            email=contact.email,
            phone=contact.phone,
            organization=contact.organization.name if contact.organization else None,
            is_super_user=contact.listed.is_super_user_on(on),
            wants_super_users=contact.organization_id in closed,
        )
        for contact in contacts
    ]


def _is_for_super_users(organization_id: int | None, *, at: datetime) -> bool:
    entitlement = entitlement_of(organization_id, at=at)
    plan = current_policy(at=at).policy.plans[entitlement.plan]
    return plan.only_super_users and entitlement.contract_id is not None
