"""A recording as a page draws it: how it stands, what can be done, and its waveform."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext_noop

from dueline.core.heard_words import suggested_by
from dueline.queries.recordings import RecordingRow
from dueline.wording.language import say as _
from dueline.wording.states import say_priority
from dueline.wording.times import say_clock

_WIDTH, _HEIGHT = 3, 100  # of the place of one bar
_LEAST = 3  # silence is still a line


class Recording(NamedTuple):
    """state: playable, preparing, fetching, missing, unplayable. why: a sentence, or "".

    length: "0:31", or "" where nobody knows. wave: what an SVG draws, `wave_width` wide and 100
    high. goes_on: only its beginning can be played here.
    """

    id: int
    state: str
    why: str
    address: str
    length: str
    seconds: int
    wave: str
    wave_width: int
    may_try: bool
    heard: str
    transcript: str
    suggests: str  # what may have been said, as a sentence
    goes_on: bool


PLAYED_AT_MOST = 20 * 60  # seconds; see intake/phone/decoder.py


def drawn(row: RecordingRow, *, now: datetime, zone: str) -> Recording:
    state = _state(row)
    heard = ""
    if row.heard_at:
        facts = {"who": row.heard_by or "", "at": say_clock(row.heard_at, now=now, zone=zone)}
        heard = _("%(who)s listened %(at)s.") % facts
    return Recording(
        id=row.id,
        state=state,
        why=_why(row.audio_error),
        address=f"/console/voicemails/{row.id}",
        length=length(row.seconds) if row.seconds is not None else "",
        seconds=row.seconds or 0,
        wave=wave(row.peaks),
        wave_width=len(row.peaks) * _WIDTH,
        may_try=state == "unplayable" or (state == "missing" and bool(row.audio_url)),
        heard=heard,
        transcript=row.transcript,
        suggests=_suggests(row.transcript),
        goes_on=(row.seconds or 0) > PLAYED_AT_MOST,
    )


def _suggests(transcript: str) -> str:
    found = suggested_by(transcript)
    said = []
    if found.name:
        said.append(_("The caller may be %(name)s.") % {"name": found.name})
    if found.priority:
        facts = {"priority": say_priority(found.priority)}
        said.append(_("They may have asked for %(priority)s: listen before you set it.") % facts)
    return " ".join(said)


def _state(row: RecordingRow) -> str:
    if row.audio == "missing":
        return "missing"
    if row.audio == "waiting":
        return "fetching"
    if row.playable_sha256:
        return "playable"
    return "unplayable" if row.audio_error else "preparing"


def length(seconds: int) -> str:
    """Say how long a recording is, as players do: "0:31", "1:02:03"."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def wave(peaks: Sequence[int]) -> str:
    """Return the path of an SVG: a bar for each peak, as tall as it is loud."""
    bars = (max(_LEAST, min(_HEIGHT, peak)) for peak in peaks)
    return "".join(
        f"M{number * _WIDTH + 1} {(_HEIGHT - bar) // 2}v{bar}" for number, bar in enumerate(bars)
    )


# What is stored of a failure, in the words of the part that failed.
_REASONS = {
    "nobody answers there": gettext_noop("Nobody answers where it lies."),
    "there is no machine by that name": gettext_noop("There is no machine by the name it lies at."),
    "it takes too long": gettext_noop("It takes too long to fetch."),
    "the connection broke": gettext_noop("The connection broke."),
    "its certificate is not good": gettext_noop("The certificate of where it lies is not good."),
    "it leads into a private network": gettext_noop(
        "It lies in a private network, and an administrator has not allowed that."
    ),
    "it points elsewhere, which is not followed": gettext_noop(
        "Where it should lie, the desk is sent elsewhere, and does not follow."
    ),
    "it is of another kind than was looked for": gettext_noop("What lies there is no recording."),
    "what lies there is no recording": gettext_noop("What lies there is no recording."),
    "it is no recording that is known here": gettext_noop("It is no recording that is known here."),
    "nothing is in it": gettext_noop("Nothing is in it."),
    "it has no sound": gettext_noop("It has no sound."),
    "it is broken": gettext_noop("It is broken."),
    "it takes too long to decode": gettext_noop("It takes too long to decode."),
    "a virus scanner found something in it": gettext_noop("A virus scanner found something in it."),
}


def _why(error: str) -> str:
    if not error:
        return ""
    known = _REASONS.get(error)
    return _(known) if known else _("Reason: %(why)s.") % {"why": error}
