"""A line in front of a mail server that can be cut, go dead, or say what no honest server says."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress

CUT, HANG = b"<cut>", b"<hang>"
# A line of the client → what it hears instead of the server's answer; None: the server is asked.
Answer = Callable[[bytes], bytes | None]


class Proxy:
    """answer: see `Answer`; it may be CUT or HANG. cut_after: bytes from the server until the cut.

    said: the lines of all clients.
    """

    def __init__(self, to_port: int) -> None:
        self.answer: Answer = lambda line: None
        self.rewrite: Callable[[bytes], bytes] = lambda line: line
        self.cut_after: int | None = None
        self.said: list[bytes] = []
        self.passed = 0  # bytes from the server
        self.connections = 0
        self._to_port = to_port
        self._lines: list[socket.socket] = []
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = self._door.getsockname()[1]
        threading.Thread(target=self._open, daemon=True).start()

    def close(self) -> None:
        self._door.close()
        self.cut()

    def cut(self) -> None:
        """Cut all lines that are open."""
        for line in self._lines:
            _end(line)
        self._lines.clear()

    def _open(self) -> None:
        while True:
            try:
                client = self._door.accept()[0]
            except OSError:
                return
            self.connections += 1
            server = socket.create_connection(("127.0.0.1", self._to_port))
            self._lines += [client, server]
            for pass_on in (self._to_server, self._to_client):
                threading.Thread(target=pass_on, args=(client, server), daemon=True).start()

    def _to_server(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError, ValueError):
            for line in client.makefile("rb"):
                self.said.append(line)
                instead = self.answer(line)
                if instead is None:
                    server.sendall(line)
                elif instead == CUT:
                    break
                elif instead != HANG:
                    client.sendall(instead)
        _end(client)
        _end(server)

    def _to_client(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError, ValueError):
            for line in server.makefile("rb"):
                line = self.rewrite(line)
                left = None if self.cut_after is None else self.cut_after - self.passed
                if left is not None and left < len(line):
                    client.sendall(line[: max(0, left)])
                    self.passed += max(0, left)
                    break
                client.sendall(line)
                self.passed += len(line)
        _end(client)
        _end(server)


def _end(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
    line.close()


def tag(line: bytes) -> bytes:
    return line.split()[0]
