"""Who has the number that calls, and what a colleague wants to see before they answer."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Q

from dueline.core.entitlement import Cover, entitle
from dueline.core.phone import is_real, normal
from dueline.models import IS_OPEN, Case, ContactNumber, Contract
from dueline.queries.cases import ANY_AGENT, visible_to
from dueline.queries.desk import day_at, get_standing
from dueline.queries.inbox import region_of
from dueline.queries.policies import current_policy
from dueline.queries.queue import QueueRow, rows

_CASES_SHOWN = 3  # of each caller: their own first
_MOST_CASES = 200  # that are looked through for it


class Known(NamedTuple):
    """Somebody who has the number. cases: a few of the open ones, theirs before the company's."""

    id: int
    name: str
    organization_id: int | None
    organization: str
    is_super_user: bool  # today
    plan: str  # the key of what would cover a request now
    is_covered: bool  # … by a contract
    cases: Sequence[QueueRow]
    open_cases: int  # of the company; of somebody without one, their own


def home_region() -> str:
    """Return the country in which a national number is read: where the desk is."""
    return region_of(get_standing().zone)


def who_calls(number: str, *, at: datetime) -> list[Known]:
    """Return who has this number, in any spelling: nobody, somebody, or several."""
    return callers_of([number], at=at).get(number, [])


def more_numbers_of(organization_id: int) -> Mapping[int, list[str]]:
    """Return the numbers by which a company's people are known besides that of their row."""
    region, found = home_region(), dict[int, list[str]]()
    kept = ContactNumber.objects.filter(contact__organization_id=organization_id).order_by("id")
    for contact_id, phone, number in kept.values_list("contact_id", "contact__phone", "number"):
        if number != normal(phone, region):
            found.setdefault(contact_id, []).append(number)
    return found


def callers_of(numbers: Iterable[str], *, at: datetime) -> Mapping[str, list[Known]]:
    """Return who has each of these numbers, in as many statements as for one. At least one each."""
    region = home_region()
    wanted = {number: normal(number, region) for number in numbers}
    found = _contacts({spelled for spelled in wanted.values() if is_real(spelled)}, at=at)
    return {number: found[spelled] for number, spelled in wanted.items() if spelled in found}


def _contacts(numbers: set[str], *, at: datetime) -> dict[str, list[Known]]:
    if not numbers:
        return {}
    kept = ContactNumber.objects.filter(number__in=numbers, contact__left_at=None)
    kept = kept.select_related("contact__organization").order_by("contact__name", "contact_id")
    contacts = [(row.number, row.contact) for row in kept]
    companies = {one.organization_id for _, one in contacts if one.organization_id is not None}
    alone = {one.pk for _, one in contacts if one.organization_id is None}
    cases, counted = _open_cases(companies, alone)
    plans = _plans(companies, at=at) if contacts else {}
    on = day_at(at)
    found: dict[str, list[Known]] = {}
    for number, one in contacts:
        plan, is_covered = plans[one.organization_id]
        place = (one.organization_id, None if one.organization_id else one.pk)
        found.setdefault(number, []).append(
            Known(
                id=one.pk,
                name=one.name,
                organization_id=one.organization_id,
                organization=one.organization.name if one.organization else "",
                is_super_user=one.listed.is_super_user_on(on),
                plan=plan,
                is_covered=is_covered,
                cases=_nearest(cases.get(place, []), one.name),
                open_cases=counted.get(place, 0),
            )
        )
    return found


_Place = tuple[int | None, int | None]  # a company, or a contact without one


def _open_cases(
    companies: set[int], alone: set[int]
) -> tuple[dict[_Place, list[QueueRow]], dict[_Place, int]]:
    if not companies and not alone:
        return {}, {}
    theirs = Q(organization_id__in=companies)
    theirs |= Q(organization_id__isnull=True, contact_id__in=alone)
    open_cases = visible_to(ANY_AGENT).filter(IS_OPEN).filter(theirs)
    found = rows(open_cases.order_by("queue_at", "id")[:_MOST_CASES])
    where = Case.objects.filter(pk__in=[row.id for row in found])
    places = {
        id_: (company, None if company else contact)
        for id_, company, contact in where.values_list("id", "organization_id", "contact_id")
    }
    by_place: dict[_Place, list[QueueRow]] = {}
    for row in found:
        by_place.setdefault(places[row.id], []).append(row)
    counted: dict[_Place, int] = {}
    many = open_cases.order_by().values_list("organization_id", "contact_id")
    for company, contact, n in many.annotate(n=Count("id")):
        place = (company, None if company else contact)
        counted[place] = counted.get(place, 0) + n
    return by_place, counted


def _nearest(cases: list[QueueRow], name: str) -> Sequence[QueueRow]:
    # Stable: among their own, and among the company's, what is due first stays first.
    return sorted(cases, key=lambda row: row.contact != name)[:_CASES_SHOWN]


def _plans(companies: set[int], *, at: datetime) -> dict[int | None, tuple[str, bool]]:
    policy, on = current_policy(at=at).policy, day_at(at)
    covers: dict[int | None, list[Cover]] = {None: [], **{company: [] for company in companies}}
    contracts = Contract.objects.filter(organization_id__in=companies)
    for row in contracts.order_by("-starts_on", "-id").values_list(
        "organization_id", "id", "plan", "starts_on", "ends_on"
    ):
        covers[row[0]].append(Cover(*row[1:]))
    entitled = {
        company: entitle(held, policy=policy, has_organization=company is not None, on=on)
        for company, held in covers.items()
    }
    return {company: (one.plan, one.contract_id is not None) for company, one in entitled.items()}
