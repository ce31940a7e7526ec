"""From whom voicemails are believed, and what the keys say: an administrator decides."""

import pytest

from dueline.actions import voicemail_settings
from dueline.core.errors import Refusal
from dueline.models import Desk
from tests.world import MONDAY

pytestmark = pytest.mark.django_db
PAGE = "/console/settings/mail/voicemails"


@pytest.fixture
def ada(world, enter):
    return enter(world.ada)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"voicemail_senders": "not an address"}, "is no mail address"),
        ({"voicemail_senders": "@"}, "is no mail address"),
        ({"voicemail_senders": "support@desk.example"}, "is the desk’s own"),
        ({"voicemail_senders": "cleo@northwind.example"}, "Customers write from"),
        ({"voicemail_senders": "@northwind.example"}, "Customers write from"),
        ({"voicemail_senders": " ".join(f"p{n}@x.example" for n in range(21))}, "At most 20"),
        ({"keys_critical": "one"}, "Write keys alone"),
        ({"keys_critical": "1", "keys_low": "4 1"}, "The key 1 says something else."),
    ],
)
def test_what_would_let_others_speak_or_says_nothing_is_refused(ada, typed, said):
    response = ada.post(PAGE, typed)

    assert response.status_code == 400
    assert said in response.content.decode()
    desk = Desk.objects.get()
    assert (desk.voicemail_senders, desk.keypad) == ([], {})


def test_who_is_no_administrator_decides_nothing(world):
    with pytest.raises(Refusal):
        voicemail_settings.change(voicemail_settings.Voicemails(), actor=world.asta, at=MONDAY)


def test_what_is_typed_is_kept_and_shown_again(ada):
    ada.post(
        PAGE,
        {
            "voicemail_senders": "PBX@Phones.example\r\n@other.example",
            "keys_critical": "1, *",
            "keys_low": "4",
            "urgent": "high",
        },
    )

    desk = Desk.objects.get()
    assert desk.voicemail_senders == ["pbx@phones.example", "@other.example"]
    assert desk.keypad == {"1": "critical", "*": "critical", "4": "low", "urgent": "high"}
    page = ada.get(PAGE).content.decode()
    assert 'value="1 *"' in page
    assert "Believed from pbx@phones.example" in ada.get("/console/settings/mail").content.decode()
