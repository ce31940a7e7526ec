"""What a recording is by its bytes, whatever its name says, and what a page draws of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

HEAD = 128  # bytes that tell
PEAKS = 200  # points that are drawn
GSM_FRAME = 33


@dataclass(frozen=True, slots=True)
class Kind:
    """demuxer: FFmpeg's name of it. plays: every browser plays what is inside, most likely."""

    ending: str
    media_type: str
    demuxer: str
    plays: bool = False


_WAV = Kind(".wav", "audio/wav", "wav")
_MP3 = Kind(".mp3", "audio/mpeg", "mp3", plays=True)
_BEGINNINGS: tuple[tuple[bytes, Kind], ...] = (
    (b"OggS", Kind(".ogg", "audio/ogg", "ogg")),
    (b"ID3", _MP3),
    (b"#!AMR-WB\n", Kind(".awb", "audio/amr-wb", "amr")),
    (b"#!AMR\n", Kind(".amr", "audio/amr", "amr")),
    (b"fLaC", Kind(".flac", "audio/flac", "flac")),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", Kind(".wma", "audio/x-ms-wma", "asf")),
    (b"\x1a\x45\xdf\xa3", Kind(".webm", "audio/webm", "matroska")),
    (b".snd", Kind(".au", "audio/basic", "au")),
    (b"caff", Kind(".caf", "audio/x-caf", "caf")),
    (b"\xff\xf1", Kind(".aac", "audio/aac", "aac")),
    (b"\xff\xf9", Kind(".aac", "audio/aac", "aac")),
)
_MP4 = Kind(".m4a", "audio/mp4", "mov", plays=True)
_AIFF = Kind(".aiff", "audio/aiff", "aiff")
_GSM = Kind(".gsm", "audio/gsm", "gsm")
PLAYABLE = _MP3  # what our own copies are: every browser plays it, of a telephone too


def kind_of_audio(head: bytes) -> Kind | None:
    """Return what kind of recording bytes are; None: none that is known here."""
    if head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE":
        return _WAV
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return _AIFF
    if head[4:8] == b"ftyp":
        return _MP4
    for beginning, kind in _BEGINNINGS:
        if head.startswith(beginning):
            return kind
    if _begins_a_frame_of_mp3(head):
        return _MP3
    return _GSM if _is_gsm(head) else None


def _begins_a_frame_of_mp3(head: bytes) -> bool:
    """11 bits of ones, then a version, a layer, a rate and a frequency that exist."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return False
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    rate, frequency = head[2] >> 4, head[2] >> 2 & 3
    return version != 1 and layer != 0 and rate not in (0, 15) and frequency != 3


def _is_gsm(head: bytes) -> bool:
    """Raw GSM 06.10, as Asterisk keeps it: no head, but each frame begins with the same bits."""
    starts = head[::GSM_FRAME]
    return len(head) >= GSM_FRAME and all(byte >> 4 == 0xD for byte in starts)


def drawn_peaks(loudest: Sequence[int], *, full: int) -> list[int]:
    """Return at most `PEAKS` numbers from 0 to 100 for any number of them, each up to `full`.

    A quiet speaker is drawn as tall as a loud one: the loudest point of all is near the top.
    """
    if not loudest:
        return []
    count = min(PEAKS, len(loudest))
    bounds = [len(loudest) * n // count for n in range(count + 1)]
    highest = [max(loudest[a:b]) for a, b in pairwise(bounds)]
    # Up to eight times: the hiss of an empty line must not look like speech.
    scale = max(max(highest), full // 8, 1)
    return [round(min(one, scale) * 100 / scale) for one in highest]
