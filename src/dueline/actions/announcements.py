"""What companies and the desk are told in good time: a contract ends, a list wants confirming.

Each is claimed by a conditional update in the transaction that writes its mails, so that of two
workers one sends them.
"""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from dueline.actions import contract_letters
from dueline.core.entitlement import CONFIRMED_FOR, EXPIRES_AFTER
from dueline.models import Contact, Contract, Organization
from dueline.queries.desk import day_at
from dueline.queries.entries import super_users
from dueline.queries.policies import current_policy, entitlement_of

ENDS_TOLD = (7, 30)  # days before the last day
REMINDED_AFTER = timedelta(days=14)


# --- contracts that end --------------------------------------------------------------------------


def announce_ends(*, at: datetime) -> int:
    """Tell of contracts that end soon and that none follows. Returns how many were announced."""
    today = day_at(at)
    latest = today + timedelta(days=max(ENDS_TOLD))
    ending = Contract.objects.filter(ends_on__gte=today, ends_on__lte=latest)
    return sum(_announce(contract, today, at=at) for contract in ending.order_by("ends_on", "id"))


def _announce(contract: Contract, today: date, *, at: datetime) -> bool:
    assert contract.ends_on is not None  # noqa: S101 - filtered by it
    days = (contract.ends_on - today).days
    step = next(step for step in ENDS_TOLD if days <= step)
    is_told = contract.end_told is not None and contract.end_told <= step
    if is_told or _is_followed(contract):
        return False
    with transaction.atomic():
        claimed = Contract.objects.filter(
            Q(end_told=None) | Q(end_told__gt=step), pk=contract.pk, ends_on=contract.ends_on
        ).update(end_told=step)
        if claimed:
            plans = current_policy(at=at).policy.plans
            contract_letters.contract_ends(
                contract,
                plan=plans.get(contract.plan),
                days=days,
                super_users=super_users(contract.organization_id, on=today),
                at=at,
            )
    return bool(claimed)


def _is_followed(contract: Contract) -> bool:
    """Whether another contract covers the day after the last one."""
    assert contract.ends_on is not None  # noqa: S101 - filtered by it
    day = contract.ends_on + timedelta(days=1)
    others = Contract.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=day),
        organization_id=contract.organization_id,
        starts_on__lte=day,
    )
    return others.exclude(pk=contract.pk).exists()


# --- lists that want confirming ------------------------------------------------------------------


def ask_for_confirmation(*, at: datetime) -> int:
    """Ask super-users to confirm their lists, each quarter, and remind them once.

    Returns how many companies were asked or reminded.
    """
    last = at - CONFIRMED_FOR
    due = Organization.objects.filter(
        Q(confirmed_at__lte=last) | Q(confirmed_at=None, created_at__lte=last),
        confirmation_asked_at=None,
    )
    overdue = Organization.objects.filter(
        confirmation_asked_at__lte=at - REMINDED_AFTER, confirmation_reminded_at=None
    )
    asked = sum(_ask(organization, at=at) for organization in due.order_by("id"))
    return asked + sum(_remind(organization, at=at) for organization in overdue.order_by("id"))


def _ask(organization: Organization, *, at: datetime) -> bool:
    who = _asked(organization, at=at)
    with transaction.atomic():
        claimed = who and Organization.objects.filter(
            pk=organization.pk, confirmation_asked_at=None
        ).update(confirmation_asked_at=at)
        if claimed:
            contract_letters.confirmation_asked(
                organization,
                _people(organization),
                expires_on=_expires_on(organization, at=at),
                super_users=who,
                at=at,
            )
    return bool(claimed)


def _remind(organization: Organization, *, at: datetime) -> bool:
    who = _asked(organization, at=at)
    with transaction.atomic():
        claimed = who and Organization.objects.filter(
            pk=organization.pk,
            confirmation_asked_at=organization.confirmation_asked_at,
            confirmation_reminded_at=None,
        ).update(confirmation_reminded_at=at)
        if claimed:
            contract_letters.confirmation_reminder(
                organization,
                _people(organization),
                expires_on=_expires_on(organization, at=at),
                super_users=who,
                at=at,
            )
    return bool(claimed)


def _asked(organization: Organization, *, at: datetime) -> list[Contact]:
    """Return who is asked: nobody, where no contract says who may ask for help."""
    if entitlement_of(organization.pk, at=at).contract_id is None:
        return []
    return [person for person in super_users(organization.pk, on=day_at(at)) if person.email]


def _people(organization: Organization) -> list[Contact]:
    present = Contact.objects.filter(organization=organization, left_at=None)
    return list(present.order_by("name", "id"))


def _expires_on(organization: Organization, *, at: datetime) -> date | None:
    """Return the day after which nobody unconfirmed opens cases; None: nobody ever confirmed."""
    if organization.confirmed_at is None:
        return None
    until = day_at(organization.confirmed_at) + CONFIRMED_FOR + EXPIRES_AFTER
    return max(until, day_at(at))
