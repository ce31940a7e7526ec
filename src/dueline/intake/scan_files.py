"""The worker's job that asks a virus scanner (clamd) about files. One file a call.

It stands beside the way of a mail and not in it: a scanner that is down, slow or wrong delays
nothing. Until it has answered, pages say that a file is not scanned yet (F20).
"""

import logging
import time
from dataclasses import dataclass, field
from io import BytesIO

from clamav_client.clamd import (
    BufferTooLongError,
    ClamdError,
    CommunicationError,
)

from dueline.actions.attachments import Scan, record_scan
from dueline.intake.clamd import scanner_at
from dueline.models import store
from dueline.queries.attachments import Unscanned, next_unscanned, scanner_address

logger = logging.getLogger(__name__)

_PATIENCE = 30  # seconds for one answer
_REST = 60.0  # seconds before a file that got no answer is tried again
_MOST_TRIES = 3
_TOO_LARGE = "it is too large for the scanner"


@dataclass
class _Memory:
    """What this worker knows of files that got no answer: lost with it, and that does no harm."""

    tries: dict[str, int] = field(default_factory=dict)
    again_at: dict[str, float] = field(default_factory=dict)


_memory = _Memory()


def forget() -> None:
    """Begin anew, as a worker that has just been started."""
    _memory.tries.clear()
    _memory.again_at.clear()


def scan_next() -> bool:
    """Scan the file that waits longest. False: none does, or the scanner does not answer."""
    address = scanner_address()
    waiting = next_unscanned(besides=_resting()) if address else None
    if waiting is None or not _answers(address):
        return False
    try:
        scan, said = _ask(address, store.read(waiting.sha256))
    except FileNotFoundError:
        scan, said = Scan.FAILED, "the file is gone"
    except BufferTooLongError:
        scan, said = Scan.FAILED, _TOO_LARGE
    except (ClamdError, OSError) as error:
        _remember(waiting, error)
        return True
    record_scan(waiting.sha256, scan=scan, said=said)
    _memory.tries.pop(waiting.sha256, None)
    return True


def _resting() -> list[str]:
    now = time.monotonic()
    return [sha256 for sha256, again_at in _memory.again_at.items() if again_at > now]


def _answers(address: str) -> bool:
    """A scanner that is down says nothing about the file: no try of it is spent."""
    try:
        with scanner_at(address, timeout=5) as clamd:
            return clamd.ping() == "PONG"
    except (ClamdError, OSError):
        return False


def _ask(address: str, content: bytes) -> tuple[Scan, str]:
    with scanner_at(address, timeout=_PATIENCE) as clamd:
        answers = clamd.instream(BytesIO(content))
    if not answers:
        raise CommunicationError("no answer")
    (status, said) = next(iter(answers.values()))
    match status:
        case "OK":
            return Scan.CLEAN, ""
        case "FOUND":
            return Scan.FOUND, said or "something"
    return Scan.FAILED, said or ""


def _remember(waiting: Unscanned, error: Exception) -> None:
    """Let the others go first; after some tries this file is one that cannot be scanned."""
    tries = _memory.tries.get(waiting.sha256, 0) + 1
    if tries < _MOST_TRIES:
        _memory.tries[waiting.sha256] = tries
        _memory.again_at[waiting.sha256] = time.monotonic() + _REST
        return
    logger.warning("A file could not be scanned: %s", type(error).__name__)
    _memory.tries.pop(waiting.sha256, None)
    _memory.again_at.pop(waiting.sha256, None)
    # A scanner that is given more than it takes hangs up in the middle of it.
    hung_up = isinstance(error, BrokenPipeError | ConnectionResetError)
    said = _TOO_LARGE if hung_up else "the scanner gave no answer"
    record_scan(waiting.sha256, scan=Scan.FAILED, said=said)
