"""Settings: the telephone."""

import pytest

from dueline.models import Agent, AuditEntry, ContactNumber, Desk, PhoneWebhook

pytestmark = pytest.mark.django_db

PAGE = "/console/settings/telephone"


@pytest.fixture
def ada(world, enter):
    return enter(world.ada)


def page_of(client):
    return client.get(PAGE).content.decode()


def add(ada, **typed):
    return ada.post(f"{PAGE}/webhooks", {"provider": "generic", **typed})


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"provider": ""}, "Choose the telephone system."),
        ({"provider": "vonage", "signing_key": "k"}, "Choose the telephone system."),
        ({"provider": "twilio"}, "Write the key"),
        ({"provider": "zoom", "signing_key": "nyckel på svenska"}, "This is no such key"),
    ],
)
def test_a_telephone_system_needs_its_key(ada, typed, said):
    answer = add(ada, **typed)

    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert not PhoneWebhook.objects.exists()


def test_the_key_of_a_new_address_is_shown_once(ada):
    made = add(ada, name="Asterisk").content.decode()
    hook = PhoneWebhook.objects.get()

    assert hook.signing_key.startswith("whsec_")
    assert hook.signing_key in made
    assert f"http://desk.example/hooks/phone/{hook.secret}/calls" in made
    later = page_of(ada)
    assert hook.signing_key not in later
    assert hook.secret in later
    assert ada.get(PAGE)["Cache-Control"] == "no-store"


def test_the_key_of_a_service_is_stored_and_never_shown(ada):
    made = add(ada, provider="twilio", signing_key="an-auth-token")

    assert PhoneWebhook.objects.get().signing_key == "an-auth-token"
    assert "an-auth-token" not in made.content.decode() + page_of(ada)
    assert "an-auth-token" not in str(list(AuditEntry.objects.values()))


def test_what_was_wrong_with_the_last_call_is_said_until_one_is_taken(ada, client):
    add(ada)
    hook = PhoneWebhook.objects.get()
    assert "It has not told of a call yet." in page_of(ada)

    client.post(f"/hooks/phone/{hook.secret}/calls", b"{}", "application/json")

    page = page_of(ada)
    assert "does not work" in page
    assert "It is not signed: the header X-Dueline-Signature is missing or broken." in page


def test_a_key_is_changed_and_the_door_is_shut_and_opened(ada):
    add(ada, provider="zoom", signing_key="old")
    hook = PhoneWebhook.objects.get()

    ada.post(f"{PAGE}/webhooks/{hook.pk}", {"signing_key": "new"})
    ada.post(f"{PAGE}/webhooks/{hook.pk}/activity", {"is_active": "no"})
    hook.refresh_from_db()
    assert (hook.signing_key, hook.is_active) == ("new", False)
    assert ada.post(f"{PAGE}/webhooks/{hook.pk}", {"signing_key": " "}).status_code == 400
    ada.post(f"{PAGE}/webhooks/{hook.pk}/activity", {"is_active": "yes"})
    hook.refresh_from_db()
    assert (hook.signing_key, hook.is_active) == ("new", True)


@pytest.mark.parametrize(
    "address", ["javascript:alert({number})", "tel:", "https://{number}/", "data:,{number}"]
)
def test_a_number_becomes_no_link_to_anything_else_than_a_telephone(ada, address):
    answer = ada.post(PAGE, {"dial_address": address})

    assert answer.status_code == 400
    assert "begins with tel:, sip: or https://" in answer.content.decode()
    assert Desk.objects.get().dial_address == ""


def test_what_a_number_opens_and_whose_telephone_is_which_is_kept(world, ada):
    ada.post(
        PAGE,
        {"dial_address": "sip:{number}@pbx.example", f"extension-{world.asta.id}": " 204 "},
    )

    assert Desk.objects.get().dial_address == "sip:{number}@pbx.example"
    assert Agent.objects.get(pk=world.asta.id).extension == "204"
    assert Agent.objects.get(pk=world.bo.id).extension == ""
    assert 'value="204"' in page_of(ada)


def test_more_numbers_of_somebody_are_written_on_the_page_of_their_company(world, ada):
    company = f"/console/settings/companies/{world.northwind.pk}"
    form = {"name": "Dag Ek", "email": "dag@northwind.example", "phone": "+46709876543"}

    ada.post(f"{company}/contacts/{world.dag.id}", {**form, "more_numbers": "08-555 666 77"})

    assert ContactNumber.objects.filter(contact=world.dag.id, number="+46855566677").exists()
    assert 'value="+46855566677"' in ada.get(company).content.decode()
    refused = ada.post(f"{company}/contacts/{world.dag.id}", {**form, "more_numbers": "reception"})
    assert "“reception” is no telephone number" in refused.content.decode()
    ada.post(f"{company}/contacts/{world.dag.id}", {**form, "more_numbers": ""})
    assert ContactNumber.objects.filter(contact=world.dag.id).count() == 1
