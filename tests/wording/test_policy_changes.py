"""A draft says in plain words what it changes."""

from dataclasses import replace

import pytest
from hypothesis import given

from dueline.core.golden import Difference
from dueline.core.policy import parse_policy
from dueline.core.policy_changes import Part, changes
from dueline.wording.language import say_language
from dueline.wording.policy_changes import say_change, say_difference, say_reach
from tests.core.policies import policies
from tests.core.test_policy import SHIPPED, SOURCE

STANDARD = 'response = { within = "end of 1 business day", calendar = "office" }'


def said(*replacements: tuple[str, str]) -> list[str]:
    source = SOURCE
    for old, new in replacements:
        assert old in source
        source = source.replace(old, new, 1)
    new = parse_policy(source)
    return [say_change(change, old=SHIPPED, new=new) for change in changes(SHIPPED, new)]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            STANDARD,
            'response = { within = "6 h", calendar = "office" }',
            "Standard, Normal: response the end of the next business day → 6 hours",
        ),
        (
            STANDARD,
            'response = { within = "6 h", calendar = "always" }',
            "Standard, Normal: response the end of the next business day in office hours → "
            "6 hours around the clock",
        ),
        (
            STANDARD,
            'response = { within = "6 h", calendar = "Evenings" }',
            "Standard, Normal: response the end of the next business day in office hours → "
            "6 hours in the hours of “Evenings”",
        ),
        (
            STANDARD,
            "",
            "Standard, Normal: response the end of the next business day in office hours → "
            "no promise",
        ),
        (
            STANDARD,
            STANDARD + '\nresolution = { within = "2 days around the clock", calendar = "office" }',
            "Standard, Normal: resolution no promise → 2 days around the clock",
        ),
        (
            'immediately_means = "15 min"',
            'immediately_means = "1 min"',
            "“Immediately” means within: 15 minutes → 1 minute",
        ),
        (
            "reopen_window_days = 14",
            "reopen_window_days = 1",
            "A case can be reopened within: 14 days → 1 day",
        ),
        (
            'pauses = ["feedback"]',
            "pauses = []",
            "While we wait for the customer, the clock of feedback runs on.",
        ),
        (
            "third_party_pauses = []",
            'third_party_pauses = ["assistance"]',
            "While we wait for a third party, the clock of answer from Tier Two stands still.",
        ),
        (
            'count_from = "arrival"',
            'count_from = "vouching"',
            "The clocks of a held request count from when a super-user vouches for it.",
        ),
        (
            'close_after = "4 business days"',
            'close_after = "1 business day"',
            "A case is closed after the last reminder: 4 business days → 1 business day",
        ),
        (
            'opened_by = "super-users"',
            'opened_by = "anybody"',
            "Standard: everybody of the company opens cases.",
        ),
        (
            "urgent_by_subject_and_call = true",
            "urgent_by_subject_and_call = false",
            "Extended: “Urgent” in the subject makes no case Critical any more.",
        ),
        (
            'plan = "standard"           #',
            'plan = "extended" #',
            "The plan of a request that no contract covers: Standard → Extended",
        ),
        (
            '{ at = "50%", tell = ["owner"] }',
            '{ at = "60%", tell = ["team"] }',
            "Warnings of response: 50%: the owner; 75%: the owner, the team; due: the owner, the "
            "managers; +50%: the managers, the customer's escalation contact → 60%: the team; "
            "75%: the owner, the team; due: the owner, the managers; +50%: the managers, the "
            "customer's escalation contact",
        ),
        (
            'title = "Utökad"',
            'title = "Stor"',
            "Extended, title (Svenska): “Utökad” → “Stor”",
        ),
        (
            'title = "Low"',
            'title = "Calm"',
            "Calm, title: “Low” → “Calm”",
        ),
    ],
)
def test_a_change_is_said_in_one_sentence(old, new, sentence):
    assert said((old, new)) == [sentence]


@given(policies(keys=("standard", "extended")), policies(keys=("extended", "gold")))
def test_every_change_of_any_policy_can_be_said(old, new):
    for change in changes(old, new):
        assert say_change(change, old=old, new=new)


def test_every_part_of_a_policy_has_its_sentence():
    from dueline.wording.policy_changes import _SAY

    assert _SAY.keys() == set(Part)


def test_a_plan_that_is_new_says_what_it_promises():
    fewer = replace(SHIPPED, plans={"standard": SHIPPED.plans["standard"]})
    [sentence] = [say_change(one, old=fewer, new=SHIPPED) for one in changes(fewer, SHIPPED)]
    assert sentence.startswith("The plan Extended is new.")
    assert "Critical, response 60 minutes around the clock" in sentence


def test_what_a_golden_case_gives_otherwise_is_said_line_by_line():
    moved = Difference("response 1", "running, due 10:00", "running, due 09:30")
    assert say_difference(moved) == "response 1: running, due 10:00 → running, due 09:30"
    assert "not promised any more" in say_difference(replace(moved, given=""))
    assert "promised now" in say_difference(replace(moved, expected=""))


def test_whom_it_concerns_is_counted_and_a_language_has_its_own_name():
    assert say_reach(41, 212) == "41 contracts, 212 open cases"
    assert say_reach(1, 1) == "1 contract, 1 open case"
    assert [say_language(code) for code in ("sv", "nb", "de", "xx")] == [
        "Svenska",
        "Norsk bokmål",
        "Deutsch",
        "Xx",
    ]
