"""From a page to the service that wakes somebody: claim one, try its ways, record each attempt."""

import json
import logging
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from django.db import connection
from django.utils.translation import gettext as _

import dueline
from dueline.actions import pages
from dueline.core.instants import now
from dueline.models import PageDestination

_log = logging.getLogger("dueline.paging")

# With five destinations that all hang, each has been tried within a minute (F15).
SECONDS = 10.0
# Of our own environment: how the desk's machine reaches the world.
_INHERITED = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "NO_PROXY", "no_proxy")
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")


_MOST_AT_ONCE = 24  # pages under way, each with a thread and a child process
_hands = threading.BoundedSemaphore(_MOST_AT_ONCE)


# --- delivering --------------------------------------------------------------------------------


def start_next() -> bool:
    """Let a thread of its own deliver the page that is due for the longest. False: none is.

    A service that hangs for one person must not let another one sleep.
    """
    if not _hands.acquire(blocking=False):
        return False
    claimed = None
    try:
        claimed = pages.claim_next(at=now())
    finally:
        if claimed is None:
            _hands.release()
    if claimed is None:
        return False
    # No daemon: a worker that is asked to stop waits for what it has begun to send.
    threading.Thread(target=_deliver_alone, args=(claimed,), name="a page").start()
    return True


def deliver_next() -> bool:
    """Deliver the page that is due for the longest. False: there is nothing to do for now."""
    claimed = pages.claim_next(at=now())
    if claimed is None:
        return False
    _deliver(claimed)
    return True


def _deliver_alone(claimed: pages.Claimed) -> None:
    try:
        _deliver(claimed)
    except Exception:
        # The lease runs out, and the page is tried again: a page is never lost with its thread.
        _log.exception("page %s could not be delivered; it is tried again", claimed.page.pk)
    finally:
        connection.close()
        _hands.release()


def _deliver(claimed: pages.Claimed) -> None:
    for way in claimed.ways:
        ok = _try(claimed, way)
        if ok is None:
            break  # nobody is wanted any more
        if ok:
            break
    pages.settle(claimed, at=now())


def _try(claimed: pages.Claimed, way: pages.Way) -> bool | None:
    """Try one way. None: the page is not to leave any more."""
    if way.kind == PageDestination.Kind.MAIL:
        return pages.mail(claimed, way, at=now())
    attempt = pages.begin(claimed, way, at=now())
    if attempt is None:
        return None
    text = claimed.text
    told = send_to(
        way.address, title=text.title, body=text.body, may_stay_inside=way.may_stay_inside
    )
    pages.complete(claimed, way, attempt, ok=told.ok, said=told.said, at=now())
    return told.ok


# --- one service -------------------------------------------------------------------------------


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
        answer = subprocess.run(
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
