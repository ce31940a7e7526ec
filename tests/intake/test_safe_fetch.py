import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from ipaddress import ip_address
from pathlib import Path

import pytest

from dueline.core.errors import GiveUp, TryLater
from dueline.core.public_addresses import is_public
from dueline.intake import safe_fetch
from dueline.intake.safe_fetch import Bounds, Unsafe, fetch

SAMPLES = Path(__file__).parent.parent / "samples" / "ssrf.txt"


def samples() -> list[tuple[str, list[str]]]:
    lines = [line for line in SAMPLES.read_text().splitlines() if line and line[0] != "#"]
    pairs = (line.partition("->") for line in lines)
    return [(url.rstrip(" "), found.split()) for url, _, found in pairs]


@pytest.fixture
def called(monkeypatch) -> list[str]:
    """The addresses to which somebody tried to connect. Nobody gets anywhere."""
    seen: list[str] = []

    def connect(self: socket.socket, address: tuple[str, int]) -> None:
        seen.append(address[0])
        raise OSError("nobody is there")

    monkeypatch.setattr(socket.socket, "connect", connect)
    return seen


@pytest.mark.parametrize(("url", "found"), samples())
def test_i49_an_address_of_our_own_house_is_refused_however_it_is_spelled(url, found, called):
    with pytest.raises(Unsafe):
        fetch(url, into=BytesIO(), bounds=Bounds(), resolve=lambda host, port: found)
    assert called == []


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946", "100.63.0.1"]
)
def test_i49_a_place_in_the_open_internet_is_called(address, called):
    assert is_public(ip_address(address))
    with pytest.raises(TryLater, match="nobody answers there"):
        fetch(
            "http://recordings.example/a.wav",
            into=BytesIO(),
            bounds=Bounds(),
            resolve=lambda host, port: [address],
        )
    assert called == [address]


def test_i49_a_name_that_means_something_else_a_moment_later_is_looked_up_once(called):
    answers = iter([["93.184.216.34"], ["127.0.0.1"], ["127.0.0.1"]])
    with pytest.raises(TryLater):
        fetch(
            "http://rebinding.example/",
            into=BytesIO(),
            bounds=Bounds(),
            resolve=lambda host, port: next(answers),
        )
    assert called == ["93.184.216.34"]
    assert next(answers) == ["127.0.0.1"]  # the second answer was not asked for


def test_i49_a_port_is_open_only_where_an_administrator_said_so(called):
    def try_it(allowed: set[str]) -> None:
        fetch(
            "https://pbx.example:8443/a.wav",
            into=BytesIO(),
            bounds=Bounds(allowed=allowed),
            resolve=lambda host, port: ["93.184.216.34"],
        )

    with pytest.raises(Unsafe, match="ports"):
        try_it({"*:9443", "10.0.0.1:8443"})
    with pytest.raises(TryLater):
        try_it({"*:8443"})
    assert called == ["93.184.216.34"]


def test_i49_an_opened_port_opens_no_private_network(called):
    with pytest.raises(Unsafe, match="private"):
        fetch("http://10.0.0.1:8443/", into=BytesIO(), bounds=Bounds(allowed={"*:8443"}))
    assert called == []


def test_i49_a_name_server_that_does_not_answer_costs_bounded_time():
    began, done = time.monotonic(), threading.Event()

    def slow(host: str, port: int) -> list[str]:
        done.wait(10)
        return ["93.184.216.34"]

    with pytest.raises(TryLater, match="no machine"):
        fetch("http://slow.example/", into=BytesIO(), bounds=Bounds(seconds=0.4), resolve=slow)
    done.set()
    assert time.monotonic() - began < 2


# ---- a real server on this machine, reached because a test allows it ----


class Server(ThreadingHTTPServer):
    daemon_threads = True
    asked: list[dict[str, str]]
    done: threading.Event


class _Pages(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        self.server.asked.append({"path": self.path, **dict(self.headers.items())})
        getattr(self, "_" + self.path.strip("/").partition("?")[0])()

    def _answer(self, status: int, content: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content_Length": str(len(content)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)

    def _good(self) -> None:
        self._answer(200, b"RIFF" * 10, Content_Type="audio/x-wav; charset=binary")

    def _elsewhere(self) -> None:
        self._answer(302, Location="http://169.254.169.254/")

    def _gone(self) -> None:
        self._answer(410)

    def _missing(self) -> None:
        self._answer(404)

    def _page(self) -> None:
        self._answer(200, b"<html>", Content_Type="text/html")

    def _packed(self) -> None:
        self._answer(200, b"\x1f\x8b" * 50, Content_Type="audio/wav", Content_Encoding="gzip")

    def _large(self) -> None:
        self._answer(200, b"x" * 5000, Content_Type="audio/wav")

    def _short(self) -> None:
        self._answer(200, b"x" * 50, Content_Type="audio/wav", Content_Length="100")

    def _endless(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "audio/wav")
        self.send_header("Connection", "close")
        self.end_headers()
        self._until_done(b"x" * 1000, pause=0)

    def _trickle(self) -> None:
        self._answer(200, b"", Content_Type="audio/wav", Content_Length="1000")
        self._until_done(b"x", pause=0.05)

    def _trickling_head(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        self._until_done(b"x", pause=0.05)

    def _until_done(self, piece: bytes, *, pause: float) -> None:
        try:
            while not self.server.done.wait(pause):
                self.wfile.write(piece)
        except OSError:
            pass
        self.close_connection = True


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[Server]:
    server = Server(("127.0.0.1", 0), _Pages)
    server.asked, server.done = [], threading.Event()
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.done.set()
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as server:
        yield server


def ask(server: Server, path: str, *, account=None, scheme="http", name="127.0.0.1", **bounds):
    port = server.server_address[1]
    into = BytesIO()
    bounds = {"allowed": {f"127.0.0.1:{port}"}, "seconds": 5.0, **bounds}
    fetched = fetch(
        f"{scheme}://{name}:{port}{path}",
        into=into,
        bounds=Bounds(**bounds),
        account=account,
        resolve=lambda host, port: ["127.0.0.1"],
    )
    return fetched, into.getvalue()


def test_i49_what_is_allowed_is_fetched(server):
    fetched, content = ask(server, "/good?a=1", name="recordings.example", kinds=("audio/",))
    assert content == b"RIFF" * 10
    assert (fetched.media_type, fetched.size) == ("audio/x-wav", 40)
    asked = server.asked[0]
    assert asked["path"] == "/good?a=1"
    assert asked["Host"] == f"recordings.example:{server.server_address[1]}"
    assert "Authorization" not in asked


def test_i49_without_the_allowance_the_same_server_is_out_of_reach(server):
    with pytest.raises(Unsafe):
        ask(server, "/good", allowed=())
    assert server.asked == []


def test_i49_the_environment_and_netrc_change_nothing(server, monkeypatch, tmp_path):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login asta password secret\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    ask(server, "/good")
    assert "Authorization" not in server.asked[0]


def test_i49_an_account_is_named_only_where_it_is_given(server):
    ask(server, "/good", account=("AC123", "word"))
    assert server.asked[0]["Authorization"] == "Basic QUMxMjM6d29yZA=="


@pytest.mark.parametrize(
    ("path", "error", "said"),
    [
        ("/elsewhere", GiveUp, "points elsewhere"),
        ("/gone", GiveUp, "gone for good"),
        ("/missing", TryLater, "answered 404"),
        ("/page", GiveUp, "another kind"),
        ("/packed", GiveUp, "packed"),
        ("/large", GiveUp, "too large"),
        ("/endless", GiveUp, "too large"),
        ("/short", TryLater, "broke"),
    ],
)
def test_i49_an_answer_is_judged_before_it_is_kept(server, path, error, said):
    with pytest.raises(error, match=said):
        ask(server, path, kinds=("audio/",), size=4000)
    assert len(server.asked) == 1


@pytest.mark.parametrize("path", ["/trickle", "/trickling_head"])
def test_i49_a_byte_now_and_then_does_not_stretch_the_time(server, path):
    began = time.monotonic()
    with pytest.raises(TryLater, match="too long"):
        ask(server, path, seconds=0.5)
    assert time.monotonic() - began < 2


# A certificate that is its own authority, for "localhost".
CERTIFICATE = Path(__file__).parent.parent / "outlets" / "sink.pem"


@pytest.fixture
def sealed_server() -> Iterator[Server]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    with serving(context) as server:
        yield server


def test_i49_a_certificate_is_judged_by_the_name_that_was_asked_for(sealed_server, monkeypatch):
    monkeypatch.setattr(safe_fetch, "_AUTHORITIES", str(CERTIFICATE))
    _, content = ask(sealed_server, "/good", scheme="https", name="localhost")
    assert content == b"RIFF" * 10
    # The address it leads to stands in the certificate, too; that does not count.
    with pytest.raises(TryLater, match="certificate"):
        ask(sealed_server, "/good", scheme="https", name="other.example")
    assert len(sealed_server.asked) == 1


def test_i49_a_certificate_that_no_authority_signed_is_not_good(sealed_server):
    with pytest.raises(TryLater, match="certificate"):
        ask(sealed_server, "/good", scheme="https", name="localhost")
    assert sealed_server.asked == []
