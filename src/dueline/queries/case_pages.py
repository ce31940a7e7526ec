"""What the page of one case says about the case itself, its customer and its neighbours."""

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Q

from dueline.core.audience import Person
from dueline.core.case_numbers import case_number
from dueline.core.entitlement import Listed
from dueline.core.policy import CommitmentKind, parse_policy
from dueline.core.priorities import Priority
from dueline.models import IS_OPEN, Agent, Contact, Watcher
from dueline.queries.cases import ANY_AGENT, not_found, visible_to
from dueline.queries.installations import installations_of as company_installations
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
    contact_language: str
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
    split_from_id: int | None
    merged_into_id: int | None
    problem_id: int | None
    problem: str | None
    is_enhancement: bool
    product: str
    product_version: str
    environment: str
    owner_away_from: date | None
    owner_away_until: date | None
    owners_deputy: str | None

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
        return self.state not in ("resolved", "closed", "merged")


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
    "contact__language",
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
    "split_from_id",
    "merged_into_id",
    "problem_id",
    "problem__title",
    "is_enhancement",
    "product",
    "product_version",
    "environment",
    "owner__away_from",
    "owner__away_until",
    "owner__deputy__name",
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


def third_party_pauses(case_id: int) -> list[str]:
    """Return the kinds of promises that stand still while a case waits for a third party."""
    source = visible_to(ANY_AGENT).values_list("policy_version__source", flat=True).get(pk=case_id)
    return [
        kind.value for kind in CommitmentKind if kind in parse_policy(source).third_party_pauses
    ]


def exists(case_id: int, person: Person) -> bool:
    return visible_to(person).filter(pk=case_id).exists()


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


class Watching(NamedTuple):
    """Somebody who watches a case: a contact of the customer's, or a colleague."""

    contact_id: int | None
    contact: str | None
    agent_id: int | None
    agent: str | None

    @property
    def name(self) -> str:
        return self.contact or self.agent or ""


_watchers = Prepared(
    Watching,
    lambda case_id: (
        Watcher.objects.filter(case_id=case_id)
        .order_by("id")
        .values_list("contact_id", "contact__name", "agent_id", "agent__name")
    ),
)


def watchers_of(case_id: int) -> list[Watching]:
    """Return who watches a case. For agents only."""
    return _watchers(case_id)


def who_may_watch(case: CaseFacts) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """Return (contacts of the company, colleagues) who do not watch a case yet, by name."""
    contacts = Contact.objects.filter(organization_id=case.organization_id or 0, left_at=None)
    agents = Agent.objects.filter(account__is_active=True)
    return (
        list(
            contacts.exclude(watched__case_id=case.id)
            .exclude(pk=case.contact_id)
            .order_by("name", "id")
            .values_list("id", "name")
        ),
        list(
            agents.exclude(watched__case_id=case.id)
            .order_by("name", "id")
            .values_list("id", "name")
        ),
    )


class Relative(NamedTuple):
    """A case that came from another one, became one, or goes on in one."""

    id: int
    subject: str
    follows_id: int | None
    split_from_id: int | None
    merged_into_id: int | None

    @property
    def number(self) -> str:
        return case_number(self.id)


_relatives = Prepared(
    Relative,
    lambda case_id, follows_id, split_from_id, merged_into_id: (
        visible_to(ANY_AGENT)
        .filter(
            Q(pk=follows_id)
            | Q(pk=split_from_id)
            | Q(pk=merged_into_id)
            | Q(follows_id=case_id)
            | Q(split_from_id=case_id)
            | Q(merged_into_id=case_id)
        )
        .order_by("id")
        .values_list(*Relative._fields)
    ),
)


def relatives(case: CaseFacts) -> dict[str, list[Relative]]:
    """Return the cases around one: those that it "follows", is "split_from", "goes_on_in", is
    "followed" by, that were "split_off" and that were "merged" into it. For agents only."""
    # No case has the id 0, and the statement stays the same.
    rows = _relatives(
        case.id, case.follows_id or 0, case.split_from_id or 0, case.merged_into_id or 0
    )
    return {
        "follows": [row for row in rows if row.id == case.follows_id],
        "split_from": [row for row in rows if row.id == case.split_from_id],
        "followed": [row for row in rows if row.follows_id == case.id],
        "split_off": [row for row in rows if row.split_from_id == case.id],
        "goes_on_in": [row for row in rows if row.id == case.merged_into_id],
        "merged": [row for row in rows if row.merged_into_id == case.id],
    }


def merged_into(case_ids: Collection[int]) -> list[int]:
    """Return the cases that go on in one of these, directly or by way of others. For agents."""
    found: list[int] = []
    newest = list(case_ids)
    while newest:
        found += newest
        cases = visible_to(ANY_AGENT).filter(merged_into_id__in=newest).order_by("id")
        newest = list(cases.values_list("id", flat=True))
    return found


class MergeTarget(NamedTuple):
    id: int
    subject: str
    priority: str
    contact: str

    @property
    def number(self) -> str:
        return case_number(self.id)


def merge_targets(case: CaseFacts) -> list[MergeTarget]:
    """Return the open cases of the same customer that are as urgent, the newest first.

    For agents only. Into a less urgent one nothing is merged: see `actions.merging.merge`.
    """
    urgent = [p for p in Priority if not Priority(case.priority).is_more_urgent_than(p)]
    customer = (
        {"organization_id": case.organization_id}
        if case.organization_id
        else {"contact_id": case.contact_id}
    )
    others = visible_to(ANY_AGENT).filter(IS_OPEN, priority__in=urgent, **customer)
    rows = others.exclude(pk=case.id).order_by("-id")
    return [
        MergeTarget._make(row)
        for row in rows.values_list("id", "subject", "priority", "contact__name")[:12]
    ]


class Installation(NamedTuple):
    product: str
    version: str
    environment: str

    @property
    def title(self) -> str:
        return " · ".join(filter(None, self))


def installations_of(case: CaseFacts) -> list[Installation]:
    """Return what the company runs, and what its cases were about lately. For agents only."""
    listed = [row[1:] for row in company_installations(case.organization_id)]
    rows = (
        visible_to(ANY_AGENT)
        .filter(organization_id=case.organization_id or 0)
        .exclude(product="")
        .order_by("-id")
        .values_list("product", "product_version", "environment")[:200]
    )
    return [Installation._make(row) for row in dict.fromkeys([*listed, *rows])][:12]
