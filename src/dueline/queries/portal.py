"""What a customer's pages show. The only door of the portal to what is stored.

Nothing internal comes through here: no note, no question, no event outside `PUBLIC_KINDS`, no
commitment between colleagues. What is left out is left out by the query, not by the template.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q

from dueline.core.audience import Person
from dueline.core.calendars import is_open
from dueline.core.case_numbers import case_number
from dueline.core.commitments import Book, Commitment, State
from dueline.core.errors import Refusal
from dueline.core.events import PUBLIC_KINDS, Kind
from dueline.core.events import Event as CoreEvent
from dueline.core.explain import Explanation, explain, skipped_parts
from dueline.core.lifecycle import CaseState
from dueline.core.moves import Move, moves
from dueline.core.policy import CommitmentKind, parse_policy, public_part
from dueline.core.priorities import Priority
from dueline.core.replay import evaluate
from dueline.models import (
    IS_OPEN,
    Attachment,
    Case,
    Contact,
    Desk,
    Event,
    Message,
    OutboxItem,
    Watcher,
    store,
)
from dueline.models import Commitment as CommitmentRow
from dueline.queries.cases import book_of, visible_to
from dueline.queries.policies import current_calendar, current_policy, policy_numbers
from dueline.queries.written import WRITTEN
from dueline.wording.policy_words import say_meaning
from dueline.wording.promise_lines import Stored

PAGE_SIZE = 50
_INTERNAL_KINDS = [kind.value for kind in CommitmentKind if kind.is_internal]


# --- my company's cases ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CaseRow:
    number: str
    subject: str
    priority: str
    state: str
    contact: str
    opened_at: datetime
    last_message_at: datetime | None
    last_message_from: str
    waiting_since: datetime | None
    promise: Stored | None


@dataclass(frozen=True, slots=True)
class CaseList:
    """rows: the newest first. more_before: the id to go on from, or None at the end."""

    rows: list[CaseRow]
    open_count: int
    closed_count: int
    more_before: int | None


def cases_of(
    person: Person, *, only_closed: bool = False, before_id: int | None = None
) -> CaseList:
    """Return the cases that a customer may see, the newest first: the open ones, or the others."""
    visible = visible_to(person)
    wanted = visible.filter(~IS_OPEN) if only_closed else visible.filter(IS_OPEN)
    if before_id is not None:
        wanted = wanted.filter(pk__lt=before_id)
    found = list(wanted.order_by("-pk").values_list(*_ROW)[: PAGE_SIZE + 1])
    rows = found[:PAGE_SIZE]
    promises = _nearest_promises([row[0] for row in rows])
    closed_count = visible.filter(~IS_OPEN).count()
    return CaseList(
        rows=[
            CaseRow(*(case_number(case_id), *columns, promises.get(case_id)))
            for case_id, *columns in rows
        ],
        open_count=visible.count() - closed_count,
        closed_count=closed_count,
        more_before=rows[-1][0] if len(found) > PAGE_SIZE else None,
    )


_ROW = (
    "id",
    "subject",
    "priority",
    "state",
    "contact__name",
    "opened_at",
    "last_message_at",
    "last_message_from",
    "waiting_since",
)


def _nearest_promises(case_ids: Sequence[int]) -> dict[int, Stored]:
    """Return the promise to show for each case. The stored `nearest` may be an internal one."""
    owed = Q(state__in=[State.RUNNING, State.PAUSED]) | Q(
        state=State.MISSED, met_at=None, withdrawn_at=None
    )
    rows = (
        CommitmentRow.objects.filter(owed, case_id__in=case_ids)
        .exclude(kind__in=_INTERNAL_KINDS)
        .values_list("case_id", *Stored._fields)
    )
    nearest: dict[int, Stored] = {}
    for case_id, *columns in rows:
        stored = Stored(*columns)
        if case_id not in nearest or _due(stored) < _due(nearest[case_id]):
            nearest[case_id] = stored
    return nearest


def _due(stored: Stored) -> tuple[bool, datetime | None]:
    return (stored.due_at is None, stored.due_at)


# --- one case ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class File:
    """found: what a virus scanner found in it. is_within: it is a picture of the message's HTML."""

    id: int
    name: str
    size: int
    found: str
    is_within: bool


@dataclass(frozen=True, slots=True)
class Said:
    """A message as the customer reads it. folded: the quoted rest.

    written: of ours, the text in HTML that `wording.markdown` has made.
    html_says_more: its HTML tells what the text does not, and is shown first.
    """

    id: int
    text: str
    written: str
    folded: str
    files: tuple[File, ...]
    channel: str
    has_html: bool
    html_says_more: bool


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of the public history. by: who did it, "" for the desk itself."""

    id: int
    kind: Kind
    happened_at: datetime
    by: str
    by_customer: bool
    facts: dict[str, object]
    said: Said | None
    arrived: bool = True  # False: our mail came back
    of: str = ""  # the Case Number of the merged case from which it came


@dataclass(frozen=True, slots=True)
class Owed:
    """A commitment, its stored picture and, once it has begun, why it is due when it is.

    moves: where its due time was moved, the first one first.
    """

    commitment: Commitment
    stored: Stored
    explanation: Explanation | None
    policy_number: int  # of the version that made the promise
    moves: tuple[Move, ...] = ()


@dataclass(frozen=True, slots=True)
class Kin:
    """The Case Numbers of those cases around one that the reader may see.

    follows: the earlier one. followed_by: the later ones. split_from: where its first message was
    written. split_off: what messages of it became. goes_on_in: another case about the same matter.
    merged: those that go on in this one.
    """

    follows: str = ""
    followed_by: tuple[str, ...] = ()
    split_from: str = ""
    split_off: tuple[str, ...] = ()
    goes_on_in: str = ""
    merged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CasePage:
    id: int
    number: str
    subject: str
    priority: Priority
    priority_title: str
    state: CaseState
    contact: str
    contact_is_reader: bool
    opened_at: datetime
    version: int
    waiting_since: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    may_reopen: bool
    kin: "Kin"
    may_decide: bool  # about priority and end: its contact, or a super-user
    watchers: tuple[str, ...]  # colleagues of the reader's who watch the case
    reader_watches: bool
    may_be_added: tuple[tuple[int, str], ...]  # colleagues who do not watch it yet
    owed: tuple[Owed, ...]
    history: tuple[Happened, ...]


def version_of(case_id: int, person: Person) -> int:
    """Return how often a case has changed. Raises Refusal("not-found")."""
    version = visible_to(person).filter(pk=case_id).values_list("version", flat=True).first()
    if version is None:
        raise _not_found()
    return int(version)


def case_page(case_id: int, person: Person, *, at: datetime) -> CasePage:
    """Return one case as its customer sees it. Raises Refusal("not-found")."""
    case = (
        visible_to(person)
        .select_related("policy_version", "calendar_version", "contact")
        .filter(pk=case_id)
        .first()
    )
    if case is None:
        raise _not_found()
    policy = parse_policy(case.policy_version.source)
    events = _public_events(case_id)
    ended_at = case.closed_at or case.resolved_at
    colleagues, kin = _colleagues(case), _kin(case, person)
    history = [_history(case_id, events)]
    if kin.merged:
        history += [_history_of_merged(id_) for id_ in _merged_into(case_id, person)]
    return CasePage(
        id=case.pk,
        number=case.number,
        subject=case.subject,
        priority=Priority(case.priority),
        priority_title=say_meaning(policy, Priority(case.priority)).title,
        state=CaseState(case.state),
        contact=case.contact.name,
        contact_is_reader=case.contact_id == person.id,
        opened_at=case.opened_at,
        version=case.version,
        waiting_since=case.waiting_since,
        resolved_at=case.resolved_at,
        closed_at=case.closed_at,
        may_reopen=case.state != CaseState.MERGED
        and (ended_at is None or at - ended_at <= policy.reopen_window),
        kin=kin,
        may_decide=case.contact_id == person.id or person.is_super_user,
        watchers=tuple(c.name for c in colleagues if c.watches and c.id != person.id),
        reader_watches=any(c.watches and c.id == person.id for c in colleagues),
        may_be_added=tuple((c.id, c.name) for c in colleagues if not c.watches),
        owed=_owed(case, events, at=at),
        history=tuple(sorted(chain(*history), key=lambda h: (h.happened_at, h.id))),
    )


def _kin(case: Case, person: Person) -> Kin:
    """A link never widens access (i20): what the reader may not see is not named."""
    into = case.merged_into_id
    rows = list(
        visible_to(person)
        .filter(
            Q(pk__in=[id_ or 0 for id_ in (case.follows_id, case.split_from_id, into)])
            | Q(follows=case)
            | Q(split_from=case)
            | Q(merged_into=case)
        )
        .order_by("id")
        .values_list("id", "follows_id", "split_from_id", "merged_into_id")
    )
    numbers = {row[0]: case_number(row[0]) for row in rows}
    return Kin(
        follows=numbers.get(case.follows_id or 0, ""),
        followed_by=tuple(numbers[row[0]] for row in rows if row[1] == case.pk),
        split_from=numbers.get(case.split_from_id or 0, ""),
        split_off=tuple(numbers[row[0]] for row in rows if row[2] == case.pk),
        goes_on_in=numbers.get(into or 0, ""),
        merged=tuple(numbers[row[0]] for row in rows if row[3] == case.pk),
    )


class _Colleague(NamedTuple):
    id: int
    name: str
    watches: bool


def _colleagues(case: Case) -> list[_Colleague]:
    """Return who of the customer's company watches a case, or could: names alone."""
    watches = Watcher.objects.filter(case=case, contact=OuterRef("pk"))
    others = Contact.objects.filter(
        organization_id=case.organization_id or 0, left_at=None
    ).exclude(pk=case.contact_id)
    rows = others.annotate(watches=Exists(watches)).order_by("name", "id")
    return [_Colleague._make(row) for row in rows.values_list("id", "name", "watches")]


@dataclass(frozen=True, slots=True)
class _PublicEvent:
    event: CoreEvent
    message_id: int | None
    agent: str
    contact: str


def _public_events(case_id: int) -> list[_PublicEvent]:
    rows = (
        Event.objects.filter(case_id=case_id, kind__in=PUBLIC_KINDS)
        .order_by("id")
        .values_list(
            "id",
            "kind",
            "happened_at",
            "recorded_at",
            "facts",
            "message_id",
            "agent__name",
            "contact__name",
        )
    )
    public = []
    for id_, kind, happened_at, recorded_at, facts, message_id, agent, contact in rows:
        if _is_between_colleagues(kind, facts):
            continue
        by = "agent" if agent else "contact" if contact else "desk"
        readable = _readable(kind, facts, by=by)
        event = CoreEvent(id_, Kind(kind), happened_at, recorded_at, by, readable)
        public.append(_PublicEvent(event, message_id, agent or "", contact or ""))
    return public


# The facts of an event that a customer may read, and those that the clocks count by. A reason is
# among them only where the customer gave it: what a colleague typed was meant for colleagues.
_READABLE = frozenset(
    {
        "old",
        "new",
        "reached",
        "left_message",
        "direction",
        "phone",
        "channel",
        "priority",
        "arrived_at",
        "words",
        "number",
        "taken_back",
    }
)
_COUNTED_BY = frozenset(
    {
        "plan",
        "policy",
        "calendar",
        "calendars",
        "event",
        "commitment",
        "until",
        "carried",
        "merge",
    }
)


def _is_between_colleagues(kind: str, facts: dict[str, object]) -> bool:
    """An extension of Tier Two's answer is nothing that a customer may know of."""
    return kind == Kind.EXTENDED and facts["commitment"] in _INTERNAL_KINDS


def _readable(kind: str, facts: dict[str, object], *, by: str) -> dict[str, object]:
    # The reason of a case that the desk itself closed is a word of ours: "silence".
    has_reason = by == "contact" or (by == "desk" and kind == Kind.CLOSED)
    names = _READABLE | _COUNTED_BY | ({"reason"} if has_reason else set())
    return {name: value for name, value in facts.items() if name in names}


def _owed(case: Case, events: list[_PublicEvent], *, at: datetime) -> tuple[Owed, ...]:
    """Evaluate the public history: what colleagues promise each other is not even computed."""
    history = [public.event for public in events]
    book = _public_book(book_of(case, history))
    numbers = policy_numbers(book.policies)
    moved = moves(history, book)
    return tuple(
        Owed(
            commitment,
            _drawn(commitment),
            explain(commitment, history) if commitment.promises else None,
            numbers.get(commitment.promises[-1].terms.policy_id, 0) if commitment.promises else 0,
            tuple(
                move
                for move in moved
                if (move.kind, move.ordinal) == (commitment.kind, commitment.ordinal)
            ),
        )
        for commitment in evaluate(history, book, until=at)
        if not commitment.kind.is_internal
    )


def _public_book(book: Book) -> Book:
    policies = {id_: public_part(policy) for id_, policy in book.policies.items()}
    return Book(policies, book.calendars)


def _drawn(commitment: Commitment) -> Stored:
    return Stored(
        kind=commitment.kind,
        state=commitment.state,
        target=commitment.cell.target.spelled,
        started_at=commitment.started_at,
        warn_at=commitment.warn_at,
        due_at=commitment.due_at,
        met_at=commitment.met_at,
        withdrawn_at=commitment.withdrawn_at,
        paused_since=commitment.paused_since,
        skipped=skipped_parts(commitment),
    )


def _history(case_id: int, events: list[_PublicEvent]) -> tuple[Happened, ...]:
    bounces = [public.event for public in events if public.event.kind is Kind.BOUNCED]
    bounced = {event.facts.get("event") for event in bounces}
    # What we took back before it left was never said: neither it nor that is there to read.
    unsaid = {event.id for event in bounces if event.facts.get("taken_back")} | {
        event.facts.get("event") for event in bounces if event.facts.get("taken_back")
    }
    said = _said(case_id)
    return tuple(
        Happened(
            id=public.event.id,
            kind=public.event.kind,
            happened_at=public.event.happened_at,
            by=public.agent or public.contact,
            by_customer=public.event.by == "contact",
            facts=dict(public.event.facts),
            said=said.get(public.message_id) if public.message_id else None,
            arrived=public.event.id not in bounced,
        )
        for public in sorted(events, key=lambda p: (p.event.happened_at, p.event.id))
        if public.event.id not in unsaid
    )


def _merged_into(case_id: int, person: Person) -> list[int]:
    """Return the cases that go on in one, directly or by way of others, and that one may see."""
    found: list[int] = []
    newest = [case_id]
    while newest:
        cases = visible_to(person).filter(merged_into_id__in=newest).order_by("id")
        newest = list(cases.values_list("id", flat=True))
        found += newest
    return found


def _history_of_merged(case_id: int) -> tuple[Happened, ...]:
    """Return what was said there. The surviving case tells of the merge itself."""
    events = [p for p in _public_events(case_id) if p.event.kind is not Kind.MERGED_INTO]
    number = case_number(case_id)
    return tuple(replace(happened, of=number) for happened in _history(case_id, events))


def _said(case_id: int) -> dict[int, Said]:
    files: dict[int, list[File]] = {}
    for id_, message_id, name, size, scan, said, is_inline in (
        Attachment.objects.filter(message__case_id=case_id)
        .order_by("id")
        .values_list("id", "message_id", "name", "size", "scan", "scan_said", "is_inline")
    ):
        found = said or name if scan == Attachment.Scan.FOUND else ""
        files.setdefault(message_id, []).append(File(id_, name, size, found, is_inline))
    rows = (
        Message.objects.filter(case_id=case_id)
        .annotate(has_html=Q(agent=None) & ~Q(html=""), written=WRITTEN)
        .values_list(
            "id", "text", "written", "folded_from", "channel", "has_html", "html_says_more"
        )
    )
    return {
        id_: Said(
            id=id_,
            text=text if folded_from is None else text[:folded_from].rstrip(),
            written=written,
            folded="" if folded_from is None else text[folded_from:].strip(),
            files=tuple(files.get(id_, ())),
            channel=channel,
            has_html=has_html,
            html_says_more=bool(has_html and says_more),
        )
        for id_, text, written, folded_from, channel, has_html, says_more in rows
    }


# --- a file ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Download:
    """content: b"" if a virus scanner found something in it. found: what."""

    name: str
    content: bytes
    found: str = ""


def download(case_id: int, file_id: int, person: Person) -> Download:
    """Return a file of a message. Files of notes are not even looked at.

    Raises Refusal("not-found"), alike for unknown and forbidden ones.
    """
    row = (
        Attachment.objects.filter(
            pk=file_id, message__case_id=case_id, message__case__in=visible_to(person)
        )
        .values_list("name", "sha256", "scan", "scan_said")
        .first()
    )
    if row is None:
        raise _not_found()
    name, sha256, scan, said = row
    if scan == Attachment.Scan.FOUND:
        return Download(name, b"", found=said or name)
    return Download(name, store.read(sha256))


# --- after asking for help ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    number: str
    is_critical: bool
    is_urgent: bool  # a call makes it Critical
    response: Stored | None
    call_back: Stored | None
    was_mailed: bool


def asked(case_id: int) -> Asked:
    """Return what the thank-you page says of a case that was opened in this very session."""
    row = Case.objects.filter(pk=case_id).values_list("priority", flat=True).get()
    stored = {
        kind: Stored(kind, *columns)
        for kind, *columns in CommitmentRow.objects.filter(case_id=case_id, ordinal=1)
        .exclude(kind__in=_INTERNAL_KINDS)
        .values_list(*Stored._fields)
    }
    return Asked(
        number=case_number(case_id),
        is_critical=row == Priority.CRITICAL,
        is_urgent=Event.objects.filter(
            case_id=case_id, kind=Kind.OPENED, facts__urgent=True
        ).exists(),
        response=stored.get(CommitmentKind.RESPONSE),
        call_back=stored.get(CommitmentKind.CALLBACK),
        was_mailed=OutboxItem.objects.filter(
            case_id=case_id, purpose=OutboxItem.Purpose.ACKNOWLEDGEMENT
        ).exists(),
    )


# --- the desk, as customers know it ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DeskFacts:
    name: str
    zone: str
    mail_address: str
    phone_office: str
    phone_other: str


def desk_facts() -> DeskFacts | None:
    """Return how the desk is called and reached; None before it is set up."""
    row = Desk.objects.values_list(
        "name", "zone", "mail_address", "phone_office", "phone_other"
    ).first()
    return DeskFacts(*row) if row else None


def phone_now(desk: DeskFacts, *, at: datetime) -> str:
    """Return the number to call at this very hour; "" if there is none."""
    both = (desk.phone_office, desk.phone_other)
    if not all(both):
        return both[0] or both[1]
    return both[0] if is_open(current_calendar(at=at).calendar, at) else both[1]


def priority_titles(*, at: datetime) -> dict[str, tuple[str, str]]:
    """Return what each priority is called and means in the policy that holds at `at`."""
    policy = current_policy(at=at).policy
    said = {priority.value: say_meaning(policy, priority) for priority in Priority}
    return {priority: (words.title, words.meaning) for priority, words in said.items()}


def _not_found() -> Refusal:
    return Refusal("not-found", "There is no such case.")
