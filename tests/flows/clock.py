"""A clock that a story winds, and the worker that goes on under it."""

import sys
import threading
from datetime import datetime, timedelta
from importlib import import_module

import pytest

from dueline.core import instants
from dueline.worker.jobs import JOBS


class Clock:
    """Stands still between two steps of a story. `work` does all that is due at that instant."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def wind(self, to: datetime | None = None, **span: int) -> None:
        """Go to an instant, or on by a span: minutes=5."""
        self.at = to or self.at + timedelta(**span)

    def work(self, *, seconds: int = 0) -> None:
        """Let the worker do what is due now, and in each of the coming seconds."""
        for _ in range(seconds + 1):
            while self._went_round() or _pages_under_way():
                pass
            if seconds:
                self.wind(seconds=1)

    def _went_round(self) -> bool:
        """Let every job do one step, also after one that has more to do."""
        more = [job.run() for job in JOBS if job.every < 60.0]
        return any(more)


def _pages_under_way() -> bool:
    """Wait for the threads in which pages leave. Returns whether there were any."""
    threads = [thread for thread in threading.enumerate() if thread.name == "a page"]
    for thread in threads:
        thread.join()
    return bool(threads)


def stop_the_clock(monkeypatch: pytest.MonkeyPatch, at: datetime) -> Clock:
    """Let every room that asks what time it is ask this clock instead."""
    import_module("dueline.site.urls")  # a room that is built later would keep this clock for good
    clock = Clock(at)
    asked = instants.now
    for name, module in list(sys.modules.items()):
        if (
            name.startswith("dueline.")
            and module is not instants
            and getattr(module, "now", None) is asked
        ):
            monkeypatch.setattr(module, "now", clock)
    return clock
