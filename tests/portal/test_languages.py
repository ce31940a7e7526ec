"""The reader chooses the language: on their own page, or at the foot of any page as a visitor."""

import pytest
from django.conf import settings
from django.test import Client

from dueline.models import Agent, Contact
from tests.access.scene import sign_in

pytestmark = pytest.mark.django_db

SWEDISH = {"accept-language": "sv-SE"}


def language_of(answer) -> str:
    page = answer.content.decode()
    language = page.partition('<html lang="')[2].partition('"')[0]
    assert answer["Content-Language"] == language
    return language


def test_a_language_that_is_not_spoken_here_is_refused_on_the_page(world):
    client = sign_in(world.cleo)
    refused = client.post("/account/language", {"language": "xx"})
    assert refused.status_code == 400
    assert "Choose a language from the list." in refused.content.decode()
    assert world.contact(world.cleo).language == ""


def test_a_stranger_is_led_to_the_door(world, client):
    assert client.post("/account/language", {"language": "sv"})["Location"] == "/sign-in"


@pytest.mark.parametrize("name", ["cleo", "asta"])
def test_a_language_that_was_chosen_wins_over_the_browser_on_every_page(world, name):
    person = getattr(world, name)
    client = sign_in(person)
    saved = client.post("/account/language", {"language": "nb"}, headers=SWEDISH)
    assert saved.status_code == 302
    assert (Contact if name == "cleo" else Agent).objects.get(pk=person.id).language == "nb"
    page = client.get("/account", headers=SWEDISH)
    assert language_of(page) == "nb"
    assert "Lagret." in page.content.decode()
    assert '<option value="nb" selected>' in page.content.decode()
    pages = ("/cases", "/help", "/guide") if name == "cleo" else ("/console/queue", "/guide")
    for address in pages:
        assert language_of(client.get(address, headers=SWEDISH)) == "nb", address


def test_the_guide_on_paper_is_in_the_language_that_was_chosen(world):
    client = sign_in(world.cleo)
    swedish = client.get("/guide.pdf", headers=SWEDISH).content
    client.post("/account/language", {"language": "nb"}, headers=SWEDISH)
    norwegian = client.get("/guide.pdf", headers=SWEDISH).content
    english_browser = client.get("/guide.pdf", headers={"accept-language": "en"}).content
    assert swedish != norwegian == english_browser


def test_a_refusal_is_said_in_the_language_that_was_chosen(world):
    case = world.case()
    client = sign_in(world.asta)
    client.post("/account/language", {"language": "nb"})
    answer = client.post(
        f"/console/cases/{case.number}/activation", {"version": "1"}, headers=SWEDISH
    )
    assert answer.status_code == 409
    assert "Svar kunden først" in answer.content.decode()


def test_without_a_choice_the_browser_decides_and_a_choice_can_be_taken_back(world):
    client = sign_in(world.cleo)
    assert language_of(client.get("/help", headers=SWEDISH)) == "sv"
    client.post("/account/language", {"language": "nb"}, headers=SWEDISH)
    client.post("/account/language", {"language": ""}, headers=SWEDISH)
    page = client.get("/account", headers=SWEDISH)
    assert language_of(page) == "sv"
    assert "Sparat." in page.content.decode()


def test_a_language_that_is_spoken_no_more_leaves_it_to_the_browser(world):
    Contact.objects.filter(pk=world.cleo.id).update(language="fr")
    assert language_of(sign_in(world.cleo).get("/help", headers=SWEDISH)) == "sv"


def test_the_page_says_in_which_language_mails_come_without_a_choice(world):
    page = sign_in(world.cleo).get("/account").content.decode()
    assert "mails to you are in English." in page


# --- visitors ----------------------------------------------------------------------------------


def test_a_visitor_cannot_choose_what_is_not_spoken_here(world, client):
    answer = client.post("/language", {"language": "xx", "next": "/help"})
    assert answer["Location"] == "/help"
    assert settings.LANGUAGE_COOKIE_NAME not in answer.cookies
    assert language_of(client.get("/help", headers=SWEDISH)) == "sv"


def test_only_a_page_of_ours_can_choose(world):
    assert Client(enforce_csrf_checks=True).post("/language", {"language": "nb"}).status_code == 403


@pytest.mark.parametrize("then", ["https://evil.example/", "//evil.example", "/\\evil", ""])
def test_who_chooses_is_led_to_no_other_site(world, client, then):
    assert client.post("/language", {"language": "nb", "next": then})["Location"] == "/"


def test_a_visitor_chooses_at_the_foot_of_a_page_and_it_is_remembered(world, client):
    page = client.get("/guide", headers=SWEDISH).content.decode()
    assert '<button class="link-button" name="language" value="nb" lang="nb">' in page
    answer = client.post("/language", {"language": "nb", "next": "/guide"}, headers=SWEDISH)
    assert answer["Location"] == "/guide"
    cookie = answer.cookies[settings.LANGUAGE_COOKIE_NAME]
    assert (cookie["max-age"], cookie["samesite"], bool(cookie["httponly"])) == (
        365 * 24 * 3600,
        "Lax",
        True,
    )
    for address in ("/", "/help", "/sign-in"):
        shown = client.get(address, headers=SWEDISH)
        assert language_of(shown) == "nb"
        assert "Cookie" in shown["Vary"]
        assert "Accept-Language" in shown["Vary"]


def test_the_choice_of_who_signed_in_wins_over_what_they_chose_as_a_visitor(world):
    client = sign_in(world.cleo)
    client.post("/language", {"language": "sv"})
    assert language_of(client.get("/help")) == "sv"
    client.post("/account/language", {"language": "nb"})
    assert language_of(client.get("/help")) == "nb"


def test_who_has_signed_in_chooses_on_their_own_page_and_not_at_the_foot(world):
    assert 'action="/language"' not in sign_in(world.cleo).get("/help").content.decode()
