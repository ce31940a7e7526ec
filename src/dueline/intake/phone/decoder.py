"""The child process that plays recordings to itself, within bounds. Imports no Django.

What a recording claims (its length, its rate, its tracks) counts for nothing: it is decoded until
it ends, or until one of the bounds does. FFmpeg gets an open file and the name of one of a few
formats; it opens nothing by itself, so a list that only points elsewhere leads nowhere.
"""

import traceback
from array import array
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from dueline.core.audio import HEAD, drawn_peaks, kind_of_audio
from dueline.intake.mail.bounded import answer_mails
from dueline.intake.mail.wire import write_frame, write_json

MEMORY = 600 * 1024 * 1024
CPU_SECONDS = 60
IDLE_SECONDS = 20
MOST_SECONDS = 20 * 60  # of one recording are made playable
_RATE = 16_000
_BITS = 32_000  # a second: speech, one channel
_QUICKLY = {"compression_level": "9"}  # half the time of the usual, and no ear hears it in speech
_FULL = 32_768
_A_LOOK = _RATE // 20  # samples of which the loudest is noted
_MOST_BROKEN = 200  # packets in one recording


class NoAudio(Exception):
    """Nothing can be heard in it; the text says why."""


def main() -> None:
    answer_mails(_answer, memory=MEMORY, cpu_seconds=CPU_SECONDS, idle_seconds=IDLE_SECONDS)


def _answer(answers: BinaryIO, raw: bytes, wishes: dict[str, Any]) -> bool:
    """Write a copy that browsers play, or why there is none; False when this is worn out."""
    try:
        copy, peaks, seconds, is_whole = make_playable(Path(wishes["path"]))
    except NoAudio as why:
        write_json(answers, {"silent": str(why)})
    except MemoryError:
        write_json(answers, {"silent": "it needs too much memory"})
        return False
    except Exception:  # our bug: told to the worker, which logs it
        write_json(answers, {"failed": traceback.format_exc(limit=-8)[-4000:]})
    else:
        write_json(answers, {"peaks": peaks, "seconds": seconds, "is_whole": is_whole})
        write_frame(answers, copy)
    return True


def make_playable(path: Path) -> tuple[bytes, list[int], int, bool]:
    """Return a copy as MP3, what is drawn of it, its seconds, and whether that is all of it."""
    # Loaded here: whoever only wants the bounds of this module needs no FFmpeg.
    import av

    with path.open("rb") as file:
        kind = kind_of_audio(file.read(HEAD))
        if kind is None:
            raise NoAudio("it is no recording that is known here")
        file.seek(0)
        try:
            with av.open(file, "r", format=kind.demuxer, options=_SHUT) as recording:
                return _encoded(recording)
        except (av.FFmpegError, ValueError, OverflowError, EOFError) as error:
            raise NoAudio("it is broken") from error


# With an open file nothing is looked for elsewhere anyhow; this says so to FFmpeg, too.
_SHUT = {"protocol_whitelist": "none"}


def _encoded(recording: Any) -> tuple[bytes, list[int], int, bool]:
    import av

    out = BytesIO()
    loudest: list[int] = []
    samples, is_whole = 0, True
    with av.open(out, "w", format="mp3") as copy:
        track = copy.add_stream(
            "libmp3lame", rate=_RATE, layout="mono", bit_rate=_BITS, options=_QUICKLY
        )
        for frame in _frames(recording):
            samples += frame.samples
            loudest += _loudest(frame)
            copy.mux(track.encode(frame))
            if samples >= MOST_SECONDS * _RATE:
                is_whole = False
                break
        if not samples:
            raise NoAudio("nothing is in it")
        copy.mux(track.encode(None))
    seconds = max(1, round(samples / _RATE))
    return out.getvalue(), drawn_peaks(loudest, full=_FULL), seconds, is_whole


def _frames(recording: Any) -> Iterator[Any]:
    """Yield what is heard on the first track, as one channel. What is broken within is left out."""
    import av

    if not recording.streams.audio:
        raise NoAudio("it has no sound")
    track = recording.streams.audio[0]
    evenly = av.AudioResampler(format="s16p", layout="mono", rate=_RATE)
    broken = 0
    packets = recording.demux(track)
    while True:
        try:
            packet = next(packets)
            frames = packet.decode()
        except (StopIteration, EOFError):
            break
        except av.FFmpegError:
            broken += 1
            if broken > _MOST_BROKEN:
                break
            continue
        for frame in frames:
            frame.pts = None  # a hole or a jump in the times is not drawn out into silence
            yield from evenly.resample(frame)
    yield from evenly.resample(None)


def _loudest(frame: Any) -> list[int]:
    samples = array("h", bytes(frame.planes[0])[: frame.samples * 2])
    return [
        max(max(look), -min(look))
        for look in (samples[i : i + _A_LOOK] for i in range(0, len(samples), _A_LOOK))
    ]


if __name__ == "__main__":
    main()
