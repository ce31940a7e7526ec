"""Every golden promise says in each language why it is due when it is."""

import pytest
from django.utils.translation import override

from dueline.core.explain import explain
from dueline.wording.explain import sentences
from dueline.wording.times import say_stamp
from tests.core.golden import Golden, every_golden_case, with_second_cases

CASES = list(with_second_cases(every_golden_case()))
STARTED = [
    (case, commitment) for case in CASES for commitment in case.evaluated() if commitment.promises
]


def said(case: Golden, commitment, *, zone: str) -> list[str]:
    explanation = explain(commitment, case.history())
    return sentences(explanation, zone=zone, policy_number=3)


@pytest.mark.parametrize("language", ["en", "sv", "nb"])
def test_a_golden_promise_ends_with_when_it_is_due_in_the_readers_zone(language):
    zone = "Europe/London"
    with override(language):
        for case, commitment in STARTED:
            lines = said(case, commitment, zone=zone)
            assert all(line and "%(" not in line for line in lines), case.number
            if commitment.due_at:
                assert say_stamp(commitment.due_at, zone) in lines[-1], case.number


def test_a_paused_promise_says_for_whom_it_waits():
    last = {}
    for case, commitment in STARTED:
        if commitment.paused_since:
            last[case.number] = said(case, commitment, zone="UTC")[-1]
    assert last["W5"].endswith("It runs on when the customer has answered.")
    assert last["W13"].endswith("It runs on when the wait for the third party has ended.")
