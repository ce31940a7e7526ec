"""The loop that keeps the jobs going until somebody asks it to stop."""

import logging
import signal
import threading
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.db import close_old_connections, connection

from dueline.actions import alarms
from dueline.core.instants import now
from dueline.core.vigil import BEAT, Part
from dueline.worker.jobs import JOBS, PARTS, Job

_log = logging.getLogger("dueline.worker")

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
    heart, watch = _Heart(runners), _ClockWatch()
    while not signals and not stop.wait(_GLANCE):
        if time.monotonic() >= beat_at:
            beat_at = time.monotonic() + BEAT
            heart.beat()
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
        self.went_round_at = 0.0  # when a step has ended well, last

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
        self.went_round_at = time.monotonic()
        close_old_connections()
        return more

    def _rest(self) -> float:
        if not self._failures:
            return self._job.every
        return float(min(2 ** (self._failures - 1), _LONGEST_PAUSE))


class _Heart:
    """Shows which parts of the worker are alive: those whose jobs have all gone round since.

    A job that is stuck, or that fails again and again, takes the sign of its part away. Of the
    jobs that rest for long, and belong to no part, it is enough that none is stuck.
    """

    def __init__(self, runners: Sequence[_Runner], parts: Mapping[str, Part] = PARTS) -> None:
        self._of_parts: dict[Part, list[_Runner]] = defaultdict(list)
        for runner in runners:
            self._of_parts[parts.get(runner.name, Part.WORKER)].append(runner)
        self._others = self._of_parts.pop(Part.WORKER, [])
        self._beaten_at = dict.fromkeys(self._of_parts, 0.0)

    def beat(self) -> None:
        clock = time.monotonic()
        alive = [
            part
            for part, runners in self._of_parts.items()
            if all(runner.went_round_at > self._beaten_at[part] for runner in runners)
        ]
        if all(runner.is_well for runner in self._others):
            _show(Part.WORKER, *alive)
        else:
            _show(*alive)
        self._beaten_at |= dict.fromkeys(alive, clock)


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


def _show(*names: str) -> None:
    try:
        alarms.beat(*names, at=now())
    except Exception:
        _log.debug("no heartbeat: the database is away", exc_info=True)
        connection.close()
