"""The link by which the reader of a copy gets no more of them."""

import re

import pytest
from django.test import Client

from dueline.actions import messages, watchers
from dueline.actions.stop_links import stop_link
from dueline.models import OutboxItem, Watcher
from tests.world import MONDAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(world):
    case = world.case(acknowledge=False)
    watchers.let_contact_watch(case.pk, contact_id=world.dag.id, actor=world.asta, at=MONDAY)
    return case


@pytest.fixture
def address(world, case):
    messages.reply(case.pk, text="We look.", actor=world.asta, at=MONDAY)
    link = OutboxItem.objects.get(to_address="dag@northwind.example").unsubscribe_url
    return link.removeprefix("http://desk.example")


@pytest.fixture
def stranger():
    """A mail program: no session, no cookie, and no word that a form would have."""
    return Client(enforce_csrf_checks=True)


def test_a_link_that_we_have_not_signed_leads_nowhere(world, case, address, stranger):
    last = address[-1]
    forged = [
        address[:-1] + ("a" if last != "a" else "b"),
        re.sub(r"/\d+\.", "/999.", address),
        re.sub(r"\.\d+:", f".{world.cleo.id}:", address),
        "/watching/1.2",
    ]
    for one in forged:
        assert stranger.get(one).status_code == 404
        assert stranger.post(one).status_code == 404
    assert Watcher.objects.count() == 1


def test_i27_looking_at_the_page_ends_nothing(case, address, stranger):
    page = stranger.get(address)
    assert page.status_code == 200
    assert case.number in page.content.decode()
    assert case.subject not in page.content.decode()
    assert Watcher.objects.count() == 1


def test_one_click_of_a_mail_program_ends_the_watch(world, case, address, stranger):
    response = stranger.post(address, {"List-Unsubscribe": "One-Click"})
    assert response.status_code == 200
    assert not Watcher.objects.exists()
    event = case.events.latest("id")
    assert (event.kind, event.contact_id) == ("watcher_removed", world.dag.id)

    OutboxItem.objects.all().delete()
    messages.reply(case.pk, text="Done.", actor=world.asta, at=MONDAY)
    assert OutboxItem.objects.get().to_address == "cleo@northwind.example"


def test_a_click_too_many_is_answered_as_the_first(case, address, stranger):
    first, second = stranger.post(address), stranger.post(address)
    assert first.status_code == second.status_code == 200
    assert case.events.filter(kind="watcher_removed").count() == 1


def test_a_link_of_somebody_who_never_watched_changes_nothing(world, case, stranger):
    link = stop_link("", case_id=case.pk, contact_id=world.eve.id)
    assert stranger.post(link).status_code == 200
    assert Watcher.objects.count() == 1
