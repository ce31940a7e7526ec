"""Enhancements stand on a list of their own, as long as they are Low."""

import pytest

from dueline.actions import cases, enhancements
from dueline.core.errors import Refusal
from dueline.core.priorities import Priority
from dueline.models import Case
from tests.world import MONDAY, World


def is_marked(case: Case) -> bool:
    return Case.objects.get(pk=case.pk).is_enhancement


@pytest.mark.parametrize("priority", ["critical", "high", "normal"])
def test_only_what_is_low_can_be_an_enhancement(world: World, priority: str) -> None:
    case = world.case(priority=priority)
    with pytest.raises(Refusal) as refused:
        enhancements.mark(case.pk, actor=world.asta, at=MONDAY)
    assert refused.value.code == "not-low"
    assert not is_marked(case)


def test_an_enhancement_is_marked_once_and_unmarked_once(world: World) -> None:
    case = world.case(priority="low")
    enhancements.mark(case.pk, actor=world.asta, at=MONDAY)
    assert is_marked(case)
    with pytest.raises(Refusal):
        enhancements.mark(case.pk, actor=world.asta, at=MONDAY)
    enhancements.unmark(case.pk, actor=world.asta, at=MONDAY)
    assert not is_marked(case)
    with pytest.raises(Refusal):
        enhancements.unmark(case.pk, actor=world.asta, at=MONDAY)


def test_what_is_raised_is_no_enhancement_any_more(world: World) -> None:
    for raise_it in (
        lambda case: cases.escalate(case.pk, reason="!", actor=world.cleo, at=MONDAY),
        lambda case: cases.change_priority(
            case.pk, priority=Priority.NORMAL, reason="!", actor=world.asta, at=MONDAY
        ),
    ):
        case = world.case(priority="low")
        enhancements.mark(case.pk, actor=world.asta, at=MONDAY)
        raise_it(case)
        assert not is_marked(case)


def test_an_enhancement_promises_nothing_that_could_be_missed(world: World) -> None:
    case = world.case(priority="low")
    enhancements.mark(case.pk, actor=world.asta, at=MONDAY)
    assert not case.commitments.exists()
