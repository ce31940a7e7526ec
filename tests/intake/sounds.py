"""Small recordings, made here: a tone for each that a test needs."""

import math
import wave
from io import BytesIO


def tone(*, hz: int = 440, milliseconds: int = 50) -> bytes:
    """Return a WAV file with a tone, as telephones sound: 8 kHz, 8 bit."""
    held = BytesIO()
    with wave.open(held, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8000)
        turns = (2 * math.pi * hz * index / 8000 for index in range(8 * milliseconds))
        file.writeframes(bytes(int(128 + 60 * math.sin(turn)) for turn in turns))
    return held.getvalue()
