"""Cases: who may see which, and what a page needs of them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from dueline.core.audience import Person
from dueline.core.calendars import parse_calendar
from dueline.core.commitments import Book, versions_named
from dueline.core.errors import Refusal
from dueline.core.events import Event as CoreEvent
from dueline.core.events import Kind
from dueline.core.policy import parse_policy
from dueline.models import CalendarVersion, Case, Event, PolicyVersion, Watcher
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
    elif person.organization_id:
        watched = Watcher.objects.filter(contact_id=person.id).values("case_id")
        # Never beyond the company: who has changed it watches nothing of the old one (i19).
        own |= Q(organization_id=person.organization_id, pk__in=watched)
    return Case.objects.filter(own)


# Agents see the same, every one of them: prepared statements are written for this one.
ANY_AGENT = Person(kind="agent")


def not_found() -> Refusal:
    return Refusal("not-found", "There is no such case.")


def book_of(case: Case, events: Iterable[CoreEvent]) -> Book:
    """Return the policies and calendars that the history of a case speaks of.

    case: best read with select_related("policy_version", "calendar_version"): nearly every case
    was promised under these alone, and nothing more is read.
    """
    policies, calendars = versions_named(events)
    policies.discard(case.policy_version_id)
    calendars.discard(case.calendar_version_id)
    sources = {case.policy_version_id: case.policy_version.source}
    if policies:
        found = PolicyVersion.objects.filter(pk__in=policies)
        sources.update(found.values_list("id", "source"))
    hours = {case.calendar_version_id: case.calendar_version.source}
    if calendars:
        versions = CalendarVersion.objects.filter(pk__in=calendars)
        hours.update(versions.values_list("id", "source"))
    return Book(
        policies={id_: parse_policy(source) for id_, source in sources.items()},
        calendars={id_: parse_calendar(source) for id_, source in hours.items()},
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
