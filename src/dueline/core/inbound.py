"""A request as it was understood, whichever door it came through."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dueline.core.priorities import Priority


class Machine(StrEnum):
    """What kind of machine wrote a mail, if one did. A machine is never sent an acknowledgement."""

    NONE = "none"  # a person wrote it
    AUTO_REPLY = "auto_reply"  # out of office, "we have received your request"
    BOUNCE = "bounce"  # a mail server says what became of a mail
    RECEIPT = "receipt"  # somebody's program says that a mail was read
    CALENDAR = "calendar"  # a calendar answers an invitation
    REPORT = "report"  # about our mail: a complaint, who sends in our name
    CODE = "code"  # another service wants proof that we read this address
    BULK = "bulk"  # it came over a list, or was sent to many
    AUTOMATIC = "automatic"  # an alert, a no-reply sender, a mail that asks for no answer
    LOOP = "loop"  # a mail of our own came back


@dataclass(frozen=True, slots=True)
class File:
    """name: cleaned of paths and control characters. media_type: as claimed, never believed."""

    name: str
    media_type: str
    content: bytes
    content_id: str = ""
    is_inline: bool = False


@dataclass(frozen=True, slots=True)
class Particulars:
    """What a customer tells about themselves and the request; None or "" where they did not."""

    name: str = ""
    phone: str = ""  # E.164 where it is a real number, else as it was written
    priority: Priority | None = None


@dataclass(frozen=True, slots=True)
class Voicemail:
    """What a telephone system tells of a message that somebody left.

    source: the system that tells of it; recording_id: its own name for the recording. Together
    they are one recording, however often it is told of.
    from_number, to_number: E.164 where they are real numbers, else as they were told; "": withheld.
    hung_up_at: the caller's last word; None: nobody says, and the arrival counts.
    keyed: the keys that the caller pressed, in order. is_urgent: the caller asked the system to
    mark the message as urgent. What either says is the administrator's rule (`Desk.keypad`).
    stated_priority: where it came with a priority; stated_by: "header" or "person". "keypad" is
    never told: the desk makes it of `keyed`.
    audio: also among the files of the Inbound. audio_url: where it lies, if it must be fetched.
    transcript: what a machine heard; a suggestion, never a priority.
    """

    source: str
    recording_id: str
    from_number: str = ""
    to_number: str = ""
    caller_name: str = ""
    hung_up_at: datetime | None = None
    seconds: int | None = None
    keyed: str = ""
    is_urgent: bool = False
    stated_priority: Priority | None = None
    stated_by: str = ""
    audio: File | None = None
    audio_url: str = ""
    transcript: str = ""


@dataclass(frozen=True, slots=True)
class Inbound:
    """One message from outside.

    sender_address, to, cc: bare addresses, the sender's in lower case; "" when there is none.
    text: all of it. reply_text: what the sender added to what they quoted.
    folded_from: where the quoted text begins in `text`; None: nothing is quoted at the end.
    html: sanitised. returned_ids: of the mails that a bounce gives back. returned_because: what the
    other server said, if it has refused for good. delayed_because: the same, if it still tries.
    original_name, original_address: who wrote what the sender only forwards.
    digest: of what the sender wrote; the same for a second copy that took another way.
    voicemail: what a telephone system says that it brings. By mail it is only a claim, until it is
    known that the mail comes from that system.
    """

    channel: str
    sender_name: str = ""
    sender_address: str = ""
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    subject: str = ""
    text: str = ""
    reply_text: str = ""
    folded_from: int | None = None
    html: str = ""
    files: tuple[File, ...] = ()
    mail_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    returned_ids: tuple[str, ...] = ()
    returned_because: str = ""
    delayed_because: str = ""
    original_name: str = ""
    original_address: str = ""
    sent_at: datetime | None = None
    particulars: Particulars = Particulars()
    machine: Machine = Machine.NONE
    machine_because: str = ""
    warnings: tuple[str, ...] = ()
    digest: str = ""
    voicemail: Voicemail | None = None


def digest_of(
    *, sender: str, subject: str, date: str, bodies: Sequence[str], files: Sequence[File]
) -> str:
    """Return the SHA-256 of what a sender wrote, without the traces that the way leaves in it."""
    digest = hashlib.sha256()
    contents = [hashlib.sha256(file.content).hexdigest() for file in files]
    names = [file.name for file in files]
    for piece in (sender, subject, date, *bodies, *names, *contents):
        # The length in front keeps "ab" + "c" apart from "a" + "bc".
        coded = piece.encode("utf-8", "surrogatepass")
        digest.update(b"%d:" % len(coded) + coded)
    return digest.hexdigest()
