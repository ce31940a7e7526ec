"""A new desk gets its tables in one step, and an old one has come the long way."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.postgres import own_database

TOP = Path(__file__).parent.parent.parent


@pytest.mark.processes
@pytest.mark.long
def test_the_one_step_makes_what_the_long_way_makes(desk_environment, tmp_path):
    short = _what_stands(desk_environment, way="short")
    other = {**desk_environment, "DUELINE_DATA": str(tmp_path / "other")}
    if server := os.environ.get("DATABASE_URL"):
        with own_database(server) as url:
            long = _what_stands({**other, "DATABASE_URL": url}, way="long")
    else:
        long = _what_stands(other, way="long")
    assert short.keys() == long.keys()
    for name, stands in long.items():
        assert short[name] == stands, name


def _what_stands(environment: Mapping[str, str], *, way: str) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.migrations.in_words", way],
        env={
            **environment,
            "PYTHONPATH": f"{TOP / 'src'}:{TOP}",
            "DJANGO_SETTINGS_MODULE": "dueline.site.settings",
        },
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
