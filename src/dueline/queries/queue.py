"""The queue: what falls due next, as rows.

Lists here are hot: plain tuples, a fixed number of statements, keyset pagination, and counts that
stop counting where nobody reads them any more.
"""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import NamedTuple

from django.db import connection
from django.db.models import Max, Q, QuerySet

from dueline.core.audience import Person
from dueline.models import IS_OPEN, NOTHING_OWED, Case, Event
from dueline.queries.cases import ANY_AGENT, not_found, visible_to
from dueline.queries.prepared import Prepared

SCOPES = ("mine", "team", "all", "waiting")
COUNTED_TO = 100


class QueueRow(NamedTuple):
    """One case in a list, with the commitment that is shown for it (its columns from `kind` on)."""

    id: int
    subject: str
    priority: str
    state: str
    stage: str
    plan: str
    channel: str
    opened_at: datetime
    queue_at: datetime
    waiting_since: datetime | None
    last_message_at: datetime | None
    last_message_by: str
    last_message_from: str
    contact: str
    organization: str | None
    owner_id: int | None
    owner: str | None
    contract_id: int | None
    owner_away_from: date | None
    owner_away_until: date | None
    kind: str | None
    commitment_state: str | None
    target: str | None
    started_at: datetime | None
    warn_at: datetime | None
    due_at: datetime | None
    met_at: datetime | None
    withdrawn_at: datetime | None
    paused_since: datetime | None
    skipped: Sequence[Sequence[int]] | None


_COLUMNS = (
    "id",
    "subject",
    "priority",
    "state",
    "stage",
    "plan",
    "channel",
    "opened_at",
    "queue_at",
    "waiting_since",
    "last_message_at",
    "last_message_by",
    "last_message_from",
    "contact__name",
    "organization__name",
    "owner_id",
    "owner__name",
    "contract_id",
    "owner__away_from",
    "owner__away_until",
    "nearest__kind",
    "nearest__state",
    "nearest__target",
    "nearest__started_at",
    "nearest__warn_at",
    "nearest__due_at",
    "nearest__met_at",
    "nearest__withdrawn_at",
    "nearest__paused_since",
    "nearest__skipped",
)


class Place(NamedTuple):
    """Where a page of the queue ends: the next begins after it."""

    at: datetime
    id: int


def rows(cases: QuerySet[Case]) -> list[QueueRow]:
    """Return cases as rows of a list, in one statement."""
    return [QueueRow._make(values) for values in cases.values_list(*_COLUMNS)]


def rows_of(person: Person, case_ids: Sequence[int], *, at_most: int) -> list[QueueRow]:
    """Return those of some cases that a person may see, in no order. at_most: how many may come."""
    if not person.is_agent:
        return rows(visible_to(person).filter(pk__in=case_ids))
    # Always as many, so that the statement is the same: no case has an id below zero.
    filled = [*case_ids, *range(-1, len(case_ids) - at_most - 1, -1)]
    return _rows_of(at_most)(*filled)


@cache
def _rows_of(_at_most: int) -> Prepared[QueueRow]:
    return Prepared(
        QueueRow,
        lambda *case_ids: visible_to(ANY_AGENT).filter(pk__in=case_ids).values_list(*_COLUMNS),
    )


def queue(person: Person, *, scope: str, limit: int, after: Place | None = None) -> list[QueueRow]:
    """Return the open cases of a scope in the order in which their promises fall due.

    Those that wait for somebody come in the order in which they began to wait. For agents only.
    """
    if not person.is_agent:
        raise not_found()
    if after is None:
        return _first_page(scope, limit)(person.id)
    by = _sorted_by(scope)
    cases = _in_scope(visible_to(person), person.id, scope).filter(
        Q(**{f"{by}__gte": after.at}),
        Q(**{f"{by}__gt": after.at}) | Q(id__gt=after.id),
    )
    return rows(cases.order_by(by, "id")[:limit])


@cache
def _first_page(scope: str, limit: int) -> Prepared[QueueRow]:
    by = _sorted_by(scope)
    return Prepared(
        QueueRow,
        lambda agent_id: (
            _in_scope(visible_to(ANY_AGENT), agent_id, scope)
            .order_by(by, "id")
            .values_list(*_COLUMNS)[:limit]
        ),
    )


def _sorted_by(scope: str) -> str:
    return "waiting_since" if scope == "waiting" else "queue_at"


def newest(
    person: Person,
    *,
    limit: int,
    states: Sequence[str] = (),
    priority: str = "",
    organization_id: int | None = None,
    owner_id: int | None = None,
    is_unowned: bool = False,
    is_enhancement: bool = False,
    product: str = "",
    product_version: str = "",
    environment: str = "",
    problem_id: int | None = None,
    before: int | None = None,
) -> list[QueueRow]:
    """Return cases, the newest first, narrowed. before: the id at which to go on."""
    cases = visible_to(person)
    narrowing = {
        "state__in": states or None,
        "priority": priority or None,
        "organization_id": organization_id,
        "owner_id": owner_id,
        "owner_id__isnull": is_unowned or None,
        "is_enhancement": is_enhancement or None,
        "product": product or None,
        "product_version": product_version or None,
        "environment": environment or None,
        "problem_id": problem_id,
        "id__lt": before,
    }
    cases = cases.filter(**{key: value for key, value in narrowing.items() if value is not None})
    return rows(cases.order_by("-id")[:limit])


def place_of(row: QueueRow, *, scope: str) -> Place:
    at = row.waiting_since if scope == "waiting" else row.queue_at
    return Place(at or NOTHING_OWED, row.id)


def counts(person: Person) -> dict[str, int]:
    """Return how many cases each scope holds, counted up to `COUNTED_TO`. For agents only.

    Counting all the open cases of a big desk at every look would cost more than the page. The ORM
    has no words for bounded counts in one statement; an agent sees every case, so this is the same
    as counting `visible_to`.
    """
    if not person.is_agent:
        raise not_found()
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, {"owner": person.id, "most": COUNTED_TO})
        return dict(zip(SCOPES, cursor.fetchone(), strict=True))


def _bounded(condition: str) -> str:
    # Literals, not parameters: the planner must see that the partial indexes of `Case` hold them.
    rows = f"SELECT 1 FROM {Case._meta.db_table} WHERE {condition} LIMIT %(most)s"  # noqa: S608
    return f"(SELECT COUNT(*) FROM ({rows}) AS part)"  # noqa: S608


_COUNTED = {
    "mine": "owner_id = %(owner)s AND resolved_at IS NULL AND closed_at IS NULL",
    "team": "resolved_at IS NULL AND closed_at IS NULL AND state <> 'waiting'",
    "all": "resolved_at IS NULL AND closed_at IS NULL",
    "waiting": "waiting_since IS NOT NULL",
}
_COUNTS = "SELECT " + ", ".join(_bounded(_COUNTED[scope]) for scope in SCOPES)


def latest_event_id() -> int:
    """Return a number that grows with everything that happens: what a live page asks for."""
    return Event.objects.aggregate(latest=Max("id"))["latest"] or 0


def _in_scope(cases: QuerySet[Case], agent_id: int | None, scope: str) -> QuerySet[Case]:
    match scope:
        case "mine":
            return cases.filter(IS_OPEN, owner_id=agent_id)
        case "team":
            # What we must act on, whoever does it: also while a third party is awaited, since the
            # customer still waits for us.
            return cases.filter(IS_OPEN).exclude(state="waiting")
        case "waiting":
            return cases.filter(waiting_since__isnull=False)
    return cases.filter(IS_OPEN)
