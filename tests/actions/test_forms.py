"""A form that is sent twice is done once."""

import pytest

from dueline.actions.forms import once
from dueline.core.errors import Refusal
from dueline.models import Case
from tests.world import MONDAY, World

FORM = {"once": "an unguessable word", "subject": "Payment page down"}


def test_f1_the_same_form_sent_again_gets_the_first_answer(world: World) -> None:
    first = once(FORM, world.case, at=MONDAY)
    assert once(FORM, world.case, at=MONDAY) == first
    assert Case.objects.count() == 1


def test_another_text_in_the_same_form_is_another_request(world: World) -> None:
    once(FORM, world.case, at=MONDAY)
    once({**FORM, "subject": "And the export too"}, world.case, at=MONDAY)
    assert Case.objects.count() == 2


def test_a_form_without_the_word_is_done_each_time(world: World) -> None:
    for _ in range(2):
        once({**FORM, "once": ""}, world.case, at=MONDAY)
    assert Case.objects.count() == 2


def test_a_form_that_was_refused_may_be_sent_again(world: World) -> None:
    with pytest.raises(Refusal):
        once(FORM, lambda: world.case(priority="high", reason=""), at=MONDAY)
    once(FORM, world.case, at=MONDAY)
    assert Case.objects.count() == 1
