"""Pages on their way to the services that wake people."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

import dueline

# With five destinations that all hang, each has been tried within a minute (F15).
SECONDS = 10.0
# Of our own environment: how the desk's machine reaches the world.
_INHERITED = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "NO_PROXY", "no_proxy")
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")


@dataclass(frozen=True, slots=True)
class Told:
    """What came of one page. said: a sentence for people, without secrets.

    is_doubtful: it was sent and no answer came, so it may have arrived.
    """

    ok: bool
    said: str
    is_doubtful: bool = False


def send_to(
    address: str, *, title: str, body: str, may_stay_inside: bool = True, seconds: float = SECONDS
) -> Told:
    """Send one page to one service, in bounded time. Never raises for what the service does.

    address: as apprise spells them. may_stay_inside: it may lead into the house's own network.
    """
    asked = {"address": address, "title": title, "body": body, "may_stay_inside": may_stay_inside}
    try:
        answer = subprocess.run(  # noqa: S603 - a module of ours
            [sys.executable, "-B", "-m", "dueline.outlets.page_services"],
            input=json.dumps(asked).encode(),  # not an argument: everybody could read those
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            cwd="/",
            timeout=seconds,
            start_new_session=True,
            check=False,
        ).stdout
    except subprocess.TimeoutExpired:
        return _told("no-answer")
    try:
        said = json.loads(answer)
        return _told(str(said["why"]), int(said["status"]))
    except (ValueError, KeyError, TypeError):
        return _told("not-taken")


def _environment() -> dict[str, str]:
    ours = {name: os.environ[name] for name in (*_INHERITED, *_PROXIES) if name in os.environ}
    source = Path(dueline.__file__).parent.parent
    return {**ours, "PYTHONPATH": str(source), "PYTHONSAFEPATH": "1"}


def _told(why: str, status: int = 0) -> Told:
    if not why:
        return Told(True, _("The service took it."))
    return Told(False, _say(why, status), is_doubtful=why == "no-answer")


def _say(why: str, status: int) -> str:
    if why == "refused" and status == 429:
        return _("The service takes no more for now: too many messages (429).")
    if why == "refused" and status in (401, 403):
        return _("The service does not know this key (%(status)s).") % {"status": status}
    if why == "refused":
        return _("The service refused it (%(status)s).") % {"status": status}
    return {
        "address": _("This address names no service that is known here."),
        "inside": _("Its address lies inside the house: only an administrator may set such a one."),
        "unreachable": _("The service cannot be reached."),
        "no-answer": _("No answer came in time; it may have arrived."),
    }.get(why, _("The service did not take it."))
