"""A few rounds of killing every time; `bin/crash-rounds 200` is the whole of it."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.processes

TOP = Path(__file__).parents[2]
# The listener between keeping a mail and its yes, the worker within taking in and after the final
# dot of a mail, the pages between doing and answering, and two at random.
ROUNDS = ("2", "12", "26", "34", "35", "39")


def test_f1_f2_f3_kill_minus_nine_loses_nothing_and_doubles_nothing(desk_environment):
    done = subprocess.run(
        [sys.executable, "-m", "tests.crash.rounds", "--lease", "2", "--numbers", *ROUNDS],
        cwd=TOP,
        env={**desk_environment, "PYTHONPATH": f"{TOP / 'src'}:{TOP}"},
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert done.returncode == 0, done.stdout + done.stderr
