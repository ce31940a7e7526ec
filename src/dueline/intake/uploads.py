"""A recording that an engineer has in a file: it takes the way of all others, raw first.

What the form says is kept as a mail with the headers of docs/telephone.md, so that it is read by
the reader of mails, and looks the same to whoever opens it in ten years.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from dueline.actions.cases import agents_only, refuse_the_future
from dueline.actions.inbox import keep_raw
from dueline.core.audience import Person
from dueline.core.errors import Refusal
from dueline.core.file_types import HEAD, Risk, risk_of
from dueline.core.inbound import File
from dueline.core.priorities import Priority
from dueline.intake.mail.voicemails import is_audio
from dueline.intake.read_inbox import read_now
from dueline.models import InboxItem

LARGEST = 20 * 1000 * 1000  # as a mail it is a third larger, and stays below the bound of mails


@dataclass(frozen=True, slots=True)
class Upload:
    """What an engineer says of a recording. priority: None where the caller states nothing.

    number: "" where it was withheld. text: what the caller says, which the customer can read.
    """

    audio: File
    hung_up_at: datetime
    number: str = ""
    name: str = ""
    priority: Priority | None = None
    text: str = ""


def upload(said: Upload, *, actor: Person, at: datetime) -> InboxItem:
    """Keep a recording, and take it in at once; return what became of it.

    Raises Refusal with the name of the field as its code.
    """
    agents_only(actor)
    _refuse_what_is_no_recording(said.audio)
    refuse_the_future(said.hung_up_at, at=at)
    raw = _as_mail(said, actor=actor).as_bytes()
    item_id = keep_raw(raw, door="upload", mail_from=actor.email, rcpt_to=[], at=at)
    read_now(item_id, at=at)
    return InboxItem.objects.get(pk=item_id)


def _refuse_what_is_no_recording(audio: File) -> None:
    if not audio.content:
        raise Refusal("audio", "The file is empty.")
    if len(audio.content) > LARGEST:
        raise Refusal("audio", "The file is too large: at most 20 MB can be added.")
    if not is_audio(audio) or risk_of(audio.name, audio.content[:HEAD]) is Risk.RUNS:
        raise Refusal("audio", "This is no recording. Choose a sound file, like WAV, MP3 or OGG.")


def _as_mail(said: Upload, *, actor: Person) -> EmailMessage:
    sha256 = hashlib.sha256(said.audio.content).hexdigest()
    mail = EmailMessage()
    mail["From"] = actor.email
    mail["Subject"] = "Voicemail"
    mail["Date"] = format_datetime(said.hung_up_at)
    mail["X-Voicemail-System"] = "upload"
    mail["X-Voicemail-Id"] = sha256  # the same file twice is one recording
    mail["X-Voicemail-Hung-Up"] = format_datetime(said.hung_up_at)
    for header, value in {
        "X-Voicemail-Number": said.number,
        "X-Voicemail-Name": said.name,
        "X-Voicemail-Priority": said.priority.value if said.priority else "",
        "X-Voicemail-Stated-By": "person" if said.priority else "",
    }.items():
        if line := " ".join(value.split()):
            mail[header] = line
    mail.set_content(said.text)
    mail.add_attachment(
        said.audio.content, maintype="audio", subtype="x-recording", filename=said.audio.name
    )
    mail.set_boundary(f"=-{sha256[:40]}")  # the same form sent twice is the same bytes
    return mail
