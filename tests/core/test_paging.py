"""Chains as pure rules: which step comes when, and what an act means for the people being woken."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dueline.core.events import Event, Kind
from dueline.core.paging import (
    Chain,
    Step,
    Wake,
    after_step,
    ended_by,
    is_taken_up_by,
    is_unsettled,
    planned,
    read_chain,
    wake,
    write_steps,
)
from dueline.core.priorities import Priority
from tests.world import utc

NIGHT = utc("2026-11-24T01:10")
MINUTE = timedelta(minutes=1)

steps = st.builds(
    Step,
    whom=st.sampled_from(["everyone", "managers"]),
    wait=st.integers(1, 240).map(lambda minutes: minutes * MINUTE),
    also=st.lists(st.integers(1, 9), max_size=3).map(tuple),
)
chains = st.builds(
    Chain, steps=st.lists(steps, min_size=1, max_size=6).map(tuple), rounds=st.integers(1, 5)
)


def event(kind: Kind, *, by: str = "agent", id: int = 1, **facts: object) -> Event:
    return Event(id, kind, NIGHT, NIGHT, by, facts)


@given(chain=chains)
def test_a_snapshot_reads_as_what_was_written(chain: Chain) -> None:
    assert read_chain(write_steps(chain.steps), rounds=chain.rounds) == chain


@given(chain=chains, delays=st.data())
def test_steps_come_at_the_times_that_were_planned_however_late_the_worker_wakes(
    chain: Chain, delays: st.DataObject
) -> None:
    plan = list(planned(chain, next_at=NIGHT, taken=0))
    due_at, taken_at = NIGHT, NIGHT
    for number, planned_at in plan[:-1]:
        assert due_at == planned_at
        taken_at = max(taken_at, due_at) + delays.draw(st.integers(0, 300)) * MINUTE
        due_at = after_step(chain, number, due_at=due_at, at=taken_at)
    # Whoever was paged at last gets the time to answer, and nobody less than the plan says.
    assert due_at >= plan[-1][1]
    assert due_at - taken_at == chain.steps[-1].wait or due_at == plan[-1][1]
    assert due_at - taken_at >= chain.steps[-1].wait


@given(chain=chains, taken=st.integers(0, 30))
def test_the_rest_of_a_plan_is_what_is_left_of_the_whole(chain: Chain, taken: int) -> None:
    whole = list(planned(chain, next_at=NIGHT, taken=0))
    taken = min(taken, chain.length)
    assert list(planned(chain, next_at=whole[taken][1], taken=taken)) == whole[taken:]


@pytest.mark.parametrize("priority", [Priority.HIGH, Priority.NORMAL, Priority.LOW])
def test_nothing_but_critical_wakes_anybody(priority: Priority) -> None:
    opened = event(Kind.OPENED, by="contact")
    assert wake([opened], [opened], priority=priority) is None


def test_what_the_desk_adds_by_itself_wakes_nobody() -> None:
    history = [event(Kind.OPENED, by="contact"), event(Kind.NOTICED, by="desk", id=2)]
    assert wake(history, history[1:], priority=Priority.CRITICAL) is None


def test_an_engineers_answer_in_the_same_act_wakes_nobody_and_an_attempt_does() -> None:
    opened = event(Kind.OPENED)
    for reached in (True, False):
        history = [opened, event(Kind.CALL_LOGGED, id=2, reached=reached, direction="in")]
        call = wake(history, history, priority=Priority.CRITICAL)
        assert (call is None) is reached


def test_the_occasion_names_the_event_so_that_each_is_paged_about_once() -> None:
    opened, raised = (
        event(Kind.OPENED, by="contact", id=7),
        event(Kind.PRIORITY_CHANGED, by="contact", id=9, new="critical"),
    )
    assert wake([opened], [opened], priority=Priority.CRITICAL) == Wake("critical", "opened:7")
    history = [opened, raised]
    assert wake(history, [raised], priority=Priority.CRITICAL) == Wake("critical", "raised:9")


def test_of_two_merged_cases_only_the_one_that_comes_back_is_paged_about_again() -> None:
    for kind, comes_back in ((Kind.MERGED_INTO, True), (Kind.MERGED, False)):
        history = [event(kind, id=3), event(Kind.UNMERGED, id=5, merge=3)]
        assert bool(wake(history, history[1:], priority=Priority.CRITICAL)) is comes_back


@pytest.mark.parametrize(
    ("kind", "facts", "reason"),
    [
        (Kind.NOTE_ADDED, {}, ""),
        (Kind.REPLY_SENT, {}, ""),
        (Kind.PRIORITY_CHANGED, {"new": "critical"}, ""),
        (Kind.PRIORITY_CHANGED, {"new": "high"}, "lowered"),
        (Kind.ACTIVATED, {}, "activated"),
        (Kind.RESOLVED, {}, "resolved"),
        (Kind.CLOSED, {}, "closed"),
        (Kind.MERGED_INTO, {}, "merged"),
    ],
)
def test_some_acts_end_it(kind: Kind, facts: dict[str, object], reason: str) -> None:
    assert ended_by(event(kind, **facts)) == reason


def test_only_an_engineer_takes_a_case_up() -> None:
    assert not is_taken_up_by(event(Kind.CALL_LOGGED, by="contact"))
    assert not is_taken_up_by(event(Kind.NOTE_ADDED))
    assert is_taken_up_by(event(Kind.CALL_LOGGED))
    assert is_taken_up_by(event(Kind.OWNED))


def test_it_is_settled_when_it_ended_and_not_when_all_were_paged_in_vain() -> None:
    started = event(Kind.PAGING_STARTED, by="desk")
    assert not is_unsettled([])
    assert is_unsettled([started])
    assert is_unsettled([started, event(Kind.PAGE_ACKNOWLEDGED, id=2)])
    assert is_unsettled([started, event(Kind.PAGING_ENDED, id=2, reason="exhausted")])
    assert not is_unsettled([started, event(Kind.PAGING_ENDED, id=2, reason="activated")])
