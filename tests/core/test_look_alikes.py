"""What the eye would take for a known name is said to be another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dueline.core.look_alikes import is_same_name, mixes_scripts, resembled_domain

KNOWN = ["northwind.example", "rnorton.example", "acme.com", "ib.com"]


@pytest.mark.parametrize("domain", [*KNOWN, "mail.northwind.example", "NORTHWIND.example"])
def test_a_known_domain_resembles_nothing(domain):
    assert resembled_domain(domain, KNOWN) == ""


@pytest.mark.parametrize(
    "domain",
    ["other.example", "south.example", "wind.example", "north-wind-trading.example", "ic.com", ""],
)
def test_another_domain_resembles_nothing(domain):
    assert resembled_domain(domain, KNOWN) == ""


@pytest.mark.parametrize(
    ("domain", "known"),
    [
        ("n0rthwind.example", "northwind.example"),
        ("northwlnd.example", "northwind.example"),
        ("nortwind.example", "northwind.example"),
        ("northwindd.example", "northwind.example"),
        ("nrothwind.example", "northwind.example"),
        ("northwind.examp1e", "northwind.example"),
        ("northvvind.example", "northwind.example"),
        ("morton.example", "rnorton.example"),
        ("acme.co", "acme.com"),
        ("acme.cm", "acme.com"),
        ("northwind.example.evil.example", "northwind.example"),
        ("nоrthwind.example", "northwind.example"),  # a Cyrillic о
        ("xn--nrthwind-nbh.example", "northwind.example"),  # the same, as a server writes it
        ("nörthwind.example", "northwind.example"),
    ],
)
def test_what_looks_like_a_known_domain_is_said_to(domain, known):
    assert resembled_domain(domain, KNOWN) == known


def test_letters_of_several_alphabets_in_one_word_are_noticed():
    assert mixes_scripts("nоrthwind.example")
    for honest in ("northwind.example", "почта.example", "xn--80a1acny.example", "münchen.example"):
        assert not mixes_scripts(honest)


@pytest.mark.parametrize("name", ["Cleo Dahl", "CLEO  DAHL", "Сleo Dahl", "Cleo Dah1", "Cléo Dahl"])
def test_names_that_read_the_same_are_the_same(name):
    assert is_same_name(name, "Cleo Dahl")


@pytest.mark.parametrize("name", ["", " ", "Cleo", "Leo Dahl", "Dahl Cleo"])
def test_other_names_are_others(name):
    assert not is_same_name(name, "Cleo Dahl")
    assert not is_same_name("", "")


@given(st.text(max_size=80))
def test_no_domain_makes_it_raise(domain):
    resembled_domain(domain, KNOWN)
    resembled_domain(f"xn--{domain}", KNOWN)
    mixes_scripts(domain)
