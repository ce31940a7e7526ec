"""F8: the computer's clock is set while a real worker runs."""

import os
import subprocess
import sys
from contextlib import contextmanager

import pytest

from tests.intake.desk import Asked, ask
from tests.processes import eventually
from tests.worker.receiver import Receiver

pytestmark = pytest.mark.processes

# The desk's one clock, told by a file: seconds by which it has been set, or "x0.95" for one that
# goes wrong. It stands before anything that asks it is imported.
CLOCK = """
import os, sys
from datetime import UTC, datetime, timedelta
from dueline.core import instants
began = datetime.now(UTC)
def now():
    real, told = datetime.now(UTC), open(os.environ["CLOCK"]).read()
    if told.startswith("x"):
        return (began + (real - began) * float(told[1:])).replace(microsecond=0)
    return (real + timedelta(seconds=int(told))).replace(microsecond=0)
instants.now = now
import django
django.setup()
"""
WORK = CLOCK + "from dueline.worker import loop; loop.run()"
SET_UP = """
from django.core.management import call_command
call_command("migrate", interactive=False, verbosity=0)
from dueline.actions import cases
from dueline.models import Agent, Desk, PageDestination, PagingChain, PagingStep
from tests.world import build_world
world = build_world()
type(world.northwind).objects.update(confirmed_at=now())
Agent.objects.filter(pk=world.bo.id).update(is_manager=True)
chain = PagingChain.objects.create(name="Night", created_at=now())
PagingStep.objects.create(
    chain=chain, position=1, whom="agent", agent_id=world.bo.id, wait_minutes=600
)
PageDestination.objects.create(
    agent_id=world.bo.id, position=1, label="telephone", address=%r, created_at=now()
)
Desk.objects.update(critical_chain=chain)
case = world.case(priority="critical", at=now(), acknowledge=False)
cases.own(case.pk, actor=world.asta, at=now())
"""
TELL = """
from dueline.models import Alarm, Commitment, Event, Heartbeat, Page, Paging
from dueline.queries.commitments import differences
tell({
    "noticed": sorted(
        [e.facts["commitment"], e.facts["ordinal"], e.facts["step"]]
        for e in Event.objects.filter(kind="noticed")
    ),
    "due": Commitment.objects.get(kind="response").due_at.isoformat(),
    "pages": list(Page.objects.values_list("paging_id", "agent_id")),
    "occasions": list(Paging.objects.values_list("occasion", flat=True)),
    "alarms": Alarm.objects.count(),
    "clock_was_set": Heartbeat.objects.filter(name="clock").exists(),
    "beat": Heartbeat.objects.filter(name="sweeper").exists(),
    "differences": differences(Event.objects.first().case_id),
})
"""
HOUR, DAY = 3600, 86400
MISSED = ["response", 1, 100]


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.stop()


@pytest.fixture
def environment(desk_environment, tmp_path, receiver):
    environment = {
        **desk_environment,
        "PYTHONPATH": desk_environment["PYTHONPATH"] + ":" + os.getcwd(),
        "DJANGO_SETTINGS_MODULE": "dueline.site.settings",
        "CLOCK": str(tmp_path / "clock"),
    }
    set_clock(environment, "0")
    ask(environment, SET_UP % receiver.address)
    return environment


def set_clock(environment, to: str) -> None:
    # Whole at once: the worker reads it many times a second.
    with open(environment["CLOCK"] + ".new", "w") as file:
        file.write(to)
    os.replace(environment["CLOCK"] + ".new", environment["CLOCK"])


@contextmanager
def working(environment):
    process = subprocess.Popen([sys.executable, "-c", WORK], env=environment)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture
def told(environment):
    """A function: what the database says now."""
    asked = Asked(environment)
    yield lambda: asked.tell(TELL)
    asked.close()


@pytest.mark.parametrize(
    ("jumps", "misses_it"),
    [
        pytest.param((HOUR + 600, 0), True, marks=pytest.mark.long),
        pytest.param((-HOUR, 0), False, marks=pytest.mark.long),
        pytest.param((DAY, -DAY), True, marks=pytest.mark.long),
        ((354_000_000, 0), True),  # into 2038, and back
    ],
    ids=["an hour on", "an hour back", "a day on and a day back", "into 2038"],
)
def test_f8_a_clock_that_is_set_under_a_worker_doubles_nothing_and_loses_nothing(
    environment, told, jumps, misses_it
):
    with working(environment):
        eventually(lambda: told()["beat"])
        before = told()
        for jump in jumps:
            set_clock(environment, str(jump))
            eventually(lambda: told()["clock_was_set"])
            if misses_it:
                eventually(lambda: MISSED in told()["noticed"] and told()["pages"])
        after = told()
    steps = [tuple(step) for step in after["noticed"]]
    assert len(steps) == len(set(steps))  # each of them once
    assert (tuple(MISSED) in steps) == misses_it
    assert after["due"] == before["due"]  # by what is stored, whatever the clock says
    assert after["differences"] == []
    # Paged about its opening, and again about what was not kept; nobody twice about either.
    assert len(after["occasions"]) == len(set(after["occasions"])) == 1 + misses_it
    pages = [tuple(page) for page in after["pages"]]
    assert len(pages) == len(set(pages)) >= misses_it
    assert after["alarms"] == 0


@pytest.mark.long
def test_f8_a_clock_that_goes_wrong_slowly_is_no_news(environment, told):
    set_clock(environment, "x0.95")
    with working(environment):
        eventually(lambda: told()["beat"])
    after = told()
    assert not after["clock_was_set"]
    assert after["alarms"] == 0
    assert after["differences"] == []
