"""Everything that happened to one case, as rows: events, texts, files, mails.

For agents: notes and questions are in here. The portal has its own reading of the history.
"""

from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Exists, Q

from dueline.core.errors import Refusal
from dueline.core.events import Kind
from dueline.models import (
    Attachment,
    Commitment,
    Desk,
    Event,
    Message,
    Note,
    OutboxItem,
    PhoneCall,
    Question,
    QuestionEntry,
)
from dueline.queries.prepared import Prepared
from dueline.queries.recordings import RecordingRow, recordings_of
from dueline.queries.voicemails import Heard, heard_in
from dueline.queries.written import WRITTEN


class EventRow(NamedTuple):
    id: int
    kind: str
    happened_at: datetime
    recorded_at: datetime
    agent: str | None
    contact: str | None
    message_id: int | None
    note_id: int | None
    facts: dict[str, Any]


class MessageRow(NamedTuple):
    id: int
    channel: str
    text: str
    folded_from: int | None
    has_html: bool
    html_says_more: bool | None
    inbox_item_id: int | None
    written: str  # of ours: as it is shown, in HTML made by `wording.markdown`
    # Who of the customer wrote it, from where, and what is known of that (`InboxItem.trust`).
    contact: str | None
    address: str | None
    organization_id: int | None
    trust: dict[str, Any] | None


class NoteRow(NamedTuple):
    id: int
    text: str


class QuestionRow(NamedTuple):
    id: int
    asked_by_id: int
    asked_by: str
    asked_at: datetime
    text: str
    tried: str
    taken_by: str | None
    taken_at: datetime | None
    asked_back_at: datetime | None
    answered_by: str | None
    answered_at: datetime | None
    answer: str
    checklist: list[dict[str, Any]]
    taken_back_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.answered_at is None and self.taken_back_at is None

    @property
    def is_handed_back(self) -> bool:
        """It is answered, and something of the answer is still to be done."""
        return any(not step["done"] for step in self.checklist)


class FileRow(NamedTuple):
    id: int
    name: str
    media_type: str
    size: int
    message_id: int | None
    note_id: int | None
    question_id: int | None
    entry_id: int | None
    sha256: str
    is_inline: bool
    scan: str
    scan_said: str
    is_scanned: bool  # the desk has a scanner, which comes by sooner or later


class MailRow(NamedTuple):
    """What became of a mail to the customer."""

    message_id: int | None
    purpose: str
    state: str
    to_address: str
    last_error: str
    sent_at: datetime | None


class CommitmentRow(NamedTuple):
    """The columns of `wording.promise_lines.Stored`, and which one it is."""

    kind: str
    state: str
    target: str
    started_at: datetime | None
    warn_at: datetime | None
    due_at: datetime | None
    met_at: datetime | None
    withdrawn_at: datetime | None
    paused_since: datetime | None
    skipped: list[list[int]]
    ordinal: int


class CallRow(NamedTuple):
    """What the telephone system knows of a call that was logged. For colleagues."""

    event_id: int
    answered_at: datetime | None
    ended_at: datetime | None
    recording_url: str


class History(NamedTuple):
    events: list[EventRow]
    messages: dict[int, MessageRow]
    notes: dict[int, NoteRow]
    questions: dict[int, QuestionRow]
    said: dict[int, str]  # about questions, by the id of the entry
    files: list[FileRow]
    mails: list[MailRow]
    commitments: list[CommitmentRow]
    calls: dict[int, CallRow]  # by event
    voicemails: dict[int, Heard]  # by the inbox item that brought them
    recordings: list[RecordingRow]


_events = Prepared(
    EventRow,
    lambda case_id: (
        Event.objects.filter(case_id=case_id)
        .order_by("id")
        .values_list(
            "id",
            "kind",
            "happened_at",
            "recorded_at",
            "agent__name",
            "contact__name",
            "message_id",
            "note_id",
            "facts",
        )
    ),
)
_messages = Prepared(
    MessageRow,
    lambda case_id: (
        Message.objects.filter(case_id=case_id)
        .annotate(has_html=Q(agent=None) & ~Q(html=""), written=WRITTEN)
        .values_list(
            "id",
            "channel",
            "text",
            "folded_from",
            "has_html",
            "html_says_more",
            "inbox_item_id",
            "written",
            "contact__name",
            "contact__email",
            "contact__organization_id",
            "inbox_item__trust",
        )
    ),
)
_notes = Prepared(
    NoteRow, lambda case_id: Note.objects.filter(case_id=case_id).values_list("id", "text")
)
_questions = Prepared(
    QuestionRow,
    lambda case_id: (
        Question.objects.filter(case_id=case_id)
        .order_by("id")
        .values_list(
            "id",
            "asked_by_id",
            "asked_by__name",
            "asked_at",
            "text",
            "tried",
            "taken_by__name",
            "taken_at",
            "asked_back_at",
            "answered_by__name",
            "answered_at",
            "answer",
            "checklist",
            "taken_back_at",
        )
    ),
)
_said = Prepared(
    NoteRow,
    lambda case_id: QuestionEntry.objects.filter(question__case_id=case_id).values_list(
        "id", "text"
    ),
)
_files = Prepared(
    FileRow,
    lambda case_id: (
        Attachment.objects.filter(
            Q(message__case_id=case_id)
            | Q(note__case_id=case_id)
            | Q(question__case_id=case_id)
            | Q(entry__question__case_id=case_id)
        )
        .annotate(is_scanned=Exists(Desk.objects.exclude(clamd_address="")))
        .order_by("id")
        .values_list(*FileRow._fields)
    ),
)
_mails = Prepared(
    MailRow,
    lambda case_id: (
        OutboxItem.objects.filter(case_id=case_id)
        .exclude(purpose__in=(OutboxItem.Purpose.NOTICE, OutboxItem.Purpose.PAGE))
        .order_by("id")
        .values_list(*MailRow._fields)
    ),
)
_commitments = Prepared(
    CommitmentRow,
    lambda case_id: (
        Commitment.objects.filter(case_id=case_id)
        .order_by("id")
        .values_list(*CommitmentRow._fields)
    ),
)
_calls = Prepared(
    CallRow,
    lambda case_id: (
        PhoneCall.objects.filter(case_id=case_id, event__isnull=False)
        .order_by("id")
        .values_list(*CallRow._fields)
    ),
)


class Received(NamedTuple):
    text: str
    contact: str
    happened_at: datetime


def received(event_id: int, *, case_id: int) -> Received:
    """Return what a customer wrote in a case. Raises Refusal("not-found")."""
    row = (
        Event.objects.filter(pk=event_id, case_id=case_id, kind=Kind.MESSAGE_RECEIVED)
        .values_list("message__text", "contact__name", "happened_at")
        .first()
    )
    if row is None:
        raise Refusal("not-found", "There is no such message.")
    return Received._make(row)


def last_received(case_id: int) -> str:
    """Return what a customer wrote last in a case, without what they quoted. "" for nothing."""
    row = (
        Event.objects.filter(case_id=case_id, message__contact__isnull=False)
        .order_by("-id")
        .values_list("message__text", "message__folded_from")
        .first()
    )
    return row[0][: row[1]] if row else ""


def history_of(case_id: int) -> History:
    """Return the history of a case in ten statements at most, however long it is."""
    events = _events(case_id)
    messages = {row.id: row for row in _messages(case_id)}
    spoken = any(row.channel == "voicemail" for row in messages.values())
    kinds = {event.kind for event in events}
    has_questions = Kind.ASSISTANCE_ASKED in kinds
    has_notes = any(event.note_id for event in events)
    return History(
        events=events,
        messages=messages,
        notes={row.id: row for row in _notes(case_id)} if has_notes else {},
        questions={row.id: row for row in _questions(case_id)} if has_questions else {},
        said={row.id: row.text for row in _said(case_id)} if has_questions else {},
        files=_files(case_id),
        mails=_mails(case_id),
        commitments=_commitments(case_id),
        calls={row.event_id: row for row in _calls(case_id)} if _CALLS & kinds else {},
        voicemails={row.item_id: row for row in heard_in([case_id]).get(case_id, ())}
        if spoken
        else {},
        recordings=recordings_of(case_id) if spoken else [],
    )


_CALLS = {Kind.CALL_LOGGED, Kind.CALL_BACK_ASKED}
