"""The recordings of voicemails: what a page shows of them, and who may hear them."""

from datetime import datetime
from typing import NamedTuple
from zlib import crc32

from dueline.core.audience import Person
from dueline.core.errors import Refusal
from dueline.models import Attachment, PhoneCall, Voicemail
from dueline.queries.cases import visible_to
from dueline.queries.prepared import Prepared


def numbers_of_call(provider: str, call_id: str) -> tuple[str, str]:
    """Return who called and whom, as it was told when it rang; "" where it was not."""
    if not call_id:
        return "", ""
    calls = PhoneCall.objects.filter(webhook__provider=provider, call_id=call_id)
    return calls.values_list("from_number", "to_number").first() or ("", "")


class RecordingRow(NamedTuple):
    """The recording of one voicemail, as colleagues see it. peaks: 0 … 100 each."""

    id: int
    message_id: int | None  # of what it was attached to, or will be
    audio: str  # `Voicemail.Audio`
    audio_url: str
    audio_error: str
    audio_tries: int
    playable_sha256: str
    peaks: list[int]
    seconds: int | None
    transcript: str
    heard_at: datetime | None
    heard_by: str | None


def recordings_of(case_id: int) -> list[RecordingRow]:
    """Return the recordings of a case, oldest first."""
    rows = Voicemail.objects.filter(item__message__case_id=case_id).order_by("id").distinct()
    told = rows.values_list(
        "id",
        "item__message__id",
        "audio",
        "audio_url",
        "audio_error",
        "audio_tries",
        "playable_sha256",
        "peaks",
        "seconds",
        "transcript",
        "heard_at",
        "heard_by__name",
    )
    return [RecordingRow(*row) for row in told]


class _State(NamedTuple):
    id: int
    audio: str
    audio_tries: int
    audio_error: str
    playable_sha256: str
    transcript: str
    heard_at: datetime | None


_states = Prepared(
    _State,
    lambda case_id: (
        Voicemail.objects.filter(case_id=case_id).order_by("id").values_list(*_State._fields)
    ),
)


def mark_of(case_id: int) -> str:
    """Return what changes when a recording of the case does, which no event tells; letters only."""
    states = _states(case_id)
    return f"{crc32(repr(states).encode()):x}" if states else ""


def get_playable(voicemail_id: int, person: Person) -> str:
    """Return the SHA-256 of what a browser plays. For agents. Raises Refusal("not-found")."""
    found = None
    if person.is_agent:
        found = (
            Voicemail.objects.filter(pk=voicemail_id, case__in=visible_to(person))
            .exclude(playable_sha256="")
            .exclude(attachment__scan=Attachment.Scan.FOUND)
            .values_list("playable_sha256", flat=True)
            .first()
        )
    if found is None:
        raise Refusal("not-found", "There is no such recording.")
    return found
