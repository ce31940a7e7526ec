"""When somebody of the desk is told of things, who stands in, and where they are reached."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from dueline.core.audience import Person
from dueline.core.errors import Refusal
from dueline.models import Agent, Calendar


@dataclass(frozen=True, slots=True)
class Hours:
    """calendar_id: of the working hours; None: notices come at any hour. deputy_id: None: nobody.

    away_from, away_until: first and last day of an absence; None: open at that end, or none at all.
    """

    calendar_id: int | None = None
    away_from: date | None = None
    away_until: date | None = None
    deputy_id: int | None = None
    phone: str = ""
    extension: str = ""


def set_hours(agent_id: int, hours: Hours, *, actor: Person) -> None:
    """Change one's own hours, or as an administrator anybody's. They hold for what happens next.

    Raises Refusal with the name of the field as its code.
    """
    if not actor.is_agent or not (actor.id == agent_id or actor.is_administrator):
        raise Refusal("not-found", "There is no such person.")
    _check(agent_id, hours)
    changed = Agent.objects.filter(pk=agent_id).update(
        working_hours_id=hours.calendar_id,
        away_from=hours.away_from,
        away_until=hours.away_until,
        deputy_id=hours.deputy_id,
        phone=hours.phone.strip(),
        extension=hours.extension.strip(),
    )
    if not changed:
        raise Refusal("not-found", "There is no such person.")


def _check(agent_id: int, hours: Hours) -> None:
    if hours.calendar_id is not None and not Calendar.objects.filter(pk=hours.calendar_id).exists():
        raise Refusal("working_hours", _("Choose one of the calendars."))
    if hours.away_from and hours.away_until and hours.away_until < hours.away_from:
        raise Refusal("away_until", _("The last day lies before the first."))
    if hours.deputy_id == agent_id:
        raise Refusal("deputy", _("Nobody stands in for themselves."))
    here = Agent.objects.filter(account__is_active=True)
    if hours.deputy_id is not None and not here.filter(pk=hours.deputy_id).exists():
        raise Refusal("deputy", _("Choose a colleague who works here."))
    for name, value in (("phone", hours.phone), ("extension", hours.extension)):
        if len(value.strip()) > _LONGEST_NUMBER:
            raise Refusal(name, _("This is too long for a telephone number."))


_LONGEST_NUMBER = 40
