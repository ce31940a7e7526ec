"""The draft as forms: whatever a policy says can be shown as fields and read back the same."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given

from dueline.console import policy_form as form
from dueline.core.errors import Refusal
from dueline.core.policy import CommitmentKind, Silence, parse_target
from dueline.core.priorities import Priority
from tests.core.policies import policies
from tests.core.test_policy import SHIPPED

STANDARD = SHIPPED.plans["standard"]


def planned(**typed):
    fields = {**form.plan_fields(STANDARD), **{k.replace("_", "-"): v for k, v in typed.items()}}
    return form.read_plan(fields, STANDARD, SHIPPED)


def test_every_form_gives_back_the_shipped_policy():
    assert form.read_priorities(form.priority_fields(SHIPPED), SHIPPED) == (SHIPPED, {})
    assert form.read_warnings(form.warning_fields(SHIPPED), SHIPPED) == (SHIPPED, {})
    assert form.read_rules(form.rule_fields(SHIPPED), SHIPPED) == (SHIPPED, {})
    for plan in SHIPPED.plans.values():
        assert form.read_plan(form.plan_fields(plan), plan, SHIPPED) == (SHIPPED, {})


@given(policies())
def test_the_matrix_and_the_rules_of_any_policy_can_be_shown_and_read_back(policy):
    for plan in policy.plans.values():
        read, errors = form.read_plan(form.plan_fields(plan), plan, policy)
        assert errors == {}
        assert read.plans[plan.key].cells == plan.cells
        assert read.plans[plan.key].only_super_users == plan.only_super_users
    warned, errors = form.read_warnings(form.warning_fields(policy), policy)
    assert (warned, errors) == (policy, {})
    ruled, errors = form.read_rules(form.rule_fields(policy), policy)
    assert errors == {}
    assert replace(ruled, name=policy.name) == policy


# - a plan -


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("critical-response-within", "1 day"),
        ("low-resolution-within", "soon"),
        ("title", " "),
        ("title", "x" * 61),
        ("summary", ""),
        ("summary-sv", ""),
        ("title-nb", " "),
        ("opened_by", "nobody"),
    ],
)
def test_what_cannot_be_read_is_an_error_of_its_own_field(field, typed):
    fields = {**form.plan_fields(STANDARD), field: typed}
    assert list(form.read_plan(fields, STANDARD, SHIPPED)[1]) == [field]


def test_an_empty_field_promises_nothing():
    policy, errors = planned(critical_response_within=" ")
    assert errors == {}
    assert policy.plans["standard"].cell(Priority.CRITICAL, CommitmentKind.RESPONSE) is None


def test_a_target_and_its_calendar_are_put_into_the_cell():
    policy, _ = planned(low_response_within="2 H", low_response_calendar="Evenings")
    cell = policy.plans["standard"].cell(Priority.LOW, CommitmentKind.RESPONSE)
    assert (cell.target.spelled, cell.calendar) == ("2 h", "Evenings")


def test_a_language_without_words_is_left_out():
    policy, errors = planned(title_sv="", summary_sv="")
    assert errors == {}
    assert list(policy.plans["standard"].said) == ["nb"]


# - plans come and go -


def test_a_plan_begins_as_a_copy_of_another_under_a_key_that_stays():
    policy, key, errors = form.add_plan({"title": "Gold & more", "like": "extended"}, SHIPPED)
    assert (key, errors) == ("gold-more", {})
    assert policy.plans[key].cells == SHIPPED.plans["extended"].cells
    assert (policy.plans[key].title, policy.plans[key].said) == ("Gold & more", {})
    assert form.add_plan({"title": "日本", "like": "extended"}, policy)[1] == "plan"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"title": "", "like": "extended"}, "title"),
        ({"title": "Standard", "like": "extended"}, "title"),
        ({"title": "Gold", "like": "silver"}, "like"),
    ],
)
def test_a_plan_that_cannot_be_added_is_not(typed, field):
    policy, key, errors = form.add_plan(typed, SHIPPED)
    assert (policy, key, list(errors)) == (SHIPPED, "", [field])


def test_a_plan_that_is_needed_cannot_be_removed():
    with pytest.raises(Refusal, match="Contracts are for"):
        form.remove_plan("extended", SHIPPED, in_use={"extended"})
    with pytest.raises(Refusal, match="without a contract"):
        form.remove_plan("standard", SHIPPED, in_use=set())
    assert list(form.remove_plan("extended", SHIPPED, in_use=set()).plans) == ["standard"]


# - warnings -


def test_a_step_that_makes_no_sense_or_stands_there_twice_is_an_error():
    fields = {**form.warning_fields(SHIPPED), "response-0-at": "soon", "feedback-4-at": "75 %"}
    assert list(form.read_warnings(fields, SHIPPED)[1]) == ["response-0-at", "feedback-4-at"]


def test_steps_are_put_in_order_and_empty_lines_left_out():
    fields = {"response-0-at": "+10%", "response-0-team": "yes", "response-2-at": "20%"}
    policy, errors = form.read_warnings(fields, SHIPPED)
    assert errors == {}
    assert [step.percent for step in policy.steps[CommitmentKind.RESPONSE]] == [20, 110]
    assert policy.tell_at(CommitmentKind.RESPONSE, 110) == ("team",)
    assert policy.steps[CommitmentKind.FEEDBACK] == ()


# - rules -


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("immediately_means", "1 business day"),
        ("immediately_means", "immediately"),
        ("immediately_means", ""),
        ("reopen_window_days", "a week"),
        ("reopen_window_days", "-1"),
        ("remind_after", "3 business days, 1 day"),
        ("close_after", "4"),
        ("close_after", "immediately"),
        ("close_after", ""),
        ("without_contract", "gold"),
        ("count_from", "never"),
        ("name", ""),
    ],
)
def test_a_rule_that_cannot_be_read_is_an_error_of_its_own_field(field, typed):
    fields = {**form.rule_fields(SHIPPED), field: typed}
    assert list(form.read_rules(fields, SHIPPED)[1]) == [field]


def test_what_immediately_means_reaches_every_cell_that_says_it():
    fields = {**form.rule_fields(SHIPPED), "immediately_means": "5 min"}
    policy, _ = form.read_rules(fields, SHIPPED)
    cell = policy.plans["extended"].cell(Priority.CRITICAL, CommitmentKind.ACTIVATION)
    assert (cell.target.spelled, cell.target.span) == ("immediately", timedelta(minutes=5))


def test_reminders_may_be_none_while_a_silent_case_is_closed_or_waits_for_ever():
    fields = {**form.rule_fields(SHIPPED), "remind_after": ""}
    silence = form.read_rules(fields, SHIPPED)[0].silence
    assert silence == Silence((), parse_target("4 business days"))
    assert form.read_rules({**fields, "close_after": ""}, SHIPPED)[0].silence is None
