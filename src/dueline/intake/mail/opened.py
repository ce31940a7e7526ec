"""What is found inside a part that is a container of its own: `winmail.dat`, an invitation, …"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

from dueline.core.inbound import File


@dataclass(frozen=True, slots=True)
class Opened:
    """text, html: read if the mail has no other text. warnings: what a reader must be told."""

    text: str = ""
    html: str = ""
    files: tuple[File, ...] = ()
    warnings: tuple[str, ...] = ()


class TookTooLong(BaseException):
    """Not an Exception: libraries that catch those would swallow it and go on."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raise TookTooLong in the block when it has used so much of a processor.

    Only the main thread can be stopped so; that is where the reader's child reads.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGVTALRM, _stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _stop(number: int, frame: FrameType | None) -> None:
    raise TookTooLong
