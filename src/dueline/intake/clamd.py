"""Asking the virus scanner whether it is there."""

import socket
from collections.abc import Mapping

from clamav_client.clamd import ClamdError, ClamdNetworkSocket, ClamdUnixSocket
from django.utils.translation import gettext as _

_SECONDS = 5


def problem_with(address: str) -> str:
    """Return what is wrong with the scanner at an address as a sentence; "" if it answers.

    address: "host:port", or the path of its socket.
    """
    place = {"address": address}
    scanner = _scanner(address)
    try:
        answer = scanner.ping()
    except (ClamdError, OSError, ValueError, OverflowError) as error:
        return _why(error.__cause__ or error, place)
    finally:
        # The library leaves it open where nobody answers.
        if left_open := getattr(scanner, "clamd_socket", None):
            left_open.close()
    return "" if answer == "PONG" else _("What answers at %(address)s is no clamd.") % place


def _scanner(address: str) -> ClamdNetworkSocket:
    if address.startswith("/"):
        return ClamdUnixSocket(path=address, timeout=_SECONDS)
    host, _colon, port = address.rpartition(":")
    return ClamdNetworkSocket(host=host.strip("[]"), port=int(port), timeout=_SECONDS)


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
