"""Rows of a list as they are shown: a sentence about what happened last, and the promise line."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from dueline.core.audience import Person
from dueline.core.case_numbers import case_number
from dueline.core.quiet import is_away_on
from dueline.models import NOTHING_OWED
from dueline.queries.queue import QueueRow
from dueline.wording.language import say as _
from dueline.wording.promise_lines import PromiseLine, Stored, draw
from dueline.wording.states import say_channel, say_priority, say_stage, say_state
from dueline.wording.times import say_clock

NOW, TODAY, LATER, NOTHING = "now", "today", "later", "nothing"


class Line(NamedTuple):
    """One row. section: under which heading of the queue it stands. is_unanswered: the customer
    spoke last. promise: None when nothing is owed."""

    id: int
    number: str
    subject: str
    priority: str
    priority_title: str
    plan: str
    is_covered: bool  # a contract covers it
    organization: str
    owner: str
    news: str
    is_unanswered: bool
    section: str
    promise: PromiseLine | None


def lines(
    rows: list[QueueRow], *, reader: Person, plans: Mapping[str, str], now: datetime, zone: str
) -> list[Line]:
    """Return rows as lines.

    reader: the agent who looks ("You wrote 06:40"). plans: what the plans are called, by key.
    """
    tonight, today = _end_of_day(now, zone), now.astimezone(ZoneInfo(zone)).date()
    titles = {priority: say_priority(priority) for priority in {row.priority for row in rows}}
    return [
        Line(
            id=row.id,
            number=case_number(row.id),
            subject=row.subject,
            priority=row.priority,
            priority_title=titles[row.priority],
            plan=plans.get(row.plan, row.plan),
            is_covered=row.contract_id is not None,
            organization=row.organization or _("Unknown company"),
            owner=_owner(row, reader.id, today),
            news=_news(row, reader=reader.name, now=now, zone=zone),
            is_unanswered=row.last_message_from == "contact",
            section=_section(row, now=now, tonight=tonight),
            promise=_promise(row, now=now, zone=zone),
        )
        for row in rows
    ]


def _promise(row: QueueRow, *, now: datetime, zone: str) -> PromiseLine | None:
    if row.kind is None:
        return None
    return draw(Stored._make(row[20:]), now=now, zone=zone)


def _section(row: QueueRow, *, now: datetime, tonight: datetime) -> str:
    if row.queue_at == NOTHING_OWED:
        return NOTHING
    if row.queue_at - now <= timedelta(hours=1):
        return NOW
    return TODAY if row.queue_at < tonight else LATER


def _end_of_day(now: datetime, zone: str) -> datetime:
    local = now.astimezone(ZoneInfo(zone)) + timedelta(days=1)
    return local.replace(hour=0, minute=0, second=0)


def _owner(row: QueueRow, reader: int | None, today: date) -> str:
    if row.owner_id is None:
        return _("nobody")
    if row.owner_id == reader:
        return _("you")
    since, until = row.owner_away_from, row.owner_away_until
    if is_away_on(today, since=since, until=until):
        return _("%(name)s (away)") % {"name": row.owner}
    return row.owner or ""


def _news(row: QueueRow, *, reader: str, now: datetime, zone: str) -> str:
    """Say what happened last, as a colleague would."""
    if row.state == "waiting" and row.waiting_since:
        since = say_clock(row.waiting_since, now=now, zone=zone)
        return _("Waits for %(name)s since %(since)s") % {"name": row.contact, "since": since}
    if row.state == "third_party" and row.waiting_since:
        since = say_clock(row.waiting_since, now=now, zone=zone)
        return _("Waits for a third party since %(since)s") % {"since": since}
    parts = []
    if row.last_message_at:
        facts = {
            "name": row.last_message_by or row.contact,
            "at": say_clock(row.last_message_at, now=now, zone=zone),
            "channel": say_channel(row.channel),
        }
        if row.last_message_from == "contact":
            parts.append(_("%(name)s, %(channel)s %(at)s") % facts)
        elif row.last_message_by == reader:
            parts.append(_("You wrote %(at)s") % facts)
        else:
            parts.append(_("%(name)s wrote %(at)s") % facts)
    if row.state in ("resolved", "closed", "merged"):
        parts.append(say_state(row.state).lower())
    elif row.state == "new":
        parts.append(_("nobody has answered yet"))
    elif row.stage:
        parts.append(say_stage(row.stage).lower())
    return " · ".join(parts)
