"""The HTML form of a mail: the same words, nothing that is loaded, nothing that acts."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest
from django.utils.translation import override

from dueline.core.entitlement import Held
from dueline.wording import contract_mails, mails
from tests.wording.test_mails import CASE, NOW, WORDS

HELD = contract_mails.HeldFacts(
    desk=CASE.desk,
    company="Northwind <b>",
    why=Held.UNLISTED,
    sender_name="Noa",
    sender_address="noa@elsewhere.example",
    subject="x",
    arrived_at=NOW,
    now=NOW,
    zone="Europe/Stockholm",
    is_verified=True,
    super_users=("Cleo Dahl",),
    url="http://desk.example/company/requests/1",
)
NOTICE = mails.NoticeFacts(CASE, "Cleo, Northwind", mails.CommitmentKind.RESPONSE, NOW)
LINK = mails.LinkFacts(CASE.desk, "Cleo", "http://desk.example/link/x", NOW, NOW, "UTC")
LOST = mails.UndeliveredFacts("10042-7", "x", "cleo@northwind.example", "550 no", CASE.url)
LETTERS = [
    mails.acknowledgement(mails.AckFacts(CASE, missing=("phone",))),
    mails.acknowledgement(mails.AckFacts(CASE, is_verified=False)),
    mails.reply(WORDS),
    mails.information_asked(WORDS),
    mails.resolution(WORDS, reopen_days=14),
    mails.reminder(CASE, asked="Which one?", closes_at=NOW),
    mails.closed_in_silence(CASE, reopen_days=14),
    mails.merged(CASE, into="10043-5"),
    mails.sign_in_link(LINK),
    mails.invite(LINK),
    mails.warning_notice(NOTICE),
    mails.long_overdue(NOTICE),
    mails.customer_wrote(CASE, customer="Cleo"),
    mails.not_delivered(LOST),
    contract_mails.request_held(HELD),
    contract_mails.vouch_asked(HELD),
    contract_mails.request_declined(HELD, by="Cleo", reason="No."),
]


class Page(HTMLParser):
    """What a mail program finds in a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: dict[str, list[str]] = {}
        self.words: list[str] = []
        self._is_title = False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self._is_title = tag == "title"
        for name, value in attrs:
            self.attributes.setdefault(name, []).append(value or "")

    def handle_endtag(self, tag):
        self._is_title = False

    def handle_data(self, data):
        if not self._is_title:
            self.words += data.split()


@pytest.mark.parametrize("letter", LETTERS, ids=lambda letter: letter.subject)
def test_both_forms_say_the_same_words(letter):
    plain = [word for word in letter.text.split() if word not in _SIGNS]
    assert [word for word in Page(letter.html).words if word not in _SIGNS] == plain


_SIGNS = ("–", "--")  # of a point and of the foot, where the page draws them


@pytest.mark.parametrize("letter", LETTERS, ids=lambda letter: letter.subject)
def test_i27_no_mail_of_ours_loads_anything_or_tells_that_it_was_read(letter):
    page = Page(letter.html)
    assert not {"img", "script", "style", "link", "iframe", "form", "object"} & set(page.tags)
    assert "src" not in page.attributes
    assert "url(" not in letter.html
    for address in page.attributes.get("href", []):
        assert address in letter.text


def test_i40_what_others_wrote_is_a_text_in_our_mails():
    evil = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    case = replace(CASE, subject=evil, desk=replace(CASE.desk, name=evil))
    for letter in (
        mails.acknowledgement(mails.AckFacts(case)),
        mails.customer_wrote(case, customer=evil),
        mails.not_delivered(replace(LOST, subject=evil, why=evil)),
        contract_mails.request_declined(replace(HELD, company=evil), by=evil, reason=evil),
    ):
        page = Page(letter.html)
        assert not {"script", "img"} & set(page.tags)
        assert "onerror" not in page.attributes


def test_a_customer_s_subject_becomes_no_link_of_ours():
    case = replace(CASE, subject="https://evil.example/")
    page = Page(mails.acknowledgement(mails.AckFacts(case)).html)
    assert page.attributes["href"] == [CASE.url]


def test_i03_an_engineer_s_markdown_is_drawn_and_their_html_is_not():
    words = replace(WORDS, text="**now** <script>alert(1)</script> [x](javascript:alert(1))")
    page = Page(mails.reply(words).html)
    assert "strong" in page.tags
    assert "script" not in page.tags
    assert not any("javascript" in address for address in page.attributes["href"])


def test_the_plain_form_is_what_the_engineer_typed():
    words = replace(WORDS, text="**now** [x](https://a.example)\n\n- one\n")
    assert mails.reply(words).text.startswith("**now** [x](https://a.example)\n\n- one\n\n")


def test_points_are_a_list():
    html = mails.acknowledgement(mails.AckFacts(CASE, missing=("phone", "name"))).html
    assert html.count("<ul") == 2
    assert html.count("<li>") == 5


def test_the_page_names_its_language():
    with override("sv"):
        html = mails.reply(WORDS).html
    assert '<html lang="sv">' in html


def test_no_colour_is_set_so_that_dark_mail_programs_stay_readable():
    for letter in LETTERS:
        for style in Page(letter.html).attributes["style"]:
            names = {rule.partition(":")[0] for rule in style.split(";")}
            assert not names & {"color", "background", "background-color"}


def test_markdown_that_is_too_long_to_be_judged_is_a_text_in_both_forms():
    words = replace(WORDS, text="<b>" + "x" * 1_100_000)
    html = mails.reply(words).html
    assert "&lt;b&gt;xxx" in html
