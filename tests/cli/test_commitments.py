"""`dueline commitments`."""

import json

import pytest

from dueline.actions import cases, messages
from dueline.cli.main import main
from dueline.core.case_numbers import case_number
from dueline.models import Commitment
from tests.world import World, utc

SATURDAY = utc("2026-11-14T02:00")  # 03:00 in Stockholm
ASKED = ["commitments", "explain"]


@pytest.mark.parametrize(
    ("number", "complaint"),
    [
        ("10001-5", "a digit is wrong"),
        ("soon", "at least six digits"),
        (case_number(987_654), "no such case"),
    ],
)
def test_a_number_that_is_none_is_told_apart(world: World, capsys, number, complaint):
    assert main([*ASKED, number]) == 1
    assert complaint in capsys.readouterr().err


def test_a_due_time_is_taken_apart_in_the_zone_of_the_desk(world: World, capsys):
    case = world.case(world.eve, priority="critical", at=SATURDAY)
    cases.resolve(case.pk, text="Solved.", actor=world.asta, at=SATURDAY)
    main([*ASKED, case.number])
    said = capsys.readouterr().out
    assert "response 1: met, due 2026-11-16T08:00:00+00:00" in said
    assert "The request arrived Sat 14 Nov 03:00" in said
    assert "Mon 16 Nov 08:00 – Mon 16 Nov 09:00: 1 h counted." in said


def test_a_machine_reads_every_segment_and_their_sum(world: World, capsys):
    case = world.case(world.eve, priority="critical", at=SATURDAY)
    messages.reply(case.pk, text="We look.", actor=world.asta, at=SATURDAY)
    main([*ASKED, case.number, "--json"])
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    response = next(one for one in told if one["kind"] == "response")
    assert response["adds_up"] is True
    counted = [one["counted_seconds"] for one in response["segments"]]
    assert sum(counted) == response["counted_seconds"] == 3600
    assert [one["why"] for one in response["segments"]][-1] == "open"
    waiting = next(one for one in told if one["kind"] == "feedback")
    assert waiting["state"] == "waiting"
    assert "segments" not in waiting


def test_the_check_names_what_differs_and_says_so_to_a_script(world: World, capsys):
    case = world.case(priority="critical")
    world.case()
    assert main(["commitments", "check"]) == 0
    assert "2 cases checked, 0 with differences" in capsys.readouterr().out
    Commitment.objects.filter(case=case, kind="response").update(due_at=None)
    assert main(["commitments", "check"]) == 1
    said = capsys.readouterr().out
    assert f"{case.number}  response 1: due_at: stored None, computed 2026-11-23" in said
    assert "2 cases checked, 1 with differences" in said
