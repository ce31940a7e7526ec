"""Contracts: what an organization is promised, for how long, and how much of it."""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from dueline.actions import promises
from dueline.actions._administration import administrators_only
from dueline.core.audience import Person
from dueline.core.errors import Refusal
from dueline.models import Calendar, Contract, Organization
from dueline.queries.contracts import cases_under_other_contracts
from dueline.queries.policies import current_policy


@dataclass(frozen=True, slots=True)
class Limits:
    """seats: of super-users. incidents: closed cases. minutes: of work. None: no limit."""

    seats: int | None = None
    incidents: int | None = None
    minutes: int | None = None


def add_contract(
    organization_id: int,
    *,
    plan: str,
    starts_on: date | None,
    ends_on: date | None,
    actor: Person,
    at: datetime,
    calendar_id: int | None = None,
    limits: Limits = Limits(),
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
        **asdict(limits),
    )


def end_contract(contract_id: int, *, ends_on: date | None, actor: Person, at: datetime) -> None:
    """Set the last day that a contract covers. Cases opened before keep what they were promised."""
    administrators_only(actor)
    contract = _get(contract_id)
    if ends_on is not None and ends_on < contract.starts_on:
        raise Refusal("ends_on", _("The last day is before the first."))
    # Another end is announced anew.
    Contract.objects.filter(pk=contract_id).update(ends_on=ends_on, end_told=None)


def set_limits(contract_id: int, limits: Limits, *, actor: Person, at: datetime) -> None:
    """Set what a contract allows. Fewer seats than are taken take nobody's rights away."""
    administrators_only(actor)
    contract = _get(contract_id)
    told = {
        f"{name}_told": 0
        for name in ("incidents", "minutes")
        if getattr(contract, name) != getattr(limits, name)
    }
    Contract.objects.filter(pk=contract_id).update(**asdict(limits), **told)


def rebase_open_cases(organization_id: int, *, reason: str, actor: Person, at: datetime) -> int:
    """Put a company's open cases under the contract that covers it now, each by its own act.

    Returns how many were. One that changes meanwhile is left as it is, and still listed.
    """
    administrators_only(actor)
    if not reason.strip():
        raise Refusal("reason", "Say why another contract holds for the cases.")
    done = 0
    for case_id in cases_under_other_contracts(organization_id, at=at):
        try:
            promises.rebase(case_id, reason=reason, actor=actor, at=at)
        except Refusal as refusal:
            if refusal.code not in ("not-now", "stale"):
                raise
        else:
            done += 1
    return done


def _get(contract_id: int) -> Contract:
    contract = Contract.objects.filter(pk=contract_id).first()
    if contract is None:
        raise Refusal("not-found", _("There is no such contract."))
    return contract
