"""`dueline case` and `dueline calendar`."""

import json

import pytest

from dueline.cli.main import main
from tests.world import MONDAY, OFFICE, World


@pytest.fixture
def office(tmp_path):
    path = tmp_path / "office.toml"
    path.write_text(OFFICE)
    return str(path)


def test_an_instant_that_cannot_be_read_is_named(world: World, office, capsys):
    assert main(["calendar", "due", "--calendar", office, "--from", "noon", "--for", "4 h"]) == 1
    assert "“noon” is not an instant" in capsys.readouterr().err


def test_an_unknown_calendar_is_named(world: World, capsys):
    assert main(["calendar", "between", "--calendar", "X", "--from", "1", "--to", "2"]) == 1
    assert "There is no calendar “X”" in capsys.readouterr().err


def test_a_target_is_reckoned_with_every_stretch_shown(world: World, office, capsys):
    main(["calendar", "due", "--calendar", office, "--from", "2026-11-20T16:30", "--for", "4 h"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "2026-11-23 11:30:00 CET"
    assert lines[2].strip() == "Fri 20 Nov 16:30 – Fri 20 Nov 17:00: 30 min counted."
    assert lines[-2].endswith("3 h 30 min counted.")
    assert lines[-1].strip() == "30 min + 3 h 30 min = 4 h: due 2026-11-23 11:30:00 CET."


def test_open_time_between_two_instants_leaves_the_holiday_out(world: World, capsys):
    arguments = ["--from", "2026-06-18T16:00", "--to", "2026-06-22T09:00", "--json"]
    main(["calendar", "between", "--calendar", "Office hours", *arguments])
    assert json.loads(capsys.readouterr().out) == {"seconds": 2 * 3600}


def test_a_misheard_number_is_recognised(world: World, capsys):
    number = world.case().number
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    assert main(["case", "show", wrong]) == 1
    assert "a digit is wrong, or two are swapped" in capsys.readouterr().err


def test_the_queue_is_listed_with_what_is_due(world: World, capsys):
    case = world.case(priority="critical")
    main(["case", "list", "--json"])
    row = json.loads(capsys.readouterr().out)
    assert row["number"] == case.number
    assert row["commitment"] == "response"
    assert row["next_due_at"] == "2026-11-23T10:00:00+00:00"


def test_a_case_is_shown_with_its_events_and_commitments(world: World, capsys):
    case = world.case(at=MONDAY)
    main(["case", "show", case.number, "--json"])
    shown = json.loads(capsys.readouterr().out)
    assert shown["events"][0]["kind"] == "opened"
    assert {one["kind"] for one in shown["commitments"]} == {"response"}
