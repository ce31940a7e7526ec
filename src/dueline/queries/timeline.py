"""Everything that happened to one case, as rows: events, texts, files, mails.

For agents: notes and questions are in here. The portal has its own reading of the history.
"""

from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q

from dueline.models import Attachment, Commitment, Event, Message, Note, OutboxItem, Question


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
    inbox_item_id: int | None


class NoteRow(NamedTuple):
    id: int
    text: str


class QuestionRow(NamedTuple):
    id: int
    asked_by: str
    asked_at: datetime
    text: str
    answered_by: str | None
    answered_at: datetime | None
    answer: str
    taken_back_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.answered_at is None and self.taken_back_at is None


class FileRow(NamedTuple):
    id: int
    name: str
    media_type: str
    size: int
    message_id: int | None
    note_id: int | None


class MailRow(NamedTuple):
    """What became of a mail to the customer."""

    message_id: int | None
    purpose: str
    state: str
    to_address: str
    last_error: str


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


class History(NamedTuple):
    events: list[EventRow]
    messages: dict[int, MessageRow]
    notes: dict[int, NoteRow]
    questions: dict[int, QuestionRow]
    files: list[FileRow]
    mails: list[MailRow]
    commitments: list[CommitmentRow]


def history_of(case_id: int) -> History:
    """Return the history of a case in seven statements, however long it is."""
    return History(
        events=_events(case_id),
        messages={
            row[0]: MessageRow._make(row)
            for row in Message.objects.filter(case_id=case_id)
            .annotate(has_html=~Q(html=""))
            .values_list("id", "channel", "text", "folded_from", "has_html", "inbox_item_id")
        },
        notes={
            row[0]: NoteRow._make(row)
            for row in Note.objects.filter(case_id=case_id).values_list("id", "text")
        },
        questions={row.id: row for row in questions_of(case_id)},
        files=[
            FileRow._make(row)
            for row in Attachment.objects.filter(
                Q(message__case_id=case_id) | Q(note__case_id=case_id)
            )
            .order_by("id")
            .values_list("id", "name", "media_type", "size", "message_id", "note_id")
        ],
        mails=[
            MailRow._make(row)
            for row in OutboxItem.objects.filter(case_id=case_id)
            .exclude(purpose=OutboxItem.Purpose.NOTICE)
            .order_by("id")
            .values_list("message_id", "purpose", "state", "to_address", "last_error")
        ],
        commitments=[
            CommitmentRow._make(row)
            for row in Commitment.objects.filter(case_id=case_id)
            .order_by("id")
            .values_list(*CommitmentRow._fields)
        ],
    )


def events_after(case_id: int, event_id: int) -> list[EventRow]:
    """Return what happened since somebody saw the case up to `event_id`."""
    return [event for event in _events(case_id) if event.id > event_id]


def questions_of(case_id: int) -> list[QuestionRow]:
    rows = (
        Question.objects.filter(case_id=case_id)
        .order_by("id")
        .values_list(
            "id",
            "asked_by__name",
            "asked_at",
            "text",
            "answered_by__name",
            "answered_at",
            "answer",
            "taken_back_at",
        )
    )
    return [QuestionRow._make(row) for row in rows]


def _events(case_id: int) -> list[EventRow]:
    rows = (
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
    )
    return [EventRow._make(row) for row in rows]
