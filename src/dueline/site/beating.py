"""The sign of life of the pages: they knock at their own door, and somebody answers.

From within the process that serves them: where all of its threads are stuck, so is this.
"""

import http.client
import logging
import threading
import time

from django.db import connection

from dueline.actions import alarms
from dueline.core.instants import now
from dueline.core.vigil import BEAT, Part

_log = logging.getLogger("dueline.web")

_TIMEOUT = 10.0


def keep_beating(address: str) -> None:
    """Begin to beat, for as long as the process lives. address: host:port of its own."""
    threading.Thread(target=_beat, args=(address,), name="heartbeat", daemon=True).start()


def _beat(address: str) -> None:
    while True:
        time.sleep(BEAT)
        try:
            if _answers(address):
                alarms.beat(Part.WEB, at=now())
        except Exception:
            _log.debug("no heartbeat", exc_info=True)
            connection.close()


def _answers(address: str) -> bool:
    door = http.client.HTTPConnection(address, timeout=_TIMEOUT)
    try:
        door.request("GET", "/healthz", headers={"Host": "localhost"})
        return door.getresponse().status == 200
    finally:
        door.close()
