"""Contracts: what an organization is promised, and for how long."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from dueline.actions._administration import administrators_only
from dueline.core.audience import Person
from dueline.core.errors import Refusal
from dueline.models import Calendar, Contract, Organization
from dueline.queries.policies import current_policy


def add_contract(
    organization_id: int,
    *,
    plan: str,
    starts_on: date | None,
    ends_on: date | None,
    actor: Person,
    at: datetime,
    calendar_id: int | None = None,
) -> Contract:
    """calendar_id None: the desk's office hours. It counts for cases opened from now on.

    Raises Refusal with the name of the field as its code.
    """
    administrators_only(actor)
    if not Organization.objects.filter(pk=organization_id).exists():
        raise Refusal("not-found", _("There is no such company."))
    if plan not in current_policy(at=at).policy.plans:
        raise Refusal("plan", _("Choose a plan of the policy."))
    if calendar_id is not None and not Calendar.objects.filter(pk=calendar_id).exists():
        raise Refusal("calendar", _("Choose a calendar."))
    if starts_on is None:
        raise Refusal("starts_on", _("From which day is the contract valid?"))
    if ends_on is not None and ends_on < starts_on:
        raise Refusal("ends_on", _("The last day is before the first."))
    return Contract.objects.create(
        organization_id=organization_id,
        plan=plan,
        calendar_id=calendar_id,
        starts_on=starts_on,
        ends_on=ends_on,
        created_at=at,
    )


def end_contract(contract_id: int, *, ends_on: date | None, actor: Person, at: datetime) -> None:
    """Set the last day that a contract covers. Cases opened before keep what they were promised."""
    administrators_only(actor)
    contract = Contract.objects.filter(pk=contract_id).first()
    if contract is None:
        raise Refusal("not-found", _("There is no such contract."))
    if ends_on is not None and ends_on < contract.starts_on:
        raise Refusal("ends_on", _("The last day is before the first."))
    Contract.objects.filter(pk=contract_id).update(ends_on=ends_on)
