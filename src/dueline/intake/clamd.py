"""The virus scanner: a line to it, and what is wrong where there is none."""

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from clamav_client.clamd import ClamdError, ClamdNetworkSocket, ClamdUnixSocket
from django.utils.translation import gettext as _

_SECONDS = 5


def problem_with(address: str) -> str:
    """Return what is wrong with the scanner at an address as a sentence; "" if it answers.

    address: "host:port", or the path of its socket.
    """
    place = {"address": address}
    try:
        with scanner_at(address, timeout=_SECONDS) as scanner:
            answer = scanner.ping()
    except (ClamdError, OSError, ValueError, OverflowError) as error:
        return _why(error.__cause__ or error, place)
    return "" if answer == "PONG" else _("What answers at %(address)s is no clamd.") % place


@contextmanager
def scanner_at(address: str, *, timeout: int) -> Iterator[ClamdNetworkSocket]:
    """Give a scanner to ask. address: "host:port", or the path of a socket."""
    scanner: ClamdNetworkSocket
    if address.startswith("/"):
        scanner = ClamdUnixSocket(address, timeout=timeout)
    else:
        host, _colon, port = address.rpartition(":")
        scanner = ClamdNetworkSocket(host.strip("[]") or "127.0.0.1", int(port), timeout=timeout)
    try:
        yield scanner
    finally:
        # The library leaves it open where nobody answers.
        if left_open := getattr(scanner, "clamd_socket", None):
            left_open.close()


def _why(error: BaseException, place: Mapping[str, str]) -> str:
    match error:
        case FileNotFoundError():
            return _("There is no socket %(address)s on this machine.") % place
        case PermissionError():
            return _("The desk may not use the socket %(address)s.") % place
        case ConnectionRefusedError():
            return _("Nothing listens at %(address)s.") % place
        case socket.gaierror():
            return _("There is no machine by the name in %(address)s.") % place
        case TimeoutError():
            return _("Nothing answered at %(address)s within five seconds.") % place
    return _("What answers at %(address)s is no clamd.") % place
