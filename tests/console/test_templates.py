"""The pages of texts that are written often."""

import pytest

from dueline.actions import templates
from dueline.models import Agent, OutboxItem, ReplyTemplate

pytestmark = pytest.mark.django_db

LIST = "/console/settings/templates"


@pytest.fixture
def template(world, now):
    return templates.add(
        name="Hello", language="", text="Hello **{contact.name}**", actor=world.ada, at=now
    )


def test_an_engineer_finds_no_such_page_and_a_manager_does(world, enter, template):
    page = f"{LIST}/{template.pk}"
    assert [enter(world.asta).get(one).status_code for one in (LIST, page)] == [404, 404]
    Agent.objects.filter(pk=world.asta.id).update(is_manager=True)
    manager = enter(world.asta)
    assert [manager.get(one).status_code for one in (LIST, page)] == [200, 200]
    # … but not the other settings: no link leads to a page that is not there for them.
    assert "/console/settings/people" not in manager.get(LIST).content.decode()


def test_what_was_typed_stays_when_a_placeholder_is_unknown(world, enter):
    typed = {"name": "Hi", "language": "sv", "text": "Hello {contact.nick}"}
    response = enter(world.ada).post(LIST, typed)
    page = response.content.decode()
    assert response.status_code == 400
    assert "There is no {contact.nick}." in page
    assert "Hello {contact.nick}" in page
    assert not ReplyTemplate.objects.exists()


def test_a_template_is_added_changed_and_switched_off(world, enter):
    ada = enter(world.ada)
    response = ada.post(LIST, {"name": "Hi", "language": "", "text": "Hello"})
    address = response["Location"]
    ada.post(address, {"name": "Hi", "language": "nb", "text": "Hei"})
    ada.post(f"{address}/activity", {"is_active": "no"})
    kept = ReplyTemplate.objects.get()
    assert (kept.name, kept.language, kept.text, kept.is_active) == ("Hi", "nb", "Hei", False)
    assert "not offered" in ada.get(LIST).content.decode()


def test_a_template_is_shown_as_the_mail_that_would_leave(world, enter, template, now):
    case = world.case(at=now, acknowledge=False)
    ada = enter(world.ada)
    assert (
        f"{template.pk}/preview?case={case.number}"
        in ada.get(f"{LIST}/{template.pk}").content.decode()
    )

    response = ada.get(f"{LIST}/{template.pk}/preview")

    assert "Hello <strong>Cleo Dahl</strong>" in response.content.decode()
    assert response["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert not OutboxItem.objects.exists()


def test_without_an_open_case_there_is_nothing_to_try_it_on(world, enter, template):
    ada = enter(world.ada)
    assert "no open case yet" in ada.get(f"{LIST}/{template.pk}").content.decode()
    assert ada.get(f"{LIST}/{template.pk}/preview").status_code == 404
