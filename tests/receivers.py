"""A real HTTP service on loopback that takes pages, and misbehaves on request.

    receiver.address            json://127.0.0.1:PORT/hook, for a destination
    receiver.answers = ["429"]  what to do with the next calls, in turn; "" is the usual 200

"429", "500", …: that status. "cut": take the call and cut the line before the answer. "hang": take
it and never answer. `receiver.stop()` refuses connections; `receiver.start()` takes them again at
the same port.
"""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest


@dataclass(frozen=True)
class Call:
    """One call that came in, whatever was answered."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}

    @property
    def text(self) -> str:
        """Everything that was said, whatever its shape."""
        return self.body.decode()


@dataclass
class Receiver:
    port: int = 0
    answers: list[str] = field(default_factory=list)
    always: str = ""  # when `answers` has run out
    calls: list[Call] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"json://127.0.0.1:{self.port}/hook"

    @property
    def as_form(self) -> str:
        return f"form://127.0.0.1:{self.port}/hook"

    @property
    def as_ntfy(self) -> str:
        return f"ntfy://127.0.0.1:{self.port}/desk"

    def start(self) -> None:
        self._released = threading.Event()
        self._server = _Server(("127.0.0.1", self.port), self)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Refuse connections, and let go of every call that hangs."""
        self._released.set()
        self._server.shutdown()
        self._server.server_close()

    def next_answer(self) -> str:
        return self.answers.pop(0) if self.answers else self.always

    def hang(self) -> None:
        self._released.wait(60)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], receiver: Receiver) -> None:
        super().__init__(address, _Handler)
        self.receiver = receiver

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Who called has gone: that is what a cut line is like."""


class _Handler(BaseHTTPRequestHandler):
    def _take(self) -> None:
        receiver: Receiver = self.server.receiver  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        receiver.calls.append(Call(self.command, self.path, dict(self.headers), body))
        answer = receiver.next_answer()
        if answer == "hang":
            receiver.hang()
        if answer in ("hang", "cut"):
            self.close_connection = True
            return
        self.send_response(int(answer or 200))
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    do_GET = do_POST = do_PUT = _take

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    receiver.start()
    yield receiver
    receiver.stop()


@pytest.fixture
def second_receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    receiver.start()
    yield receiver
    receiver.stop()
