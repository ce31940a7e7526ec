"""Two companies and a desk: no byte of one's words in what another gets (G2, i19, i61)."""

import re
from io import BytesIO

import pypdfium2
import pytest

from dueline.actions import assistance, cases, clocks, messages
from dueline.core.audience import DESK
from dueline.models import Attachment, Case, Message, OutboxItem
from dueline.queries.search import search
from tests.access.scene import ARRIVED, INTERNAL, MINUTE, NORTHWIND, SOUTHGATE, every_route, sign_in

pytestmark = pytest.mark.django_db

# Words of the desk's inner life that a customer is never shown.
INNER = ("Tier Two", "assistance", "Answer from Tier")


# Addresses that the script of an open page never asks for a part of.
WITHOUT_PARTS = ("/console/settings", "/console/files", "/guide", "/sign-in", "/link", "/setup")

# Everybody's view of the lived scene, looked at once: each test lives through the same scene.
_looked: dict[str, dict[str, str]] = {}


def seen_by(scene, person) -> dict[str, str]:
    """Return everything that somebody can get by looking: pages, parts, files, documents."""
    name = person.name if person else "nobody"
    if name not in _looked:
        client = sign_in(person)
        _looked[name] = {
            f"{address} {part}": text_of(client.get(address, headers=part))
            for address in sorted(addresses(scene))
            for part in ({}, {"HX-Request": "true"})
            if not (part and address.startswith(WITHOUT_PARTS))
        }
    return _looked[name]


def addresses(scene) -> set[str]:
    cases_shown = (scene.case, scene.eves)
    found = {scene.address(route, case=case) for route in every_route() for case in cases_shown}
    for file in Attachment.objects.values_list("pk", flat=True):
        found |= {f"/cases/{case.number}/files/{file}" for case in cases_shown}
        found.add(f"/console/files/{file}")
    words = (INTERNAL, NORTHWIND, SOUTHGATE, scene.case.number)
    found |= {f"/console/search?q={word}" for word in words}
    return found | {"/cases?show=closed", f"/cases?q={NORTHWIND}", "/sign-in?next=/cases"}


def text_of(response) -> str:
    head = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    if response.get("Content-Type") == "application/pdf":
        document = pypdfium2.PdfDocument(BytesIO(response.content))
        return head + "\n".join(page.get_textpage().get_text_range() for page in document)
    return head + response.content.decode("utf-8", "replace")


def mails_to(person) -> list[str]:
    return [
        "\n".join(map(str, row))
        for row in OutboxItem.objects.filter(to_address=person.email).values_list(
            "to_name", "subject", "text", "mail_id", "reply_to", "in_reply_to", "references"
        )
    ]


def found(word, texts) -> list[str]:
    """Return where a word was seen, but for addresses that name it: they may be said back."""
    return [place for place, text in texts.items() if word in text and word not in place]


@pytest.fixture
def lived(scene):
    """The scene, an hour later: missed, noticed, answered, resolved, reopened, bounced."""
    asta, cleo, case = scene.world.asta, scene.world.cleo, scene.case
    later = ARRIVED + 3 * 60 * MINUTE
    clocks.sweep(at=later)
    messages.receive(
        case.pk,
        text=f"It is the new one {NORTHWIND}.",
        contact=scene.world.contact(cleo),
        actor=cleo,
        channel="web",
        happened_at=later,
        at=later,
    )
    cases.resolve(case.pk, text=f"Solved {NORTHWIND}.", actor=asta, at=later + MINUTE)
    cases.reopen(case.pk, reason=f"Again {NORTHWIND}.", actor=cleo, at=later + 2 * MINUTE)
    messages.add_note(case.pk, text=f"Oh no {INTERNAL}.", actor=asta, at=later + 3 * MINUTE)
    return scene


def test_the_canaries_are_where_they_belong(lived):
    """Else their absence elsewhere would prove nothing."""
    agents = seen_by(lived, lived.world.asta)
    assert len(found(INTERNAL, agents)) >= 3
    assert len(found(NORTHWIND, agents)) >= 5
    cleos = seen_by(lived, lived.world.cleo)
    assert len(found(NORTHWIND, cleos)) >= 3
    assert any(NORTHWIND in mail for mail in mails_to(lived.world.cleo))
    assert len(found(SOUTHGATE, seen_by(lived, lived.world.eve))) >= 3


def test_i19_the_other_company_gets_no_byte_of_northwinds(lived):
    eves = seen_by(lived, lived.world.eve)
    for word in (NORTHWIND, INTERNAL, "Northwind", "Cleo", "+46701234567"):
        assert found(word, eves) == []
    assert [mail for mail in mails_to(lived.world.eve) if NORTHWIND in mail] == []


def test_i19_northwind_gets_no_byte_of_southgates(lived):
    for person in (lived.world.cleo, lived.world.dag):
        for word in (SOUTHGATE, "Southgate", "Eve Moss"):
            assert found(word, seen_by(lived, person)) == []
        assert [mail for mail in mails_to(person) if SOUTHGATE in mail] == []


def test_i16_a_plain_contact_sees_nothing_of_a_colleagues_case(lived):
    dags = seen_by(lived, lived.world.dag)
    assert found(NORTHWIND, dags) == []
    assert found(INTERNAL, dags) == []


def test_i61_no_customer_and_no_stranger_gets_a_byte_of_a_note_or_a_question(lived):
    for person in (lived.world.cleo, lived.world.dag, lived.world.eve, None):
        assert found(INTERNAL, seen_by(lived, person)) == []


def test_i61_no_word_of_a_question_finds_the_case_for_a_customer(lived):
    """Not what was asked, tried, answered or left to do, and not the name of a file."""
    words = ("cache", "Restarted", "node", "second", "Clear", f"{INTERNAL}.trace", INTERNAL)
    for word in words:
        assert [row.id for row in search(lived.world.cleo, word).rows] == [], word
        assert [row.id for row in search(lived.world.asta, word).rows] == [lived.case.pk], word
    assert [row.id for row in search(lived.world.cleo, NORTHWIND).rows] == [lived.case.pk]


def test_i61_the_files_of_a_question_are_nobodys_but_the_desks(lived):
    files = Attachment.objects.filter(message=None, note=None).values_list("pk", flat=True)
    assert len(files) == 4
    for file in files:
        assert sign_in(lived.world.asta).get(f"/console/files/{file}").status_code == 200
        for person in (lived.world.cleo, lived.world.dag, lived.world.eve, None):
            client = sign_in(person)
            for address in (f"/cases/{lived.case.number}/files/{file}", f"/console/files/{file}"):
                assert client.get(address).status_code in (302, 404), (person, address)


def test_i61_no_mail_holds_a_byte_of_a_note_or_a_question(lived):
    """Not even those to colleagues: what is internal does not leave the house by mail."""
    mails = OutboxItem.objects.values_list("subject", "text")
    assert mails
    assert [subject for subject, text in mails if INTERNAL in subject + text] == []


def test_i61_quoted_history_in_a_mail_to_the_customer_is_public(lived):
    messages.reply(
        lived.case.pk, text="And now?", actor=lived.world.asta, at=ARRIVED + 4 * 60 * MINUTE
    )
    assert all(INTERNAL not in mail for mail in mails_to(lived.world.cleo))


def test_a_stranger_gets_no_byte_of_anybodys(lived):
    texts = seen_by(lived, None)
    for word in (NORTHWIND, SOUTHGATE, INTERNAL):
        assert found(word, texts) == []


def test_a_customer_is_never_shown_that_tier_two_was_asked(world, scene):
    """Also when the question is the only promise that runs, and the only one that was missed."""
    case = world.case(priority="low", subject="A wish", at=ARRIVED)
    assistance.ask(
        case.pk, text="Would we?", actor=world.asta, at=ARRIVED + MINUTE, within="30 min"
    )
    clocks.sweep(at=ARRIVED + 120 * MINUTE)
    client = sign_in(world.cleo)
    for shown in (case, scene.case):
        for address in ("/cases", f"/cases/{shown.number}"):
            for headers in ({}, {"HX-Request": "true"}):
                page = text_of(client.get(address, headers=headers))
                assert shown.subject in page
                assert [word for word in INNER if word in page] == [], address
    for mail in mails_to(world.cleo):
        assert [word for word in INNER if word in mail] == []


def test_i20_a_follow_up_does_not_open_the_case_that_it_follows(scene):
    """Cleo leaves Northwind for Southgate: her new company sees what she writes from now on."""
    world, case = scene.world, scene.case
    cases.resolve(case.pk, text="Solved.", actor=world.asta, at=ARRIVED + 60 * MINUTE)
    contact = world.contact(world.cleo)
    contact.organization = world.southgate
    contact.save()
    much_later = ARRIVED + 60 * 24 * 30 * MINUTE
    follow_up = messages.receive(
        case.pk,
        text="Once more.",
        contact=contact,
        actor=DESK,
        channel="mail",
        happened_at=much_later,
        at=much_later,
    )
    assert follow_up.pk != case.pk
    assert follow_up.follows_id == case.pk
    client = sign_in(world.eve)
    assert client.get(f"/cases/{case.number}").status_code == 404
    page = client.get(f"/cases/{follow_up.number}")
    assert page.status_code == 200
    # The number of the old case may be named; nothing of what was said in it.
    assert "Every payment fails" not in page.content.decode()


def test_i23_counts_are_of_what_one_may_see(scene):
    """A customer's list says how many: of their own company's alone."""
    assert Case.objects.count() == 2
    page = sign_in(scene.world.eve).get("/cases").content.decode()
    assert len(set(re.findall(r"\b\d{5,}-\d\b", page))) == 1
    assert scene.eves.number in page


def test_i61_a_note_has_no_way_to_become_public(scene):
    """Notes and questions are tables apart, and nothing customers read points at them."""
    fields = {field.name for field in Message._meta.get_fields()}
    assert not fields & {"note", "question", "is_internal", "is_public", "visibility"}
