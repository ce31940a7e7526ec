"""The worker's side of the decoder: a copy of a recording that every browser plays."""

import logging
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from dueline.intake.mail.bounded import BrokeDown, Child
from dueline.intake.mail.wire import read_frame, read_json

logger = logging.getLogger(__name__)

# The child may use 60 s of a processor; on a busy machine these take longer.
SECONDS = 240


class Silent(Exception):
    """There is nothing that could be played; the text says why."""


@dataclass(frozen=True, slots=True)
class Playable:
    """copy: an MP3. peaks: 0 … 100 each. is_whole: False where the recording goes on after it."""

    copy: bytes
    peaks: list[int]
    seconds: int
    is_whole: bool


class Decoder:
    """A child process, started when there is something to play. It ends itself when idle."""

    def __init__(self, *, seconds: float = SECONDS) -> None:
        self.child = Child("dueline.intake.phone.decoder", seconds=seconds)

    def make_playable(self, path: Path) -> Playable:
        """Return a copy of the recording at a path. Raises Silent."""
        try:
            return self.child.ask(b"", {"path": str(path)}, _understand)
        except BrokeDown as error:
            raise Silent(_why(error)) from error

    def close(self) -> None:
        self.child.close()


def _understand(answers: BinaryIO) -> Playable:
    answer = read_json(answers)
    if "silent" in answer:
        raise Silent(str(answer["silent"])[:300])
    if "failed" in answer:
        logger.error("The decoder failed on a recording:\n%s", str(answer["failed"])[:4000])
        raise Silent("the decoder failed on it; the log says where")
    peaks = [min(100, max(0, int(peak))) for peak in answer["peaks"]]
    copy = read_frame(answers)
    return Playable(copy, peaks, int(answer["seconds"]), bool(answer["is_whole"]))


def _why(error: BrokeDown) -> str:
    if error.late or error.returncode == -signal.SIGXCPU:
        return "it takes too long to decode"
    return "the decoder broke down on it"
