"""The one way to fetch what lies at an address that a stranger or a provider has named (i49).

    split → resolve once → check every address → connect to a checked one → read within bounds

The name is looked up once, and the connection goes to what was found then: nothing that a name
server says later counts. Redirects are not followed. A storage that redirects would be lost by
that, but each hop is another stranger's word, and no telephone system that we know needs one.
"""

import base64
import socket
import ssl
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from ipaddress import ip_address
from threading import Event, Thread, Timer
from typing import BinaryIO

from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, LocationParseError
from urllib3.response import BaseHTTPResponse
from urllib3.util import Url, parse_url

from dueline.core.errors import GiveUp, TryLater
from dueline.core.public_addresses import Address, is_public, literal

Resolve = Callable[[str, int], list[str]]  # (host, port) → addresses

_PORTS = {"http": 80, "https": 443}
_LONGEST_URL = 2000
_MOST_ADDRESSES = 4  # of one name are tried
_PIECE = 64 * 1024
_AUTHORITIES = DEFAULT_CA_BUNDLE_PATH
_TOO_LONG = "it takes too long"
_GONE = (410, 451)  # for good; a 404 may be a recording that is not ready yet


class Unsafe(GiveUp):
    """The address leads where nobody outside may send us. The text says why."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one fetch may cost, and where it may go beyond the open internet.

    seconds: for all of it, by the clock. kinds: how the media type of an answer may begin; none:
    anything. allowed: "address:port" each, as an administrator wrote them; "*:port" opens a port.
    """

    seconds: float = 10.0
    size: int = 64 * 1024
    kinds: tuple[str, ...] = ()
    allowed: Collection[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Fetched:
    media_type: str  # as claimed; never believed
    size: int


def resolve(host: str, port: int) -> list[str]:
    """Return every address of a name, as this machine is set up to find them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[4][0]) for place in found))


def fetch(
    url: str,
    *,
    into: BinaryIO,
    bounds: Bounds,
    account: tuple[str, str] | None = None,
    resolve: Resolve = resolve,
) -> Fetched:
    """Write what lies at an address into a file.

    account: name and password, for who wants to know who asks. Raises Unsafe, GiveUp, TryLater.
    """
    until = time.monotonic() + bounds.seconds
    place = _split(url)
    addresses = _checked(place, bounds, _looked_up(place, resolve, until))
    with (
        _connected(place, addresses, until) as connection,
        _ended_at(until, connection) as is_late,
    ):
        try:
            fetched = _read(connection, place, account, into, bounds)
        except (HTTPError, HTTPException, OSError, ValueError) as error:
            raise TryLater(_TOO_LONG if is_late() else "the connection broke") from error
        # To the reader a line that we cut looks like an answer that has come to its end.
        if is_late():
            raise TryLater(_TOO_LONG)
        return fetched


# --- where to ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Place:
    scheme: str
    host: str  # without the brackets of IPv6
    port: int
    target: str
    shown: str  # "host" or "host:port", for the header
    address: Address | None


def _split(url: str) -> _Place:
    is_plain = url.isascii() and url.isprintable() and not set(url) & set(" \\")
    if len(url) > _LONGEST_URL or not is_plain:
        raise Unsafe("it is no address")
    try:
        parts = parse_url(url)
        host, address = parts.host or "", literal(parts.host or "")
    except (LocationParseError, ValueError) as error:
        raise Unsafe("it is no address of a machine") from error
    if parts.scheme not in _PORTS:
        raise Unsafe("only http and https are fetched")
    if parts.auth is not None:
        raise Unsafe("a password does not belong into an address")
    port = parts.port if parts.port is not None else _PORTS[parts.scheme]
    shown = Url(host=host, port=parts.port).netloc or host
    bare = host.strip("[]").rstrip(".")
    return _Place(parts.scheme, bare, port, parts.request_uri, shown, address)


def _looked_up(place: _Place, resolve: Resolve, until: float) -> list[str]:
    """Look a name up, in bounded time: the system's own resolver may take a minute."""
    if place.address is not None:
        return [str(place.address)]
    found: list[str] = []
    failed: list[OSError] = []

    def look() -> None:
        try:
            found.extend(resolve(place.host, place.port))
        except (OSError, UnicodeError) as error:
            failed.append(error if isinstance(error, OSError) else OSError(str(error)))

    looking = Thread(target=look, daemon=True)
    looking.start()
    looking.join(max(0.0, until - time.monotonic()) / 2)
    if failed or not found:
        raise TryLater("there is no machine by that name")
    return list(found)


def _checked(place: _Place, bounds: Bounds, found: list[str]) -> list[str]:
    """Return the addresses of a name if all of them may be called; one that may not spoils it."""
    for one in found:
        address = ip_address(one)
        if f"{address}:{place.port}" in bounds.allowed:
            continue
        if not is_public(address):
            raise Unsafe("it leads into a private network")
        if place.port not in _PORTS.values() and f"*:{place.port}" not in bounds.allowed:
            raise Unsafe("only the ports 80 and 443 are called")
    return found[:_MOST_ADDRESSES]


# --- the connection -------------------------------------------------------------------------------


@contextmanager
def _connected(place: _Place, addresses: list[str], until: float) -> Iterator[HTTPConnection]:
    connection = _connect(place, addresses, until)
    try:
        yield connection
    finally:
        connection.close()


def _connect(place: _Place, addresses: list[str], until: float) -> HTTPConnection:
    trouble: Exception = OSError()
    for address in addresses:
        # A quarter each for the line and for its seal: what comes then is measured by itself.
        patience = max(0.01, (until - time.monotonic()) / 4)
        connection = _prepared(place, address, patience)
        try:
            connection.connect()
        except (HTTPError, OSError) as error:
            connection.close()
            trouble = error
            continue
        return connection
    is_seal = isinstance(trouble, ssl.SSLError)
    said = "its certificate is not good" if is_seal else "nobody answers there"
    raise TryLater(said) from trouble


def _prepared(place: _Place, address: str, patience: float) -> HTTPConnection:
    if place.scheme == "http":
        return HTTPConnection(address, place.port, timeout=patience)
    return HTTPSConnection(
        address,
        place.port,
        timeout=patience,
        cert_reqs="CERT_REQUIRED",
        ca_certs=_AUTHORITIES,
        # The name that was asked for, and not the address: by it the certificate is judged.
        server_hostname=place.host,
    )


@contextmanager
def _ended_at(until: float, connection: HTTPConnection) -> Iterator[Callable[[], bool]]:
    """Hang up at the end of the time, whatever trickles in: a timeout counts from each byte anew.

    Gives a question to ask: whether that has happened.
    """
    left = max(0.01, until - time.monotonic())
    if connection.sock is not None:
        connection.sock.settimeout(left + 1)
    ended = Event()
    timer = Timer(left, _hang_up, [connection, ended])
    timer.daemon = True
    timer.start()
    try:
        yield ended.is_set
    finally:
        timer.cancel()


def _hang_up(connection: HTTPConnection, ended: Event) -> None:
    ended.set()
    try:
        if connection.sock is not None:
            # Not the method of a sealed connection, which takes itself apart under the reader.
            socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)
    except OSError:  # it has gone by itself
        return


# --- the answer -----------------------------------------------------------------------------------


def _read(
    connection: HTTPConnection,
    place: _Place,
    account: tuple[str, str] | None,
    into: BinaryIO,
    bounds: Bounds,
) -> Fetched:
    connection.request(
        "GET",
        place.target,
        headers=_headers(place, account),
        preload_content=False,
        decode_content=False,
    )
    answer = connection.getresponse()
    media_type = _judged(answer, bounds)
    size = 0
    while piece := answer.read(_PIECE, decode_content=False):
        size += len(piece)
        if size > bounds.size:
            raise GiveUp(_too_large(bounds))
        into.write(piece)
    return Fetched(media_type, size)


def _headers(place: _Place, account: tuple[str, str] | None) -> dict[str, str]:
    headers = {
        "Host": place.shown,
        "User-Agent": "Dueline",
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "Connection": "close",
    }
    if account is not None:
        said = ":".join(account).encode()
        headers["Authorization"] = "Basic " + base64.b64encode(said).decode()
    return headers


def _judged(answer: BaseHTTPResponse, bounds: Bounds) -> str:
    """Return the media type of an answer that may be read on."""
    if 300 <= answer.status < 400:
        raise GiveUp("it points elsewhere, which is not followed")
    if answer.status in _GONE:
        raise GiveUp(f"it is gone for good ({answer.status})")
    if answer.status != 200:
        raise TryLater(f"the other side answered {answer.status}")
    if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise GiveUp("it is packed, which was not asked for")
    announced = answer.headers.get("Content-Length", "")
    if announced.isdigit() and int(announced) > bounds.size:
        raise GiveUp(_too_large(bounds))
    media_type = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if bounds.kinds and not media_type.startswith(bounds.kinds):
        raise GiveUp("it is of another kind than was looked for")
    return media_type[:100]


def _too_large(bounds: Bounds) -> str:
    return f"it is larger than {bounds.size >> 20} MB" if bounds.size >> 20 else "it is too large"
