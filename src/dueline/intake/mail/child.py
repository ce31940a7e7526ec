"""The worker's side of the reader: hands over a mail, waits a bounded time, takes the answer."""

import logging
import signal
import subprocess
import sys
from pathlib import Path
from threading import Lock, Timer
from typing import BinaryIO, cast

import dueline
from dueline.core.inbound import Inbound
from dueline.intake.mail.wire import read_inbound, read_json, write_frame, write_json

logger = logging.getLogger(__name__)

# The child may use 5 s of a processor; on a busy machine these take many times longer. Shorter
# than a claim on the mail lasts: nobody else reads it meanwhile.
SECONDS = 30
_MAILS_PER_CHILD = 500  # a fresh one now and then: nothing that a mail left behind lasts


class Unreadable(Exception):
    """The mail could not be read within the bounds; the text says why."""


class _WasGone(Unreadable):
    """The child had ended cleanly before the mail reached it."""


class Reader:
    """A child process, started when there is something to read. It ends itself when idle."""

    def __init__(self, *, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._mails = 0
        self._lock = Lock()  # one mail at a time

    def read(self, raw: bytes, *, mail_from: str | None = None, region: str = "SE") -> Inbound:
        """Return what a mail says. Raises Unreadable."""
        with self._lock:
            return self._read(raw, {"mail_from": mail_from, "region": region})

    def close(self) -> None:
        with self._lock:
            self._end()

    def _read(self, raw: bytes, wishes: dict[str, str | None]) -> Inbound:
        try:
            return self._within_time(raw, wishes)
        except _WasGone:  # it had just ended itself for idleness
            return self._within_time(raw, wishes)

    def _within_time(self, raw: bytes, wishes: dict[str, str | None]) -> Inbound:
        process = self._ready()
        timer = Timer(self._seconds, process.kill)
        timer.daemon = True
        timer.start()
        try:
            return self._ask(process, raw, wishes)
        except (EOFError, OSError, ValueError, KeyError, TypeError) as error:
            late = timer.finished.is_set()
            process.wait()
            self._end()
            if process.returncode == 0 and not late:
                raise _WasGone("the reader ended") from error
            raise Unreadable(_why(process.returncode, late=late)) from error
        finally:
            timer.cancel()

    def _ask(
        self, process: subprocess.Popen[bytes], raw: bytes, wishes: dict[str, str | None]
    ) -> Inbound:
        requests, answers = cast(BinaryIO, process.stdin), cast(BinaryIO, process.stdout)
        write_json(requests, dict(wishes))
        write_frame(requests, raw)
        requests.flush()
        answer = read_json(answers)
        if "held" in answer:
            raise Unreadable(str(answer["held"])[:300])
        if "failed" in answer:
            logger.error("The reader failed on a mail:\n%s", str(answer["failed"])[:4000])
            raise Unreadable("the reader failed on it; the log says where")
        return read_inbound(answers, answer["inbound"])

    def _ready(self) -> subprocess.Popen[bytes]:
        if self._mails >= _MAILS_PER_CHILD or (self._process and self._process.poll() is not None):
            self._end()
        if self._process is None:
            self._process, self._mails = _start(), 0
        self._mails += 1
        return self._process

    def _end(self) -> None:
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            try:
                if pipe:
                    pipe.close()
            except OSError:  # bytes for the dead were still in the buffer
                continue
        self._process = None


def _start() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-B", "-m", "dueline.intake.mail.reader"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        # What libraries print about odd mail would fill a disk (i44); what counts is in the answer.
        stderr=subprocess.DEVNULL,
        env={"PYTHONPATH": str(Path(dueline.__file__).parent.parent), "PYTHONSAFEPATH": "1"},
        cwd="/",
        # Ctrl-C ends the tree from above; the child sees its pipe close, and goes.
        start_new_session=True,
    )


def _why(returncode: int | None, *, late: bool) -> str:
    if late or returncode == -signal.SIGXCPU:
        return "it takes too long to read"
    return "the reader broke down on it (too much memory, most likely)"
