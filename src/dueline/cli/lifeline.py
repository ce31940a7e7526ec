"""No process of the tree outlives the one that started it, however that one ended.

The parent puts its own id into the environment of its children. A child looks once a second
whether that is still its parent: a way that works on every Unix, and without a race at the start.
"""

import os
import signal
import threading
import time

VARIABLE = "DUELINE_PARENT"
GRACE = 5.0  # seconds for an orderly end


def environment_for_children() -> dict[str, str]:
    return {**os.environ, VARIABLE: str(os.getpid())}


def hold_on_to_parent() -> None:
    """End this process when its parent ends. Does nothing when nobody asked for it."""
    expected = os.environ.pop(VARIABLE, "")
    if expected:
        threading.Thread(target=_watch, args=(int(expected),), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE)
    os._exit(1)
