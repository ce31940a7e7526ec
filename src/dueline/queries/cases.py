"""Cases: who may see which, and what a page needs of them."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from dueline.core.audience import Person
from dueline.core.calendars import parse_calendar
from dueline.core.commitments import Book
from dueline.core.errors import Refusal
from dueline.core.events import Event as CoreEvent
from dueline.core.events import Kind
from dueline.core.policy import parse_policy
from dueline.models import Case, Event
from dueline.queries.prepared import Prepared


def visible_to(person: Person) -> QuerySet[Case]:
    """Return the cases that a person may see. Every list, page, search and act starts here."""
    if person.is_agent or person.kind == "desk":
        return Case.objects.all()
    if not person.is_contact or not person.id:
        return Case.objects.none()
    own = Q(contact_id=person.id)
    if person.organization_id and (person.is_super_user or person.sees_company):
        own |= Q(organization_id=person.organization_id)
    return Case.objects.filter(own)


# Agents see the same, every one of them: prepared statements are written for this one.
ANY_AGENT = Person(kind="agent")


def not_found() -> Refusal:
    return Refusal("not-found", "There is no such case.")


def book_of(case: Case) -> Book:
    """Return the policy and the calendar that a case was promised under.

    case: best read with select_related("policy_version", "calendar_version").
    """
    return Book(
        policies={case.policy_version_id: parse_policy(case.policy_version.source)},
        calendars={case.calendar_version_id: parse_calendar(case.calendar_version.source)},
    )


class _StoredEvent(NamedTuple):
    id: int
    kind: str
    happened_at: datetime
    recorded_at: datetime
    agent_id: int | None
    contact_id: int | None
    facts: dict[str, Any]


_events = Prepared(
    _StoredEvent,
    lambda case_id: (
        Event.objects.filter(case_id=case_id).order_by("id").values_list(*_StoredEvent._fields)
    ),
)


def events_of(case_id: int) -> list[CoreEvent]:
    """Return the whole history of a case, as the clocks read it."""
    return [
        CoreEvent(
            id=row.id,
            kind=Kind(row.kind),
            happened_at=row.happened_at,
            recorded_at=row.recorded_at,
            by="agent" if row.agent_id else "contact" if row.contact_id else "desk",
            facts=row.facts,
        )
        for row in _events(case_id)
    ]
