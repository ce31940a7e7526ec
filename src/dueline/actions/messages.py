"""What people say to each other about a case."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from dueline.actions import letters, phone_calls
from dueline.actions._change import Change, changing
from dueline.actions.attachments import keep_files
from dueline.actions.cases import (
    agents_only,
    may_reopen,
    open_case,
    refuse_the_future,
    reopen_within,
    write_message,
)
from dueline.actions.scheduled import hold_back
from dueline.core.audience import DESK, Person
from dueline.core.errors import Refusal
from dueline.core.events import Kind
from dueline.core.inbound import File
from dueline.core.lifecycle import Act, CaseState
from dueline.core.links import is_web_address
from dueline.core.priorities import Priority
from dueline.models import Case, Contact, InboxItem, Message, Note
from dueline.wording.markdown import render


def reply(
    case_id: int,
    *,
    text: str,
    actor: Person,
    at: datetime,
    files: Sequence[File] = (),
    cc: Sequence[str] = (),
    version: int | None = None,
) -> Message:
    """Write to the customer: the first such word is the response.

    text: Markdown. cc: addresses that read it as well; they get no part in the case.
    """
    agents_only(actor)
    _refuse_silence(text)
    with changing(case_id, actor=actor, at=at, version=version) as change:
        change.do(Act.RESPOND)
        message = _say(change, text, files=files, cc=cc)
        letters.reply(change, message)
    return message


def ask_customer(
    case_id: int,
    *,
    text: str,
    actor: Person,
    at: datetime,
    files: Sequence[File] = (),
    cc: Sequence[str] = (),
    version: int | None = None,
) -> Message:
    """Ask the customer for more. The case waits for them from here, and both sides see it."""
    agents_only(actor)
    _refuse_silence(text)
    with changing(case_id, actor=actor, at=at, version=version) as change:
        change.do(Act.ASK_CUSTOMER)
        message = _say(change, text, files=files, cc=cc)
        change.append(Kind.INFORMATION_ASKED, reply=change.events[-1].id)
        letters.information_asked(change, message)
    return message


def receive(
    case_id: int,
    *,
    text: str,
    contact: Contact,
    actor: Person,
    channel: str,
    happened_at: datetime,
    at: datetime,
    html: str = "",
    folded_from: int | None = None,
    files: Sequence[File] = (),
    inbox_item: InboxItem | None = None,
    cc: Sequence[str] = (),
) -> Case:
    """Take in what the customer wrote. Returns the case in which it landed.

    actor: the contact at the portal, who must be able to see the case; or DESK, when a mail's
    reply token has opened this one case to the sender.

    It ends a wait for the customer, and reopens a resolved case. After the reopen window it opens
    a case of its own that follows the old one: what a customer writes is never refused. What is
    written in a merged case lands in the one that goes on.
    """
    write = partial(
        write_message,
        text=text,
        contact=contact,
        channel=channel,
        happened_at=happened_at,
        at=at,
        html=html,
        folded_from=folded_from,
        files=files,
        inbox_item=inbox_item,
        cc=cc,
    )
    while True:
        with changing(case_id, actor=actor, at=at) as change:
            change.speak_as(contact)
            case = change.case
            if case.merged_into_id is None and may_reopen(change, at=happened_at):
                _hear(change, write(case), happened_at=happened_at)
                return case
        if case.merged_into_id is None:
            break
        case_id = case.merged_into_id
    # Here the case itself stays as it was, and only the follow-up is written.
    return open_case(
        contact=contact,
        subject=case.subject,
        text=text,
        priority=Priority.NORMAL,
        channel=channel,
        happened_at=happened_at,
        at=at,
        actor=contact.as_person(),
        files=files,
        html=html,
        folded_from=folded_from,
        inbox_item=inbox_item,
        cc=cc,
        follows=case,
    )


def await_third_party(case_id: int, *, whom: str, actor: Person, at: datetime) -> None:
    """Let the case wait for somebody who is neither customer nor desk, until we end it.

    whom: for colleagues. The customer sees that the case waits, and since when.
    """
    agents_only(actor)
    if not whom.strip():
        raise Refusal("whom-missing", "Say for whom the case waits: colleagues read it.")
    with changing(case_id, actor=actor, at=at) as change:
        change.do(Act.AWAIT_THIRD_PARTY)
        change.append(Kind.THIRD_PARTY_AWAITED, whom=whom.strip())


def end_wait(case_id: int, *, actor: Person, at: datetime) -> None:
    """Stop waiting: the customer's answer came another way, or the third party is done."""
    agents_only(actor)
    with changing(case_id, actor=actor, at=at) as change:
        change.do(Act.END_WAIT)
        change.append(Kind.WAIT_ENDED)


def add_note(
    case_id: int, *, text: str, actor: Person, at: datetime, files: Sequence[File] = ()
) -> Note:
    """Write for colleagues. It can never become public: what is public is written anew."""
    agents_only(actor)
    _refuse_silence(text)
    with changing(case_id, actor=actor, at=at) as change:
        note = Note.objects.create(case=change.case, agent_id=actor.id, text=text, recorded_at=at)
        keep_files(files, note=note)
        change.append(Kind.NOTE_ADDED, note=note)
    return note


def log_call(
    case_id: int,
    *,
    reached: bool,
    direction: str,
    happened_at: datetime,
    actor: Person,
    at: datetime,
    phone: str = "",
    summary: str = "",
    left_message: bool = False,
    seconds: int | None = None,
    recording: str = "",
    call_id: int | None = None,
) -> None:
    """Record a call about a case. reached: we spoke with the customer; direction: "out" or "in".

    The summary and the address of a recording are for colleagues. An attempt without contact is
    listed and meets nothing, also if we left a message. call_id: the call of the telephone system
    that this was; how long it took is known from there, unless somebody says it.
    """
    agents_only(actor)
    if direction not in ("in", "out"):
        raise Refusal("bad-direction", "Say whether the customer called or was called.")
    if reached and left_message:
        raise Refusal("bad-call", "Either you spoke with the customer, or you left a message.")
    _refuse_odd(seconds, recording)
    refuse_the_future(happened_at, at=at)
    with changing(case_id, actor=actor, at=at) as change:
        if happened_at < change.case.opened_at:
            raise Refusal("too-early", "The call cannot have been before the request arrived.")
        if reached and CaseState(change.case.state).is_open:
            change.do(Act.RESPOND)
            if direction == "in":
                _activate_urgent(change, happened_at=happened_at)
        note = None
        if summary.strip():
            note = Note.objects.create(
                case=change.case, agent_id=actor.id, text=summary.strip(), recorded_at=at
            )
        event = change.append(
            Kind.CALL_LOGGED,
            happened_at=happened_at,
            note=note,
            reached=reached,
            direction=direction,
            phone=phone.strip(),
            **_given(left_message=left_message or None, seconds=seconds),
        )
        if call_id is not None:
            phone_calls.link(
                call_id, case=change.case, event_id=event.id, actor=actor, at=change.at
            )
        if recording:
            phone_calls.keep_recording(change.case, event, address=recording, call_id=call_id)


def _given(**facts: Any) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value is not None}


_LONGEST_CALL = 24 * 3600


def _refuse_odd(seconds: int | None, recording: str) -> None:
    if seconds is not None and not 0 <= seconds <= _LONGEST_CALL:
        raise Refusal("bad-duration", "A call takes a day at most.")
    if recording and (len(recording) > 1000 or not is_web_address(recording)):
        raise Refusal(
            "bad-recording", "A recording is an address that begins with http:// or https://."
        )


def _activate_urgent(change: Change, *, happened_at: datetime) -> None:
    """A super-user wrote “Urgent”, and now calls: from the call on the case is Critical.

    Before the call itself, so that the call meets a promise that began with it.
    """
    wrote_so = bool(change.events[0].facts.get("urgent"))
    activated = any(
        event.kind is Kind.PRIORITY_CHANGED and event.facts.get("urgent") for event in change.events
    )
    old = Priority(change.case.priority)
    if not wrote_so or activated or old is Priority.CRITICAL:
        return
    change.do(Act.CHANGE_PRIORITY)
    change.case.priority = Priority.CRITICAL
    change.append(
        Kind.PRIORITY_CHANGED,
        happened_at=happened_at,
        old=old.value,
        new=Priority.CRITICAL.value,
        reason=_URGENT,
        urgent=True,
    )


_URGENT = "“Urgent” in the subject, and a call."


def ask_for_call_back(
    case_id: int,
    *,
    phone: str,
    happened_at: datetime,
    at: datetime,
    actor: Person = DESK,
    voicemail_id: int | None = None,
) -> None:
    """The customer wants to be called: a promise of its own, counted from when they said so."""
    refuse_the_future(happened_at, at=at)
    with changing(case_id, actor=actor, at=at) as change:
        if not CaseState(change.case.state).is_open:
            raise Refusal("not-now", "The case is no longer open. Reopen it first.")
        told: dict[str, Any] = {"voicemail": voicemail_id} if voicemail_id else {}
        change.append(Kind.CALL_BACK_ASKED, happened_at=happened_at, phone=phone.strip(), **told)


def _hear(change: Change, message: Message, *, happened_at: datetime) -> None:
    """Let the customer's word do what it does: end a wait for it, or reopen the case."""
    case = change.case
    change.append(Kind.MESSAGE_RECEIVED, happened_at=happened_at, message=message)
    if not CaseState(case.state).is_open:
        reopen_within(change, reason="", happened_at=happened_at)
    elif case.state == CaseState.WAITING and case.waiting_since:
        # From the arrival on it is our turn again, however late the mail was read.
        turned_at = max(happened_at, case.waiting_since)
        change.do(Act.END_WAIT)
        change.append(Kind.WAIT_ENDED, happened_at=turned_at)
    letters.customer_wrote(change)
    hold_back(change)


def _say(change: Change, text: str, *, files: Sequence[File], cc: Sequence[str]) -> Message:
    """Add the actor's public word to the conversation."""
    message = write_message(
        change.case,
        text=text,
        agent_id=change.actor.id,
        by=change.actor.name,
        channel="console",
        happened_at=change.at,
        at=change.at,
        files=files,
        html=render(text),
        cc=cc,
    )
    change.append(Kind.REPLY_SENT, message=message)
    return message


def _refuse_silence(text: str) -> None:
    if not text.strip():
        raise Refusal("text-missing", "There is no text yet.")
