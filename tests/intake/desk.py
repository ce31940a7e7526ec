"""The doors of a desk, open in this process; and as processes of their own, to be killed."""

import asyncio
import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.processes import DUELINE, eventually, free_port

TOP = Path(__file__).parent.parent.parent
ADDRESS = "support@desk.example"


@dataclass
class Ports:
    smtp: int
    lmtp: int


@contextmanager
def open_doors() -> Iterator[Ports]:
    """Listen in a thread of this process, on the database of the test."""
    from dueline.intake.mail import listener

    ports = Ports(free_port(), free_port())
    opened: queue.SimpleQueue[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = queue.SimpleQueue()

    async def listen() -> None:
        stop = asyncio.Event()
        opened.put((asyncio.get_running_loop(), stop))
        await listener.serve(host="127.0.0.1", port=ports.smtp, lmtp_port=ports.lmtp, stop=stop)

    thread = threading.Thread(target=asyncio.run, args=(listen(),))
    thread.start()
    loop, stop = opened.get()
    try:
        eventually(lambda: _answers(ports.lmtp))
        yield ports
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


# --- processes of their own ---

_PRELUDE = """
import os, sys, json, django
os.environ["DJANGO_SETTINGS_MODULE"] = "dueline.site.settings"
django.setup()
from datetime import timedelta
from dueline.models import *
from dueline.core.instants import now
def tell(fact): print(json.dumps(fact, default=str))
"""


def ask(environment: Mapping[str, str], code: str, *, may_die: bool = False) -> object:
    """Run Python lines with Django ready, in a process of its own; return what they `tell`."""
    done = subprocess.run(
        [sys.executable, "-c", _PRELUDE + code],
        env={**environment, "PYTHONPATH": f"{TOP / 'src'}{os.pathsep}{TOP}"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    if may_die and done.returncode == -signal.SIGKILL:
        return None
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout) if done.stdout.strip() else None


class Asked:
    """One process that is asked again and again: Django starts once."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _PRELUDE + _AGAIN],
            env={**environment, "PYTHONPATH": f"{TOP / 'src'}{os.pathsep}{TOP}"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def tell(self, code: str) -> object:
        """Run Python lines; return what they `tell`."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(code) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, "it failed: see its standard error"
        return json.loads(answer)

    def close(self) -> None:
        self._process.communicate()


_AGAIN = """
told = []
def tell(fact): told.append(fact)
for line in sys.stdin:
    told.clear()
    exec(json.loads(line))
    print(json.dumps(told[-1] if told else None, default=str), flush=True)
"""


def set_up(environment: Mapping[str, str]) -> None:
    """Make the database, with the one cast of the tests in it."""
    ask(
        environment,
        "from django.core.management import call_command\n"
        "call_command('migrate', verbosity=0)\n"
        "from tests.world import build_world\n"
        "build_world()\n",
    )


@dataclass
class Listener(Ports):
    process: subprocess.Popen[bytes]


@contextmanager
def listening(environment: Mapping[str, str], *, crash_at: str = "") -> Iterator[Listener]:
    """Run `dueline mail listen` on free ports. crash_at: a crash point that it dies at."""
    smtp, lmtp = free_port(), free_port()
    process = subprocess.Popen(
        [*DUELINE, "mail", "listen", "--port", str(smtp), "--lmtp-port", str(lmtp)],
        env={**environment, "DUELINE_CRASH_POINT": crash_at},
    )
    try:
        eventually(lambda: process.poll() is not None or _answers(lmtp))
        assert process.poll() is None
        yield Listener(smtp, lmtp, process)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def read_inbox(environment: Mapping[str, str], *, crash_at: str = "", minutes: int = 0) -> None:
    """Let a worker read all that waits, `minutes` from now. crash_at: where it dies."""
    ask(
        {**environment, "DUELINE_CRASH_POINT": crash_at},
        "from dueline.intake import read_inbox\n"
        f"at = now() + timedelta(minutes={minutes})\n"
        "while read_inbox.read_next(at): pass\n"
        "read_inbox.stop()\n",
        may_die=bool(crash_at),
    )
