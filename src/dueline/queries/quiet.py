"""Who is there: working hours, absences and deputies of the people of the desk."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from dueline.core.calendars import Calendar, is_open
from dueline.core.errors import Refusal
from dueline.core.quiet import Colleague, is_away_on, whom_to_tell
from dueline.models import Agent
from dueline.models import Calendar as CalendarRow
from dueline.queries.desk import day_at, get_standing
from dueline.queries.on_call import is_on_call
from dueline.queries.policies import current_calendar


class Reader(NamedTuple):
    """An agent who gets a notice. at: not before then. instead_of: the name of who is away."""

    agent: Agent
    at: datetime
    instead_of: str


class Absence(NamedTuple):
    """until: the last day; None: nobody said. deputy: "" for none."""

    name: str
    until: date | None
    deputy: str


def readers(named: Iterable[int], team: Iterable[int] = (), *, at: datetime) -> list[Reader]:
    """Return who gets a notice, by `core.quiet.whom_to_tell`, with their accounts.

    named, team: ids of agents.
    """
    told = whom_to_tell(named, team, colleagues=colleagues(at=at), zone=_zone(), at=at)
    ids = {id_ for one in told for id_ in (one.id, one.instead_of) if id_}
    agents = Agent.objects.select_related("account").in_bulk(ids)
    return [
        Reader(agents[one.id], one.at, agents[one.instead_of].name if one.instead_of else "")
        for one in told
    ]


def colleagues(*, at: datetime) -> dict[int, Colleague]:
    """Return everybody who works here, by id."""
    rows = Agent.objects.filter(account__is_active=True).order_by("id")
    return {row.pk: _colleague(row, at=at) for row in rows}


def _colleague(row: Agent, *, at: datetime) -> Colleague:
    hours = _hours_of(row, at=at)
    return Colleague(
        id=row.pk,
        hours=hours,
        # Asked of those alone whom it would wake: a rota is not read for nothing.
        is_on_call=hours is not None and not is_open(hours, at) and is_on_call(row.pk, at=at),
        away_from=row.away_from,
        away_until=row.away_until,
        deputy=row.deputy_id,
        is_manager=row.is_manager,
    )


def _hours_of(row: Agent, *, at: datetime) -> Calendar | None:
    if row.working_hours_id is None:
        return None
    return current_calendar(row.working_hours_id, at=at).calendar


def away(*, at: datetime) -> dict[int, Absence]:
    """Return who of those who work here is away on the day of `at`, by id."""
    day = day_at(at)
    rows = Agent.objects.filter(account__is_active=True).select_related("deputy")
    return {
        row.pk: Absence(row.name, row.away_until, row.deputy.name if row.deputy else "")
        for row in rows.exclude(away_from=None, away_until=None)
        if is_away_on(day, since=row.away_from, until=row.away_until)
    }


class HoursRow(NamedTuple):
    """What is set for one person. See `Agent`."""

    name: str
    working_hours_id: int | None
    away_from: date | None
    away_until: date | None
    deputy_id: int | None
    phone: str
    extension: str

    def as_typed(self) -> dict[str, str]:
        """Return it as a form has it."""
        return {
            "working_hours": str(self.working_hours_id or ""),
            "away_from": self.away_from.isoformat() if self.away_from else "",
            "away_until": self.away_until.isoformat() if self.away_until else "",
            "deputy": str(self.deputy_id or ""),
            "phone": self.phone,
            "extension": self.extension,
        }


def hours_of(agent_id: int) -> HoursRow:
    """Return what is set for somebody. Raises Refusal("not-found")."""
    row = Agent.objects.filter(pk=agent_id).values_list(*HoursRow._fields).first()
    if row is None:
        raise Refusal("not-found", "There is no such person.")
    return HoursRow._make(row)


def calendars() -> list[tuple[int, str]]:
    return list(CalendarRow.objects.order_by("name").values_list("id", "name"))


def possible_deputies(agent_id: int) -> list[tuple[int, str]]:
    here = Agent.objects.filter(account__is_active=True).exclude(pk=agent_id)
    return list(here.order_by("name").values_list("id", "name"))


def _zone() -> str:
    return get_standing().zone
