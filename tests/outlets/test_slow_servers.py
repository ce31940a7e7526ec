"""F13: a mail server that speaks one byte at a time, or stops in the middle of a word."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from dueline.core.errors import TryLater
from dueline.outlets import mail
from dueline.outlets.mail import AnswerLost, Server, ServerDown, send
from tests.outlets.test_mail_security import LETTER

PAUSE = 0.02  # between two bytes: a second of the real thing


class Slow:
    """Speaks SMTP, and slowly at one step: "greeting", "RCPT" or "DOT"."""

    def __init__(self, step: str, *, pause: float = PAUSE) -> None:
        self.step, self.pause = step, pause
        self.port = 0
        self.has_taken = False
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def stop(self) -> None:
        self._listening.close()

    def _serve(self) -> None:
        try:
            line, _ = self._listening.accept()
            with line:
                self._talk(line)
        except OSError:
            return  # the other side had enough

    def _talk(self, line: socket.socket) -> None:
        self._say(line, "greeting", "220 slow.example at your service")
        heard = line.makefile("rb")
        while word := heard.readline():
            command = word[:4].decode().upper().strip()
            if command == "DATA":
                self._say(line, "DATA", "354 go on")
                while heard.readline() != b".\r\n":
                    pass
                self.has_taken = True
                self._say(line, "DOT", "250 2.0.0 queued as 4F2A9C1B77D1 by slow.example")
            elif command == "QUIT":
                return
            else:
                self._say(line, command, "250 fine")

    def _say(self, line: socket.socket, step: str, text: str) -> None:
        answer = f"{text}\r\n".encode()
        if step != self.step:
            line.sendall(answer)
            return
        for byte in answer:
            line.sendall(bytes([byte]))
            time.sleep(self.pause)


@pytest.fixture
def slow() -> Iterator:
    started = []

    def start(step: str, **more: float) -> Slow:
        started.append(Slow(step, **more))
        return started[-1]

    yield start
    for one in started:
        one.stop()


def deliver(slow: Slow, *, signs_of_life: list | None = None) -> bool:
    def still_ours() -> bool:
        if signs_of_life is not None:
            signs_of_life.append(time.monotonic())
        return True

    server = Server("127.0.0.1", slow.port, "none")
    return send(LETTER, server, still_ours=still_ours, begin=lambda: True)


@pytest.mark.parametrize(
    ("step", "failure"), [("greeting", ServerDown), ("EHLO", ServerDown), ("RCPT", TryLater)]
)
def test_f13_an_answer_that_takes_too_long_as_a_whole_ends_the_attempt(
    slow, monkeypatch, step, failure
):
    monkeypatch.setattr(mail, "TIMEOUT", 0.1)
    server = slow(step)
    began = time.monotonic()
    with pytest.raises(failure):
        deliver(server)
    assert time.monotonic() - began < 5
    assert not server.has_taken


@pytest.mark.parametrize("step", ["greeting", "RCPT", "DOT"])
def test_f13_a_server_that_is_slow_but_ends_takes_the_mail_once(slow, step):
    server = slow(step)
    assert deliver(server)
    assert server.has_taken


def test_f13_our_claim_is_shown_while_the_last_answer_trickles_in(slow):
    """Else another worker would take the mail over and send it a second time."""
    signs: list[float] = []
    assert deliver(slow("DOT"), signs_of_life=signs)
    assert len(signs) > 20


def test_f13_a_last_answer_that_never_ends_is_a_lost_one(slow, monkeypatch):
    monkeypatch.setattr(mail, "SLOWEST_ANSWER", 0.3)
    server = slow("DOT", pause=0.1)
    with pytest.raises(AnswerLost):
        deliver(server)
    assert server.has_taken
