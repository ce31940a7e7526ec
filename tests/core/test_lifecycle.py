"""What may happen in each state of a case."""

import pytest

from dueline.core.errors import Refusal
from dueline.core.lifecycle import Act, CaseState, after, allows

NEW, RESPONDED, ACTIVE, WAITING, THIRD_PARTY, RESOLVED, CLOSED, MERGED = CaseState
OPEN = {NEW, RESPONDED, ACTIVE, WAITING, THIRD_PARTY}

# act → the states in which it may happen: written out here a second time, on purpose.
MAY = {
    Act.RESPOND: OPEN,
    Act.ACTIVATE: {RESPONDED},
    Act.SET_STAGE: {ACTIVE},
    Act.ASK_CUSTOMER: {NEW, RESPONDED, ACTIVE},
    Act.AWAIT_THIRD_PARTY: {NEW, RESPONDED, ACTIVE},
    Act.END_WAIT: {WAITING, THIRD_PARTY},
    Act.ASK_TIER_TWO: OPEN,
    Act.CHANGE_PRIORITY: OPEN,
    Act.ESCALATE: OPEN,
    Act.RESOLVE: OPEN,
    Act.REOPEN: {RESOLVED, CLOSED},
    Act.CLOSE: OPEN | {RESOLVED},
    Act.EXTEND: OPEN,
    Act.MERGE: OPEN,
    Act.UNMERGE: {MERGED},
    Act.SPLIT: OPEN | {RESOLVED, CLOSED},
}


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("state", CaseState)
def test_an_act_happens_where_it_has_a_place_and_is_refused_elsewhere(act, state):
    assert allows(state, act) == (state in MAY[act])
    if state in MAY[act]:
        after(state, act, activated=False)
        return
    with pytest.raises(Refusal) as refused:
        after(state, act, activated=False)
    assert refused.value.code == "not-now"
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize(
    ("before", "act", "then"),
    [
        (NEW, Act.RESPOND, RESPONDED),
        (RESPONDED, Act.RESPOND, RESPONDED),
        (ACTIVE, Act.RESPOND, ACTIVE),
        (WAITING, Act.RESPOND, WAITING),
        (RESPONDED, Act.ACTIVATE, ACTIVE),
        (NEW, Act.ASK_CUSTOMER, WAITING),
        (ACTIVE, Act.ASK_CUSTOMER, WAITING),
        (ACTIVE, Act.SET_STAGE, ACTIVE),
        (NEW, Act.ASK_TIER_TWO, NEW),
        (NEW, Act.ESCALATE, NEW),
        (WAITING, Act.CHANGE_PRIORITY, WAITING),
        (WAITING, Act.RESOLVE, RESOLVED),
        (RESOLVED, Act.CLOSE, CLOSED),
        (NEW, Act.CLOSE, CLOSED),
        (RESOLVED, Act.REOPEN, NEW),
        (CLOSED, Act.REOPEN, NEW),
    ],
)
def test_each_act_leads_where_it_should(before, act, then):
    assert after(before, act, activated=before is ACTIVE) is then


def test_a_wait_ends_where_it_began():
    assert after(WAITING, Act.END_WAIT, activated=False) is RESPONDED
    assert after(WAITING, Act.END_WAIT, activated=True) is ACTIVE
    assert after(THIRD_PARTY, Act.END_WAIT, activated=False, responded=False) is NEW


def test_a_case_is_activated_only_once():
    with pytest.raises(Refusal, match="active already"):
        after(ACTIVE, Act.ACTIVATE, activated=True)


def test_an_activation_before_the_response_says_what_to_do_first():
    with pytest.raises(Refusal, match="Answer the customer first"):
        after(NEW, Act.ACTIVATE, activated=False)


def test_only_resolved_closed_and_merged_cases_are_not_open():
    assert {state for state in CaseState if state.is_open} == OPEN
