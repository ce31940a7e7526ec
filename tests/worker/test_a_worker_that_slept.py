"""F18: nobody swept for an hour; then four workers wake at once, as real processes."""

import json
import os
import subprocess
from collections import Counter
from contextlib import ExitStack
from datetime import datetime, timedelta

import pytest

from tests.processes import DUELINE, eventually
from tests.worker.test_two_workers import worker

pytestmark = pytest.mark.processes

CASES = 10
# Critical on the extended plan counts around the clock: it came due 40 minutes ago at any hour.
SET_UP = """
from datetime import timedelta
from django.core.management import call_command
call_command("migrate", interactive=False, verbosity=0)
from dueline.actions import cases
from dueline.core.instants import now
from dueline.models import Agent
from tests.world import build_world
world = build_world()
# Else the worker would ask the companies of long ago who still works there.
type(world.northwind).objects.update(confirmed_at=now())
type(world.desk).objects.update(set_up_at=now())  # no night has passed: no emergency sheet
Agent.objects.filter(pk=world.bo.id).update(is_manager=True)
for number in range(int(sys.argv[1])):
    at = now() - timedelta(minutes=100, seconds=number)
    case = world.case(priority="critical", at=at, subject=f"Problem {number}", acknowledge=False)
    cases.own(case.pk, actor=world.asta, at=at)
"""
TELL = """
import json
from dueline.models import Commitment, Event, OutboxItem
from dueline.queries.commitments import differences
from dueline.models import Case
print(json.dumps({
    "noticed": [
        [e.case_id, e.facts["commitment"], e.facts["ordinal"], e.facts["step"],
         e.facts["passed_at"], e.facts["late"], e.recorded_at.isoformat()]
        for e in Event.objects.filter(kind="noticed")
    ],
    "due": {c.case_id: c.due_at.isoformat() for c in Commitment.objects.filter(kind="response")},
    "states": list(Commitment.objects.filter(kind="response").values_list("state", flat=True)),
    "mails": list(OutboxItem.objects.values_list("case_id", "to_address", "subject", "text")),
    "differences": [d for case in Case.objects.all() for d in differences(case.pk)],
}))
"""


@pytest.mark.long
def test_f18_an_hour_that_was_slept_through_is_told_once_with_the_right_instants(desk_environment):
    environment = {
        **desk_environment,
        "PYTHONPATH": desk_environment["PYTHONPATH"] + ":" + os.getcwd(),
        "DJANGO_SETTINGS_MODULE": "dueline.site.settings",
    }
    inside(environment, SET_UP, str(CASES))
    with ExitStack() as workers:
        for _ in range(4):
            workers.enter_context(worker(environment))
        eventually(lambda: len(told(environment)["noticed"]) >= 2 * CASES, within=60)
    after = told(environment)
    steps = Counter((case, kind, ordinal, step) for case, kind, ordinal, step, *_ in noticed(after))
    assert set(steps.values()) == {1}
    assert Counter(step for *_, step in steps) == {100: CASES, 150: CASES}
    for case, _, _, step, passed_at, late, recorded_at in noticed(after):
        due_at = datetime.fromisoformat(after["due"][str(case)])
        half = timedelta(minutes=30) if step == 150 else timedelta()
        assert datetime.fromisoformat(passed_at) == due_at + half
        behind = datetime.fromisoformat(recorded_at) - datetime.fromisoformat(passed_at)
        assert late == int(behind.total_seconds()) >= 10 * 60 - 5
    assert set(after["states"]) == {"missed"}
    assert after["differences"] == []
    mails = Counter((case, address, subject) for case, address, subject, _ in after["mails"])
    # The owner hears of the miss, the manager of the last step, each once.
    assert set(mails.values()) == {1}
    assert {address for _, address, _ in mails} == {"asta@desk.example", "bo@desk.example"}
    assert len(mails) == 2 * CASES
    assert all("comes late" in text for *_, text in after["mails"])


def noticed(after):
    return after["noticed"]


def told(environment):
    return json.loads(inside(environment, TELL))


def inside(environment, program, *arguments):
    begin = "import sys\nimport django\ndjango.setup()\n"
    command = [DUELINE[0], "-c", begin + program, *arguments]
    done = subprocess.run(command, env=environment, check=True, timeout=120, stdout=subprocess.PIPE)
    return done.stdout.decode()
