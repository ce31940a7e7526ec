"""Golden cases: a policy is tried by what it makes of short histories."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dueline.core.errors import Refusal
from dueline.core.events import Kind
from dueline.core.golden import Difference, Standing, as_text, judge, judge_all, rewrite, try_out
from dueline.core.policy import GoldenCase, parse_policy
from dueline.core.priorities import Priority
from tests.core.policies import policies
from tests.core.test_policy import SHIPPED, SOURCE

CASE = GoldenCase(
    "An hour",
    "extended",
    Priority.CRITICAL,
    ("2026-11-23 09:00 opened", "2026-11-23 09:20 call reached"),
    (
        "response 1: met, due 2026-11-23 10:00, met 2026-11-23 09:20",
        "activation 1: running, due 2026-11-23 09:35",
        "feedback 1: waiting",
    ),
)
QUICKER = parse_policy(SOURCE.replace('within = "60 min"', 'within = "30 min"'))
ACK = {"name": "Ada Sund", "at": "2026-11-23T09:00:00+00:00"}


def case(**changed) -> GoldenCase:
    return replace(CASE, **changed)


# - reading -


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"events": ()}, "opened"),
        ({"events": ("2026-11-23 09:00 reply",)}, "opened"),
        ({"events": ("Mon 09:00 opened",)}, "is not an event"),
        ({"events": ("2026-13-23 09:00 opened",)}, "is not an instant"),
        ({"events": (*CASE.events, "2026-11-23 10:00 sang")}, "sang"),
        ({"events": (*CASE.events, "2026-11-23 10:00 call maybe")}, "call maybe"),
        ({"events": (*CASE.events, "2026-11-23 10:00 escalated to urgent")}, "escalated to"),
        ({"events": (*CASE.events, "2026-11-23 10:00 escalated")}, "do not fit"),
        ({"due": ("response 1: by ten",)}, "is not a promise"),
        ({"due": ("breathing 1: met",)}, "is not a promise"),
        ({"hours": "8 to 5"}, "no hours"),
        ({"hours": "08:00-17:00'] #"}, "no hours"),
        ({"zone": "Mars/Olympus"}, "time zone"),
        ({"zone": "../../etc/passwd"}, "time zone"),
        ({"until": "later"}, "is not an instant"),
    ],
)
def test_a_golden_case_that_makes_no_sense_says_which_and_why(changed, complaint):
    with pytest.raises(Refusal, match=complaint) as refused:
        judge(case(**changed), SHIPPED)
    assert refused.value.code in ("bad-golden", "bad-target")
    assert "An hour" in refused.value.text


@given(
    policies(),
    st.lists(
        st.tuples(st.sampled_from(Kind), st.sampled_from(["", " to high", " reached", " 1"])),
        max_size=6,
    ),
)
def test_any_events_in_any_order_are_judged_or_refused(policy, acts):
    events = [f"2026-11-23 {9 + n:02}:00 {kind}{rest}" for n, (kind, rest) in enumerate(acts)]
    tried = case(events=("2026-11-23 08:30 opened", *events), due=())
    try:
        given = judge(tried, policy).given
    except Refusal as refusal:
        assert refusal.code in ("bad-golden", "bad-target")  # noqa: PT017 - either is right
    else:
        assert judge(replace(tried, due=given), policy).holds


def test_the_hours_are_those_of_the_case():
    standard = case(plan="standard", events=("2026-11-21 03:00 opened",), due=())
    [response, *_] = judge(replace(standard, hours="10:00-12:00"), SHIPPED).given
    assert response == "response 1: running, due 2026-11-23 11:00"
    [response, *_] = judge(replace(standard, zone="America/New_York", until=""), SHIPPED).given
    assert response == "response 1: running, due 2026-11-23 09:00"


def test_until_says_at_which_instant_the_promises_are_looked_at():
    late = judge(case(until="2026-11-23 09:36"), SHIPPED)
    assert "activation 1: missed, due 2026-11-23 09:35" in late.given


def test_what_was_told_later_counts_from_when_it_was_true():
    told = (CASE.events[0], "2026-11-23 09:20 call reached, told 10:30")
    assert judge(case(events=told), SHIPPED).holds


# - judging -


def test_the_shipped_policy_keeps_its_golden_cases_which_cover_the_matrix():
    assert [verdict.case.name for verdict in judge_all(SHIPPED) if not verdict.holds] == []
    told = {(one.plan, one.priority) for one in SHIPPED.golden}
    assert {priority for _plan, priority in told} == set(Priority)
    assert {plan for plan, _priority in told} == set(SHIPPED.plans)


def test_a_case_that_is_not_kept_says_what_is_otherwise():
    [moved] = judge(CASE, QUICKER).differences
    assert moved == Difference(
        "response 1",
        "met, due 2026-11-23 10:00, met 2026-11-23 09:20",
        "met, due 2026-11-23 09:30, met 2026-11-23 09:20",
    )


def test_a_promise_that_is_no_longer_made_and_one_that_is_new_are_differences():
    fewer, more = judge(case(due=CASE.due[:1]), SHIPPED), judge(case(plan="standard"), SHIPPED)
    assert [(d.promise, d.expected) for d in fewer.differences] == [
        ("activation 1", ""),
        ("feedback 1", ""),
    ]
    assert more.holds


def test_a_case_whose_plan_is_gone_does_not_hold():
    verdict = judge(case(plan="gold", due=()), SHIPPED)
    assert not verdict.has_plan
    assert not verdict.holds


# - a draft beside the last version -

LAST = replace(SHIPPED, golden=(CASE,))


def standings(draft, acknowledged=None):
    return {one.name: one for one in try_out(draft, LAST, acknowledged or {})}


def test_what_says_the_same_and_holds_asks_for_nothing():
    added = replace(LAST, golden=(CASE, case(name="Another")))
    told = standings(added)
    assert [one.standing for one in told.values()] == [Standing.HOLDS, Standing.ADDED]
    assert not any(one.blocks for one in told.values())


def test_a_case_that_fails_blocks_until_it_expects_what_it_gives_and_somebody_took_that_on():
    draft = replace(QUICKER, golden=(CASE,))
    assert standings(draft)["An hour"].standing is Standing.FAILS
    assert standings(draft)["An hour"].blocks

    rewritten = rewrite(draft, "An hour")
    [written] = rewritten.golden
    assert written.due[0] == "response 1: met, due 2026-11-23 09:30, met 2026-11-23 09:20"
    told = standings(rewritten)["An hour"]
    assert (told.standing, told.blocks) == (Standing.CHANGED, True)
    assert [difference.promise for difference in told.differences] == ["response 1"]

    taken_on = {"An hour": {**ACK, "text": as_text(written)}}
    assert not standings(rewritten, taken_on)["An hour"].blocks


def test_an_acknowledgement_holds_for_the_very_text_that_was_acknowledged():
    rewritten = rewrite(replace(QUICKER, golden=(CASE,)), "An hour")
    taken_on = {"An hour": {**ACK, "text": as_text(rewritten.golden[0])}}
    again = parse_policy(SOURCE.replace('within = "60 min"', 'within = "20 min"'))
    told = standings(replace(again, golden=rewritten.golden), taken_on)["An hour"]
    assert (told.standing, told.blocks) == (Standing.FAILS, True)


def test_a_case_that_was_changed_by_hand_or_left_out_is_to_be_acknowledged_too():
    by_hand = replace(CASE, events=CASE.events[:1], due=judge(case(), SHIPPED).given)
    by_hand = replace(by_hand, due=judge(by_hand, SHIPPED).given)
    changed = standings(replace(LAST, golden=(by_hand,)))["An hour"]
    gone = standings(replace(LAST, golden=()))["An hour"]
    assert (changed.standing, changed.blocks) == (Standing.CHANGED, True)
    assert (gone.standing, gone.blocks) == (Standing.GONE, True)
    assert {difference.given for difference in gone.differences} == {""}
    without = replace(LAST, golden=())
    assert not standings(without, {"An hour": {**ACK, "text": ""}})["An hour"].blocks


def test_to_acknowledge_a_case_without_its_plan_takes_the_case_out():
    orphan = case(name="Orphan", plan="gold")
    assert rewrite(replace(SHIPPED, golden=(orphan, CASE)), "An hour").golden[0] == orphan
    assert rewrite(replace(SHIPPED, golden=(orphan,)), orphan.name).golden == ()


@given(policies())
def test_a_golden_case_that_was_rewritten_holds(policy):
    rewritten = rewrite(replace(policy, golden=(CASE,)), CASE.name)
    assert all(verdict.holds for verdict in judge_all(rewritten))
