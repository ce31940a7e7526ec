"""The nights that are promised to customers, and on which nobody would be woken."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from dueline.core.calendars import AROUND_THE_CLOCK, Calendar, open_spans
from dueline.core.coverage import Need, Span, gaps, without
from dueline.core.oncall import Rota, duties
from dueline.core.policy import ALWAYS, OFFICE, CommitmentKind, Policy, Unit
from dueline.core.priorities import Priority
from dueline.models import Contract, Desk, Organization, PagingStep
from dueline.queries.on_call import load_rota
from dueline.queries.policies import (
    current_calendar,
    current_policy,
    named_calendars_at,
    policy_version_at,
)
from dueline.wording.nights import NightFacts
from dueline.wording.policy_words import say_plan

AHEAD = timedelta(days=28)


def open_nights(
    *, at: datetime, until: datetime, instead: Mapping[int, Rota] | None = None
) -> list[NightFacts]:
    """Return when customers are promised an answer to a Critical case, outside the office hours,
    and no rota of the chain that it would start has anybody on.

    instead: rotas as they would be, by id: what a change that nobody has saved would leave open.
    A rota that no chain names counts for nothing: it wakes nobody.
    """
    needs, plans = _needs(at=at, until=until)
    found = gaps(needs, _on_call(at, until, instead or {}))
    names = dict(
        Organization.objects.filter(pk__in={id_ for gap in found for id_ in gap.customers})
        .order_by("name")
        .values_list("id", "name")
    )
    return [
        NightFacts(
            gap.from_at,
            gap.until,
            tuple(name for id_, name in names.items() if id_ in gap.customers),
            tuple(sorted({plans[id_] for id_ in gap.customers})),
        )
        for gap in found
    ]


def _on_call(start: datetime, end: datetime, instead: Mapping[int, Rota]) -> list[Span]:
    chain = Desk.objects.values_list("critical_chain", flat=True).get(pk=1)
    steps = PagingStep.objects.filter(chain_id=chain, chain__is_active=True, rota__is_active=True)
    rota_ids = set(steps.values_list("rota_id", flat=True)) if chain else set()
    return [
        (duty.starts_at, duty.ends_at)
        for rota_id in rota_ids
        for duty in duties(instead.get(rota_id) or load_rota(rota_id), start, end)
        if duty.agent is not None
    ]


def _needs(*, at: datetime, until: datetime) -> tuple[list[Need], dict[int, str]]:
    """Return when each company may need somebody who is not there anyway, and what its plan is."""
    policy = current_policy(at=at).policy
    office = current_calendar(at=at)
    there = open_spans(office.calendar, at, until)
    zone = ZoneInfo(office.calendar.zone)
    asked: dict[tuple[str, int | None], list[Span]] = {}
    needs: list[Need] = []
    plans: dict[int, str] = {}
    for company, contracts in groupby(_contracts(), key=lambda contract: contract.organization_id):
        spans: list[Span] = []
        taken: list[Span] = []
        for contract in contracts:  # of two that hold on one day, the one that began later counts
            term = without([_term(contract, zone, at=at, until=until)], taken)
            taken += term
            key = (contract.plan, contract.calendar_id)
            if key not in asked:
                asked[key] = _promised(policy, *key, at=at, until=until, there=there)
            wanted = _within(asked[key], term)
            if wanted:
                plans[company] = say_plan(policy.plans[contract.plan]).title
            spans += wanted
        needs.append(Need(company, tuple(sorted(spans))))
    return needs, plans


def _contracts() -> Iterable[Contract]:
    return Contract.objects.order_by("organization_id", "-starts_on", "-id")


def _term(contract: Contract, zone: ZoneInfo, *, at: datetime, until: datetime) -> Span:
    """Return the part of the time asked for in which a contract holds; none: it is empty."""
    day = timedelta(days=1)
    starts = datetime.combine(contract.starts_on, datetime.min.time(), zone)
    starts = max(at, starts.astimezone(at.tzinfo))
    if contract.ends_on is None:
        return starts, until
    ends = datetime.combine(contract.ends_on + day, datetime.min.time(), zone)
    return starts, min(until, ends.astimezone(at.tzinfo))


def _promised(
    policy: Policy,
    plan: str,
    calendar_id: int | None,
    *,
    at: datetime,
    until: datetime,
    there: Sequence[Span],
) -> list[Span]:
    """Return when a Critical case's response would run outside the desk's own hours."""
    terms = policy.plans.get(plan)
    cell = terms.cell(Priority.CRITICAL, CommitmentKind.RESPONSE) if terms else None
    if cell is None:
        return []
    if cell.calendar == ALWAYS or cell.target.unit is Unit.DAYS:
        calendar: Calendar = AROUND_THE_CLOCK
    elif cell.calendar == OFFICE:
        calendar = current_calendar(calendar_id, at=at).calendar
    else:
        named = named_calendars_at(policy_version_at(at), at=at)
        calendar = current_calendar(named.get(cell.calendar, calendar_id), at=at).calendar
    spans = [(at, until)] if calendar is AROUND_THE_CLOCK else open_spans(calendar, at, until)
    return without(spans, there)


def _within(spans: Sequence[Span], others: Sequence[Span]) -> list[Span]:
    """Return what spans and others have in common. Neither has any that overlap."""
    return [(max(a, c), min(b, d)) for a, b in spans for c, d in others if max(a, c) < min(b, d)]
