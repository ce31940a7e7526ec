"""The guide of this desk: on the page, as a download, and for whom."""

import pytest

from dueline.actions.policies import SHIPPED_POLICY, publish_policy
from dueline.core.errors import Refusal
from dueline.queries.guide import guide, pdf_of
from tests.portal.conftest import NOW
from tests.world import PASSWORD


def test_a_plan_that_does_not_exist_is_refused(world):
    with pytest.raises(Refusal, match="standard, extended"):
        guide(at=NOW, plan="golden")


def test_a_customer_reads_what_the_own_contract_promises(world, client):
    client.post("/sign-in", {"email": world.eve.email, "password": PASSWORD})
    page = client.get("/guide").content.decode()
    assert "Plan Standard" in page
    assert "Plan Extended" not in page


def test_anybody_may_read_all_plans(world, client):
    page = client.get("/guide").content.decode()
    assert "Plan Standard" in page
    assert "Plan Extended" in page


def test_a_new_policy_version_is_in_the_guide_at_once(world, client):
    before = client.get("/guide.pdf").content
    publish_policy(source=SHIPPED_POLICY.replace("60 min", "37 min"), at=NOW)
    assert "within 37 minutes" in client.get("/guide").content.decode()
    assert client.get("/guide.pdf").content != before


def test_the_paper_is_set_once_and_then_read(world, monkeypatch):
    from dueline.wording import guide_pdf

    drawn = guide(at=NOW)
    first = pdf_of(drawn, language="en")
    monkeypatch.setattr(guide_pdf, "typeset", None)
    assert pdf_of(drawn, language="en") == first


def test_the_paper_is_a_download(world, client):
    answer = client.get("/guide.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="support-guide.pdf"'
    assert answer.content.startswith(b"%PDF-")


def test_the_command_prints_the_same(world, capsys, tmp_path):
    from argparse import Namespace

    from dueline.cli.guide import _guide

    _guide(Namespace(plan="extended", language="", pdf=None, json=False))
    said = capsys.readouterr().out
    assert "Plan Extended" in said
    assert "Plan Standard" not in said
    paper = tmp_path / "guide.pdf"
    _guide(Namespace(plan="", language="", pdf=paper, json=False))
    assert paper.read_bytes().startswith(b"%PDF-")
