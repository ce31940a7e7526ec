"""Places in a text, and what may be filled in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dueline.core.errors import Refusal
from dueline.core.placeholders import PLACEHOLDERS, check, fill, unknown_in
from dueline.wording.markdown import render


def test_a_placeholder_that_nothing_stands_for_is_refused_with_the_list_of_those_that_exist():
    with pytest.raises(Refusal) as refused:
        check("Hello {contact.nick}, {case.number}")
    assert "{contact.nick}" in refused.value.text
    assert "{contact.first_name}" in refused.value.text


@pytest.mark.parametrize("name", ["settings.SECRET_KEY", "contact.__class__", "case", "x.y.z"])
def test_i52_nothing_is_reached_through_a_placeholder(name):
    assert unknown_in(f"{{{name}}}") == (name,)
    assert fill(f"{{{name}}}", {"case.number": "10042-7"}) == f"{{{name}}}"


@pytest.mark.parametrize(
    "source", ["{{ 7*7 }}", "{% include 'x' %}", "${7*7}", "%(x)s", '{"a": 1}', "{}", r"\{case.no}"]
)
def test_i52_a_text_is_no_template(source):
    assert unknown_in(source) == ()
    assert fill(source, {"case.number": "10042-7"}) == source


def test_every_placeholder_is_known_and_filled():
    text = " ".join(f"{{{name}}}" for name in PLACEHOLDERS)
    assert unknown_in(text) == ()
    assert fill(text, dict.fromkeys(PLACEHOLDERS, "x")) == " ".join("x" for _ in PLACEHOLDERS)


def test_a_placeholder_within_a_value_fills_nothing():
    values = {"contact.name": "{case.number}", "case.number": "10042-7"}
    assert fill("{contact.name}", values) == "{case.number}"


@pytest.mark.parametrize(
    "name", ["Anna_Maria Dahl", "Dahl-Berg", "O'Neill", "R&D", "3M", "Åse (IT)"]
)
def test_an_honest_name_is_filled_in_as_it_is(name):
    assert fill("{contact.name}", {"contact.name": name}) == name


@pytest.mark.parametrize(
    "name",
    [
        "[prize](https://evil.example)",
        "https://evil.example/",
        "<https://evil.example>",
        "![x](https://evil.example)",
        "**now**",
        "`rm`",
        "# Head",
        "- point",
        "1. point",
        "&lt;b&gt;",
        "<b>bold</b>",
        "\\[x](https://evil.example)",
        "a\n\n# b",
    ],
)
@pytest.mark.parametrize("around", ["{contact.name}", "Hello {contact.name},", "[{contact.name}]"])
def test_i52_a_name_is_a_text_and_never_markup(name, around):
    html = render(fill(around, {"contact.name": name}))
    for tag in ("<a", "<h1", "<li", "<strong", "<code", "<b>", "<img"):
        assert tag not in html


@given(st.text(max_size=60))
def test_i52_any_value_becomes_one_paragraph_of_text(value):
    html = render(fill("x {contact.name} y", {"contact.name": value}))
    assert html.startswith("<p>x ")
    assert html.count("<") == 2
