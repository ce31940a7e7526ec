"""Histories of cases, made in memory as the acts would have stored them.

Nineteen of twenty cases are closed; the open ones are of the last three days, in four states. Each
has three messages, and one has twenty.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from bench.texts import Texts
from dueline.actions.search_index import heading_of
from dueline.core.case_numbers import case_number
from dueline.core.commitments import notices_to_come
from dueline.core.events import Event, Kind
from dueline.core.lifecycle import CaseState, Stage
from dueline.core.replay import evaluate
from dueline.core.stems import reader_terms
from dueline.core.stems import terms_of as search_terms_of
from dueline.models import (
    Agent,
    Case,
    Contact,
    Desk,
    Message,
    Note,
    OutboxItem,
)
from dueline.models import Commitment as CommitmentRow
from dueline.models import Event as EventRow
from dueline.queries.cases import book_of
from dueline.queries.commitments import summarize

MESSAGES_OF_THE_LONG_CASE = 20
_OPEN_SHARE = 0.05
_PRIORITIES = {"critical": 2, "high": 8, "normal": 70, "low": 20}


@dataclass
class People:
    agents: list[Agent]
    contacts: list[Contact]


@dataclass
class History:
    """One case in the making: its rows, each with the id that it will have."""

    case: Case
    step: timedelta  # the time that `after` counts in
    events: list[EventRow] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    commitments: list[CommitmentRow] = field(default_factory=list)
    outbox: list[OutboxItem] = field(default_factory=list)
    terms: list[tuple[str, int, list[str]]] = field(default_factory=list)  # table, event, terms


class Histories:
    """Every history of a desk, one after the other, the oldest first."""

    def __init__(
        self, people: People, cases: int, *, at: datetime, open_share: float = _OPEN_SHARE
    ) -> None:
        self.people, self.cases, self.at, self.open_share = people, cases, at, open_share
        self.random = Random(1)
        self.texts = Texts()
        models = (EventRow, Message, Note, CommitmentRow, OutboxItem)
        self.ids = {model: count(1) for model in models}
        desk = Desk.objects.get()
        self.policy_version = desk.policy.versions.latest("number")
        self.calendar_version = desk.calendar.versions.latest("number")

    def __iter__(self) -> Iterator[History]:
        still_open = max(int(self.cases * self.open_share), 1)
        ended = self.cases - still_open
        for n in range(ended):
            age = timedelta(days=4) + timedelta(days=720) * ((ended - n) / ended)
            yield self._history(n + 1, age, self._ended)
        ways = (self._unanswered, self._responded, self._active, self._waiting)
        for n in range(still_open):
            age = timedelta(minutes=5) + timedelta(days=3) * ((still_open - n) / still_open)
            way = self._long if n == still_open // 2 else ways[n % len(ways)]
            yield self._history(ended + n + 1, age, way)

    def _history(self, case_id: int, age: timedelta, way: Callable[[History], None]) -> History:
        contact = self.random.choice(self.people.contacts)
        words = self.random.choice(self.texts.pool).words.split()
        [priority] = self.random.choices(list(_PRIORITIES), weights=list(_PRIORITIES.values()))
        contract = contact.organization.contracts.all()[0]
        case = Case(
            id=case_id,
            organization=contact.organization,
            contact=contact,
            contract=contract,
            subject=" ".join(words[:7]).capitalize(),
            channel="mail",
            priority=priority,
            state=CaseState.NEW,
            plan=contract.plan,
            policy_version=self.policy_version,
            calendar_version=self.calendar_version,
            opened_at=(self.at - age).replace(microsecond=0),
        )
        history = History(case, step=min(age, timedelta(hours=9)) / 30)
        self._open(history)
        way(history)
        self._notice(history)
        self._evaluate(history)
        return history

    # - ways that a case can go -

    def _ended(self, history: History) -> None:
        case = history.case
        self._own(history, after=2)
        self._reply(history, after=2)
        self._event(history, Kind.ACTIVATED, after=3, by=case.owner)
        self._reply(history, after=20)
        self._event(history, Kind.RESOLVED, after=20, by=case.owner)
        case.resolved_at = case.changed_at
        self._event(history, Kind.CLOSED, after=30, by=case.contact)
        case.state, case.stage, case.closed_at = CaseState.CLOSED, Stage.ISOLATE, case.changed_at

    def _unanswered(self, history: History) -> None:
        self._receive(history, after=3)
        self._receive(history, after=6)

    def _responded(self, history: History) -> None:
        self._own(history, after=2)
        self._reply(history, after=3)
        self._receive(history, after=6)
        history.case.state = CaseState.RESPONDED

    def _active(self, history: History) -> None:
        self._own(history, after=2)
        self._reply(history, after=3)
        self._event(history, Kind.ACTIVATED, after=4, by=history.case.owner)
        self._note(history, after=5)
        self._reply(history, after=25)
        history.case.state, history.case.stage = CaseState.ACTIVE, Stage.ISOLATE

    def _waiting(self, history: History) -> None:
        self._own(history, after=2)
        self._reply(history, after=3)
        self._reply(history, after=8)
        self._event(history, Kind.INFORMATION_ASKED, after=8, by=history.case.owner)
        history.case.state = CaseState.WAITING
        history.case.waiting_since = history.case.changed_at

    def _long(self, history: History) -> None:
        self._own(history, after=1)
        self._reply(history, after=1)
        self._event(history, Kind.ACTIVATED, after=1, by=history.case.owner)
        self._note(history, after=2)
        for n in range(2, MESSAGES_OF_THE_LONG_CASE):
            (self._receive if n % 2 else self._reply)(history, after=n)
        history.case.state, history.case.stage = CaseState.ACTIVE, Stage.ISOLATE

    # - single steps -

    def _open(self, history: History) -> None:
        case = history.case
        facts = {
            "channel": case.channel,
            "priority": case.priority,
            "plan": case.plan,
            "policy": case.policy_version_id,
            "calendar": case.calendar_version_id,
        }
        if case.priority == "high":
            facts["reason"] = "Every hour costs."
        self._message(history, Kind.OPENED, after=0, by=case.contact, **facts)
        self._event(history, Kind.ACKNOWLEDGED, after=0, by=case.contact)
        self._mail(history, "acknowledgement", None)

    def _reply(self, history: History, *, after: int) -> None:
        message = self._message(history, Kind.REPLY_SENT, after=after, by=history.case.owner)
        self._mail(history, "reply", message)

    def _receive(self, history: History, *, after: int) -> None:
        self._message(history, Kind.MESSAGE_RECEIVED, after=after, by=history.case.contact)

    def _own(self, history: History, *, after: int) -> None:
        history.case.owner = owner = self.random.choice(self.people.agents)
        self._event(history, Kind.OWNED, after=after, by=owner, name=owner.name)

    def _note(self, history: History, *, after: int) -> None:
        owner, text = history.case.owner, self.random.choice(self.texts.pool)
        note = Note(id=next(self.ids[Note]), case=history.case, agent=owner, text=text.words)
        event = self._event(history, Kind.NOTE_ADDED, after=after, by=owner, note=note)
        note.recorded_at = event.recorded_at
        history.notes.append(note)
        history.terms.append(("dueline_internalterms", event.pk, text.terms))

    def _message(
        self, history: History, kind: Kind, *, after: int, by: Agent | Contact, **facts: Any
    ) -> Message:
        case, text = history.case, self.random.choice(self.texts.pool)
        message = Message(id=next(self.ids[Message]), case=case)
        message.contact = by if isinstance(by, Contact) else None
        message.agent = by if isinstance(by, Agent) else None
        message.channel = "mail" if message.contact else "console"
        # With a word that stands nowhere else: what a search for something rare finds.
        own_words = f"Reference {message.pk}ref"
        message.text = f"{text.words}\n{own_words}"
        event = self._event(history, kind, after=after, by=by, message=message, **facts)
        message.happened_at, message.recorded_at = event.happened_at, event.recorded_at
        history.messages.append(message)
        case.last_message_at, case.last_message_by = event.happened_at, by.name
        case.last_message_from = "contact" if message.contact else "agent"
        heading = heading_of(case) if kind is Kind.OPENED else ""
        terms = {*text.terms, *search_terms_of(f"{heading}\n{own_words}")}
        readers = reader_terms(contact_id=case.contact_id, organization_id=case.organization_id)
        history.terms.append(("dueline_publicterms", event.pk, [*sorted(terms), *readers]))
        return message

    def _event(
        self,
        history: History,
        kind: Kind,
        *,
        after: int,
        by: Agent | Contact | None,
        message: Message | None = None,
        note: Note | None = None,
        **facts: Any,
    ) -> EventRow:
        case = history.case
        happened_at = case.opened_at + timedelta(seconds=int(after * history.step.total_seconds()))
        event = EventRow(
            id=next(self.ids[EventRow]),
            case=case,
            kind=kind,
            happened_at=happened_at,
            recorded_at=happened_at,
            agent=by if isinstance(by, Agent) else None,
            contact=by if isinstance(by, Contact) else None,
            message=message,
            note=note,
            facts=facts,
        )
        case.changed_at, case.version = happened_at, case.version + 1
        history.events.append(event)
        return event

    def _mail(self, history: History, purpose: str, message: Message | None) -> None:
        case, id_ = history.case, next(self.ids[OutboxItem])
        sent_at = case.changed_at + timedelta(seconds=1)
        item = OutboxItem(
            id=id_,
            purpose=purpose,
            case=case,
            message=message,
            to_name=case.contact.name,
            to_address=case.contact.email,
            subject=f"[{case_number(case.pk)}] {case.subject}",
            text=message.text if message else "We have your request.",
            mail_id=f"<bench.{id_}@desk.example>",
            created_at=case.changed_at,
            state=OutboxItem.State.SENT,
            attempts=1,
            next_try_at=sent_at,
            sent_at=sent_at,
        )
        history.outbox.append(item)

    # - what follows from the steps -

    def _notice(self, history: History) -> None:
        """Notice what the sweep would have noticed by now."""
        events = _core(history)
        commitments = evaluate(events, book_of(history.case, events), until=self.at)
        for commitment, step, passed_at in notices_to_come(commitments, events):
            noticed_at = passed_at + timedelta(seconds=1)
            if noticed_at > self.at:
                continue
            facts = {
                "step": step,
                "commitment": commitment.kind.value,
                "ordinal": commitment.ordinal,
                "passed_at": passed_at.isoformat(),
            }
            event = self._event(history, Kind.NOTICED, after=0, by=None, **facts)
            event.happened_at = event.recorded_at = noticed_at
        history.case.changed_at = max(event.recorded_at for event in history.events)

    def _evaluate(self, history: History) -> None:
        """Set what `Change.store` would have set."""
        case = history.case
        events = _core(history)
        summary = summarize(case, events, book_of(case, events), at=case.changed_at)
        history.commitments = summary.rows
        for row in summary.rows:
            row.pk = next(self.ids[CommitmentRow])
            if (row.kind, row.ordinal) == summary.nearest:
                case.nearest_id = row.pk
        for column, value in summary.columns.items():
            setattr(case, column, value)


def _core(history: History) -> list[Event]:
    return [
        Event(
            row.pk,
            Kind(row.kind),
            row.happened_at,
            row.recorded_at,
            "agent" if row.agent_id else "contact" if row.contact_id else "desk",
            row.facts,
        )
        for row in history.events
    ]
