"""F18: two workers, and one that sleeps past its lease (SIGSTOP), as real processes."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.outlets.sink import Sink
from tests.processes import DUELINE, eventually

pytestmark = pytest.mark.processes

SET_UP = """
import sys
from datetime import timedelta
import django
django.setup()
from django.core.management import call_command
call_command("migrate", interactive=False, verbosity=0)
from dueline.core.instants import now
from tests.world import build_world
world = build_world()
# Else the worker would ask the companies of long ago who still works there.
type(world.northwind).objects.update(confirmed_at=now())
world.desk.set_up_at = now()  # no night has passed of which it would send a sheet
world.desk.smtp_host, world.desk.smtp_port = "127.0.0.1", int(sys.argv[1])
world.desk.smtp_security = "none"
world.desk.save()
for number in range(int(sys.argv[2])):
    contact = world.contact(world.cleo)
    world.case(at=now() - timedelta(seconds=5), subject=f"Problem {number}")
"""


@pytest.fixture
def sink() -> Iterator[Sink]:
    sink = Sink()
    sink.start()
    yield sink
    sink.stop()


@pytest.fixture
def desk(desk_environment, sink):
    """A function that sets up a desk with some mails that wait; returns its environment."""

    def set_up(mails: int) -> dict[str, str]:
        environment = {
            **desk_environment,
            "PYTHONPATH": desk_environment["PYTHONPATH"] + ":" + os.getcwd(),
            "DJANGO_SETTINGS_MODULE": "dueline.site.settings",
            "DUELINE_LEASE_SECONDS": "2",
        }
        command = ["python", "-c", SET_UP, str(sink.port), str(mails)]
        subprocess.run([DUELINE[0], *command[1:]], env=environment, check=True, timeout=60)
        return environment

    return set_up


DELIVER_ONCE = """
import django
django.setup()
from dueline.outlets.registry import OUTLETS
OUTLETS["mail"]()
"""


def worker(environment):
    return running([*DUELINE, "worker"], environment)


def one_delivery(environment, **more: str):
    # SIGSTOP stops every thread. In a whole worker it could catch another job within its
    # transaction, and SQLite's one writer's lock would sleep with it.
    return running([DUELINE[0], "-c", DELIVER_ONCE], {**environment, **more})


@contextmanager
def running(command, environment) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, env=environment)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGCONT)
        process.terminate()
        process.wait(30)


def is_asleep(process: subprocess.Popen[bytes]) -> bool:
    with open(f"/proc/{process.pid}/stat") as stat:
        return stat.read().rpartition(")")[2].split()[0] == "T"


@pytest.mark.long
@pytest.mark.parametrize("step", ["mail.before-dot", "outbox.claimed"])
def test_f18_a_worker_that_slept_past_its_lease_sends_nothing_afterwards(desk, sink, step):
    environment = desk(1)
    with one_delivery(environment, DUELINE_CRASH_POINT=f"{step}:1:SIGSTOP") as sleeper:
        eventually(lambda: is_asleep(sleeper))
        with worker(environment):
            eventually(lambda: len(sink.taken) == 1)
            sleeper.send_signal(signal.SIGCONT)
            # Its next sign of life, or its next word to the server, finds the lease gone: it lets
            # go of the mail without an error.
            assert sleeper.wait(30) == 0
    assert len(sink.taken) == 1


def test_f18_two_workers_send_each_mail_once(desk, sink):
    environment = desk(10)
    with worker(environment), worker(environment):
        eventually(lambda: len(sink.taken) >= 10, within=40)
    assert len({taken.mail_id for taken in sink.taken}) == len(sink.taken) == 10
