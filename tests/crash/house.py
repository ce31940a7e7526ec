"""The desk as real processes that can be killed and started again, one by one."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from tests.processes import DUELINE, free_port

PARTS = ("web", "listener", "worker")
T = TypeVar("T")


def wait_for(question: Callable[[], T], *, within: float, what: str) -> T:
    """Ask until the answer is true; fail with `what` after `within` seconds."""
    deadline = time.monotonic() + within
    while not (answer := question()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within:g} s: {what}")
        time.sleep(0.03)
    return answer


class House:
    """environment: DUELINE_DATA, and DATABASE_URL if it is not SQLite."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self.environment = environment
        self._log = (folder / "processes.log").open("ab")
        self.port, self.mail_port, self.lmtp_port = free_port(), free_port(), free_port()
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, part: str, *, crash_point: str = "") -> None:
        """Start a part; with a crash point, it ends itself there."""
        command = {
            "web": ["web", "--port", str(self.port), "--threads", "2"],
            "listener": [
                *("mail", "listen"),
                *("--port", str(self.mail_port), "--lmtp-port", str(self.lmtp_port)),
            ],
            "worker": ["worker"],
        }[part]
        self._processes[part] = subprocess.Popen(
            [*DUELINE, *command],
            env={**self.environment, "DUELINE_CRASH_POINT": crash_point},
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )

    def wait_until_open(self) -> None:
        for port in (self.port, self.mail_port):
            wait_for(lambda port=port: _answers(port), within=40, what=f"port {port} opens")

    def is_running(self, part: str) -> bool:
        return self._processes[part].poll() is None

    def kill(self, part: str, number: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal to a part and to whatever it has started."""
        process = self._processes[part]
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            return
        if number == signal.SIGKILL:
            process.wait()

    def kill_all(self) -> None:
        for part in self._processes:
            self.kill(part)


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
