"""A policy is written as text, and read back as the same policy: so it can live in git."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dueline.core.errors import Refusal
from dueline.core.policy import parse_policy
from dueline.core.policy_text import spell_policy
from tests.core.policies import any_text, golden_cases, policies
from tests.core.test_policy import SOURCE

ANY_GOLDEN = st.lists(golden_cases(), max_size=2, unique_by=lambda case: case.name).map(tuple)


@given(
    policies(
        keys=("standard", "Gold & co. “é”"), calendars=("office", "x\x7f'\"\\"), golden=ANY_GOLDEN
    )
)
def test_whatever_a_policy_says_is_read_back_from_its_text(policy):
    text = spell_policy(policy)
    assert parse_policy(text) == policy
    assert spell_policy(parse_policy(text)) == text


@given(any_text)
def test_whatever_a_policy_is_called_stays_its_name(name):
    policy = replace(parse_policy(SOURCE), name=name)
    assert parse_policy(spell_policy(policy)).name == name


def test_the_shipped_policy_says_the_same_when_it_is_written_anew():
    shipped = parse_policy(SOURCE)
    written = spell_policy(shipped)
    assert parse_policy(written) == shipped
    assert list(parse_policy(written).plans) == list(shipped.plans)


def test_a_text_from_a_browser_has_other_ends_of_lines_and_says_the_same():
    assert parse_policy(SOURCE.replace("\n", "\r\n")) == parse_policy(SOURCE)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("reopen_window_days = 14", "reopen_window_days = -1", "whole number"),
        ("reopen_window_days = 14", 'reopen_window_days = "14"', "whole number"),
        ('title = "Standard"', "title = 7", "title"),
        ('summary = "Support in office hours."', 'summary = " "', "summary"),
        ("[plans.extended]", f"[plans.{'e' * 51}]", "50 letters"),
        ("[[golden]]", '[[golden]]\nevents = "none"', "."),
        ('priority = "critical"', 'priority = "dire"', "dire"),
    ],
)
def test_a_text_that_says_something_impossible_is_refused(old, new, complaint):
    assert old in SOURCE
    with pytest.raises(Refusal, match=complaint) as refused:
        parse_policy(SOURCE.replace(old, new, 1))
    assert refused.value.code == "bad-policy"
