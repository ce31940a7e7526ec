"""No word of a page, a mail or the guide goes past the translation."""

import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import is_dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pypdfium2
import pytest
from django.db.models import Model
from django.test import Client
from django.utils.translation import override

from dueline.actions.policies import SHIPPED_POLICY
from dueline.core.calendars import parse_calendar
from dueline.core.placeholders import PLACEHOLDERS
from dueline.core.policy import parse_policy
from dueline.demo.seed import seed
from dueline.models import (
    Account,
    Agent,
    Attachment,
    Calendar,
    Case,
    Contact,
    Desk,
    Draft,
    Event,
    HeldRequest,
    InboxItem,
    Installation,
    Message,
    Note,
    Organization,
    OutboxItem,
    PageDestination,
    PagingChain,
    Problem,
    Question,
    QuestionEntry,
    ReplyTemplate,
    Rota,
    RotaLayer,
    Voicemail,
)
from dueline.queries.guide import guide, pdf_of
from dueline.site.settings import PACKAGE
from dueline.wording import (
    contract_mails,
    draft_mails,
    mailbox_mails,
    mails,
    nights,
    pages,
    question_mails,
)
from dueline.wording.guide_text import as_text
from tests.access.scene import (
    INTERNAL,
    NORTHWIND,
    SOUTHGATE,
    build_scene,
    every_route,
    sign_in,
)
from tests.site.pseudo import left_over, words_of
from tests.world import MONDAY, OFFICE

TYPED = (
    (Account, "email"),
    (Agent, "name"),
    (Contact, "name"),
    (Contact, "email"),
    (Organization, "name"),
    (Case, "subject"),
    (Message, "text"),
    (Note, "text"),
    (HeldRequest, "subject"),
    (HeldRequest, "name"),
    (HeldRequest, "text"),
    (Installation, "product"),
    (Installation, "version"),
    (Installation, "environment"),
    (Problem, "title"),
    (Problem, "text"),
    (Question, "text"),
    (Question, "tried"),
    (Question, "answer"),
    (QuestionEntry, "text"),
    (Voicemail, "transcript"),
    (Voicemail, "caller_name"),
    (Rota, "name"),
    (RotaLayer, "name"),
    (PagingChain, "name"),
    (PageDestination, "label"),
    (Attachment, "name"),
    (InboxItem, "subject"),
    (InboxItem, "reason"),
    (OutboxItem, "subject"),
    (OutboxItem, "text"),
    (Draft, "text"),
    (ReplyTemplate, "name"),
    (ReplyTemplate, "text"),
    (Desk, "name"),
    (Calendar, "name"),
)
# What is called the same everywhere, and examples of what is typed.
NAMES = {
    *("LMTP", "SMTP", "Mailgun", "Postmark", "SendGrid", "Mailjet", "Brevo"),
    *("https://", "https://hc-ping.example/…", "hc-ping.example/…", "tel:{number}", "whisper-1"),
    *(
        "ntfy",
        "Pushover",
        "Telegram",
        "Gotify",
        "Slack",
        "Matrix",
        "Twilio",
        "46elks",
        "Zoom Phone",
    ),
    *("imap.example.com", "mx.example.com", "/run/clamav/clamd.ctl"),
    *(f"{{{name}}}" for name in PLACEHOLDERS),
}
OWN_DOMAIN = "desk.example"
# The process that reads mail speaks English.
SAID_BY_THE_READER = {"It has no date."}
# The facts of events that people write in their own words.
REASONS = {"reason", "consent", "approver", "whom", "title", "installation", "outcome"}


def data_of_the_desk(*, besides: type[Model] | None = None) -> list[str]:
    """What people typed, and the texts of the policy: the longest first."""
    typed = {
        text
        for model, field in TYPED
        if model is not besides
        for text in model.objects.values_list(field, flat=True)
    }
    typed |= {
        str(facts[key])
        for facts in Event.objects.values_list("facts", flat=True)
        for key in REASONS & facts.keys()
    }
    typed |= {
        step["text"]
        for checklist in Question.objects.values_list("checklist", flat=True)
        for step in checklist
    }
    typed |= NAMES | SAID_BY_THE_READER
    policy = parse_policy(SHIPPED_POLICY)
    typed |= {policy.name, *(plan.title for plan in policy.plans.values())}
    typed |= {plan.summary for plan in policy.plans.values()}
    typed |= {golden.name for golden in policy.golden}
    for meaning in policy.priorities.values():
        typed |= {meaning.title, meaning.meaning}
    typed |= {exceptional.name for exceptional in parse_calendar(OFFICE).dates.values()}
    typed |= {INTERNAL, NORTHWIND, SOUTHGATE}
    one_line = {" ".join(text.split()) for text in typed if text}
    return sorted(one_line, key=len, reverse=True)


# --- pages -------------------------------------------------------------------------------------


def is_of_its_reader(route: str) -> bool:
    """Whether somebody else's words are shown alone, in their language: a message, a mail."""
    alone = ("outbox/<int:item_id>/html", "settings/templates/<int:template_id>/preview")
    return "messages/" in route or route.endswith(alone)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["nobody", "cleo", "asta", "tove", "ada"])
def test_no_word_of_a_page_goes_past_the_translation(world, pseudo, name):
    scene = build_scene(world)
    client = sign_in(None if name == "nobody" else getattr(world, name))
    addresses = [scene.address(route) for route in every_route() if not is_of_its_reader(route)]
    seen, missed = walk(client, addresses, speaking=pseudo)
    assert seen >= 3
    assert missed == {}


@pytest.mark.django_db
def test_no_word_of_any_case_of_the_demonstration_desk_goes_past_the_translation(pseudo):
    seed(at=MONDAY)
    numbers = [case.number for case in Case.objects.all()]
    assert len(numbers) > 20
    asta, cleo = (
        holder.objects.get(name=name).as_person()
        for holder, name in ((Agent, "Asta Lind"), (Contact, "Cleo Dahl"))
    )
    for person, face in ((asta, "/console/cases"), (cleo, "/cases")):
        addresses = [f"{face}/{number}" for number in numbers]
        seen, missed = walk(sign_in(person), addresses, speaking=pseudo)
        assert seen > 5
        assert missed == {}


@pytest.mark.django_db
def test_the_walk_would_see_a_word_that_nobody_translated(world, pseudo, settings, tmp_path):
    (tmp_path / "portal").mkdir()
    page = (PACKAGE / "portal/templates/portal/sign_in.html").read_text(encoding="utf-8")
    planted = page.replace("{% block main %}", '{% block main %}<p title="Walrus">Write here</p>')
    (tmp_path / "portal/sign_in.html").write_text(planted, encoding="utf-8")
    drawn = settings.TEMPLATES[0]
    settings.TEMPLATES = [{**drawn, "DIRS": [tmp_path, *drawn["DIRS"]]}]
    seen, missed = walk(sign_in(None), ["/sign-in", "/guide"], speaking=pseudo)
    assert (seen, missed) == (2, {"/sign-in": ["Walrus", "Write here"]})


def walk(
    client: Client, addresses: Iterable[str], *, speaking: str
) -> tuple[int, dict[str, list[str]]]:
    """Return how many pages there were, and by address what on them is not translated."""
    data, seen, missed = data_of_the_desk(), 0, {}
    for address in addresses:
        answer = client.get(address, headers={"accept-language": speaking})
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            seen += 1
            page = answer.content.decode()
            if "<!doctype" in page[:200]:  # not a part that a page asks for anew
                assert f'<html lang="{speaking}"' in page[:400], address
            # A domain alone is an example of one; within an address it is not to be cut out.
            if lines := [line for line in left_over(words_of(page), data) if line != OWN_DOMAIN]:
                missed[address] = lines
    return seen, missed


# --- the guide ---------------------------------------------------------------------------------


@pytest.mark.django_db
def test_no_word_of_the_guide_goes_past_the_translation(world, pseudo):
    with override(pseudo):
        drawn = guide(at=MONDAY)
    assert left_over(as_text(drawn), data_of_the_desk()) == []


@pytest.mark.django_db
def test_the_paper_of_the_guide_says_no_word_that_is_not_in_the_guide(world, pseudo):
    with override(pseudo):
        drawn = guide(at=MONDAY)
    document = pypdfium2.PdfDocument(pdf_of(drawn, language=pseudo))
    try:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()
    text = " ".join(" ".join(pages).split())
    assert left_over(text, data_of_the_desk()) == []


# --- mails -------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_no_word_of_a_letter_that_an_act_writes_goes_past_the_translation(world, pseudo):
    Desk.objects.update(language=pseudo)
    build_scene(world)
    letters = OutboxItem.objects.values_list("subject", "text")
    data = data_of_the_desk(besides=OutboxItem)
    assert len(letters) > 3
    assert [lines for letter in letters if (lines := left_over("\n".join(letter), data))] == []


EVERY_MAIL = [
    function
    for module in (mails, contract_mails, draft_mails, mailbox_mails, nights, pages, question_mails)
    for _name, function in inspect.getmembers(module, inspect.isfunction)
    if function.__module__ == module.__name__
    and not function.__name__.startswith("_")
    and get_type_hints(function).get("return") is mails.MailText
]


@pytest.mark.parametrize("all_true", [False, True], ids=["plain", "with all that may be"])
@pytest.mark.parametrize("mail", EVERY_MAIL, ids=lambda function: function.__name__)
def test_no_word_of_any_mail_goes_past_the_translation(pseudo, mail, all_true):
    with override(pseudo):
        worded = mail(**facts_for(mail, all_true=all_true))
    assert "‹" in worded.text
    assert left_over(f"{worded.subject}\n{worded.text}", []) == []


def test_the_walk_through_the_mails_would_see_a_word_that_nobody_translated(pseudo, monkeypatch):
    assert len(EVERY_MAIL) >= 9
    monkeypatch.setattr(mails, "_how_to_answer", lambda: "Just answer this mail.")
    with override(pseudo):
        worded = mails.reply(**facts_for(mails.reply, all_true=False))
    assert left_over(worded.text, []) == ["Just answer this mail."]


# What a fact of this name is, where any word would not do. Other texts are "12", said by no one.
FACTS: dict[str, Any] = {
    "zone": "Europe/Stockholm",
    "target": "4 h",
    "calendar": "office",
    "missing": ("name", "phone", "priority"),
    "url": "https://desk.example/1",
    "public_url": "https://desk.example",
    "now": MONDAY,
    "due_at": MONDAY + timedelta(hours=3),
    "expires_at": MONDAY + timedelta(minutes=15),
}

# The same for the facts of one mail alone.
FACTS_OF: dict[str, dict[str, Any]] = {
    "PageFacts": {"priority": "critical", "why": "critical", "kind": "response"},
    "SilentFacts": {"says": (("12", "12"),)},
}


def facts_for(function: Callable[..., Any], *, all_true: bool) -> dict[str, Any]:
    """Make up the arguments of a function from their types, all_true or all false."""
    hints = get_type_hints(function)
    known = {**FACTS, **FACTS_OF.get(function.__name__, {})}
    return {
        name: known[name] if name in known else made_up(hints[name], all_true=all_true)
        for name in inspect.signature(function).parameters
    }


def made_up(kind: Any, *, all_true: bool) -> Any:
    """Return some value of a type: a tuple has one of each member that an enumeration has."""
    if kind is str:
        return "12"
    if kind is bool:
        return all_true
    if kind is int:
        return 2 if all_true else 1
    if kind is datetime:
        return MONDAY
    if kind is date:
        return MONDAY.date()
    if kind is timedelta:
        return timedelta(hours=2)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind))
    if is_dataclass(kind):
        return kind(**facts_for(kind, all_true=all_true))
    if get_origin(kind) in (tuple, list, Sequence, Iterable):
        return tuple(each(get_args(kind)[0], all_true=all_true))
    if get_origin(kind) in (Union, UnionType):
        return made_up(get_args(kind)[0], all_true=all_true) if all_true else None
    raise AssertionError(f"say in FACTS or here how to make up a {kind}")


def each(kind: Any, *, all_true: bool) -> Iterator[Any]:
    """Yield one value for each member of an enumeration that a dataclass holds."""
    hints = get_type_hints(kind) if is_dataclass(kind) else {}
    listed = [
        name for name, hint in hints.items() if isinstance(hint, type) and issubclass(hint, Enum)
    ]
    if not listed:
        yield made_up(kind, all_true=all_true)
        return
    for member in hints[listed[0]]:
        yield kind(**{**facts_for(kind, all_true=all_true), listed[0]: member})
