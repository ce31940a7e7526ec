"""The recordings of voicemails: what a page shows of them, and who may hear them."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple
from zlib import crc32

from django.db.models import QuerySet

from dueline.core.audience import Person
from dueline.core.errors import Refusal
from dueline.models import Attachment, Desk, PhoneCall, Voicemail
from dueline.queries.cases import visible_to
from dueline.queries.prepared import Prepared

_DAY = timedelta(days=1)


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
    return _rows(Voicemail.objects.filter(item__message__case_id=case_id))


def recordings_in(case_ids: Collection[int]) -> dict[int, RecordingRow]:
    """Return the recordings of some cases, by voicemail. For agents only."""
    return {row.id: row for row in _rows(Voicemail.objects.filter(case_id__in=case_ids))}


def _rows(voicemails: QuerySet[Voicemail]) -> list[RecordingRow]:
    rows = voicemails.order_by("id").distinct()
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


def mark_of_newest(*, most: int = 50) -> str:
    """Return what changes when one of the newest recordings does; letters only."""
    rows = Voicemail.objects.order_by("-id").values_list(*_State._fields)[:most]
    return f"{crc32(repr(list(rows)).encode()):x}"


class Service(NamedTuple):
    """What turns speech into text: an address that speaks OpenAI's protocol."""

    url: str
    key: str
    model: str


def speech_service() -> Service | None:
    """Return what turns speech into text, if an administrator has set one up."""
    row = Desk.objects.values_list("speech_url", "speech_key", "speech_model").first()
    return Service(*row) if row and row[0] else None


class Untold(NamedTuple):
    id: int
    playable_sha256: str


def next_to_transcribe(*, at: datetime, besides: Collection[int]) -> Untold | None:
    """Return the newest recording of a day that nobody has turned into text yet, if there is one.

    Of a day: with the hour in which a service is set up, not all that was ever said goes there.
    """
    rows = Voicemail.objects.filter(
        audio=Voicemail.Audio.KEPT, transcript="", hung_up_at__gt=at - _DAY
    ).exclude(playable_sha256="")
    row = rows.exclude(pk__in=besides).order_by("-id").values_list(*Untold._fields).first()
    return Untold._make(row) if row else None


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
