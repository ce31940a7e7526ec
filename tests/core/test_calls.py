from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dueline.core.calls import CallState, Told, begin, believed, go_on
from tests.world import MONDAY

SECOND = timedelta(seconds=1)


def told(state, after=0, **more):
    return Told("c1", CallState(state), MONDAY + after * SECOND, **more)


@pytest.mark.parametrize("late", ["ringing", "missed", "answered"])
def test_a_call_that_has_ended_never_goes_back(late):
    course = course_of([told("ringing"), told("answered", 8), told("ended", 95)])

    assert go_on(course, told(late, 60)).state == "ended"


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_a_call_that_one_telephone_answered_and_another_missed_was_answered(order):
    facts = [told("ringing"), told("missed", 9), told("answered", 8), told("ended", 95)]

    course = course_of([facts[n] for n in order])

    assert (course.state, course.rang_at) == ("ended", MONDAY)
    assert course.answered_at == MONDAY + 8 * SECOND
    assert course.ended_at == MONDAY + 95 * SECOND


def course_of(told):
    """Return what is known of a call after all of this. At least one."""
    first, *others = told
    course = begin(first)
    for one in others:
        course = go_on(course, one)
    return course


def test_a_call_that_nobody_answered_was_missed_when_it_stopped():
    course = course_of([told("missed", 30), told("ringing")])

    assert (course.state, course.answered_at) == ("missed", None)
    assert course.ended_at == MONDAY + 30 * SECOND


def test_who_talks_has_not_hung_up_because_another_telephone_stopped_ringing():
    course = course_of([told("missed", 9), told("answered", 8)])

    assert (course.state, course.ended_at) == ("answered", None)


@given(
    facts=st.lists(
        st.builds(told, st.sampled_from(CallState), st.integers(0, 3600)), min_size=1, max_size=6
    ),
    seed=st.randoms(use_true_random=False),
)
def test_what_is_told_twice_and_in_any_order_comes_to_the_same(facts, seed):
    shuffled = [*facts, *facts]
    seed.shuffle(shuffled)

    assert course_of(shuffled) == course_of(facts)


def test_the_telephone_that_answered_is_the_one_that_is_named():
    course = course_of([told("ringing", extension="204"), told("answered", 5, extension="207")])

    assert go_on(course, told("missed", 6, extension="204")).extension == "207"


def test_nothing_happened_after_we_heard_of_it_or_days_before():
    fast, slow = told("ringing", 90), replace(told("ringing"), at=MONDAY - timedelta(days=400))

    assert begin(believed(fast, at=MONDAY)).rang_at == MONDAY
    assert begin(believed(slow, at=MONDAY)).rang_at == MONDAY - timedelta(days=1)
