"""The Support Guide says what the policy promises, on the page, on paper and in a terminal."""

import re
from datetime import date

import pypdfium2
import pytest
from django.utils import translation

from dueline.actions.policies import SHIPPED_POLICY
from dueline.core.calendars import parse_calendar
from dueline.core.policy import parse_policy
from dueline.wording import guide_pdf
from dueline.wording.guide import Guide, GuideFacts, compose, say_openings, say_week
from dueline.wording.guide_text import as_text
from tests.world import OFFICE


def guide(*, policy: str = SHIPPED_POLICY, calendar: str = OFFICE, **changed) -> Guide:
    read = parse_policy(policy)
    facts = {
        "desk_name": "Harbour Support",
        "mail_address": "support@desk.example",
        "phone_office": "+46 13 000 00 00",
        "phone_other": "+46 13 000 00 01",
        "public_url": "https://help.desk.example",
        "policy": read,
        "policy_number": 3,
        "policy_published_on": date(2026, 3, 1),
        "calendar": parse_calendar(calendar),
        "calendar_number": 2,
        "plans": tuple(read.plans),
        "on": date(2026, 11, 23),
    }
    return compose(GuideFacts(**{**facts, **changed}))


def section(drawn: Guide, key: str):
    return next(one for one in drawn.sections if one.key == key)


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()
    return " ".join(" ".join(pages).split())


def test_the_matrix_is_the_one_that_the_clocks_run_by():
    (standard, extended) = section(guide(), "promises").tables
    assert standard.rows == (
        (
            "Critical",
            "within 60 minutes, in office hours",
            "immediately, in office hours",
            "every 4 hours, in office hours",
        ),
        (
            "High",
            "within 4 hours, in office hours",
            "within 1 business day",
            "every business day",
        ),
        ("Normal", "by the end of the next business day", "–", "–"),
        ("Low", "–", "–", "–"),
    )
    assert extended.rows[0] == (
        "Critical",
        "within 60 minutes, around the clock",
        "immediately, around the clock",
        "every 4 hours, around the clock",
    )


def test_another_policy_makes_another_guide():
    changed = SHIPPED_POLICY.replace('within = "60 min"', 'within = "37 min"')
    assert "within 37 minutes" in section(guide(policy=changed), "promises").tables[0].rows[0][1]


def test_what_colleagues_promise_each_other_is_not_in_the_guide():
    said = as_text(guide())
    assert "Tier" not in said
    assert "assistance" not in said.lower()


def test_only_the_plan_that_was_asked_for_is_shown():
    tables = section(guide(plans=("extended",)), "promises").tables
    assert [table.caption.split(":")[0] for table in tables] == ["Plan Extended"]


def test_the_holidays_are_those_of_the_year_and_no_others():
    hours = section(guide(), "hours").tables
    assert hours[0].rows == (("Monday to Friday", "08:00–17:00"), ("Saturday and Sunday", "closed"))
    assert [row[1] for row in hours[1].rows] == [
        "Midsummer Eve",
        "Christmas Eve",
        "Christmas Day",
    ]
    later = section(guide(on=date(2027, 1, 1)), "hours")
    assert len(later.tables) == 1
    assert later.afterwards == ("No holidays are listed for 2027.",)


def test_openings_are_said_as_people_say_them():
    calendar = parse_calendar("""
name = "Night"
zone = "UTC"
[week]
monday = ["08:00-12:00", "13:00-17:00"]
friday = ["21:00-02:00"]
sunday = ["00:00-24:00"]
""")
    assert (
        say_week(calendar) == "Monday 08:00–12:00, 13:00–17:00, Friday 21:00–02:00, Sunday all day"
    )
    assert say_openings(()) == ""


def test_one_telephone_is_not_told_apart_from_itself_and_none_is_left_out():
    one = section(guide(phone_other=""), "reach").terms
    assert ("Telephone", "+46 13 000 00 00") in one
    none = section(guide(phone_office="", phone_other=""), "reach")
    assert [term for term, _ in none.terms] == ["E-mail", "Web"]


def test_the_stamp_names_the_versions_that_it_was_made_from():
    assert guide().stamp == (
        "Shipped policy, version 3 of 1 March 2026; Office hours, version 2. Holidays of 2026."
    )


@pytest.mark.parametrize("plan", ["standard", "extended"])
@pytest.mark.parametrize("language", ["en", "nb", "sv"])
def test_the_paper_says_every_figure_of_the_matrix_and_every_holiday(language, plan):
    with translation.override(language):
        drawn = guide(plans=(plan,))
        stamp = drawn.stamp
    paper = text_of(guide_pdf.typeset(drawn, language=language))
    assert stamp in paper
    for one in drawn.sections:
        for table in one.tables:
            for row in table.rows:
                assert " ".join(row) in paper
        for said in (*one.paragraphs, *one.afterwards, *(text for _, text in one.terms)):
            assert said in paper


@pytest.mark.parametrize(
    ("language", "figures", "stamp"),
    [
        ("en", "within 37 minutes, around the clock", "version 3 of 1 March 2026"),
        ("sv", "inom 37 minuter, dygnet runt", "version 3 från 1 mars 2026"),
        ("nb", "innen 37 minutter, døgnet rundt", "versjon 3 fra 1. mars 2026"),
    ],
)
def test_the_paper_says_another_figure_when_the_policy_does(language, figures, stamp):
    changed = SHIPPED_POLICY.replace('within = "60 min"', 'within = "37 min"')
    with translation.override(language):
        drawn = guide(policy=changed, plans=("extended",))
    paper = text_of(guide_pdf.typeset(drawn, language=language))
    assert figures in paper
    assert stamp in paper


def test_i52_what_a_desk_is_called_cannot_become_markup_of_the_paper():
    evil = '#panic("x") $ x $ *bold* <label> `raw` \\ #import "@preview/x:1.0.0"'
    calendar = OFFICE.replace('"Christmas Eve"', "'#panic(1) $a$ <b>'")
    paper = text_of(guide_pdf.typeset(guide(desk_name=evil, calendar=calendar), language="en"))
    assert "#panic(1) $a$ <b>" in paper
    assert re.sub(r"\s", "", evil) in re.sub(r"\s", "", paper)


def test_the_paper_has_a_title_and_is_tagged_for_screen_readers():
    pdf = guide_pdf.typeset(guide(), language="en")
    document = pypdfium2.PdfDocument(pdf)
    assert document.get_metadata_dict()["Title"] == "Support Guide – Harbour Support"
    document.close()
    assert b"pdfuaid:part" in pdf


@pytest.mark.parametrize("words", ["WHAT WE PROMISE", "within 60 minutes, around the clock"])
def test_a_terminal_shows_the_same(words):
    assert words in as_text(guide())
