"""Questions to Tier Two: asked and answered inside, while Tier One keeps the case."""

from datetime import timedelta

import pytest

from dueline.actions import assistance, cases
from dueline.core.errors import Refusal
from dueline.models import OutboxItem, Question
from tests.world import MONDAY, World

MINUTE = timedelta(minutes=1)


def test_a_customer_can_neither_ask_nor_answer_nor_take_back(world: World) -> None:
    case = world.case()
    question = assistance.ask(case.pk, text="Why?", actor=world.asta, at=MONDAY)
    for act in (
        lambda: assistance.ask(case.pk, text="Why?", actor=world.cleo, at=MONDAY),
        lambda: assistance.answer(question.pk, text="So.", actor=world.cleo, at=MONDAY),
        lambda: assistance.take_back(question.pk, actor=world.cleo, at=MONDAY),
    ):
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.code == "not-found"
    assert Question.objects.get().answered_at is None


@pytest.mark.parametrize("within", ["1 day", "soon", "-1 h"])
def test_an_answer_time_that_can_be_read_in_two_ways_is_refused(world: World, within: str) -> None:
    case = world.case()
    with pytest.raises(Refusal) as refused:
        assistance.ask(case.pk, text="Why?", within=within, actor=world.asta, at=MONDAY)
    assert refused.value.code == "bad-target"
    assert not Question.objects.exists()


def test_an_answered_question_is_not_answered_again(world: World) -> None:
    question = assistance.ask(world.case().pk, text="Why?", actor=world.asta, at=MONDAY)
    assistance.answer(question.pk, text="So.", actor=world.tove, at=MONDAY)
    with pytest.raises(Refusal) as refused:
        assistance.take_back(question.pk, actor=world.asta, at=MONDAY)
    assert refused.value.code == "stale"


def test_the_owner_stays_the_owner_and_the_customer_hears_nothing(world: World) -> None:
    case = world.case()
    cases.own(case.pk, actor=world.asta, at=MONDAY)
    mails = OutboxItem.objects.filter(to_address=world.cleo.email).count()
    question = assistance.ask(case.pk, text="Why?", actor=world.asta, at=MONDAY)
    assistance.answer(question.pk, text="So.", actor=world.tove, at=MONDAY + MINUTE)
    case.refresh_from_db()
    assert case.owner_id == world.asta.id
    assert OutboxItem.objects.filter(to_address=world.cleo.email).count() == mails


def test_the_policy_says_how_soon_unless_the_engineer_does(world: World) -> None:
    case = world.case(priority="critical")
    assistance.ask(case.pk, text="Why?", actor=world.asta, at=MONDAY)
    assistance.ask(case.pk, text="How?", within="30 min", actor=world.asta, at=MONDAY)
    due = dict(case.commitments.filter(kind="assistance").values_list("ordinal", "due_at"))
    assert due == {1: MONDAY + 60 * MINUTE, 2: MONDAY + 30 * MINUTE}


def test_a_late_answer_stays_a_miss(world: World) -> None:
    case = world.case(priority="critical")
    question = assistance.ask(case.pk, text="Why?", actor=world.asta, at=MONDAY)
    assistance.answer(question.pk, text="So.", actor=world.tove, at=MONDAY + 61 * MINUTE)
    missed = case.commitments.get(kind="assistance")
    assert (missed.state, missed.met_at) == ("missed", MONDAY + 61 * MINUTE)
