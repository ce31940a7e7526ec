"""The policy and the calendars that are in force, and what they promise at this very hour."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from dueline.core.calendars import AROUND_THE_CLOCK, Calendar, parse_calendar
from dueline.core.commitments import promise_for
from dueline.core.entitlement import Cover, Entitlement, entitle
from dueline.core.policy import ALWAYS, Cell, CommitmentKind, Plan, Policy, Unit, parse_policy
from dueline.core.priorities import Priority
from dueline.models import Calendar as CalendarRow
from dueline.models import CalendarVersion, Contract, Desk, PolicyVersion


@dataclass(frozen=True, slots=True)
class PolicyInForce:
    number: int
    published_at: datetime
    source: str
    policy: Policy


@dataclass(frozen=True, slots=True)
class CalendarInForce:
    id: int
    number: int
    published_at: datetime
    source: str
    calendar: Calendar


@dataclass(frozen=True, slots=True)
class PromiseNow:
    """What choosing a priority would promise, counted from one instant. None: nothing."""

    priority: Priority
    response_by: datetime | None
    feedback: Cell | None


def current_policy() -> PolicyInForce:
    """Return the newest version of the desk's policy."""
    version = PolicyVersion.objects.filter(policy__desk__isnull=False).order_by("-number")[:1].get()
    return PolicyInForce(
        version.number, version.published_at, version.source, parse_policy(version.source)
    )


def current_calendar(calendar_id: int | None = None) -> CalendarInForce:
    """Return the newest version of a calendar. None: the desk's office hours."""
    versions = CalendarVersion.objects.order_by("-number")
    if calendar_id is None:
        version = versions.filter(calendar__desk__isnull=False)[:1].get()
    else:
        version = versions.filter(calendar_id=calendar_id)[:1].get()
    return CalendarInForce(
        version.calendar_id,
        version.number,
        version.published_at,
        version.source,
        parse_calendar(version.source),
    )


def entitlement_of(organization_id: int | None, *, at: datetime) -> Entitlement:
    """Return what would cover a request that arrives at `at`."""
    contracts = Contract.objects.filter(organization_id=organization_id or 0)
    zone = ZoneInfo(Desk.objects.values_list("zone", flat=True).get())
    return entitle(
        [
            Cover(*row)
            for row in contracts.order_by("-starts_on", "-id").values_list(
                "id", "plan", "starts_on", "ends_on"
            )
        ],
        policy=current_policy().policy,
        has_organization=organization_id is not None,
        on=at.astimezone(zone).date(),
    )


def promises_now(organization_id: int | None, *, at: datetime) -> list[PromiseNow]:
    """Return what each priority would promise to an organization for a request at `at`."""
    policy = current_policy().policy
    entitlement = entitlement_of(organization_id, at=at)
    calendar_id = None
    if entitlement.contract_id is not None:
        calendar_id = Contract.objects.values_list("calendar_id", flat=True).get(
            pk=entitlement.contract_id
        )
    office = current_calendar(calendar_id).calendar
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
