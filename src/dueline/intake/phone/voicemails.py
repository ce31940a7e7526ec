"""What a telephone system tells of a voicemail, read from what was kept of its call.

A call is kept with three lines in front: who called, in whose language, and what kind of content
came. The signature was checked at the door; it is not kept, for it lasts minutes only.
"""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from types import SimpleNamespace
from typing import Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpHeaders, HttpRequest

from dueline.core.audio import HEAD, kind_of_audio
from dueline.core.inbound import File, Inbound, Voicemail
from dueline.core.mail_text import clean_line
from dueline.core.phone import normal
from dueline.core.priorities import Priority
from dueline.intake.mail.calls import Call
from dueline.intake.mail.calls import Unreadable as BrokenForm
from dueline.intake.mail.child import Unreadable
from dueline.queries.recordings import numbers_of_call

LONGEST_ADDRESS = 1000
_LONGEST_CALL = timedelta(hours=6)
_HEAD = re.compile(
    rb"Dueline-Webhook: (\d{1,18})\r\nDueline-Provider: ([a-z]{1,20})\r\n"
    rb"Content-Type: ([^\r\n]{0,500})\r\n\r\n"
)
# What Twilio writes where it does not know who calls: names, and the same on a keypad.
_TWILIO_WITHHELD = frozenset({"+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"})


def kept_as(webhook_id: int, provider: str, call: Call) -> bytes:
    """Return a call as it is kept: the same bytes for the same call."""
    content_type = call.META.get("CONTENT_TYPE", "")[:500]
    head = (
        f"Dueline-Webhook: {webhook_id}\r\nDueline-Provider: {provider}\r\n"
        f"Content-Type: {content_type}\r\n\r\n"
    )
    return head.encode("latin-1", "replace") + call.body


def source_of(webhook_id: int) -> str:
    """Return how the recordings of a telephone system are known (`Voicemail.source`)."""
    return f"webhook {webhook_id}"


def is_finished(provider: str, call: Call) -> bool:
    """Whether there is a recording. Twilio also tells that one has begun."""
    return provider != "twilio" or call.POST.get("RecordingStatus") != "in-progress"


def read(raw: bytes, *, region: str) -> Inbound:
    """Return what a call says that was kept. Raises Unreadable."""
    head = _HEAD.match(raw)
    reads = READS.get(head[2].decode()) if head else None
    if head is None or reads is None:
        raise Unreadable("nobody knows which telephone system sent it")
    source = source_of(int(head[1]))
    call = _call(raw[head.end() :], head[3].decode("latin-1"))
    try:
        voicemail = reads(call, source, region)
    except (BrokenForm, ValueError, TypeError, LookupError, RecursionError) as error:
        raise Unreadable("it is built in another way than is known here") from error
    if not voicemail.recording_id:
        raise Unreadable("it names no recording")
    key = f"voicemail {source} {voicemail.recording_id}"
    return Inbound(
        channel="voicemail",
        sender_name=voicemail.caller_name,
        subject=f"Voicemail from {voicemail.from_number or 'a withheld number'}",
        files=(voicemail.audio,) if voicemail.audio else (),
        mail_id=key,
        digest=hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest(),
        voicemail=voicemail,
    )


def _call(body: bytes, content_type: str) -> Call:
    meta = {"CONTENT_TYPE": content_type}
    request = SimpleNamespace(META=meta, headers=HttpHeaders(meta))
    return Call(cast(HttpRequest, request), body)


# --- our own JSON ---------------------------------------------------------------------------------


def _generic(call: Call, source: str, region: str) -> Voicemail:
    """Read JSON, or a form with the same names and the recording as a file (docs/telephone.md)."""
    is_form = call.content_type == "multipart/form-data"
    told: Mapping[str, Any] = call.POST.dict() if is_form else json.loads(call.body)
    if not isinstance(told, Mapping):
        raise TypeError("no object")
    address = _text(told, "recording_url", LONGEST_ADDRESS + 1)
    audio = _uploaded(call) or _coded(told)
    return Voicemail(
        source=source,
        recording_id=_text(told, "id", 200),
        from_number=normal(_text(told, "from", 60), region),
        to_number=normal(_text(told, "to", 60), region),
        caller_name=_text(told, "name", 200),
        hung_up_at=_instant(told.get("hung_up_at")),
        seconds=_seconds(told.get("duration")),
        keyed=_text(told, "keyed", 20),
        is_urgent=str(told.get("urgent", "")).lower() in ("true", "1", "yes"),
        stated_priority=_priority(told.get("priority")),
        stated_by="header" if _priority(told.get("priority")) else "",
        audio=audio,
        audio_url="" if audio or len(address) > LONGEST_ADDRESS else address,
    )


def _text(told: Mapping[str, Any], name: str, longest: int) -> str:
    said = told.get(name)
    return clean_line(str(said))[:longest] if isinstance(said, str | int) else ""


def _instant(said: Any) -> datetime | None:
    """Read ISO 8601 with a zone, or seconds since 1970. What has no zone is no instant."""
    try:
        if isinstance(said, int | float) or str(said).isdigit():
            return datetime.fromtimestamp(float(said), tz=UTC)
        instant = datetime.fromisoformat(str(said).strip())
    except (ValueError, OverflowError, OSError):
        return None
    return instant.astimezone(UTC) if instant.tzinfo else None


def _seconds(said: Any) -> int | None:
    try:
        seconds = round(float(said))
    except (TypeError, ValueError, OverflowError):
        return None
    return seconds if 0 <= seconds <= _LONGEST_CALL.total_seconds() else None


def _priority(said: Any) -> Priority | None:
    try:
        return Priority(str(said).strip().lower())
    except ValueError:
        return None


def _coded(told: Mapping[str, Any]) -> File | None:
    coded = told.get("audio")
    if not isinstance(coded, str) or not coded:
        return None
    try:
        content = base64.b64decode(coded, validate=True)
    except binascii.Error as error:
        raise ValueError("no base64") from error
    return recording(content) if content else None


def _uploaded(call: Call) -> File | None:
    file = call.FILES.get("audio")
    content = file.read() if isinstance(file, UploadedFile) else b""
    return recording(content) if content else None


def recording(content: bytes) -> File:
    """Return a recording as the file of a message: named and typed by what it is."""
    kind = kind_of_audio(content[:HEAD])
    name = f"voicemail{kind.ending}" if kind else "voicemail.bin"
    return File(name, kind.media_type if kind else "application/octet-stream", content)


# --- Twilio --------------------------------------------------------------------------------------


def _twilio(call: Call, source: str, region: str) -> Voicemail:
    """Read a callback of <Record>: of its action, or of the recording's status.

    The latter tells neither who called nor whom: that is known from the call itself.
    https://www.twilio.com/docs/voice/twiml/record
    """
    told = call.POST
    is_there = told.get("RecordingStatus", "completed") == "completed"
    seconds = _seconds(told.get("RecordingDuration"))
    known = numbers_of_call("twilio", str(told.get("CallSid", "")))
    caller, called = str(told.get("From", "")) or known[0], str(told.get("To", "")) or known[1]
    return Voicemail(
        source=source,
        recording_id=_text(told, "RecordingSid", 200),
        from_number="" if caller in _TWILIO_WITHHELD else normal(caller, region),
        to_number=normal(called, region),
        caller_name=_text(told, "CallerName", 200),
        hung_up_at=_end(told.get("RecordingStartTime"), seconds),
        seconds=seconds,
        # What ended the recording ("hangup", "#") is no answer to a question; digits are.
        keyed=re.sub(r"[^0-9*]", "", _text(told, "Digits", 20).replace("hangup", "")),
        audio_url=_text(told, "RecordingUrl", LONGEST_ADDRESS) if is_there else "",
    )


def _end(started: Any, seconds: int | None) -> datetime | None:
    """Return the caller's last word: Twilio tells the first one and how long they spoke."""
    if not isinstance(started, str) or seconds is None:
        return None
    try:
        return parsedate_to_datetime(started).astimezone(UTC) + timedelta(seconds=seconds)
    except (ValueError, TypeError, OverflowError):
        return None


# provider → read a call: (call, source, region of telephone numbers).
READS: Mapping[str, Callable[[Call, str, str], Voicemail]] = {
    "generic": _generic,
    "twilio": _twilio,
}
