"""What the page of one case says about the case itself, its customer and its neighbours."""

from datetime import date, datetime
from typing import NamedTuple

from dueline.core.audience import Person
from dueline.core.case_numbers import case_number
from dueline.core.entitlement import Listed
from dueline.models import IS_OPEN
from dueline.queries.cases import ANY_AGENT, not_found, visible_to
from dueline.queries.prepared import Prepared


class CaseFacts(NamedTuple):
    """One case with the names around it."""

    id: int
    subject: str
    channel: str
    priority: str
    state: str
    stage: str
    plan: str
    version: int
    opened_at: datetime
    waiting_since: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    owner_id: int | None
    owner: str | None
    contact_id: int
    contact: str
    contact_email: str | None
    contact_phone: str
    is_super_user: bool
    organization_id: int | None
    organization: str | None
    contract_ends_on: date | None
    contract_id: int | None
    contract_incidents: int | None
    contract_minutes: int | None
    super_from: date | None
    super_until: date | None
    contact_left_at: datetime | None
    follows_id: int | None

    @property
    def number(self) -> str:
        return case_number(self.id)

    @property
    def first_name(self) -> str:
        return (self.contact.split() or [self.contact])[0]

    def is_super_user_on(self, day: date) -> bool:
        """Whether the contact is a super-user on a day of the desk's."""
        listed = Listed(
            is_super_user=self.is_super_user,
            super_from=self.super_from,
            super_until=self.super_until,
            has_left=self.contact_left_at is not None,
        )
        return listed.is_super_user_on(day)

    @property
    def has_budget(self) -> bool:
        return self.contract_incidents is not None or self.contract_minutes is not None

    @property
    def is_open(self) -> bool:
        return self.state not in ("resolved", "closed")


_COLUMNS = (
    "id",
    "subject",
    "channel",
    "priority",
    "state",
    "stage",
    "plan",
    "version",
    "opened_at",
    "waiting_since",
    "resolved_at",
    "closed_at",
    "owner_id",
    "owner__name",
    "contact_id",
    "contact__name",
    "contact__email",
    "contact__phone",
    "contact__is_super_user",
    "organization_id",
    "organization__name",
    "contract__ends_on",
    "contract_id",
    "contract__incidents",
    "contract__minutes",
    "contact__super_from",
    "contact__super_until",
    "contact__left_at",
    "follows_id",
)
_NEIGHBOURS = 6


_facts = Prepared(
    CaseFacts, lambda case_id: visible_to(ANY_AGENT).filter(pk=case_id).values_list(*_COLUMNS)
)


def facts_of(case_id: int, person: Person) -> CaseFacts:
    """Return one case. Raises Refusal("not-found"), alike for unknown and forbidden ones."""
    found = _facts(case_id) if person.is_agent else []
    if not found:
        raise not_found()
    return found[0]


def version_of(case_id: int, person: Person) -> int:
    """Return the number that grows with every act on a case: what its live page asks for."""
    version = visible_to(person).filter(pk=case_id).values_list("version", flat=True).first()
    if version is None:
        raise not_found()
    return version


class Neighbour(NamedTuple):
    id: int
    subject: str
    priority: str

    @property
    def number(self) -> str:
        return case_number(self.id)


_also_open = {
    column: Prepared(
        Neighbour,
        lambda owner_id, case_id, column=column: (
            visible_to(ANY_AGENT)
            .filter(IS_OPEN, **{column: owner_id})
            .exclude(pk=case_id)
            .order_by("-id")
            .values_list(*Neighbour._fields)[:_NEIGHBOURS]
        ),
    )
    for column in ("organization_id", "contact_id")
}


def also_open(case: CaseFacts) -> list[Neighbour]:
    """Return other open cases of the same company (or, without one, of the same contact).

    For agents only.
    """
    column = "organization_id" if case.organization_id else "contact_id"
    return _also_open[column](getattr(case, column), case.id)


def follow_ups(case_id: int, person: Person) -> list[Neighbour]:
    rows = visible_to(person).filter(follows_id=case_id).order_by("id")
    return [Neighbour._make(row) for row in rows.values_list("id", "subject", "priority")]
