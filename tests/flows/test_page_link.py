"""The link of a page: looked at by anything, pressed by a person."""

from datetime import timedelta

import pytest
from django.test import Client

from dueline.models import Agent, Attempt, Case, Page, Paging
from dueline.site import page_link
from tests.pages import page_to, paging_of
from tests.world import MONDAY, World


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch):
    clock = {"at": MONDAY + timedelta(minutes=1)}
    monkeypatch.setattr(page_link, "now", lambda: clock["at"])
    return clock


@pytest.fixture
def page(world: World) -> Page:
    case = world.case(priority="critical", subject="Salaries leak", acknowledge=False)
    return page_to(world.bo, paging_of(case))


def state_of(page: Page) -> str:
    return Paging.objects.get(pk=page.paging_id).state


def test_a_link_that_is_none_leads_nowhere(world, client, at):
    assert client.get("/page/guessed").status_code == 404
    assert client.post("/page/guessed").status_code == 404


def test_guessing_links_is_rationed(world, client, at):
    answers = {client.post(f"/page/guess-{n}").status_code for n in range(32)}
    assert answers == {404, 429}


def test_a_link_ends_after_a_day(page, client, at):
    at["at"] = MONDAY + timedelta(hours=24)
    assert client.get(f"/page/{page.token}").status_code == 404
    assert client.post(f"/page/{page.token}").status_code == 404
    assert state_of(page) == "running"


def test_the_link_of_somebody_who_was_shut_out_has_ended(world, page, client, at):
    account = Agent.objects.get(pk=world.bo.id).account
    account.is_active = False
    account.save()
    assert client.post(f"/page/{page.token}").status_code == 404


def test_looking_at_it_changes_nothing_and_tells_no_secret(page, client, at):
    before = Case.objects.values().get()
    answer = client.get(f"/page/{page.token}")
    text = answer.content.decode()
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert "Critical case" in text
    assert "Response due 11:00." in text
    assert "I take it" in text
    for secret in ("Salaries", "Northwind", "Cleo"):
        assert secret not in text
    assert state_of(page) == "running"
    assert Case.objects.values().get() == before
    assert not Attempt.objects.filter(key__startswith="page-link").exists()


def test_the_button_acknowledges_for_the_one_who_was_paged_without_signing_in(page, at):
    strict = Client(enforce_csrf_checks=True)  # windows of chat programs keep no cookies
    answer = strict.post(f"/page/{page.token}", follow=True)
    assert answer.status_code == 200
    assert "Acknowledged by Bo Ström, 10:01 today." in answer.content.decode()
    assert "Open the case" in answer.content.decode()
    paging = Paging.objects.get(pk=page.paging_id)
    assert (paging.state, paging.acknowledged_by_id) == ("acknowledged", page.agent_id)
    assert paging.acknowledged_by_way == "link"


def test_pressed_twice_it_stays_as_it_is(page, client, at):
    for _ in range(2):
        assert client.post(f"/page/{page.token}").status_code == 302


def test_who_comes_second_hears_who_was_first(world, page, client, at):
    other = page_to(world.asta, page.paging)
    client.post(f"/page/{other.token}")
    answer = client.post(f"/page/{page.token}")
    assert answer.status_code == 409
    assert "Acknowledged by Asta Lind" in answer.content.decode()


def test_nobody_is_asked_to_take_what_is_over(page, client, at):
    Paging.objects.update(state="ended")
    text = client.get(f"/page/{page.token}").content.decode()
    assert "Nobody needs to be woken for this any more." in text
    assert "I take it" not in text


def test_it_speaks_the_language_of_the_one_who_is_woken(world, page, client, at):
    Agent.objects.filter(pk=world.bo.id).update(language="sv")
    assert '<html lang="sv">' in client.get(f"/page/{page.token}").content.decode()
