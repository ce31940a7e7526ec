"""What a policy calls plans and priorities is said in the reader's language, where it can be."""

import pytest
from django.utils import translation

from dueline.actions.policies import SHIPPED_POLICY
from dueline.core.policy import parse_policy
from dueline.core.priorities import Priority
from dueline.wording.policy_words import plan_titles, say_meaning, say_name, say_plan

POLICY = parse_policy(SHIPPED_POLICY)


def test_what_a_policy_does_not_say_in_a_language_stands_in_its_own_words():
    bare = SHIPPED_POLICY.replace("\nnb = ", "\nda = ")
    with translation.override("nb"):
        assert say_meaning(parse_policy(bare), Priority.HIGH).title == "High"
        assert plan_titles(parse_policy(bare)) == {"standard": "Standard", "extended": "Extended"}


@pytest.mark.parametrize(
    ("language", "high", "extended"),
    [("en", "High", "Extended"), ("sv", "Hög", "Utökad"), ("nb", "Høy", "Utvidet")],
)
def test_the_shipped_policy_speaks_every_language(language, high, extended):
    with translation.override(language):
        assert say_meaning(POLICY, Priority.HIGH).title == high
        assert say_plan(POLICY.plans["extended"]).title == extended
        assert plan_titles(POLICY)["extended"] == extended


def test_only_the_names_as_shipped_are_said_in_each_language():
    with translation.override("nb"):
        assert say_name("Office hours") == "Kontortid"
        assert say_name(POLICY.name) == "Standardpolicy"
        assert say_name("Critical") == "Critical"  # what somebody typed stays


def test_a_regional_language_is_read_like_its_main_one():
    with translation.override("sv-fi"):
        assert say_plan(POLICY.plans["extended"]).title == "Utökad"
