"""Real processes of the desk: start them, find them, wait for them."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

DUELINE = [sys.executable, "-P", "-m", "dueline"]
T = TypeVar("T")


def eventually(question: Callable[[], T], *, within: float = 60.0) -> T:
    """Ask until the answer is true, and return it; fail after `within` seconds."""
    deadline = time.monotonic() + within
    while not (answer := question()):
        assert time.monotonic() < deadline, f"not within {within:g} s"
        time.sleep(0.05)
    return answer


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def run(*command: str, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run one `dueline` command to its end."""
    return subprocess.run(
        [*DUELINE, *command], env=environment, capture_output=True, text=True, timeout=60
    )


@dataclass
class Tree:
    """`dueline serve` and everything that it started."""

    process: subprocess.Popen[str]
    port: int
    mail_port: int
    data: str
    output: Path

    @property
    def printed(self) -> str:
        return self.output.read_text()

    def answer(self, path: str) -> str:
        """Return the body at `path`, or nothing while the pages cannot be reached."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as page:
                return page.read().decode()
        except (urllib.error.URLError, OSError):
            return ""

    def members(self, *words: str) -> list[int]:
        """Return the ids of all running processes of this desk whose command holds `words`."""
        return [
            pid
            for pid in _process_ids()
            if f"DUELINE_DATA={self.data}" in _read(pid, "environ").split("\0")
            and all(word in _read(pid, "cmdline").split("\0") for word in words)
        ]

    def kill(self, *words: str) -> list[int]:
        """kill -9 every member whose command holds `words`; return their ids."""
        killed = self.members(*words)
        for pid in killed:
            os.kill(pid, signal.SIGKILL)
        return killed


@contextmanager
def served(environment: Mapping[str, str], output: Path, *options: str) -> Iterator[Tree]:
    """Run `dueline serve` on free ports until the block ends; yield it when it is open."""
    port, mail_port = free_port(), free_port()
    command = [*DUELINE, "serve", "--port", str(port), "--mail-port", str(mail_port), *options]
    with output.open("w") as file:
        process = subprocess.Popen(command, env=environment, stdout=file, stderr=file)
    tree = Tree(process, port, mail_port, environment["DUELINE_DATA"], output)
    try:
        eventually(lambda: process.poll() is not None or "is open at" in tree.printed, within=60)
        assert process.poll() is None, tree.printed
        yield tree
    finally:
        for pid in {process.pid, *tree.members()}:
            if process.poll() is None or pid != process.pid:
                os.kill(pid, signal.SIGKILL)
        process.wait()


def _process_ids() -> list[int]:
    return [int(entry) for entry in os.listdir("/proc") if entry.isdigit()]


def _read(pid: int, name: str) -> str:
    """Read what the system says of a process: nothing when it is gone, or a zombie."""
    try:
        return Path(f"/proc/{pid}/{name}").read_text(errors="replace")
    except OSError:
        return ""
