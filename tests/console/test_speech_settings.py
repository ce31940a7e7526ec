import pytest

from dueline.models import Desk

pytestmark = pytest.mark.django_db
ADDRESS = "/console/settings/telephone/speech"


def stored() -> tuple[str, str, str]:
    return Desk.objects.values_list("speech_url", "speech_key", "speech_model").get()


def test_only_an_administrator_names_a_service_that_hears_voicemails(world, enter):
    typed = {"speech_url": "https://speech.example/v1"}
    assert enter(world.asta).post(ADDRESS, typed).status_code == 404
    assert enter(world.cleo).get(ADDRESS).status_code == 404
    assert stored() == ("", "", "")


def test_a_service_is_named_kept_and_switched_off(world, enter):
    ada = enter(world.ada)
    typed = {"speech_url": "https://speech.example/v1", "speech_model": "small"}
    assert ada.post(ADDRESS, {**typed, "speech_key": "sesame"}).status_code == 302
    assert stored() == ("https://speech.example/v1", "sesame", "small")
    page = ada.get(ADDRESS).content.decode()
    assert "sesame" not in page  # a key is never shown again
    assert "A key is stored" in page
    ada.post(ADDRESS, {**typed, "speech_model": "large"})
    assert stored() == ("https://speech.example/v1", "sesame", "large")
    ada.post(ADDRESS, {**typed, "speech_url": "https://other.example/v1"})
    assert stored()[1] == ""  # nobody else gets the key
    ada.post(ADDRESS, {})
    assert stored() == ("", "", "")


@pytest.mark.parametrize(
    "url", ["speech.example", "ftp://speech.example", "https://", "https://a:b@speech.example"]
)
def test_what_is_no_web_address_is_refused(url, world, enter):
    answer = enter(world.ada).post(ADDRESS, {"speech_url": url})
    assert answer.status_code == 400
    assert "Write an address" in answer.content.decode()
    assert stored() == ("", "", "")
