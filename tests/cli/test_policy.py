"""`dueline policy`: the policy as code."""

import io

import pytest

from dueline.actions.policies import SHIPPED_POLICY
from dueline.cli.main import main
from dueline.models import PolicyDraft, PolicyVersion
from tests.world import World

QUICKER = SHIPPED_POLICY.replace('within = "60 min"', 'within = "30 min"')
HARMLESS = SHIPPED_POLICY.replace("reopen_window_days = 14", "reopen_window_days = 7")


@pytest.fixture
def written(tmp_path):
    def write(source: str) -> str:
        path = tmp_path / "policy.toml"
        path.write_text(source, encoding="utf-8")
        return str(path)

    return write


def run(capsys, *arguments: str) -> tuple[int, str, str]:
    code = main(["policy", *arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


# - without a desk -


def test_a_text_that_cannot_be_read_fails_and_says_why(capsys, written):
    code, _out, err = run(capsys, "check", written("name = 7"))
    assert (code, "cannot be read" in err) == (1, True)
    code, _out, err = run(capsys, "check", "/nowhere/at/all.toml")
    assert (code, "/nowhere/at/all.toml" in err) == (1, True)


def test_a_golden_case_that_fails_makes_the_check_fail_in_plain_words(capsys, written):
    code, out, _err = run(capsys, "check", written(QUICKER))
    assert code == 1
    assert "FAILS  Critical, Standard: the same night counts from Monday's opening" in out
    assert "response 1: running, due 2026-11-23 09:00 → running, due 2026-11-23 08:30" in out
    assert out.endswith("11 golden cases, 5 of them fail\n")


def test_a_policy_that_keeps_its_golden_cases_passes(capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(SHIPPED_POLICY))
    code, out, _err = run(capsys, "check", "-")
    assert (code, out.splitlines()[-1]) == (0, "11 golden cases, 0 of them fail")


def test_a_case_of_a_plan_that_is_gone_says_so(capsys, written):
    code, out, _err = run(
        capsys, "check", written(SHIPPED_POLICY.replace("[plans.extended", "[plans.big"))
    )
    assert (code, "There is no plan “extended”" in out) == (1, True)


# - with a desk -


def test_before_the_desk_is_set_up_there_is_no_policy(db, capsys):
    assert run(capsys, "show")[0] == 1


def test_what_a_file_changes_is_said_against_the_last_version(world: World, capsys, written):
    _code, out, _err = run(capsys, "diff", written(QUICKER))
    assert out.splitlines()[:3] == [
        "Against version 1:",
        "  Standard, Critical: response 60 minutes → 30 minutes",
        "  Extended, Critical: response 60 minutes → 30 minutes",
    ]
    assert "golden case fails: Critical, Standard" in out
    assert "It promises the same." in run(capsys, "diff", written(SHIPPED_POLICY))[1]


def test_what_is_exported_is_the_stored_text(world: World, capsys, written):
    assert run(capsys, "export")[1] == SHIPPED_POLICY
    assert run(capsys, "export", "--version", "1")[1] == SHIPPED_POLICY
    assert run(capsys, "export", "--version", "9")[0] == 1
    assert run(capsys, "export", "--draft")[0] == 1
    run(capsys, "draft", written(HARMLESS))
    assert run(capsys, "export", "--draft")[1] == HARMLESS


def test_a_file_of_no_sense_begins_no_draft(world: World, capsys, written):
    assert run(capsys, "draft", written("name = 7"))[0] == 1
    assert not PolicyDraft.objects.exists()


def test_a_file_becomes_the_draft_and_the_draft_a_version(world: World, capsys, written):
    _code, out, _err = run(capsys, "draft", written(HARMLESS))
    assert "A case can be reopened within: 14 days → 7 days; 2 contracts, 0 open cases" in out
    assert "draft, begun from version 1" in run(capsys, "show")[1]
    code, out, _err = run(capsys, "publish", "--from", "2040-12-01T08:00")
    assert (code, out) == (0, "Version 2 holds from 2040-12-01 08:00:00 CET.\n")
    assert "version 2  from 2040-12-01 08:00:00 CET  scheduled" in run(capsys, "show")[1]


def test_publishing_waits_for_each_golden_case_to_be_acknowledged(world: World, capsys, written):
    _code, out, _err = run(capsys, "draft", written(QUICKER))
    assert "Golden case fails: Critical, Standard" in out
    code, _out, err = run(capsys, "publish")
    assert (code, "promises something else" in err) == (1, True)
    names = [
        line.partition(": ")[2] for line in out.splitlines() if line.startswith("Golden case fails")
    ]
    acknowledged = [part for name in names for part in ("--acknowledge", name)]
    assert run(capsys, "publish", *acknowledged)[0] == 0
    assert set(PolicyVersion.objects.get(number=2).acknowledged) == set(names)


def test_an_instant_that_is_none_publishes_nothing(world: World, capsys, written):
    run(capsys, "draft", written(HARMLESS))
    assert run(capsys, "publish", "--from", "soon")[0] == 1
    assert run(capsys, "publish", "--from", "2020-01-01T00:00")[0] == 1
    assert PolicyVersion.objects.count() == 1
