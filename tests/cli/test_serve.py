"""`dueline serve` as the system sees it: processes, ports and signals."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import eventually, free_port, run, served

pytestmark = pytest.mark.processes


@pytest.mark.parametrize("option", ["--port", "--mail-port"])
def test_a_taken_port_says_so_and_how_to_choose_another(desk_environment, option):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        other = "--mail-port" if option == "--port" else "--port"
        options = [option, str(port), other, str(free_port())]
        refused = run("serve", *options, environment=desk_environment)

    assert refused.returncode == 1
    assert f"Port {port} is taken" in refused.stderr
    assert f"{option} {port + 1}" in refused.stderr
    assert not Path(desk_environment["DUELINE_DATA"]).exists()  # nothing was begun


def test_an_impossible_host_is_refused_in_words(desk_environment):
    refused = run("serve", "--host", "203.0.113.7", environment=desk_environment)
    assert refused.returncode == 1
    assert "203.0.113.7 cannot be used" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.long)]
)
def test_a_stop_leaves_no_process(desk_environment, tmp_path, number):
    with served(desk_environment, tmp_path / "output") as desk:
        assert len(desk.members()) >= 3
        desk.process.send_signal(number)
        assert desk.process.wait(timeout=30) == 0
        assert desk.members() == []
        # Said in order, and without a complaint of any part.
        assert desk.printed.rstrip().endswith("Stopping …")
        assert "Traceback" not in desk.printed
        assert "ERROR" not in desk.printed


@pytest.mark.long
def test_no_process_outlives_a_parent_that_was_killed(desk_environment, tmp_path):
    with served(desk_environment, tmp_path / "output") as desk:
        os.kill(desk.process.pid, signal.SIGKILL)
        desk.process.wait()
        eventually(lambda: desk.members() == [], within=30)


def test_a_part_that_was_killed_comes_back(desk_environment, tmp_path):
    with served(desk_environment, tmp_path / "output") as desk:
        assert desk.answer("/healthz") == "ok\n"
        killed = desk.kill("web")
        assert killed
        # The one that really serves is a child of the killed one, and still holds the port.
        eventually(lambda: desk.members("web") and desk.answer("/healthz") == "ok\n")
        assert not set(killed).intersection(desk.members("web"))
        assert "web was ended by SIGKILL; starting it again" in desk.printed


def test_a_desk_starts_again_on_its_data(desk_environment, tmp_path):
    for _ in range(2):
        with served(desk_environment, tmp_path / "output") as desk:
            assert desk.answer("/healthz") == "ok\n"
            desk.process.send_signal(signal.SIGINT)
            desk.process.wait(timeout=30)
    assert "Bringing the database up to date" not in desk.printed


def test_the_parent_of_the_tree_loads_no_django():
    loaded = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from dueline.cli import main; main._parser();"
            "print([name for name in sys.modules if name.startswith(('django', 'granian'))])",
        ],
        env={"PYTHONPATH": "src"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert loaded.stdout.strip() == "[]"
