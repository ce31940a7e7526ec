"""A child process that looks at mails within bounds, and the worker's side of it.

What strangers built may take any time and memory to look at. It takes them from this process, which
reads one mail after another, and ends itself when nobody asks any more. Imports no Django.
"""

import resource
import select
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Lock, Timer
from typing import Any, BinaryIO, TypeVar, cast

import dueline
from dueline.intake.mail.wire import read_frame, read_json, write_frame, write_json

T = TypeVar("T")
_MAILS_PER_CHILD = 500  # a fresh one now and then: nothing that a mail left behind lasts


class BrokeDown(Exception):
    """The child ended before it had answered. late: it was ended, after the time it had."""

    def __init__(self, returncode: int | None, *, late: bool) -> None:
        self.returncode = returncode
        self.late = late
        super().__init__(returncode)

    @property
    def was_idle(self) -> bool:
        """The child had ended cleanly before the mail reached it."""
        return self.returncode == 0 and not self.late


class Child:
    """The worker's side: hands over a mail, waits a bounded time, takes the answer.

    module: what the child runs. seconds: by the clock, for a mail.
    """

    def __init__(self, module: str, *, seconds: float) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self._module = module
        self._seconds = seconds
        self._mails = 0
        self._lock = Lock()  # one mail at a time

    def ask(self, raw: bytes, wishes: Mapping[str, Any], read: Callable[[BinaryIO], T]) -> T:
        """Return what `read` makes of the child's answer. Raises BrokeDown."""
        with self._lock:
            try:
                return self._within_time(raw, wishes, read)
            except BrokeDown as error:
                if not error.was_idle:
                    raise
                return self._within_time(raw, wishes, read)

    def close(self) -> None:
        with self._lock:
            self._end()

    def _within_time(
        self, raw: bytes, wishes: Mapping[str, Any], read: Callable[[BinaryIO], T]
    ) -> T:
        process = self._ready()
        timer = Timer(self._seconds, process.kill)
        timer.daemon = True
        timer.start()
        try:
            requests, answers = cast(BinaryIO, process.stdin), cast(BinaryIO, process.stdout)
            write_json(requests, dict(wishes))
            write_frame(requests, raw)
            requests.flush()
            return read(answers)
        except (EOFError, OSError, ValueError, KeyError, TypeError) as error:
            late = timer.finished.is_set()
            process.wait()
            self._end()
            raise BrokeDown(process.returncode, late=late) from error
        finally:
            timer.cancel()

    def _ready(self) -> subprocess.Popen[bytes]:
        if self._mails >= _MAILS_PER_CHILD or (self.process and self.process.poll() is not None):
            self._end()
        if self.process is None:
            self.process, self._mails = _start(self._module), 0
        self._mails += 1
        return self.process

    def _end(self) -> None:
        if self.process is None:
            return
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            try:
                if pipe:
                    pipe.close()
            except OSError:  # bytes for the dead were still in the buffer
                continue
        self.process = None


def _start(module: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - a module of ours
        [sys.executable, "-B", "-m", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        # What libraries print about odd mail would fill a disk (i44); what counts is in the answer.
        stderr=subprocess.DEVNULL,
        env={"PYTHONPATH": str(Path(dueline.__file__).parent.parent), "PYTHONSAFEPATH": "1"},
        cwd="/",
        # Ctrl-C ends the tree from above; the child sees its pipe close, and goes.
        start_new_session=True,
    )


# --- in the child ------------------------------------------------------------------------------


def answer_mails(
    answer: Callable[[BinaryIO, bytes, dict[str, Any]], bool],
    *,
    memory: int,
    cpu_seconds: int,
    idle_seconds: int,
) -> None:
    """Answer one mail after another, each within its seconds of a processor, until nobody asks.

    answer: writes what there is to say of a mail; False when this process is worn out.
    """
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    while select.select([requests], [], [], idle_seconds)[0]:
        try:
            wishes = read_json(requests)
            raw = read_frame(requests)
        except EOFError:
            return
        _allow(cpu_seconds)
        goes_on = answer(answers, raw, wishes)
        answers.flush()
        if not goes_on:
            return
        del raw


def _allow(cpu_seconds: int) -> None:
    # The limit counts the whole life of a process, and this one looks at many mails.
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + cpu_seconds
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))
