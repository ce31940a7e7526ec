"""The Swedish catalogue is whole, and no word of a page goes past it."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.utils import translation
from django.utils.translation import trans_real

import dueline
from dueline.actions.policies import SHIPPED_POLICY
from dueline.core.calendars import parse_calendar
from dueline.core.errors import Refusal
from dueline.core.policy import parse_policy, parse_target
from dueline.models import (
    Account,
    Agent,
    Attachment,
    Calendar,
    Case,
    Contact,
    Desk,
    InboxItem,
    Message,
    Note,
    Organization,
    OutboxItem,
    Question,
)
from dueline.wording import language
from dueline.wording.refusals import say_refusal
from tests.access.scene import build_scene, every_route, sign_in
from tests.world import OFFICE

SWEDISH = Path(dueline.__file__).parent / "locale" / "sv" / "LC_MESSAGES" / "django.po"
PLACE = re.compile(r"%\(\w+\)s")

with SWEDISH.open("rb") as file:
    MESSAGES = [message for message in read_po(file, locale="sv") if message.id]


def test_every_text_has_its_swedish_with_the_same_places():
    for message in MESSAGES:
        texts = message.id if message.pluralizable else (message.id,)
        said = message.string if message.pluralizable else (message.string,)
        assert len(texts) == len(said), message.id
        for text, swedish in zip(texts, said, strict=True):
            assert swedish, text
            assert sorted(PLACE.findall(swedish)) == sorted(PLACE.findall(text)), text


def test_the_words_of_the_trade_are_always_the_same():
    terms = {
        r"\bcase number": "ärendenummer|numret",
        r"\btier two\b": "andra linjen",
        r"\bsuper-user": "superanvändare",
        r"\bsupport guide\b": "supportguide",
        r"\bengineer\b": "tekniker",
        r"\bpromises?\b(?! no)": "löfte|löften|lov|Inget löper",
    }
    for message in MESSAGES:
        text, swedish = (
            (message.id[1], message.string[1])
            if message.pluralizable
            else (message.id, message.string)
        )
        for term, wanted in terms.items():
            if re.search(term, text, re.IGNORECASE):
                assert re.search(wanted, swedish, re.IGNORECASE), (text, swedish)


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


# --- the walk ----------------------------------------------------------------------------------

MARKED = re.compile(r"‹[^‹›]*›")
WORD = re.compile(r"[^\W\d_]{3,}")
# Names of things that are called the same in every language.
DATA = re.compile(
    r"zwickelnote|quarrylark|fennelbridge|Dueline|dueline|CES?T|[A-Z][a-z]+/[A-Z]\w+"
    r"|\b\d+ min\b|\S+@\S+|https?://\S+|ISO|SMTP|smtp.example.com|STARTTLS|English|Svenska|Ctrl|Enter"
    r"|Norsk \(bokmål\)"
)


class Words(HTMLParser):
    """What a reader reads: text between tags, and the attributes that are read out or shown."""

    READ = ("title", "placeholder", "aria-label", "alt")

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._inside: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag in ("script", "style", "pre", "option", "textarea", "svg"):
            self._inside.append(tag)
        self.texts += [value for name, value in attrs if name in self.READ and value]

    def handle_endtag(self, tag):
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data):
        if not self._inside and data.strip():
            self.texts.append(" ".join(data.split()))


@pytest.fixture
def marking(settings, monkeypatch):
    """Mark every Swedish text, with templates compiled anew: they keep their translated words."""
    catalog = trans_real.translation("sv")._catalog
    for one in catalog._catalogs:
        for key, text in list(one.items()):
            if key and key != ("", 0):
                monkeypatch.setitem(one, key, f"‹{text}›")
    language._said.cache_clear()
    settings.TEMPLATES = [dict(settings.TEMPLATES[0])]
    yield
    language._said.cache_clear()


STORED = (
    (Account, "email"),
    (Agent, "name"),
    (Contact, "name"),
    (Contact, "email"),
    (Organization, "name"),
    (Case, "subject"),
    (Message, "text"),
    (Note, "text"),
    (Question, "text"),
    (Question, "answer"),
    (Attachment, "name"),
    (InboxItem, "subject"),
    (InboxItem, "reason"),
    (OutboxItem, "subject"),
    (OutboxItem, "text"),
    (Desk, "name"),
    (Calendar, "name"),
)


def data_of_the_desk() -> list[str]:
    """What people typed, and the texts of the policy: the longest first."""
    typed = {
        text for model, field in STORED for text in model.objects.values_list(field, flat=True)
    }
    policy = parse_policy(SHIPPED_POLICY)
    typed |= {policy.name, *(plan.title for plan in policy.plans.values())}
    typed |= {plan.summary for plan in policy.plans.values()}
    for plan in policy.plans.values():
        typed |= {text for said in plan.said.values() for text in (said.title, said.summary)}
    for one in policy.priorities.values():
        for meaning in (one, *one.said.values()):
            typed |= {meaning.title, meaning.meaning}
    typed |= {golden.name for golden in policy.golden}
    typed |= {exceptional.name for exceptional in parse_calendar(OFFICE).dates.values()}
    one_line = {" ".join(text.split()) for text in typed if text}
    return sorted(one_line, key=len, reverse=True)


def left_over(page: str, data: list[str]) -> list[str]:
    """Return the lines of a page that nobody translated and nobody typed."""
    reader = Words()
    reader.feed(page)
    text = "\n".join(reader.texts)
    for typed in data:
        text = text.replace(typed, "")
    while (shorter := MARKED.sub("", text)) != text:
        text = shorter
    return [line for line in DATA.sub("", text).splitlines() if WORD.search(line)]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["nobody", "cleo", "asta", "tove", "ada"])
def test_no_word_of_a_page_goes_past_the_translation(world, marking, name):
    scene = build_scene(world)
    client = sign_in(None if name == "nobody" else getattr(world, name))
    data, seen, missed = data_of_the_desk(), 0, {}
    for route in every_route():
        answer = client.get(scene.address(route), headers={"accept-language": "sv"})
        if not answer.get("Content-Type", "").startswith("text/html") or "messages/" in route:
            continue
        if answer.status_code == 200:
            seen += 1
            if lines := left_over(answer.content.decode(), data):
                missed[route] = lines
    assert seen >= 3
    assert not missed, "\n".join(f"{route}: {lines}" for route, lines in missed.items())


def test_the_walk_would_see_a_word_that_nobody_translated():
    page = '<p>‹Hej <b>Cleo Dahl</b>, ‹du››</p><input placeholder="Write here">'
    assert left_over(page, ["Cleo Dahl"]) == ["Write here"]
