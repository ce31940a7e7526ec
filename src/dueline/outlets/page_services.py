"""A child process that speaks to one paging service, and says in a word what came of it.

Its own process, because a service may hang for ever, and because the library tells its log the
secrets of an address: what it prints is thrown away with the process. Imports no Django.
"""

import ipaddress
import json
import logging
import os
import resource
import socket
import sys
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

import requests
from apprise import Apprise, AppriseAsset

# They would touch the desk's own machine: its screen, its log, its files, its radio.
LOCAL = frozenset(
    {
        "blink1",
        "dbus",
        "deltachat",
        "fcm",
        "gio",
        "glib",
        "gnome",
        "kde",
        "macosx",
        "qt",
        "smpp",
        "smpps",
        "syslog",
        "vapid",
        "windows",
    }
)
_ANSWER_WITHIN = "cto=3&rto=8"  # seconds to connect, and to answer
_MEMORY = 1024 * 1024 * 1024


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    asked = json.load(sys.stdin)
    logging.disable(logging.CRITICAL)
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # only the answer may be heard
    json.dump(page(**asked), answers)
    answers.close()


def page(address: str, title: str, body: str, *, may_stay_inside: bool) -> dict[str, Any]:
    """Send one page. Returns {"why": a word, "status": of the service's answer, or 0}.

    why: "" (taken), "address", "inside", "no-answer", "unreachable", "refused" or "not-taken".
    """
    listener = _Listener()
    if not may_stay_inside:
        _keep_outside(listener)
    if not is_known(address):
        return {"why": "address", "status": 0}
    service = Apprise(asset=_quiet())
    if not service.add(_in_time(address)):
        return {"why": "address", "status": 0}
    if service.notify(title=title, body=body, body_format="text"):
        return {"why": "", "status": 0}
    return {"why": listener.why, "status": listener.status}


def is_known(address: str) -> bool:
    """Whether an address names a service that the library knows, and that is not this machine.

    Exactly one: where one of two took it, nobody could say which.
    """
    schema = address.partition("://")[0].lower()
    if schema in LOCAL or not address.isprintable() or len(address.split()) != 1:
        return False
    return Apprise.instantiate(address, asset=_quiet(), suppress_exceptions=True) is not None


def _quiet() -> AppriseAsset:
    return AppriseAsset(
        app_id="Dueline",
        app_desc="Dueline",
        app_url="",
        async_mode=False,
        secure_logging=True,
        storage_mode="memory",
        interpret_escapes=False,
        interpret_emojis=False,
    )


def _in_time(address: str) -> str:
    if "cto=" in address or "rto=" in address:
        return address
    return f"{address}{'&' if '?' in address else '?'}{_ANSWER_WITHIN}"


class _Listener:
    """Hears what a service answers, which the library keeps to itself and its log."""

    def __init__(self) -> None:
        self.why, self.status = "not-taken", 0
        ask = requests.adapters.HTTPAdapter.send

        def send(adapter: Any, request: Any, **options: Any) -> requests.Response:
            try:
                answer = ask(adapter, request, **options)
            except requests.ConnectTimeout:
                self._hear("unreachable")
                raise
            except requests.Timeout:
                self._hear("no-answer")
                raise
            except requests.RequestException as error:
                # The line was cut after the question was out: it may have arrived.
                is_cut = "RemoteDisconnected" in repr(error) or "Connection aborted" in repr(error)
                self._hear("no-answer" if is_cut else "unreachable")
                raise
            if answer.status_code >= 400:
                self._hear("refused", answer.status_code)
            return answer

        requests.adapters.HTTPAdapter.send = send  # type: ignore[method-assign, assignment]

    def _hear(self, why: str, status: int = 0) -> None:
        if self.why != "inside":
            self.why, self.status = why, status

    def hear_inside(self) -> None:
        self.why, self.status = "inside", 0


def _keep_outside(listener: _Listener) -> None:
    """Let no name lead into the house's own network (i49): what was looked up is connected to."""
    look_up = socket.getaddrinfo
    proxies = frozenset(_hosts(os.environ.get(name, "") for name in PROXIES))

    def getaddrinfo(host: Any, *rest: Any, **named: Any) -> Any:
        found = look_up(host, *rest, **named)
        if host in proxies:  # whoever set it up decides what it lets through
            return found
        outside = [one for one in found if ipaddress.ip_address(one[4][0]).is_global]
        if not outside:
            listener.hear_inside()
            raise OSError("an address inside the house")
        return outside

    socket.getaddrinfo = getaddrinfo


PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")


def _hosts(addresses: Iterable[str]) -> Iterable[str]:
    return filter(None, (urlsplit(address).hostname for address in addresses))


if __name__ == "__main__":
    main()
