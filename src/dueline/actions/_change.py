"""How a case changes. Every act goes through `changing`, and it can be read top to bottom.

    with changing(case_id, actor=actor, at=at, version=version) as change:
        change.do(Act.ACTIVATE)
        change.append(Kind.ACTIVATED)

One transaction: claim the row, let the act append its events and queue its mails, wake people if it
made the case Critical, evaluate the commitments anew, store what lists and sweeps need of them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from dueline.actions import _waking as waking
from dueline.actions._rows import insert, update
from dueline.actions.search_index import heading_of, index_internal, index_public
from dueline.core.audience import DESK, Person
from dueline.core.commitments import RULES, Book, Commitment
from dueline.core.errors import Refusal
from dueline.core.events import Event, Kind
from dueline.core.lifecycle import Act, CaseState, after
from dueline.core.policy import CommitmentKind, Policy
from dueline.core.replay import evaluate
from dueline.models import CalendarVersion, Case, Contact, Message, Note, PolicyVersion
from dueline.models import Commitment as CommitmentRow
from dueline.models import Event as EventRow
from dueline.queries.cases import book_of, events_of, not_found, visible_to
from dueline.queries.commitments import COMPARED, summarize
from dueline.queries.prepared import PreparedUpdate, prepared_rows


@contextmanager
def changing(
    case_id: int, *, actor: Person, at: datetime, version: int | None = None
) -> Iterator["Change"]:
    """Open a case for one act.

    version: the one that the person saw. Raises Refusal("stale") if somebody was quicker, and
    Refusal("not-found") if the actor may not see the case. Nothing is stored when the act raises.
    """
    with transaction.atomic():
        _claim(case_id, actor=actor, version=version)
        change = Change(get_claimed(case_id), events_of(case_id), actor=actor, at=at)
        yield change
        change.store()


def _claim(case_id: int, *, actor: Person, version: int | None) -> None:
    """Lock the row by writing to it first: right on SQLite and PostgreSQL alike."""
    if version is None and (actor.is_agent or actor == DESK):  # they see every case
        if not _claim_any(case_id):
            raise not_found()
        return
    visible = visible_to(actor).filter(pk=case_id)
    rows = visible if version is None else visible.filter(version=version)
    if not rows.update(version=F("version") + 1):
        if not visible.exists():
            raise not_found()
        raise Refusal("stale", "Somebody else changed this case while you were writing.")


_claim_any = PreparedUpdate(
    lambda case_id: (Case.objects.filter(pk=case_id), {"version": F("version") + 1})
)


def lock(case_id: int) -> None:
    """Keep others from the case until the transaction ends, for what the desk itself does to it.

    `version` stays as it is, since nobody's page has gone stale by it. Whoever also claims a
    paging or a page of the case locks the case first: in another order two could wait for each
    other for ever.
    """
    _lock(case_id)


_lock = PreparedUpdate(lambda case_id: (Case.objects.filter(pk=case_id), {"version": F("version")}))


def get_claimed(case_id: int) -> Case:
    """Return a case with what nearly every act needs of it."""
    (case,) = _case(case_id)
    (case.contact,) = _contact(case.contact_id)
    (case.policy_version,) = _policy_version(case.policy_version_id)
    (case.calendar_version,) = _calendar_version(case.calendar_version_id)
    return case


_case = prepared_rows(Case, lambda id_: Case.objects.filter(pk=id_))
_contact = prepared_rows(Contact, lambda id_: Contact.objects.filter(pk=id_).order_by())
_policy_version = prepared_rows(PolicyVersion, lambda id_: PolicyVersion.objects.filter(pk=id_))
_calendar_version = prepared_rows(
    CalendarVersion, lambda id_: CalendarVersion.objects.filter(pk=id_)
)
_commitments = prepared_rows(CommitmentRow, lambda id_: CommitmentRow.objects.filter(case_id=id_))


class Change:
    """One act on one case, in the making."""

    def __init__(self, case: Case, events: list[Event], *, actor: Person, at: datetime) -> None:
        self.case = case
        self.events = events
        self.actor = actor
        # A computer's clock may be set back; a case's never is: what was done stays done.
        self.at = max(at, events[-1].recorded_at) if events else at
        self._book: Book | None = None
        self._is_new = not events
        self._known = len(events)

    @property
    def news(self) -> list[Event]:
        """What the act has added so far."""
        return self.events[self._known :]

    def speak_as(self, contact: Contact) -> None:
        """Let a contact be the author: a reply token let them in, wherever they may look."""
        self.actor = contact.as_person()

    @property
    def book(self) -> Book:
        """The versions that the history speaks of; an act may speak of others."""
        if self._book is None:
            self._book = book_of(self.case, self.events)
        return self._book

    @property
    def policy(self) -> Policy:
        return self.book.policies[self.case.policy_version_id]

    @property
    def is_activated(self) -> bool:
        """An engineer has begun to isolate the problem since the case was last opened."""
        for event in reversed(self.events):
            if event.kind in (Kind.ACTIVATED, Kind.REOPENED):
                return event.kind is Kind.ACTIVATED
        return False

    @property
    def is_answered(self) -> bool:
        """A word of ours has reached the customer since the case was last opened."""
        bounced = {event.facts["event"] for event in self.events if event.kind is Kind.BOUNCED}
        for event in reversed(self.events):
            if event.kind is Kind.REOPENED:
                return False
            if _ANSWERS(event) and event.id not in bounced:
                return True
        return False

    def do(self, act: Act) -> None:
        """Move the case to its state after an act. Raises Refusal("not-now")."""
        case, old = self.case, CaseState(self.case.state)
        case.state = state = after(
            old, act, activated=self.is_activated, responded=self.is_answered
        )
        if state is not old:
            case.waiting_since = self.at if state.waits else None
            ended = state in (CaseState.CLOSED, CaseState.MERGED)
            case.closed_at = self.at if ended else None
            if state is not CaseState.CLOSED:  # a closed case remembers when it was resolved
                case.resolved_at = self.at if state is CaseState.RESOLVED else None

    def append(
        self,
        kind: Kind,
        *,
        happened_at: datetime | None = None,
        by: Person | None = None,
        message: Message | None = None,
        note: Note | None = None,
        **facts: Any,
    ) -> Event:
        """Add an event, and make its text findable.

        happened_at: when it was true; None: now. by: who did it; None: the actor.
        """
        happened_at, by = happened_at or self.at, by or self.actor
        row = insert(
            EventRow(
                case=self.case,
                kind=kind,
                happened_at=happened_at,
                recorded_at=self.at,
                agent_id=by.id if by.is_agent else None,
                contact_id=by.id if by.is_contact else None,
                message=message,
                note=note,
                facts=facts,
            )
        )
        if message:
            heading = heading_of(self.case) if kind is Kind.OPENED else ""
            index_public(f"{heading}\n{message.text}", event_id=row.pk, case=self.case)
        if note:
            index_internal(note.text, event_id=row.pk, case=self.case)
        event = Event(row.pk, kind, happened_at, self.at, by.kind, facts)
        self.events.append(event)
        if kind in _NAME_VERSIONS:
            self._book = None
        return event

    def commitments(self) -> tuple[Commitment, ...]:
        """Return the commitments as they stand with the events so far."""
        return evaluate(self.events, self.book, until=self.at)

    def store(self) -> None:
        """Write what lists and sweeps need. `dueline commitments check` recomputes exactly this.

        Before that, people are woken or left in peace, as what was added to the case asks for.
        """
        waking.follow(self)
        case = self.case
        summary = summarize(case, self.events, self.book, at=self.at)
        stored = [] if self._is_new else _commitments(case.pk)
        rows = _store_commitments(summary.rows, stored)
        case.changed_at = self.at
        case.nearest_id = rows[summary.nearest] if summary.nearest else None
        for column, value in summary.columns.items():
            setattr(case, column, value)
        update(case, _CACHED)


_NAME_VERSIONS = (Kind.OPENED, Kind.REBASED, Kind.MERGED)
_ANSWERS = RULES[CommitmentKind.RESPONSE].met_by

# All that an act may write to the row; `version` is not among them: the claim has raised it.
_CACHED = [
    "organization",
    "contact",
    "contract",
    "owner",
    "merged_into",
    "problem",
    "is_enhancement",
    "product",
    "product_version",
    "environment",
    "plan",
    "policy_version",
    "calendar_version",
    "priority",
    "state",
    "stage",
    "changed_at",
    "waiting_since",
    "resolved_at",
    "closed_at",
    "last_message_at",
    "last_message_by",
    "last_message_from",
    "next_due_at",
    "next_notice_at",
    "nearest",
    "queue_at",
    "silence_at",
]


def _store_commitments(
    rows: list[CommitmentRow], stored: list[CommitmentRow]
) -> dict[tuple[str, int], int]:
    """Bring what is stored in line, writing only what differs. Returns the row ids."""
    old_rows = {(row.kind, row.ordinal): row for row in stored}
    new_rows = []
    for row in rows:
        old = old_rows.pop((row.kind, row.ordinal), None)
        if old is None:
            new_rows.append(row)
            continue
        row.pk = old.pk
        # A plain update for each of the one or two rows that an act changes: `bulk_update` would
        # build a statement with a branch for every row in every column.
        values = {column: getattr(row, column) for column in COMPARED}
        differing = {name: new for name, new in values.items() if new != getattr(old, name)}
        if differing:
            CommitmentRow.objects.filter(pk=row.pk).update(**differing)
    for row in new_rows:
        insert(row)
    if old_rows:  # a bounce took back what had begun with the message
        CommitmentRow.objects.filter(pk__in=[row.pk for row in old_rows.values()]).delete()
    return {(row.kind, row.ordinal): row.pk for row in rows}
