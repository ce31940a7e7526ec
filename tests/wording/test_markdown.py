"""Markdown of the desk's own people, who are believed no more than anybody else."""

from html.parser import HTMLParser

import pytest

from dueline.wording.markdown import render


@pytest.mark.parametrize(
    "source",
    [
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt:alert(1))",
        "[a](&#106;avascript:alert(1))",
        "[a](data:text/html;base64,PHNjcmlwdD4=)",
        "[a](vbscript:msgbox)",
        "[a](/console/settings)",
        "[a](//elsewhere.example)",
        "<javascript:alert(1)>",
        "[a]: javascript:alert(1)\n\n[a]",
    ],
)
def test_i04_a_link_leads_only_where_a_mail_may_lead(source):
    assert "href" not in render(source)


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '<a href="https://x.example" onclick="alert(1)">x</a>',
        "<style>p{background:url(https://x.example)}</style>",
        "a <!-- b --> c",
        "```\n</code></pre><script>alert(1)</script>\n```",
        '[a](https://x.example "\\" onmouseover=alert(1) x=\\"")',
    ],
)
def test_i03_html_in_markdown_is_a_text(source):
    seen = Seen(render(source))
    assert not seen.tags & {"script", "img", "style"}
    assert seen.attributes <= {"href", "rel", "title"}
    assert not seen.comments


class Seen(HTMLParser):
    """What a reader of HTML finds in it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.comments: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)

    def handle_comment(self, data):
        self.comments.append(data)


def test_no_picture_is_ever_loaded():
    assert "<img" not in render("![pixel](https://elsewhere.example/p.gif)")


def test_what_people_write_looks_as_they_mean_it():
    html = render(
        "Hello **Cleo**,\n\n1. stop\n2. start\n\n> old\n\n`kubectl` [here](https://a.example/x)"
    )
    assert "<strong>Cleo</strong>" in html
    assert html.count("<li>") == 2
    assert "<blockquote>" in html
    assert "<code>kubectl</code>" in html
    assert '<a href="https://a.example/x" rel="noopener noreferrer nofollow">here</a>' in html


def test_one_line_break_is_one():
    assert "first<br>\nsecond" in render("first\nsecond")


def test_an_address_that_is_written_out_is_a_link_without_its_full_stop():
    html = render("See https://a.example/some_long_name. Thanks")
    assert '<a href="https://a.example/some_long_name" rel' in html
    assert "</a>. Thanks" in html


def test_an_address_within_a_link_or_code_is_not_linked_once_more():
    assert render("[https://a.example](https://b.example)").count("<a ") == 1
    assert "<a " not in render("`https://a.example`")


def test_an_escaped_address_stays_a_text():
    assert "<a " not in render(r"https\://a.example")
    assert "https://a.example" in render(r"https\://a.example")


def test_a_text_of_any_depth_is_rendered():
    assert render("> " * 5000 + "deep")
    assert render("[" * 5000)
    assert render("*a **a " * 5000)
