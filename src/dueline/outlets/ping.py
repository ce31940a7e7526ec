"""The call to somebody outside who notices when it stays away."""

import requests

from dueline import __version__

_TIMEOUT = 10.0


def ping(url: str) -> str:
    """Call an address. Return "" if it was taken, or else what went wrong, in words of machines."""
    # An administrator's own address: it may well lead into the house, and it may redirect.
    try:
        with requests.get(
            url, timeout=_TIMEOUT, stream=True, headers={"User-Agent": f"Dueline/{__version__}"}
        ) as answer:
            return "" if answer.ok else f"{answer.status_code} {answer.reason or ''}".strip()
    except requests.RequestException as error:
        return _said(error)


def _said(error: Exception) -> str:
    """Return what kind of failure it was: the whole of it would show the address, a secret."""
    if isinstance(error, requests.Timeout):
        return "no answer in time"
    if isinstance(error, requests.exceptions.SSLError):
        return "the connection is not safe (TLS)"
    if isinstance(error, requests.ConnectionError):
        return "it cannot be reached"
    return type(error).__name__
