"""The loop that keeps the jobs going until somebody asks it to stop."""

import logging
import signal
import threading
import time
from collections.abc import Sequence

from django.db import close_old_connections, connection

from dueline.core.instants import now
from dueline.models import Heartbeat
from dueline.worker.jobs import JOBS, Job

_log = logging.getLogger("dueline.worker")

_BEAT = 10.0  # seconds between two heartbeats
_JUMP = 60.0  # seconds by which the clock may be corrected without a word
_GLANCE = 0.25  # seconds until a signal to stop is noticed
_STUCK = 600.0  # seconds that one step may take before the heartbeat stops for it
_LONGEST_PAUSE = 30.0  # seconds of rest after a job has failed again and again
_LAST_STEPS = 20.0  # seconds that a step under way gets to end in


def run(stop: threading.Event | None = None, *, jobs: Sequence[Job] = JOBS) -> None:
    """Run all jobs until `stop` is set; None: until SIGTERM or SIGINT. The steps under way end."""
    # A list, and not `stop.set`: that could wait for a lock which the interrupted code holds.
    signals: list[int] = []
    if stop is None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda number, _: signals.append(number))
    runners = [_Runner(job, stop) for job in jobs]
    for runner in runners:
        runner.start()
    beat_at = time.monotonic()
    watch = _ClockWatch()
    while not signals and not stop.wait(_GLANCE):
        if time.monotonic() >= beat_at:
            beat_at = time.monotonic() + _BEAT
            _beat(runners)
            watch.look()
    stop.set()
    deadline = time.monotonic() + _LAST_STEPS
    for runner in runners:
        runner.join(max(0.0, deadline - time.monotonic()))
    connection.close()  # the one of the heartbeat: each runner closes its own


class _Runner(threading.Thread):
    """One job in its thread. A failure of its steps is logged, and stops nobody else."""

    def __init__(self, job: Job, stop: threading.Event) -> None:
        # A daemon: a step that never ends must not keep the process from ending.
        super().__init__(name=job.name, daemon=True)
        self._job = job
        self._stop_asked = stop
        self._failures = 0
        self.began_at = time.monotonic()

    @property
    def is_well(self) -> bool:
        resting = self._job.every
        return self.is_alive() and time.monotonic() - self.began_at < _STUCK + resting

    def run(self) -> None:
        while not self._stop_asked.is_set():
            self.began_at = time.monotonic()
            if not self._step():
                self._stop_asked.wait(self._rest())
        connection.close()

    def _step(self) -> bool:
        try:
            more = self._job.run()
        except Exception:
            self._failures += 1
            if self._failures == 1:  # once: a database that is away would fill the disk with it
                _log.exception("“%s” failed; it is tried again", self._job.name)
            connection.close()  # it may be what broke
            return False
        if self._failures:
            _log.warning("“%s” works again after %s failures", self._job.name, self._failures)
        self._failures = 0
        close_old_connections()
        return more

    def _rest(self) -> float:
        if not self._failures:
            return self._job.every
        return float(min(2 ** (self._failures - 1), _LONGEST_PAUSE))


class _ClockWatch:
    """Notices that the computer's clock was set: due times are told by it (F8)."""

    def __init__(self) -> None:
        self._ahead = _wall_ahead()

    def look(self) -> None:
        ahead = _wall_ahead()
        jump, self._ahead = ahead - self._ahead, ahead
        if abs(jump) <= _JUMP:
            return
        _log.error("the clock of this computer was set by %+.0f seconds; look after it", jump)
        _show("clock")


def _wall_ahead() -> float:
    """Return by how many seconds the clock is ahead of one that nobody can set."""
    return now().timestamp() - time.monotonic()


def _beat(runners: Sequence[_Runner]) -> None:
    """Show that the worker is alive, as long as each of its jobs is."""
    if not all(runner.is_well for runner in runners):
        return
    _show("worker")


def _show(name: str) -> None:
    try:
        Heartbeat.objects.update_or_create(name=name, defaults={"beat_at": now()})
    except Exception:
        _log.debug("no heartbeat: the database is away", exc_info=True)
        connection.close()
