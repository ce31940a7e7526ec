"""Recordings of every kind that telephone systems send: a voice that swells and fades."""

import io
import math
import random
import struct
import wave
from collections.abc import Iterator
from typing import Any

import av

# 20 ms of nothing in GSM 06.10, as Asterisk writes it.
SILENCE = bytes.fromhex("d820a2e15a50004924924924500049249249245000492492492450004924924924")


def wav(*, seconds: float = 3, rate: int = 8000, channels: int = 1) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        for sample in _voice(int(seconds * rate), rate):
            file.writeframesraw(struct.pack("<h", sample) * channels)
    return out.getvalue()


def _voice(samples: int, rate: int) -> Iterator[int]:
    for number in range(samples):
        swell = abs(math.sin(number * 2.2 / rate))
        yield int(12_000 * swell * math.sin(number * 1_300 / rate))


def raw_gsm(*, seconds: float = 2) -> bytes:
    return SILENCE * int(seconds * 50)


def wav49(*, seconds: float = 2) -> bytes:
    """GSM in a WAV, which Asterisk attaches to its mails. What it says is noise."""
    noise = random.Random(49)
    sound = b"".join(noise.randbytes(65) for _ in range(int(seconds * 25)))
    form = struct.pack("<HHIIHHHH", 0x31, 1, 8000, 1625, 65, 0, 2, 320)
    chunks = b"fmt " + struct.pack("<I", len(form)) + form
    chunks += b"data" + struct.pack("<I", len(sound)) + sound
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def encoded(container: str, codec: str, *, rate: int = 8000, seconds: float = 3) -> bytes:
    """Return the voice in any other kind. container, codec: FFmpeg's names."""
    out = io.BytesIO()
    with (
        av.open(io.BytesIO(wav(seconds=seconds)), "r", format="wav") as voice,
        av.open(out, "w", format=container) as file,
    ):
        # WMA wants to be told; the others know better.
        told = {"bit_rate": 64_000} if codec == "wmav2" else {}
        track: Any = file.add_stream(codec, rate=rate, layout="mono", **told)
        shape = track.codec_context.codec.audio_formats[0]
        evenly = av.AudioResampler(format=shape, layout="mono", rate=rate)
        for frame in voice.decode(audio=0):
            for piece in evenly.resample(frame):
                piece.pts = None
                file.mux(track.encode(piece))
        file.mux(track.encode(None))
    return out.getvalue()
