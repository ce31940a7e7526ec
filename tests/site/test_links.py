"""Addresses in what customers write."""

import time

import pytest

from dueline.site.jinja import linked


def link(address: str) -> str:
    return f'<a href="{address}" rel="noopener noreferrer nofollow">{address}</a>'


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain & <b>", "plain &amp; &lt;b&gt;"),
        ("See https://x.example/a?b=1&c=2.", f"See {link('https://x.example/a?b=1&amp;c=2')}."),
        ("(http://x.example/)", f"({link('http://x.example/')})"),
        ("http://x.example/a_(b)!", f"{link('http://x.example/a_(b)')}!"),
        (
            "http://a.example <http://b.example>",
            f"{link('http://a.example')} &lt;{link('http://b.example')}&gt;",
        ),
        ("nothing:// here, www.x.example", "nothing:// here, www.x.example"),
    ],
)
def test_an_address_is_a_link_and_the_rest_is_text(text, shown):
    assert str(linked(text)) == shown


@pytest.mark.parametrize(
    "text",
    [
        "javascript://x.example/%0aalert(1)",
        "data:text/html,<script>alert(1)</script> ://",
        'http://x.example/" onmouseover="alert(1)',
        "http://x.example/'><script>alert(1)</script>",
    ],
)
def test_i05_no_text_can_become_more_than_a_link_to_the_web(text):
    shown = str(linked(text))
    assert "<script" not in shown
    assert 'href="javascript' not in shown
    assert '" onmouseover' not in shown


@pytest.mark.parametrize("text", ["http://" * 100_000, "http://x" + ")" * 300_000, ":" * 500_000])
def test_i45_an_enormous_text_is_read_in_one_pass(text):
    began = time.process_time()
    linked(text)
    assert time.process_time() - began < 2
