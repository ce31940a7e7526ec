"""What contracts allow, and what is left of it."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, Sum

from dueline.models import IS_OPEN, Case, Contact, Contract, Debit
from dueline.queries.policies import entitlement_of


@dataclass(frozen=True, slots=True)
class Budget:
    """limit None: no limit was agreed. minutes: of an engineer's work."""

    used: int
    limit: int | None

    @property
    def left(self) -> int:
        return max((self.limit or 0) - self.used, 0)

    @property
    def percent(self) -> int:
        """How much is used up, rounded down; 100 where a budget of nothing was agreed."""
        if self.limit is None:
            return 0
        return self.used * 100 // self.limit if self.limit else 100

    @property
    def is_over(self) -> bool:
        return self.limit is not None and self.used > self.limit


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a contract allows of everything that is counted."""

    incidents: Budget
    minutes: Budget

    @property
    def is_limited(self) -> bool:
        return self.incidents.limit is not None or self.minutes.limit is not None


def allowance_of(contract_id: int) -> Allowance:
    contract = Contract.objects.values("incidents", "minutes").get(pk=contract_id)
    used = Debit.objects.filter(contract_id=contract_id).aggregate(
        incidents=Sum("incidents", default=0), minutes=Sum("minutes", default=0)
    )
    return Allowance(
        incidents=Budget(used["incidents"], contract["incidents"]),
        minutes=Budget(used["minutes"], contract["minutes"]),
    )


def cases_under_other_contracts(organization_id: int, *, at: datetime) -> list[int]:
    """Return the open cases that were promised under another contract than covers them now."""
    cover = entitlement_of(organization_id, at=at)
    same = Q(contract_id=cover.contract_id) if cover.contract_id else Q(contract__isnull=True)
    cases = Case.objects.filter(IS_OPEN, organization_id=organization_id)
    return list(cases.exclude(same, plan=cover.plan).order_by("id").values_list("id", flat=True))


def seats_of(organization_id: int, *, at: datetime) -> int | None:
    """Return how many super-users the contract of the day allows; None: any number."""
    contract_id = entitlement_of(organization_id, at=at).contract_id
    if contract_id is None:
        return None
    return Contract.objects.values_list("seats", flat=True).get(pk=contract_id)


def seats_taken(organization_id: int, *, on: date, except_contact: int | None = None) -> int:
    contacts = Contact.objects.filter(organization_id=organization_id, is_super_user=True)
    if except_contact is not None:
        contacts = contacts.exclude(pk=except_contact)
    return sum(contact.listed.takes_a_seat_on(on) for contact in contacts)
