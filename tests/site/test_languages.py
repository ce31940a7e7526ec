"""Every catalogue is whole, keeps to its words, and is what its readers get."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Message as Text
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils import translation

import dueline
from dueline.core.errors import Refusal
from dueline.core.policy import parse_target
from dueline.models import Case, Desk, OutboxItem
from dueline.wording.refusals import say_refusal
from tests.access.scene import sign_in

LOCALE = Path(dueline.__file__).parent / "locale"
PLACE = re.compile(r"%\(\w+\)s")
# Swedish spells its quotation marks ”so”, Norwegian «so».
FOREIGN = {"sv": re.compile("[“„«»æø]", re.I), "nb": re.compile("[“”„äö]", re.I)}
# docs/languages.md has the whole list.
TERMS = {
    "sv": {
        r"\bcase number": "ärendenummer|numret",
        r"\btier two\b": "andra linjen",
        r"\bsuper-user": "superanvändare",
        r"\bsupport guide\b": "supportguide",
        r"\bengineer\b": "tekniker",
        r"\bpromises?\b(?! no)": "löfte|löften|lov|Inget löper",
    },
    "nb": {
        r"\bcase number": "saksnum|nummeret",
        r"\btier two\b": "andrelinjen",
        r"\bsuper-user": "superbruker",
        r"\bsupport guide\b": "supportguide",
        r"\bengineer\b": "tekniker",
        r"\bpromises?\b(?! no)": "løfte|lov",
    },
}


def texts_of(language: str) -> list[Text]:
    with (LOCALE / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        return [message for message in read_po(file, locale=language) if message.id]


def forms_of(message: Text) -> list[tuple[str, str]]:
    """Return each English form beside its translation."""
    if not message.pluralizable:
        return [(message.id, message.string)]
    assert len(message.id) == len(message.string), message.id
    return list(zip(message.id, message.string, strict=True))


def test_every_language_that_may_be_chosen_has_a_catalogue():
    assert {code for code, _ in settings.LANGUAGES} == {"en", *TERMS}
    assert {path.name for path in LOCALE.iterdir()} == set(TERMS)


@pytest.mark.parametrize("language", TERMS)
def test_every_text_is_translated_with_the_same_places(language):
    for message in texts_of(language):
        for text, said in forms_of(message):
            assert said, text
            assert sorted(PLACE.findall(said)) == sorted(PLACE.findall(text)), text
            assert (text[:1] == " ", text[-1:] == " ") == (said[:1] == " ", said[-1:] == " "), text


@pytest.mark.parametrize("language", TERMS)
def test_no_language_borrows_letters_and_marks_from_its_neighbour(language):
    borrowed = [
        said
        for message in texts_of(language)
        for _text, said in forms_of(message)
        if FOREIGN[language].search(said)
    ]
    assert borrowed == []


@pytest.mark.parametrize("language", TERMS)
def test_the_words_of_the_trade_are_always_the_same(language):
    for message in texts_of(language):
        text, said = (_without_places(form) for form in forms_of(message)[-1])
        for term, wanted in TERMS[language].items():
            if re.search(term, text, re.IGNORECASE):
                assert re.search(wanted, said, re.IGNORECASE), (text, said)


def _without_places(text: str) -> str:
    """The words alone: a place is called in English in every language."""
    return re.sub(r"%\(\w+\)s", "", text)


def test_a_refusal_of_the_core_is_said_in_the_language_of_the_reader():
    with pytest.raises(Refusal) as refused:
        parse_target("1 day")
    assert refused.value.text.startswith("“1 day” is not a target.")
    with translation.override("sv"):
        assert say_refusal(refused.value).startswith("”1 day” är inget tidsmål.")


@pytest.mark.django_db
def test_a_refused_act_answers_in_swedish(world):
    case = world.case()
    client = sign_in(world.asta)
    answer = client.post(
        f"/console/cases/{case.number}/activation",
        {"version": "1"},
        headers={"accept-language": "sv-SE"},
    )
    assert answer.status_code == 409
    assert "Svara kunden först" in answer.content.decode()


@pytest.mark.django_db
def test_the_administrator_chooses_the_language_of_the_mails(world):
    client = sign_in(world.ada)
    form = {
        "name": "Hamnens support",
        "zone": "Europe/Stockholm",
        "mail_address": "support@desk.example",
        "public_url": "http://desk.example",
        "smtp_port": "587",
        "smtp_security": "starttls",
    }
    assert client.post("/console/settings", {**form, "language": "sv"}).status_code == 302
    assert Desk.objects.get().language == "sv"
    english = {"accept-language": "en"}
    refused = client.post("/console/settings", {**form, "language": "xx"}, headers=english)
    assert "Choose the language in which the desk writes." in refused.content.decode()
    assert Desk.objects.get().language == "sv"


@pytest.mark.django_db
def test_an_engineer_with_a_swedish_browser_writes_for_an_english_desk_in_english(world):
    case = world.case(world.cleo)
    _reply_from_browser(world, case, speaking="sv-SE")
    assert "To add something, just answer this mail" in _last_letter()
    assert "svarar du bara" not in _last_letter()


@pytest.mark.django_db
def test_an_engineer_with_an_english_browser_writes_for_a_swedish_desk_in_swedish(world):
    Desk.objects.update(language="sv")
    case = world.case(world.cleo)
    _reply_from_browser(world, case, speaking="en-GB")
    assert "Vill du lägga till något" in _last_letter()
    assert "just answer this mail" not in _last_letter()


def _reply_from_browser(world, case, *, speaking):
    answer = sign_in(world.asta).post(
        f"/console/cases/{case.number}/replies",
        {"text": "Tack.", "version": str(Case.objects.get(pk=case.pk).version)},
        headers={"accept-language": speaking},
    )
    assert answer.status_code == 302


def _last_letter() -> str:
    return OutboxItem.objects.filter(purpose="reply").latest("id").text


@pytest.mark.django_db
def test_the_guide_and_its_pdf_are_in_the_language_of_the_reader(client, world):
    files = {}
    for spoken, title in (("sv-SE", "Supportguide"), ("en-GB", "Support Guide")):
        headers = {"accept-language": spoken}
        assert f"<h1>{title}</h1>" in client.get("/guide", headers=headers).content.decode()
        files[spoken] = client.get("/guide.pdf", headers=headers).content
    assert files["sv-SE"] != files["en-GB"]
    # Now both are kept, and each reader still gets their own.
    again = client.get("/guide.pdf", headers={"accept-language": "sv-SE"}).content
    assert again == files["sv-SE"]
