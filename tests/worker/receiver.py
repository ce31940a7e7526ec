"""A service that wakes people, as far as this machine is concerned."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Receiver(ThreadingHTTPServer):
    """Takes what is posted as JSON, and answers calls of an address. status: what it says."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Door)
        self.taken: list[dict] = []
        self.called: list[str] = []
        self.status = 200
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        """As apprise spells it."""
        return f"json://127.0.0.1:{self.server_port}/"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/ping/abc"

    @property
    def titles(self) -> list[str]:
        return [taken["title"] for taken in self.taken]

    def stop(self) -> None:
        self.shutdown()
        self.server_close()


class _Door(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.server.status == 200:
            self.server.taken.append(said)
        self._answer()

    def do_GET(self) -> None:
        self.server.called.append(self.path)
        self._answer()

    def _answer(self) -> None:
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_) -> None:
        pass
