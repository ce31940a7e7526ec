"""Companies: the list of them, and one with its people and contracts."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from dueline.core.errors import Refusal
from dueline.core.lifecycle import CaseState
from dueline.models import Contact, Contract, Organization

_CLOSED = (CaseState.RESOLVED, CaseState.CLOSED)


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


@dataclass(frozen=True, slots=True)
class ContractRow:
    id: int
    plan: str
    calendar: str  # "": the desk's office hours
    starts_on: date
    ends_on: date | None
    holds: bool  # on the day asked for


@dataclass(frozen=True, slots=True)
class OrganizationPage:
    id: int
    name: str
    contacts: list[ContactRow]
    contracts: list[ContractRow]


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
            contact_count=Count("contacts", distinct=True),
            case_count=Count("cases", filter=~Q(cases__state__in=_CLOSED), distinct=True),
        )
        .order_by("name")
        .values_list("id", "name", "contact_count", "case_count")
    )
    return [OrganizationRow(*row, plan=plans.get(row[0], "")) for row in rows]


def organization(organization_id: int, *, on: date) -> OrganizationPage:
    """Raises Refusal("not-found")."""
    found = Organization.objects.filter(pk=organization_id).values_list("name", flat=True).first()
    if found is None:
        raise Refusal("not-found", "There is no such company.")
    contacts = Contact.objects.filter(organization_id=organization_id).order_by("name")
    contracts = Contract.objects.filter(organization_id=organization_id).order_by(
        "-starts_on", "-id"
    )
    return OrganizationPage(
        id=organization_id,
        name=found,
        contacts=[
            ContactRow(id_, name, email or "", phone, is_super_user, sees_company)
            for id_, name, email, phone, is_super_user, sees_company in contacts.values_list(
                "id", "name", "email", "phone", "is_super_user", "sees_company"
            )
        ],
        contracts=[
            ContractRow(
                id_,
                plan,
                calendar or "",
                starts_on,
                ends_on,
                starts_on <= on and (ends_on is None or on <= ends_on),
            )
            for id_, plan, calendar, starts_on, ends_on in contracts.values_list(
                "id", "plan", "calendar__name", "starts_on", "ends_on"
            )
        ],
    )


def organization_names() -> list[tuple[int, str]]:
    return list(Organization.objects.order_by("name").values_list("id", "name"))
