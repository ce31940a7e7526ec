"""Finding out whether a mail comes from whom it names: our mail server's word, or our own look."""

import ipaddress
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dueline.core.authentication_results import reported, seals_of, trust_reported
from dueline.core.mail_headers import header_lines
from dueline.core.trust import NOT_CHECKED, Found, Policy, Trust, failed, judge, unknown
from dueline.intake.mail.bounded import BrokeDown, Child
from dueline.intake.mail.wire import read_json

logger = logging.getLogger(__name__)

OFF = "off"  # in place of a name server: nobody is asked
# Of questions to name servers there are five seconds at most, of a processor ten.
SECONDS = 20
_SILENT_FOR = 60.0  # seconds in which a dead resolver is not asked again


@dataclass(frozen=True, slots=True)
class Envelope:
    """How a mail reached us. peer: who brought it; "" if it was fetched, or handed over."""

    mail_from: str = ""
    peer: str = ""
    helo: str = ""

    @property
    def public_peer(self) -> str:
        """Return the peer if it may have come from anywhere; "" if it is a server of ours."""
        try:
            return self.peer if ipaddress.ip_address(self.peer).is_global else ""
        except ValueError:
            return ""


@dataclass(frozen=True, slots=True)
class Settings:
    """authserv_id: the mail server whose word is taken. checks: whether the desk looks itself.

    dns: "host:port" of a name server, "" as the machine is set up, "off". sealers: domains whose
    ARC seals count besides those of our own mail server.
    """

    authserv_id: str = ""
    checks: bool = True
    dns: str = ""
    sealers: Sequence[str] = ()

    @property
    def believed(self) -> tuple[str, ...]:
        own = self.authserv_id.lower()
        # The server `mx.example.org` seals as itself, or as `example.org`.
        home = own.partition(".")[2]
        return (*self.sealers, *((own, home) if "." in home else (own,)))


class Checker:
    """Looks at mails one after another; keeps a child process for those that must be computed."""

    def __init__(self, *, seconds: float = SECONDS) -> None:
        self.child = Child("dueline.intake.mail.checker", seconds=seconds)
        self._silent_until: dict[str, float] = {}

    def look(self, raw: bytes, *, sender: str, envelope: Envelope, settings: Settings) -> Trust:
        """Return what is known of the sender of a mail. Never raises; takes bounded time."""
        domain = sender.rpartition("@")[2].lower().strip(".")
        if not domain:
            return unknown("no-domain")
        if settings.authserv_id and not envelope.public_peer:
            told = _as_reported(raw, domain=domain, settings=settings)
            if told is not None:
                return told
        if not settings.checks or settings.dns == OFF:
            return NOT_CHECKED
        return self._compute(raw, domain=domain, envelope=envelope, settings=settings)

    def close(self) -> None:
        self.child.close()

    def _compute(self, raw: bytes, *, domain: str, envelope: Envelope, settings: Settings) -> Trust:
        if time.monotonic() < self._silent_until.get(settings.dns, 0.0):
            return unknown("no-answer", domain=domain)
        wishes = {
            "domain": domain,
            "mail_from": envelope.mail_from,
            "peer": envelope.public_peer,
            "helo": envelope.helo,
            "dns": settings.dns,
            "believed": settings.believed,
        }
        try:
            answer = self.child.ask(raw, wishes, read_json)
        except BrokeDown:
            logger.warning("A sender could not be checked within bounds.")
            answer = {"says": "too-heavy"}
        if "failed" in answer:
            logger.error("A sender could not be checked:\n%s", str(answer["failed"])[:4000])
        if answer.get("says") == "too-heavy":
            # Never a way around the check: what is built to break it has something to hide.
            return failed("too-heavy", domain=domain)
        if answer.get("says") == "nobody-there":
            self._silent_until[settings.dns] = time.monotonic() + _SILENT_FOR
            return unknown("no-answer", domain=domain)
        if answer.get("says") == "no-answer":
            return unknown("no-answer", domain=domain)
        if answer.get("says") == "several-senders":
            return failed("several-senders", domain=domain)
        return judge(_found(answer["found"]))


def _as_reported(raw: bytes, *, domain: str, settings: Settings) -> Trust | None:
    """Return what our own mail server says; None if it says nothing of this mail."""
    headers = header_lines(raw)
    results = reported(headers, authserv_id=settings.authserv_id)
    if not results:
        return None
    if sum(name == "from" for name, _ in headers) > 1:
        return failed("several-senders", domain=domain, by=settings.authserv_id)
    # Loaded late: it brings the list of public suffixes, which a desk that looks at nothing
    # need not keep in memory.
    from dueline.intake.mail.domain_names import related_to

    return trust_reported(
        results,
        by=settings.authserv_id,
        domain=domain,
        is_related=related_to(domain),
        seals=seals_of(headers, believed=settings.believed),
    )


def _found(said: dict[str, Any]) -> Found:
    told: dict[str, Any] = {
        name: tuple(one) if isinstance(one, list) else one for name, one in said.items()
    }
    if told["policy"]:
        told["policy"] = Policy(**told["policy"])
    return Found(**told)
