"""Calendars as the settings show them: which there are, their versions, and who counts by them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from dueline.core.calendar_year import holidays_run_out
from dueline.core.calendars import Calendar, parse_calendar
from dueline.core.errors import Refusal
from dueline.core.policy import parse_policy
from dueline.models import (
    IS_OPEN,
    CalendarDraft,
    CalendarVersion,
    Case,
    Contract,
    Desk,
    PolicyVersion,
)
from dueline.models import Calendar as CalendarRow
from dueline.queries.policies import (
    CalendarInForce,
    current_calendar,
    current_policy,
)


class CalendarLine(NamedTuple):
    """One calendar of the list. cells: how many of the policy name it. run_out: the last year
    with holidays, if it ends soon."""

    id: int
    name: str
    zone: str
    number: int
    holds_from: datetime
    is_desks: bool
    contracts: int
    cells: int
    has_draft: bool
    run_out: int | None


class VersionLine(NamedTuple):
    number: int
    holds_from: datetime
    published_at: datetime
    published_by: str  # "": at the set-up


@dataclass(frozen=True, slots=True)
class Draft:
    """version: to be named when it is published. is_discarded: it can be brought back."""

    calendar: Calendar
    source: str
    version: int
    edited_by: str
    edited_at: datetime
    is_discarded: bool


@dataclass(frozen=True, slots=True)
class CalendarPage:
    """versions: newest first. later: the next version that will hold, if one is published."""

    id: int
    name: str
    is_desks: bool
    in_force: CalendarInForce
    later: VersionLine | None
    versions: list[VersionLine]
    draft: Draft | None
    contracts: int
    cells: int
    open_cases: int
    run_out: int | None


def calendar_lines(*, at: datetime) -> list[CalendarLine]:
    """Return every calendar of the desk, its office hours first."""
    desks = _desks_calendar()
    drafts = set(
        CalendarDraft.objects.filter(discarded_at=None).values_list("calendar_id", flat=True)
    )
    lines = [
        CalendarLine(
            id=calendar_id,
            name=name,
            zone=found.calendar.zone,
            number=found.number,
            holds_from=found.holds_from,
            is_desks=calendar_id == desks,
            contracts=_contracts(calendar_id, at=at).count(),
            cells=_cells(name, at=at),
            has_draft=calendar_id in drafts,
            run_out=_run_out(calendar_id, at=at),
        )
        for calendar_id, name in CalendarRow.objects.order_by("name").values_list("id", "name")
        for found in [current_calendar(calendar_id, at=at)]
    ]
    return sorted(lines, key=lambda line: not line.is_desks)


def calendar_page(calendar_id: int, *, at: datetime) -> CalendarPage:
    """Return one calendar with all that its pages show. Raises Refusal("not-found")."""
    name = _name_of(calendar_id)
    versions = version_lines(calendar_id)
    return CalendarPage(
        id=calendar_id,
        name=name,
        is_desks=calendar_id == _desks_calendar(),
        in_force=current_calendar(calendar_id, at=at),
        later=min((v for v in versions if v.holds_from > at), key=_holds_from, default=None),
        versions=versions,
        draft=_draft(calendar_id),
        contracts=_contracts(calendar_id, at=at).count(),
        cells=_cells(name, at=at),
        open_cases=_open_cases(calendar_id, name).count(),
        run_out=_run_out(calendar_id, at=at),
    )


def version_lines(calendar_id: int) -> list[VersionLine]:
    """Return the published versions of a calendar, the last one first."""
    return [
        VersionLine(number, holds_from, published_at, by or "")
        for number, holds_from, published_at, by in CalendarVersion.objects.filter(
            calendar_id=calendar_id
        )
        .order_by("-number")
        .values_list("number", "holds_from", "published_at", "published_by__name")
    ]


def version_source(calendar_id: int, number: int) -> str:
    """Return the text of a published version. Raises Refusal("not-found")."""
    versions = CalendarVersion.objects.filter(calendar_id=calendar_id, number=number)
    source = versions.values_list("source", flat=True).first()
    if source is None:
        raise _not_found()
    return source


def newest_version(calendar_id: int) -> CalendarVersion:
    """Return the version that holds last: the one in force, or one that will come.

    Raises Refusal("not-found").
    """
    versions = CalendarVersion.objects.filter(calendar_id=calendar_id)
    newest = versions.order_by("-holds_from", "-number").first()
    if newest is None:
        raise _not_found()
    return newest


def calendars_running_out(*, at: datetime) -> list[tuple[int, str, int]]:
    """Return (id, name, last year) of the calendars whose holidays end soon or have ended."""
    rows = CalendarRow.objects.order_by("name").values_list("id", "name")
    found = ((id_, name, _run_out(id_, at=at)) for id_, name in rows)
    return [(id_, name, year) for id_, name, year in found if year is not None]


class LaboratoryCalendar(NamedTuple):
    """A calendar to reckon with. number: of the version in force; None: it is the draft."""

    name: str
    number: int | None
    calendar: Calendar


def laboratory_calendars(*, at: datetime) -> dict[str, LaboratoryCalendar]:
    """Return what the laboratory can reckon with, by key: versions in force, and drafts."""
    found = {}
    for line in calendar_lines(at=at):
        in_force = current_calendar(line.id, at=at)
        found[str(line.id)] = LaboratoryCalendar(line.name, in_force.number, in_force.calendar)
        if line.has_draft and (draft := _draft(line.id)):
            found[f"{line.id}-draft"] = LaboratoryCalendar(line.name, None, draft.calendar)
    return found


def _holds_from(version: VersionLine) -> datetime:
    return version.holds_from


def _name_of(calendar_id: int) -> str:
    name = CalendarRow.objects.filter(pk=calendar_id).values_list("name", flat=True).first()
    if name is None:
        raise _not_found()
    return name


def _not_found() -> Refusal:
    return Refusal("not-found", "There is no such calendar.")


def _desks_calendar() -> int:
    return Desk.objects.values_list("calendar_id", flat=True).get()


def _run_out(calendar_id: int, *, at: datetime) -> int | None:
    # Whoever has published next year's holidays already need not be warned.
    calendar = parse_calendar(newest_version(calendar_id).source)
    return holidays_run_out(calendar, on=calendar.local_day(at))


def _draft(calendar_id: int) -> Draft | None:
    row = CalendarDraft.objects.filter(calendar_id=calendar_id).select_related("edited_by").first()
    if row is None:
        return None
    return Draft(
        calendar=parse_calendar(row.source),
        source=row.source,
        version=row.version,
        edited_by=row.edited_by.name,
        edited_at=row.edited_at,
        is_discarded=row.discarded_at is not None,
    )


def _contracts(calendar_id: int, *, at: datetime) -> QuerySet[Contract]:
    """Return the contracts that have not ended and count by a calendar."""
    named = Q(calendar_id=calendar_id)
    if calendar_id == _desks_calendar():
        named |= Q(calendar_id__isnull=True)
    return Contract.objects.filter(named).filter(Q(ends_on=None) | Q(ends_on__gte=_today(at)))


def _today(at: datetime) -> date:
    return at.astimezone(ZoneInfo(Desk.objects.values_list("zone", flat=True).get())).date()


def _cells(name: str, *, at: datetime) -> int:
    policy = current_policy(at=at).policy
    cells = (cell for plan in policy.plans.values() for cell in plan.cells.values())
    return sum(cell.calendar == name for cell in cells)


def _open_cases(calendar_id: int, name: str) -> QuerySet[Case]:
    """Return the open cases that were promised something on a calendar."""
    naming = [
        pk
        for pk, source in PolicyVersion.objects.values_list("pk", "source")
        if name in parse_policy(source).named_calendars
    ]
    by_it = Q(calendar_version__calendar_id=calendar_id) | Q(policy_version_id__in=naming)
    return Case.objects.filter(IS_OPEN & by_it)
