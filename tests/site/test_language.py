import pytest

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("wanted", "language", "words"),
    [
        ("sv-SE,sv;q=0.9,en;q=0.5", "sv", "Be om hjälp"),
        ("en-GB", "en", "Ask for help"),
        ("nb-NO,nb;q=0.9,en;q=0.5", "nb", "Be om hjelp"),
        ("no", "nb", "Be om hjelp"),  # what older Norwegian browsers call it
        ("nn,nb;q=0.8,en;q=0.5", "nb", "Be om hjelp"),
        ("da", "en", "Ask for help"),  # not spoken here
    ],
)
def test_the_pages_speak_the_reader_s_language(client, world, wanted, language, words):
    page = client.get("/", headers={"accept-language": wanted}).content.decode()
    assert f'<html lang="{language}"' in page
    assert words in page
