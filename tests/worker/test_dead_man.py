"""Row 69 and F16, with real processes: one of them dies, and another one tells people."""

import os
import signal
import subprocess
import time
from contextlib import contextmanager

import pytest

from tests.intake.desk import ask
from tests.processes import DUELINE, eventually, free_port
from tests.worker.receiver import Receiver

pytestmark = pytest.mark.processes

SET_UP = """
from django.core.management import call_command
call_command("migrate", interactive=False, verbosity=0)
from dueline.models import Desk, PageDestination, PagingChain, PagingStep
from tests.world import build_world
world = build_world()
type(world.northwind).objects.update(confirmed_at=now())
chain = PagingChain.objects.create(name="Night", created_at=now())
PagingStep.objects.create(chain=chain, position=1, whom="agent", agent_id=world.bo.id)
PageDestination.objects.create(
    agent_id=world.bo.id, position=1, label="telephone", address=%r, created_at=now()
)
Desk.objects.update(watch_chain=chain, ping_url=%r)
"""
PARTS = """
from dueline.models import Heartbeat
tell(sorted(Heartbeat.objects.values_list("name", flat=True)))
"""
ALARMS = """
from dueline.models import Alarm
tell([[a.part, a.noticed_by, a.said, bool(a.ended_at)] for a in Alarm.objects.order_by("id")])
"""


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.stop()


@pytest.fixture
def environment(desk_environment, receiver):
    environment = {
        **desk_environment,
        "PYTHONPATH": desk_environment["PYTHONPATH"] + ":" + os.getcwd(),
        # Real patience would be 45 seconds; less than two signs of life would be none.
        "DUELINE_WATCH_PATIENCE": "0.5",
    }
    ask(environment, SET_UP % (receiver.address, receiver.url))
    return environment


@contextmanager
def running(environment, *command):
    process = subprocess.Popen([*DUELINE, *command], env=environment)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGCONT)
        process.terminate()
        process.wait(30)


def test_f16_who_kills_the_scheduler_wakes_somebody_and_stops_the_calls_outside(
    environment, receiver
):
    with running(environment, "watch"), running(environment, "worker") as worker:
        eventually(lambda: receiver.called, within=60)  # all parts were seen to go
        assert receiver.taken == []
        called, killed_at = len(receiver.called), time.monotonic()
        worker.kill()
        eventually(lambda: receiver.taken, within=90)
        assert time.monotonic() - killed_at < 60
        assert receiver.titles == ["Harbour Support: no sign of life of: The worker"]
        assert len(receiver.called) == called
        with running(environment, "worker"):
            eventually(lambda: len(receiver.taken) == 2, within=150)
        assert receiver.titles[1] == "Harbour Support: goes again: The worker"
    assert ask(environment, ALARMS) == [["worker", "watcher", "Bo Ström, telephone: taken", True]]


@pytest.mark.long
def test_who_kills_the_watcher_is_told_on_by_the_worker(environment, receiver):
    with running(environment, "worker"), running(environment, "watch") as watch:
        eventually(lambda: {"watcher", "worker"} <= set(ask(environment, PARTS)))
        watch.kill()
        eventually(lambda: receiver.taken, within=90)
    # By a page as for anything else: paging goes.
    (title,) = receiver.titles
    assert title.startswith("Harbour Support: no sign of life of: The watcher")
    assert ask(environment, ALARMS)[0][:2] == ["watcher", "worker"]


@pytest.mark.long
def test_the_pages_and_the_listener_show_signs_of_life(environment):
    port = str(free_port())
    with (
        running(environment, "web", "--port", port),
        running(environment, "mail", "listen", "--port", str(free_port())),
    ):
        wanted = {"web", "listener", "fetchers"}
        eventually(lambda: wanted <= set(ask(environment, PARTS)), within=60)
