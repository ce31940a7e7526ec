"""No mail runs code, calls home or looks like our own page when its HTML is shown."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dueline.core.html import MOST_CHARACTERS, sanitise

FORBIDDEN_TAGS = {
    *("script", "style", "svg", "math", "iframe", "object", "embed", "form", "input", "button"),
    *("textarea", "select", "link", "meta", "base", "template", "video", "audio", "animate"),
}
FORBIDDEN_ATTRIBUTES = re.compile(r"on|id$|name$|class$|data-|hx-|x-|srcset|background$|ping|form")


class Judge(HTMLParser):
    """Collects what a page must not be given."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag in FORBIDDEN_TAGS:
            self.found.append(tag)
        for name, value in attrs:
            value = value or ""
            if FORBIDDEN_ATTRIBUTES.match(name):
                self.found.append(f"{tag} {name}")
            if name == "href" and not re.match(r"(https?://|mailto:|tel:)", value):
                self.found.append(f"href {value}")
            if name == "src" and not value.lower().startswith(("cid:", "outside:https://")):
                self.found.append(f"src {value}")
            if name == "style" and re.search(r"url|expression|\\|position|@", value, re.I):
                self.found.append(f"style {value}")


def judged(html: str) -> list[str]:
    judge = Judge()
    judge.feed(sanitise(html)[0])
    judge.close()
    return judge.found


@pytest.mark.parametrize(
    "html",
    [
        "<scr<script>ipt>alert(1)</scr</script>ipt>",
        "<<script>script>alert(1)<</script>/script>",
        "<img src=x onerror=alert(1)>",
        "<IMG SRC=javascript:alert(1)>",
        "<svg><animate onbegin=alert(1) attributeName=x></svg>",
        "<svg><a><animate attributeName=href values=javascript:alert(1) /><text>x</text></a></svg>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph>",
        "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
        "<p style='background:url(javascript:alert(1))'>x</p>",
        "<p style='width:expression(alert(1))'>x</p>",
        "<p style='color:red;background-image:u\\72l(http://e.example)'>x</p>",
        "<p style=\"font-family:'x;background:url(//e.example)'\">x</p>",
        "<p style='position:fixed;top:0'>x</p>",
        "<style>@import 'http://e.example/x.css'</style>",
        "<link rel=stylesheet href=http://e.example>",
        "<meta http-equiv=refresh content='0;url=http://e.example'>",
        "<base href=http://e.example/>",
        "<a href='java\tscript:alert(1)'>x</a>",
        "<a href=' javascript:alert(1)'>x</a>",
        "<a href='&#106;avascript:alert(1)'>x</a>",
        "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
        "<a href='//e.example/'>x</a>",
        "<a href='vbscript:x'>x</a>",
        "<a href='/sign-out'>x</a>",
        "<img src='//e.example/pixel.gif'>",
        "<img src='http://e.example/pixel.gif' srcset='http://e.example/2 2x'>",
        "<img src='data:image/svg+xml,<svg onload=alert(1)>'>",
        "<table background='http://e.example/x'><td background=//e.example>x</table>",
        "<video poster=//e.example src=//e.example></video><audio src=x>",
        "<a id=config name=body class='button primary'>x</a>",
        "<form id=self action=/x><input name=attributes></form>",
        "<div hx-get=/cases hx-trigger=load data-hx-post=/x x-data=1>x</div>",
        "<iframe srcdoc='<script>alert(1)</script>'></iframe><object data=x></object><embed src=x>",
        "<textarea></textarea><img src=x onerror=alert(1)>",
        "<!--><img src=x onerror=alert(1)>-->",
        "<![CDATA[<img src=x onerror=alert(1)>]]>",
        "<?xml version='1.0'?><script>alert(1)</script>",
        "<b><script src=//e.example></b>",
        "<template><img src=x onerror=alert(1)></template>",
        "<xmp><script>alert(1)</script></xmp><plaintext><script>",
    ],
)
def test_i01_i06_i08_hostile_html_is_harmless(html):
    assert judged(html) == []


pieces = st.sampled_from(
    [
        *("<script>", "</script>", "<svg>", "</svg>", "<math>", "<style>", "</style>", "<table>"),
        *("<img src=x onerror=alert(1)>", "<a href=javascript:x>", "</a>", "<form>", "<mtext>"),
        *("<p style='", "background:url(x)", "'>", '"', "<!--", "-->", "<noscript>", "<div id=x>"),
        *("<template>", "<select>", "<option>", "</select>", "<mglyph>", "&lt;", "\0", "<", "x"),
    ]
)


@given(st.lists(pieces, max_size=25).map("".join))
def test_i01_no_combination_of_hostile_pieces_gets_through(html):
    assert judged(html) == []


@given(st.lists(pieces, max_size=25).map("".join))
def test_i02_what_was_sanitised_once_is_not_changed_again(html):
    once = sanitise(html)[0]
    assert sanitise(once)[0] == once


def test_what_makes_a_mail_legible_stays():
    html = (
        '<p style="color:red;margin:0">a <b>b</b> <a href="https://x.example/?a=1">c</a></p>'
        '<table border="1"><tbody><tr><td colspan="2">d</td></tr></tbody></table>'
        '<img src="cid:1" alt="e"><a href="mailto:x@y.example">f</a><a href="tel:+461">g</a>'
    )
    safe, left_out = sanitise(html)
    for kept in ("color:red", "<b>", 'href="https://x.example/?a=1"', 'colspan="2"', "cid:1"):
        assert kept in safe
    assert safe.count("noopener noreferrer nofollow") == 3
    assert not left_out


def test_a_picture_from_outside_is_left_out_and_told():
    assert sanitise("<img src=http://t.example/x.gif>") == ("<img>", True)


@pytest.mark.parametrize(
    "html",
    ["<div>" * 100_000, "<div></x>" * 100_000, "<b><p>" * 50_000, "x" * (MOST_CHARACTERS + 1)],
)
def test_i45_what_is_too_long_or_too_deep_is_not_shown(html):
    assert sanitise(html) == ("", False)
