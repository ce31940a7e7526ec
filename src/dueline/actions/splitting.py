"""A message that is about something else becomes a case of its own."""

from datetime import datetime

from dueline.actions._change import Change, changing
from dueline.actions.cases import agents_only, open_case
from dueline.core.audience import Person
from dueline.core.errors import Refusal
from dueline.core.events import Kind
from dueline.core.lifecycle import Act
from dueline.core.priorities import Priority
from dueline.models import Attachment, Case, Contact, Event, Message


def split(case_id: int, *, event_id: int, subject: str, actor: Person, at: datetime) -> Case:
    """Open a case for what the customer wrote in this one; return the new case.

    event_id: of the MESSAGE_RECEIVED. The message stays where it is as well. The new case belongs
    to whoever wrote it and counts from when it arrived, under the contract of that moment; they
    are told.
    """
    agents_only(actor)
    if not subject.strip():
        raise Refusal("subject-missing", "Say what the new case is about.")
    with changing(case_id, actor=actor, at=at) as change:
        change.do(Act.SPLIT)
        message, writer = _message_of(change, event_id)
        new = open_case(
            contact=writer,
            subject=subject,
            text=message.text,
            html=message.html,
            folded_from=message.folded_from,
            inbox_item=message.inbox_item,
            priority=Priority.NORMAL,
            channel=message.channel,
            happened_at=message.happened_at,
            at=at,
            actor=writer.as_person(),
            verified=writer.organization_id is not None,
            split_from=change.case,
        )
        _copy_files(message, to=new)
        change.append(Kind.SPLIT_OFF, event=event_id, number=new.number)
    return new


def _message_of(change: Change, event_id: int) -> tuple[Message, Contact]:
    received = Event.objects.select_related("message__contact", "message__inbox_item")
    event = received.filter(pk=event_id, case=change.case, kind=Kind.MESSAGE_RECEIVED).first()
    if event is None or event.message is None or event.message.contact is None:
        raise Refusal("no-message", "Only what the customer wrote becomes a case of its own.")
    splits = (e for e in change.events if e.kind is Kind.SPLIT_OFF)
    if any(split_off.facts["event"] == event_id for split_off in splits):
        raise Refusal("not-now", "This message is a case of its own already.")
    return event.message, event.message.contact


def _copy_files(message: Message, *, to: Case) -> None:
    """Name the same bytes once more: what is stored by its digest need not be stored twice."""
    copy = to.messages.get()
    Attachment.objects.bulk_create(
        Attachment(
            message=copy,
            name=file.name,
            media_type=file.media_type,
            size=file.size,
            sha256=file.sha256,
            content_id=file.content_id,
            is_inline=file.is_inline,
            scan=file.scan,
            scan_said=file.scan_said,
        )
        for file in Attachment.objects.filter(message=message).order_by("id")
    )
