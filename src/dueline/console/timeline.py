"""The history of a case as it is drawn: what was said and what happened, oldest first."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils.translation import gettext_noop

from dueline.console.recordings import Recording, drawn
from dueline.console.senders import SenderMark, marks_of_messages
from dueline.console.voicemails import Drawn, drawn_voicemail
from dueline.core.events import Kind
from dueline.core.file_types import HEAD, Look, Risk, look_of, risk_of
from dueline.core.policy import DUE
from dueline.models.store import read_head
from dueline.queries.outbox import fate_of_failure
from dueline.queries.timeline import (
    CallRow,
    EventRow,
    FileRow,
    History,
    MailRow,
    MessageRow,
    QuestionRow,
)
from dueline.wording.history import say_event
from dueline.wording.language import say as _
from dueline.wording.promise_lines import say_kind
from dueline.wording.states import say_channel
from dueline.wording.targets import say_spelled
from dueline.wording.times import say_clock, say_exact, say_left, say_span

_MESSAGES = {Kind.OPENED, Kind.MESSAGE_RECEIVED, Kind.REPLY_SENT, Kind.REOPENED}


class File(NamedTuple):
    """small: a small picture of it. look: where its beginning is shown."""

    href: str
    name: str
    size: int
    warning: str
    remark: str = ""
    is_found: bool = False  # a virus scanner found something in it
    small: str = ""
    look: str = ""


class Entry(NamedTuple):
    """One thing on the time line.

    shape: message, note, call, question, answer, line, miss. side: customer, desk or inside;
    what is inside is for colleagues only. folded: quoted text, shown on demand. became: the Case
    Number of the case that was made of it. of: the case from which a merge brought it. splits: the
    event, if a case can be made of it. sender: what is known of who sent it, if it came by mail.
    spoken: what a telephone system tells of it, if it is a voicemail.
    question: to Tier Two, of which it tells. tried: what had been tried. steps: what the answer
    left to do, and whether it is done.
    """

    id: str
    at: datetime
    clock: str
    exact: str
    shape: str
    side: str
    who: str = ""
    how: str = ""
    text: str = ""
    written: str = ""  # the same in HTML of our own making
    folded: str = ""
    html: str = ""
    html_first: bool = False  # it says more than the text, and stands in its place
    files: tuple[File, ...] = ()
    within: tuple[File, ...] = ()  # pictures that the shown HTML has in it
    fate: str = ""
    is_fate_bad: bool = False
    typed_in: str = ""
    remark: str = ""
    raw: str = ""
    became: str = ""
    of: str = ""
    splits: int = 0
    sender: SenderMark | None = None
    recording: str = ""  # where the recording of a call lies
    spoken: Drawn | None = None
    sound: Recording | None = None  # what somebody said to a machine
    question: int = 0
    tried: str = ""
    steps: tuple[tuple[str, bool], ...] = ()


def interleaved(own: list[Entry], merged: Iterable[tuple[str, list[Entry]]]) -> list[Entry]:
    """Return the time line of a case with those of the cases that go on in it.

    merged: Case Number and entries of each.
    """
    told = list(own)
    for number, theirs in merged:
        told += [entry._replace(of=number, splits=0, id=f"{number}-{entry.id}") for entry in theirs]
    return sorted(told, key=lambda entry: entry.at)


def entries(
    history: History,
    *,
    number: str,
    now: datetime,
    zone: str,
    region: str = "SE",
    dials: str = "",
) -> list[Entry]:
    """Return the time line of a case, by when things happened.

    region: two letters (ISO 3166) in which telephone numbers are written. dials: what they become
    links to (`Desk.dial_address`).
    """
    teller = _Teller(history, number=number, now=now, zone=zone, region=region, dials=dials)
    told = [entry for event in history.events if (entry := teller.tell(event))]
    told += teller.misses()
    return sorted(told, key=lambda entry: entry.at)


class _Teller:
    def __init__(
        self,
        history: History,
        *,
        number: str,
        now: datetime,
        zone: str,
        region: str,
        dials: str,
    ) -> None:
        self._history = history
        self._number = number
        self._now = now
        self._zone = zone
        self._region, self._dials = region, dials
        self._files: dict[tuple[str, int | None], list[FileRow]] = defaultdict(list)
        for file in history.files:
            self._files[_place_of(file)].append(file)
        self._mails: dict[int | None, list[MailRow]] = defaultdict(list)
        for mail in history.mails:
            self._mails[mail.message_id].append(mail)
        self._recordings = {row.message_id: row for row in history.recordings}
        self._senders = marks_of_messages(history.messages.values())
        self._became = {
            event.facts["event"]: event.facts["number"]
            for event in history.events
            if event.kind == Kind.SPLIT_OFF
        }

    def tell(self, event: EventRow) -> Entry | None:
        message = self._history.messages.get(event.message_id or 0)
        if event.kind in _MESSAGES and message:
            return self._message(event, message)
        match event.kind:
            case Kind.NOTE_ADDED:
                return self._note(event)
            case Kind.CALL_LOGGED:
                return self._call(event)
            case Kind.ASSISTANCE_ASKED:
                return self._question(event)
            case Kind.ASSISTANCE_ASKED_BACK:
                return self._about_question(event, "question", _("asked back, for Tier Two"))
            case Kind.ASSISTANCE_ADDED_TO:
                return self._about_question(event, "question", _("said more to Tier Two"))
            case Kind.ASSISTANCE_ANSWERED:
                return self._about_question(event, "answer", _("answered for Tier Two"))
            case Kind.NOTICED if event.facts.get("step") in ("due", DUE):
                return None  # the miss itself is told, at its own instant
        return self._line(event)

    def misses(self) -> list[Entry]:
        """A miss is told from the commitments: it is there though no sweep has come by."""
        return [
            Entry(
                id=f"miss-{row.kind}-{row.ordinal}",
                at=row.due_at,
                clock=self._clock(row.due_at),
                exact=say_exact(row.due_at, self._zone),
                shape="miss",
                side="inside" if row.kind == "assistance" else "desk",
                text=self._missed(row.kind, row.due_at, row.met_at),
            )
            for row in self._history.commitments
            if row.due_at
            and (row.state == "missed" or (row.state == "running" and row.due_at < self._now))
        ]

    def _missed(self, kind: str, due_at: datetime, met_at: datetime | None) -> str:
        if met_at is None:
            return _("%(kind)s was due and is missed.") % {"kind": say_kind(kind)}
        facts = {"kind": say_kind(kind), "late": say_left(due_at - met_at)}
        return _("%(kind)s was due and was missed. It came %(late)s.") % facts

    def _entry(self, event: EventRow, shape: str, side: str, **more: object) -> Entry:
        typed_in = ""
        if (event.recorded_at - event.happened_at).total_seconds() >= 60:
            typed_in = self._clock(event.recorded_at)
        return Entry(
            id=f"event-{event.id}",
            at=event.happened_at,
            clock=self._clock(event.happened_at),
            exact=say_exact(event.happened_at, self._zone),
            shape=shape,
            side=side,
            who=event.agent or event.contact or "",
            typed_in=typed_in,
            **more,  # type: ignore[arg-type]
        )

    def _message(self, event: EventRow, message: MessageRow) -> Entry:
        cut = message.folded_from if message.folded_from is not None else len(message.text)
        fate, is_bad = self._fate(message.id) if event.agent else ("", False)
        became = self._became.get(event.id, "")
        can_split = event.kind == Kind.MESSAGE_RECEIVED and not became
        html_first = bool(message.has_html and message.html_says_more)
        files = [(file, drawn_file(file)) for file in self._files.get(("message", message.id), ())]
        within = [file for file, drawn in files if html_first and file.is_inline and drawn.small]
        return self._entry(
            event,
            "message",
            "customer" if event.contact else "desk",
            how=say_channel(message.channel),
            text=message.text[:cut].strip(),
            written=message.written,
            folded=message.text[cut:].strip(),
            html=f"/console/messages/{message.id}/html" if message.has_html else "",
            html_first=html_first,
            files=tuple(drawn for file, drawn in files if file not in within),
            within=tuple(drawn for file, drawn in files if file in within),
            fate=fate,
            is_fate_bad=is_bad,
            raw=f"/console/inbox/{message.inbox_item_id}/raw" if message.inbox_item_id else "",
            became=became,
            splits=event.id if can_split else 0,
            sender=self._senders.get(message.id),
            spoken=self._spoken(message) if message.channel == "voicemail" else None,
            sound=self._sound(message.id),
        )

    def _spoken(self, message: MessageRow) -> Drawn | None:
        heard = self._history.voicemails.get(message.inbox_item_id or 0)
        if heard is None:
            return None
        return drawn_voicemail(
            heard, region=self._region, dials=self._dials, now=self._now, zone=self._zone
        )

    def _sound(self, message_id: int) -> Recording | None:
        row = self._recordings.get(message_id)
        return drawn(row, now=self._now, zone=self._zone) if row else None

    def _note(self, event: EventRow) -> Entry:
        note = self._history.notes.get(event.note_id or 0)
        files = self._attached("note", event.note_id)
        return self._entry(event, "note", "inside", text=note.text if note else "", files=files)

    def _call(self, event: EventRow) -> Entry:
        reached, phone = bool(event.facts.get("reached")), event.facts.get("phone", "")
        came_in = event.facts.get("direction") == "in"
        if came_in:
            how = _("was called by the customer") if reached else _("missed the customer’s call")
        else:
            how = _("called %(phone)s") % {"phone": phone or _("the customer")}
        parts = [how, say_outcome(event.facts)]
        call = self._history.calls.get(event.id)
        if seconds := _seconds(event, call):
            parts.append(say_span(timedelta(seconds=seconds)))
        note = self._history.notes.get(event.note_id or 0)
        return self._entry(
            event,
            "call",
            "desk",
            how=" · ".join(parts),
            text=note.text if note else "",
            remark="" if reached else _("An attempt without contact meets no promise."),
            recording=call.recording_url if call else "",
        )

    def _question(self, event: EventRow) -> Entry:
        question = self._history.questions.get(event.facts.get("question", 0))
        return self._entry(
            event,
            "question",
            "inside",
            how=_("asked Tier Two, answer within %(within)s")
            % {"within": say_spelled(event.facts["within"]) if event.facts.get("within") else ""},
            text=question.text if question else "",
            tried=question.tried if question else "",
            files=self._attached("question", event.facts.get("question")),
            question=question.id if question else 0,
        )

    def _about_question(self, event: EventRow, shape: str, how: str) -> Entry:
        question = self._history.questions.get(event.facts.get("question", 0))
        entry_id = event.facts.get("entry")
        # What was answered before there were entries stands with the question alone.
        alone = question.answer if question and shape == "answer" else ""
        is_answer = shape == "answer" and question is not None
        return self._entry(
            event,
            shape,
            "inside",
            how=how,
            text=self._history.said.get(entry_id or 0, alone),
            files=self._attached("entry", entry_id) if entry_id else (),
            question=question.id if question else 0,
            steps=_steps(question) if question and is_answer else (),
        )

    def _line(self, event: EventRow) -> Entry | None:
        who = event.agent or event.contact or ""
        text = say_event(event.kind, who=who, number=self._number, facts=event.facts)
        return self._entry(event, "line", "desk", text=text) if text else None

    def _attached(self, place: str, id_: int | None) -> tuple[File, ...]:
        return tuple(drawn_file(file) for file in self._files.get((place, id_), ()))

    def _fate(self, message_id: int) -> tuple[str, bool]:
        """Say what became of the mails that carried a message: to each reader, the worst first."""
        mails = sorted(self._mails.get(message_id, ()), key=lambda mail: _how_bad(mail.state))
        if not mails:
            return "", False
        said = " · ".join(map(self._fate_of, mails))
        return said, mails[0].state in ("failed", "doubtful")

    def _fate_of(self, mail: MailRow) -> str:
        facts = {"to": mail.to_address}
        if mail.state == "sent" and mail.sent_at:
            return _("sent to %(to)s %(clock)s") % {**facts, "clock": self._clock(mail.sent_at)}
        if mail.state == "failed":
            fate = fate_of_failure(was_sent=mail.sent_at is not None, last_error=mail.last_error)
            said = _(_FAILURES[fate]) % facts
            return f"{said}: {mail.last_error[:_LONGEST_WHY]}" if mail.last_error else said
        said = {
            "sent": _("sent to %(to)s"),
            "doubtful": _("nobody knows whether it reached %(to)s"),
            "cancelled": _("taken back before it left to %(to)s"),
        }.get(mail.state, _("on its way to %(to)s"))
        return said % facts

    def _clock(self, at: datetime) -> str:
        return say_clock(at, now=self._now, zone=self._zone)


def say_outcome(facts: Mapping[str, object]) -> str:
    """Say what came of a call, by the facts of its event."""
    if facts.get("reached"):
        return _("spoke with the customer")
    return _("left a message") if facts.get("left_message") else _("no answer")


def _seconds(event: EventRow, call: CallRow | None) -> int:
    """Return how long a call took: as somebody said, or as the telephone system knows it."""
    if said := event.facts.get("seconds"):
        return int(said)
    if not (event.facts.get("reached") and call and call.answered_at and call.ended_at):
        return 0
    return max(0, int((call.ended_at - call.answered_at).total_seconds()))


_LONGEST_WHY = 120
_FAILURES = {
    "refused": gettext_noop("refused by the mail server of %(to)s"),
    "given-up": gettext_noop("given up, after no server took it for %(to)s"),
    "came-back": gettext_noop("came back from %(to)s"),
}


def _place_of(file: FileRow) -> tuple[str, int | None]:
    places = {
        "message": file.message_id,
        "note": file.note_id,
        "question": file.question_id,
        "entry": file.entry_id,
    }
    return next((place, id_) for place, id_ in places.items() if id_ is not None)


def _steps(question: QuestionRow) -> tuple[tuple[str, bool], ...]:
    return tuple((step["text"], step["done"]) for step in question.checklist)


def _how_bad(state: str) -> int:
    """The less, the worse."""
    return {"failed": 0, "doubtful": 1, "cancelled": 2, "sent": 4}.get(state, 3)


def drawn_file(file: FileRow) -> File:
    """Return a file as a page shows it: by its bytes, and not by what it claims to be."""
    address = f"/console/files/{file.id}"
    if file.scan == "found":
        said = _("virus found: %(name)s") % {"name": file.scan_said}
        return File(address, file.name, file.size, said, is_found=True)
    head = read_head(file.sha256, HEAD)
    look = look_of(file.name, head)
    return File(
        address,
        file.name,
        file.size,
        _say_risk(risk_of(file.name, head)),
        remark=_say_scan(file),
        small=f"{address}/small" if look is Look.PICTURE else "",
        look=f"{address}/look" if look in (Look.TEXT, Look.ARCHIVE) else "",
    )


def _say_risk(risk: Risk) -> str:
    match risk:
        case Risk.RUNS:
            return _("may run when opened")
        case Risk.PRETENDS:
            return _("is not what its name says")
    return ""


def _say_scan(file: FileRow) -> str:
    if file.scan == "failed":
        return _("could not be scanned for viruses")
    return _("not scanned for viruses yet") if file.scan == "none" and file.is_scanned else ""
