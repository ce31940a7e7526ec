"""The loop: every job goes on, whatever the others do."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from dueline.core.instants import now
from dueline.models import Heartbeat
from dueline.worker import loop
from dueline.worker.jobs import Job

pytestmark = pytest.mark.django_db(transaction=True)


class Counted:
    """A job that counts its steps and does as it is told."""

    def __init__(self, act: Callable[[int], bool] = lambda count: False) -> None:
        self.count = 0
        self._act = act

    def __call__(self) -> bool:
        self.count += 1
        return self._act(self.count)

    def job(self, name: str = "count", *, every: float = 0.01) -> Job:
        return Job(name, every, self)


@contextmanager
def running(*jobs: Job) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=loop.run, args=(stop,), kwargs={"jobs": jobs})
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def wait_for(question: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10
    while not question():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.005)


def fail(count: int) -> bool:
    raise ZeroDivisionError(f"failure {count}")


def test_a_job_that_fails_stops_no_other_and_is_tried_again(caplog):
    failing, well = Counted(fail), Counted()
    with running(failing.job("bad"), well.job()):
        wait_for(lambda: well.count > 20)
        wait_for(lambda: failing.count > 1)


def test_a_failure_is_logged_once_with_its_traceback_however_often_it_repeats(caplog):
    failing = Counted(fail)
    with running(failing.job("bad")):
        wait_for(lambda: failing.count > 1)
    (record,) = [record for record in caplog.records if record.name == "dueline.worker"]
    assert "“bad” failed" in record.getMessage()
    assert "failure 1" in str(record.exc_info[1])


def test_a_job_that_failed_and_works_again_says_so(caplog):
    job = Counted(lambda count: fail(count) if count == 1 else False)
    with running(job.job("bad")):
        wait_for(lambda: job.count > 3)
    assert [r.levelname for r in caplog.records if r.name == "dueline.worker"] == [
        "ERROR",
        "WARNING",
    ]


def test_a_job_that_hangs_holds_up_no_other():
    release = threading.Event()
    hanging, well = Counted(lambda count: release.wait(10)), Counted()
    with running(hanging.job("hang"), well.job()):
        wait_for(lambda: well.count > 20)
        assert hanging.count == 1
        release.set()


def test_a_job_with_more_to_do_does_not_rest():
    busy = Counted(lambda count: count < 100)
    with running(busy.job(every=60)):
        wait_for(lambda: busy.count == 100)


def test_the_step_under_way_ends_before_the_loop_does():
    began, ended = threading.Event(), threading.Event()

    def step() -> bool:
        began.set()
        time.sleep(0.2)
        ended.set()
        return False

    with running(Job("slow", 60, step)):
        began.wait(5)
    assert ended.is_set()


def test_the_worker_shows_that_it_is_alive():
    before = now()
    with running(Counted().job()):
        wait_for(lambda: Heartbeat.objects.filter(name="worker", beat_at__gte=before).exists())


def test_the_heart_stops_for_a_job_that_is_stuck(monkeypatch):
    release = threading.Event()
    stuck = Counted(lambda count: release.wait(10))
    monkeypatch.setattr(loop, "_STUCK", 0.05)
    monkeypatch.setattr(loop, "BEAT", 0.02)
    monkeypatch.setattr(loop, "_GLANCE", 0.01)
    with running(stuck.job("stuck", every=0.0)):
        wait_for(lambda: stuck.count)
        time.sleep(0.1)
        Heartbeat.objects.all().delete()
        time.sleep(0.1)
        assert not Heartbeat.objects.exists()
        release.set()
        wait_for(Heartbeat.objects.exists)


def test_sigterm_ends_the_loop():
    before = {n: signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGINT)}
    threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGTERM)).start()
    try:
        loop.run(jobs=[Counted().job()])
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@pytest.mark.parametrize(("jump", "is_told"), [(5, False), (-5, False), (90, True), (-3600, True)])
def test_f8_a_clock_that_was_set_under_the_worker_is_noticed(monkeypatch, caplog, jump, is_told):
    watch = loop._ClockWatch()
    watch.look()
    real = loop.now
    monkeypatch.setattr(loop, "now", lambda: real() + timedelta(seconds=jump))
    watch.look()
    assert Heartbeat.objects.filter(name="clock").exists() == is_told
    assert ("was set by" in caplog.text) == is_told
    watch.look()  # told once for each jump
    assert caplog.text.count("was set by") == int(is_told)
