"""The policy and the calendars that are in force, and what they promise at this very hour."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, TypeVar

from django.db.models import QuerySet

from dueline.core.calendars import AROUND_THE_CLOCK, Calendar, parse_calendar
from dueline.core.commitments import promise_for
from dueline.core.entitlement import Cover, Entitlement, entitle
from dueline.core.policy import ALWAYS, Cell, CommitmentKind, Plan, Policy, Unit, parse_policy
from dueline.core.priorities import Priority
from dueline.models import Calendar as CalendarRow
from dueline.models import CalendarVersion, Contract, PolicyVersion
from dueline.queries.desk import day_at
from dueline.queries.prepared import Prepared, prepared_rows


@dataclass(frozen=True, slots=True)
class PolicyInForce:
    number: int
    holds_from: datetime
    source: str
    policy: Policy


@dataclass(frozen=True, slots=True)
class CalendarInForce:
    id: int
    number: int
    holds_from: datetime
    source: str
    calendar: Calendar


@dataclass(frozen=True, slots=True)
class PromiseNow:
    """What choosing a priority would promise, counted from one instant. None: nothing."""

    priority: Priority
    response_by: datetime | None
    feedback: Cell | None


def policy_version_at(at: datetime, *, policy_id: int | None = None) -> PolicyVersion:
    """Return the version of a policy under which a request is promised that arrives at `at`.

    policy_id None: the desk's. Before the first one held, the first one.
    """
    if policy_id is None:
        desks = PolicyVersion.objects.filter(policy__desk__isnull=False)
        return _desks_policy.first(at) or _first(desks)
    own = PolicyVersion.objects.filter(policy_id=policy_id)
    return _policy.first(policy_id, at) or _first(own)


def calendar_version_at(at: datetime, *, calendar_id: int | None = None) -> CalendarVersion:
    """Return the version of a calendar that holds at `at`. calendar_id None: the office hours."""
    if calendar_id is None:
        desks = CalendarVersion.objects.filter(calendar__desk__isnull=False)
        return _desks_calendar.first(at) or _first(desks)
    own = CalendarVersion.objects.filter(calendar_id=calendar_id)
    return _calendar.first(calendar_id, at) or _first(own)


def named_calendars_at(version: PolicyVersion, *, at: datetime) -> dict[str, int]:
    """Return the version of each calendar that the cells of a policy name, by its name."""
    names = parse_policy(version.source).named_calendars
    if not names:
        return {}
    ids = dict(CalendarRow.objects.filter(name__in=names).values_list("name", "id"))
    return {name: calendar_version_at(at, calendar_id=id_).pk for name, id_ in ids.items()}


V = TypeVar("V", PolicyVersion, CalendarVersion)


def _latest(versions: QuerySet[V], at: datetime) -> QuerySet[V]:
    # Of two that hold from the same instant, the later word counts.
    return versions.filter(holds_from__lte=at).order_by("-holds_from", "-number")[:1]


# Asked for by every request: these are written once.
_desks_policy = prepared_rows(
    PolicyVersion, lambda at: _latest(PolicyVersion.objects.filter(policy__desk__isnull=False), at)
)
_policy = prepared_rows(
    PolicyVersion,
    lambda id_, at: _latest(PolicyVersion.objects.filter(policy_id=id_), at),
)
_desks_calendar = prepared_rows(
    CalendarVersion,
    lambda at: _latest(CalendarVersion.objects.filter(calendar__desk__isnull=False), at),
)
_calendar = prepared_rows(
    CalendarVersion,
    lambda id_, at: _latest(CalendarVersion.objects.filter(calendar_id=id_), at),
)


def _first(versions: QuerySet[V]) -> V:
    return versions.order_by("number")[:1].get()


def current_policy(*, at: datetime) -> PolicyInForce:
    """Return the version of the desk's policy that holds at `at`."""
    version = policy_version_at(at)
    return PolicyInForce(
        version.number, version.holds_from, version.source, parse_policy(version.source)
    )


def current_calendar(calendar_id: int | None = None, *, at: datetime) -> CalendarInForce:
    """Return the version of a calendar that holds at `at`. None: the desk's office hours."""
    version = calendar_version_at(at, calendar_id=calendar_id)
    return CalendarInForce(
        version.calendar_id,
        version.number,
        version.holds_from,
        version.source,
        parse_calendar(version.source),
    )


def entitlement_of(organization_id: int | None, *, at: datetime) -> Entitlement:
    """Return what would cover a request that arrives at `at`."""
    return entitlement_under(current_policy(at=at).policy, organization_id, at=at)


_covers = Prepared(
    Cover,
    lambda organization_id: (
        Contract.objects.filter(organization_id=organization_id)
        .order_by("-starts_on", "-id")
        .values_list("id", "plan", "starts_on", "ends_on")
    ),
)


def entitlement_under(policy: Policy, organization_id: int | None, *, at: datetime) -> Entitlement:
    """Return what would cover a request, where the policy of that instant is known already."""
    return entitle(
        _covers(organization_id) if organization_id else [],
        policy=policy,
        has_organization=organization_id is not None,
        on=day_at(at),
    )


def policy_numbers(ids: Iterable[int]) -> dict[int, int]:
    """Return the numbers of policy versions by their ids, as people are told of them."""
    return dict(PolicyVersion.objects.filter(pk__in=list(ids)).values_list("id", "number"))


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a request is promised under. why: what is missing, as `Entitlement.why` says it."""

    plan: str
    contract_id: int | None
    why: str
    policy_version: PolicyVersion
    calendar_version: CalendarVersion


def coverage_at(organization_id: int | None, *, at: datetime) -> Coverage:
    """Return the contract, policy and calendar for a request that arrives at `at`."""
    version = policy_version_at(at)
    entitlement = entitlement_under(parse_policy(version.source), organization_id, at=at)
    calendar_id = None
    if entitlement.contract_id is not None:
        calendar_id = _calendar_of(entitlement.contract_id)[0].calendar_id
    return Coverage(
        plan=entitlement.plan,
        contract_id=entitlement.contract_id,
        why=entitlement.why,
        policy_version=version,
        calendar_version=calendar_version_at(at, calendar_id=calendar_id),
    )


class _OfContract(NamedTuple):
    calendar_id: int | None


_calendar_of = Prepared(
    _OfContract,
    lambda contract_id: Contract.objects.filter(pk=contract_id).values_list("calendar_id"),
)


def promises_now(organization_id: int | None, *, at: datetime) -> list[PromiseNow]:
    """Return what each priority would promise to an organization for a request at `at`."""
    policy = current_policy(at=at).policy
    entitlement = entitlement_of(organization_id, at=at)
    calendar_id = None
    if entitlement.contract_id is not None:
        calendar_id = Contract.objects.values_list("calendar_id", flat=True).get(
            pk=entitlement.contract_id
        )
    office = current_calendar(calendar_id, at=at).calendar
    plan = policy.plans[entitlement.plan]
    return [_promise_now(plan, priority, office, at=at) for priority in Priority]


def _promise_now(plan: Plan, priority: Priority, office: Calendar, *, at: datetime) -> PromiseNow:
    response = plan.cell(priority, CommitmentKind.RESPONSE)
    calendar = office
    if response and (response.calendar == ALWAYS or response.target.unit is Unit.DAYS):
        calendar = AROUND_THE_CLOCK
    return PromiseNow(
        priority=priority,
        response_by=promise_for(response, calendar, at),
        feedback=plan.cell(priority, CommitmentKind.FEEDBACK),
    )


def calendar_names() -> list[tuple[int, str]]:
    """Return every calendar that a contract may name, with its id."""
    return list(CalendarRow.objects.order_by("name").values_list("id", "name"))
