"""The desk that `bin/serve --demo` shows."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from dueline.cli.main import main
from dueline.console import access
from dueline.core import instants
from dueline.core.errors import Refusal
from dueline.core.explain import explain
from dueline.core.lifecycle import CaseState
from dueline.core.replay import evaluate
from dueline.demo import seed
from dueline.models import Account, Case, Commitment, OutboxItem, Rota
from dueline.queries import on_call
from dueline.queries.cases import book_of, events_of
from tests.world import MONDAY, World


def test_a_desk_that_somebody_set_up_is_left_alone(world: World):
    with pytest.raises(Refusal) as refused:
        seed(at=MONDAY)
    assert refused.value.code == "in-use"


@pytest.mark.django_db
def test_seeding_twice_changes_nothing():
    first = seed(at=MONDAY)
    before = (Case.objects.count(), OutboxItem.objects.count())
    assert seed(at=MONDAY) == first
    assert (Case.objects.count(), OutboxItem.objects.count()) == before


@pytest.mark.django_db
def test_somebody_is_on_call_in_every_night_to_come():
    seed(at=MONDAY)
    rota = Rota.objects.get()
    midnights = [MONDAY + timedelta(days=n, hours=15) for n in range(30)]
    assert all(on_call.agent_on_call(rota.pk, at=at) for at in midnights)
    assert on_call.agent_on_call(rota.pk, at=MONDAY) is None


@pytest.mark.django_db
def test_there_is_something_to_see_in_every_state():
    seed(at=MONDAY)
    states = set(Case.objects.values_list("state", flat=True))
    assert states >= set(CaseState) - {CaseState.RESPONDED}
    missed = Commitment.objects.filter(state="missed", case__state="new")
    assert missed.exists()


@pytest.mark.django_db
def test_every_commitment_adds_up_to_its_target():
    seed(at=MONDAY)
    explained = 0
    for case in Case.objects.select_related("policy_version", "calendar_version"):
        events = events_of(case.pk)
        book = book_of(case, events)
        for commitment in evaluate(events, book, until=MONDAY):
            if commitment.started_at:
                assert explain(commitment, events).adds_up, (case.number, commitment)
                explained += 1
    assert explained >= 50


@pytest.mark.django_db
def test_the_page_says_what_the_terminal_says(capsys, monkeypatch):
    for edge in (access, instants):
        monkeypatch.setattr(edge, "now", lambda: MONDAY)
    seed(at=MONDAY)
    client = Client()
    client.force_login(Account.objects.get(email="asta@desk.example"))
    for case in Case.objects.exclude(state="closed"):
        main(["commitments", "explain", case.number])
        said = _words(capsys.readouterr().out)
        for row in case.commitments.filter(started_at__isnull=False):
            address = f"/console/cases/{case.number}/promises/{row.kind}/{row.ordinal}"
            page = client.get(address, headers={"HX-Request": "true"})
            assert page.status_code == 200
            sentences = re.findall(r"<li>(.*?)</li>", page.content.decode())
            assert sentences
            for sentence in sentences:
                assert _words(sentence) in said


def _words(text: str) -> str:
    return " ".join(text.replace("&#39;", "'").replace("&amp;", "&").split())
