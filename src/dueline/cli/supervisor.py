"""Keep the parts of the desk alive, and stop them all together.

This runs in the parent of the tree, which does nothing else and therefore imports next to nothing:
it cannot be slowed down, bloated or brought down by what its children do.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from dueline.cli.lifeline import environment_for_children

FIRST_WAIT = 0.5  # seconds before a crashed part is started again; doubles with every crash …
LONGEST_WAIT = 30.0
LIVED_WELL = 60.0  # … until it has lived for so long
GRACE = 8.0  # seconds for an orderly end


@dataclass
class Part:
    """One child of the tree: `dueline COMMAND`."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    start_again: float = 0.0
    wait: float = FIRST_WAIT

    def start(self) -> None:
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            dueline(*self.command),
            stdin=subprocess.DEVNULL,
            env=environment_for_children(),
            # A session of its own: Ctrl-C reaches the parent alone, which then stops the parts in
            # good order; and what a part started can be ended with it.
            start_new_session=True,
        )

    def mind(self) -> None:
        """Start this part again if it has ended, after a while that grows with every crash."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.start_again:
                self.start()
        elif self.process.poll() is not None:
            code = self.process.returncode
            self.kill()  # what it left behind may still hold its port
            self.process = None
            self.wait = FIRST_WAIT if now - self.started > LIVED_WELL else self.wait
            self.start_again = now + self.wait
            _say(f"{self.name} {_ended(code)}; starting it again in {self.wait:g} s.")
            self.wait = min(self.wait * 2, LONGEST_WAIT)

    def terminate(self) -> None:
        """Ask this part to stop. What it started is its own to stop, in its own order."""
        if self.process is not None:
            self.process.terminate()

    def kill(self) -> None:
        """End this part and all that it started."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)


class Supervisor:
    def __init__(self, parts: Sequence[Part]) -> None:
        self.parts = parts
        self._stop = threading.Event()

    def stop_on_signals(self) -> None:
        """Ctrl-C and SIGTERM stop the tree; a second Ctrl-C does not wait for it."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop_asked)

    def start(self) -> None:
        for part in self.parts:
            part.start()

    def watch(self) -> None:
        """Keep the parts alive until somebody asks to stop; then stop them."""
        try:
            while not self._stop.wait(0.25):
                for part in self.parts:
                    part.mind()
        finally:
            _say("Stopping …")
            self.stop()

    @property
    def is_stopping(self) -> bool:
        return self._stop.is_set()

    def stop(self) -> None:
        # All at once: none of them needs another in order to end.
        for part in self.parts:
            part.terminate()
        deadline = time.monotonic() + GRACE
        for part in self.parts:
            if part.process is not None:
                with suppress(subprocess.TimeoutExpired):
                    part.process.wait(max(0.0, deadline - time.monotonic()))
        for part in self.parts:
            part.kill()

    def _stop_asked(self, *_: object) -> None:
        if self._stop.is_set():
            for part in self.parts:
                part.kill()
        self._stop.set()


def dueline(*arguments: str) -> list[str]:
    """Return the command line that runs `dueline` with the Python that runs this."""
    # -P: a folder named `dueline` where the person stands is not the product.
    return [sys.executable, "-P", "-m", "dueline", *arguments]


def _ended(code: int) -> str:
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
