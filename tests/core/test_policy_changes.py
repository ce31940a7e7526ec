"""Every change of a policy is told, and nothing else."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given

from dueline.core.policy import CommitmentKind, parse_policy
from dueline.core.policy_changes import Change, Part, changes
from dueline.core.policy_text import spell_policy
from dueline.core.priorities import Priority
from tests.core.policies import policies
from tests.core.test_policy import SHIPPED, SOURCE


def test_what_says_the_same_changes_nothing():
    assert changes(SHIPPED, parse_policy(spell_policy(SHIPPED))) == ()
    assert changes(SHIPPED, replace(SHIPPED, golden=())) == ()


@given(policies(), policies(keys=("extended", "gold")))
def test_two_policies_differ_exactly_when_their_texts_do(old, new):
    texts = [spell_policy(policy) for policy in (old, new)]
    assert bool(changes(old, new)) == (texts[0] != texts[1])
    assert changes(old, old) == ()


@given(policies(), policies())
def test_to_make_the_changes_is_to_have_the_other_policy(old, new):
    """Cell by cell: what is told is all that differs."""
    cells = {key: dict(plan.cells) for key, plan in old.plans.items()}
    for change in changes(old, new):
        if change.part is Part.CELL:
            cells[change.plan].pop((change.priority, change.kind), None)
            if change.after:
                cells[change.plan][change.priority, change.kind] = change.after
    for key, plan in new.plans.items():
        assert cells[key].keys() == plan.cells.keys()
        spelled = [
            {place: (cell.target.spelled, cell.calendar) for place, cell in each.items()}
            for each in (cells[key], plan.cells)
        ]
        assert spelled[0] == spelled[1]


def test_a_cell_that_changed_is_told_with_both_of_its_promises():
    quicker = parse_policy(SOURCE.replace('within = "end of 1 business day"', 'within = "6 h"', 1))
    [change] = changes(SHIPPED, quicker)
    assert (change.part, change.plan) == (Part.CELL, "standard")
    assert (change.priority, change.kind) == (Priority.NORMAL, CommitmentKind.RESPONSE)
    assert change.before.target.spelled == "end of 1 business day"
    assert change.after.target.spelled == "6 h"


def test_what_immediately_means_is_one_change_and_not_one_of_every_cell_that_says_it():
    sooner = parse_policy(
        SOURCE.replace('immediately_means = "15 min"', 'immediately_means = "5 min"')
    )
    assert changes(SHIPPED, sooner) == (
        Change(Part.IMMEDIATELY, timedelta(minutes=15), timedelta(minutes=5)),
    )


def test_a_plan_that_is_added_or_removed_is_one_change():
    fewer = replace(SHIPPED, plans={"standard": SHIPPED.plans["standard"]})
    assert [change.part for change in changes(SHIPPED, fewer)] == [Part.PLAN_REMOVED]
    assert [change.part for change in changes(fewer, SHIPPED)] == [Part.PLAN_ADDED]


def test_the_order_of_the_plans_is_the_order_of_the_guide():
    turned = replace(SHIPPED, plans=dict(reversed(SHIPPED.plans.items())))
    assert [change.part for change in changes(SHIPPED, turned)] == [Part.PLAN_ORDER]
