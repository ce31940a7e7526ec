"""Companies: the list of them, and one with its people and contracts."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q

from dueline.core.entitlement import Listed
from dueline.core.errors import Refusal
from dueline.models import Contact, Contract, Organization
from dueline.queries.contracts import Allowance, allowance_of, seats_taken


@dataclass(frozen=True, slots=True)
class OrganizationRow:
    id: int
    name: str
    contacts: int
    open_cases: int
    plan: str  # of the contract that holds on the day asked for; "" for none


@dataclass(frozen=True, slots=True)
class ContactRow:
    id: int
    name: str
    email: str
    phone: str
    is_super_user: bool
    sees_company: bool
    is_escalation_contact: bool
    listed: Listed
    left_at: datetime | None
    on: date  # the day asked for

    @property
    def is_super_user_now(self) -> bool:
        return self.listed.is_super_user_on(self.on)

    @property
    def is_expired(self) -> bool:
        return self.listed.is_expired_on(self.on)


@dataclass(frozen=True, slots=True)
class ContractRow:
    id: int
    plan: str
    calendar: str  # "": the desk's office hours
    starts_on: date
    ends_on: date | None
    holds: bool  # on the day asked for
    seats: int | None
    allowance: Allowance


@dataclass(frozen=True, slots=True)
class OrganizationPage:
    id: int
    name: str
    confirmed_at: datetime | None
    confirmation_asked_at: datetime | None  # and nobody has confirmed since
    contacts: list[ContactRow]
    contracts: list[ContractRow]
    seats_taken: int

    @property
    def contract(self) -> ContractRow | None:
        """The contract that holds: the newest one decides, as at intake."""
        return next((contract for contract in self.contracts if contract.holds), None)

    @property
    def present(self) -> list[ContactRow]:
        return [contact for contact in self.contacts if contact.left_at is None]

    @property
    def gone(self) -> list[ContactRow]:
        return [contact for contact in self.contacts if contact.left_at is not None]


def organizations(*, on: date) -> list[OrganizationRow]:
    """Return every company by name. on: the day for which the plan is said."""
    plans: dict[int, str] = {}
    in_term = Contract.objects.filter(Q(ends_on=None) | Q(ends_on__gte=on), starts_on__lte=on)
    # The newest one decides, as at intake.
    for organization_id, plan in in_term.order_by("starts_on", "id").values_list(
        "organization_id", "plan"
    ):
        plans[organization_id] = plan
    rows = (
        Organization.objects.annotate(
            contact_count=Count("contacts", filter=Q(contacts__left_at=None), distinct=True),
            case_count=Count(
                "cases", filter=Q(cases__resolved_at=None, cases__closed_at=None), distinct=True
            ),
        )
        .order_by("name")
        .values_list("id", "name", "contact_count", "case_count")
    )
    return [OrganizationRow(*row, plan=plans.get(row[0], "")) for row in rows]


def organization(organization_id: int, *, on: date) -> OrganizationPage:
    """Raises Refusal("not-found")."""
    found = Organization.objects.filter(pk=organization_id).first()
    if found is None:
        raise Refusal("not-found", "There is no such company.")
    contacts = Contact.objects.filter(organization_id=organization_id).order_by("name", "id")
    contracts = Contract.objects.filter(organization_id=organization_id).select_related("calendar")
    return OrganizationPage(
        id=organization_id,
        name=found.name,
        confirmed_at=found.confirmed_at,
        confirmation_asked_at=found.confirmation_asked_at,
        contacts=[_contact(contact, on=on) for contact in contacts],
        contracts=[_contract(row, on=on) for row in contracts.order_by("-starts_on", "-id")],
        seats_taken=seats_taken(organization_id, on=on),
    )


def _contact(contact: Contact, *, on: date) -> ContactRow:
    return ContactRow(
        id=contact.pk,
        name=contact.name,
        email=contact.email or "",
        phone=contact.phone,
        is_super_user=contact.is_super_user,
        sees_company=contact.sees_company,
        is_escalation_contact=contact.is_escalation_contact,
        listed=contact.listed,
        left_at=contact.left_at,
        on=on,
    )


def _contract(contract: Contract, *, on: date) -> ContractRow:
    is_over = contract.ends_on is not None and contract.ends_on < on
    return ContractRow(
        id=contract.pk,
        plan=contract.plan,
        calendar=contract.calendar.name if contract.calendar else "",
        starts_on=contract.starts_on,
        ends_on=contract.ends_on,
        holds=contract.starts_on <= on and not is_over,
        seats=contract.seats,
        allowance=allowance_of(contract.pk),
    )


def organization_names() -> list[tuple[int, str]]:
    return list(Organization.objects.order_by("name").values_list("id", "name"))
