"""Restart, crash and two workers during an escalation (promise 3)."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.processes

TOP = Path(__file__).parents[2]


def test_promise_3_every_step_is_taken_once_and_in_time_whatever_happens_to_the_workers(
    desk_environment,
):
    done = subprocess.run(
        [sys.executable, "-m", "tests.crash.escalation"],
        cwd=TOP,
        env={**desk_environment, "PYTHONPATH": f"{TOP / 'src'}:{TOP}"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
