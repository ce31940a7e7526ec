"""What may happen to a case."""

from datetime import timedelta

import pytest

from dueline.actions import cases, messages
from dueline.core.errors import Refusal
from tests.world import MONDAY, World


def test_high_without_a_reason_is_refused(world: World) -> None:
    with pytest.raises(Refusal) as refused:
        world.case(priority="high", reason="")
    assert refused.value.code == "reason-missing"


def test_a_case_promises_a_response_within_the_hour_when_critical(world: World) -> None:
    case = world.case(priority="critical")
    response = case.commitments.get(kind="response")
    assert (response.due_at - MONDAY).total_seconds() == 3600
    case.refresh_from_db()
    assert case.queue_at == case.next_due_at == response.due_at


def test_the_second_of_two_answers_is_refused_and_nothing_is_written(world: World) -> None:
    case = world.case()
    case.refresh_from_db()
    messages.reply(case.pk, text="I look.", actor=world.asta, at=MONDAY, version=case.version)
    with pytest.raises(Refusal) as refused:
        messages.reply(case.pk, text="Me too.", actor=world.bo, at=MONDAY, version=case.version)
    assert refused.value.code == "stale"
    assert case.messages.count() == 2


def test_another_company_cannot_even_learn_that_a_case_exists(world: World) -> None:
    case = world.case()
    with pytest.raises(Refusal) as refused:
        cases.escalate(case.pk, reason="Mine now.", actor=world.eve, at=MONDAY)
    assert refused.value.code == "not-found"


def test_an_update_while_waiting_leaves_the_wait_as_it_was(world: World) -> None:
    case = world.case()
    messages.ask_customer(case.pk, text="Which version?", actor=world.asta, at=MONDAY)
    later = MONDAY + timedelta(hours=2)
    messages.reply(case.pk, text="We still need it.", actor=world.asta, at=later)
    case.refresh_from_db()
    assert (case.state, case.waiting_since) == ("waiting", MONDAY)


def test_a_reopened_case_takes_in_what_the_customer_writes_however_late(world: World) -> None:
    case = world.case()
    cases.resolve(case.pk, text="Solved.", actor=world.asta, at=MONDAY)
    cases.reopen(case.pk, reason="Again.", actor=world.cleo, at=MONDAY + timedelta(days=10))
    landed_in = messages.receive(
        case.pk,
        text="Any news?",
        contact=world.contact(world.cleo),
        actor=world.cleo,
        channel="web",
        happened_at=MONDAY + timedelta(days=30),
        at=MONDAY + timedelta(days=30),
    )
    assert landed_in.pk == case.pk


def test_after_the_window_an_answer_opens_a_case_that_follows_the_old_one(world: World) -> None:
    case = world.case()
    cases.resolve(case.pk, text="Solved.", actor=world.asta, at=MONDAY)
    later = MONDAY + timedelta(days=15)
    landed_in = messages.receive(
        case.pk,
        text="Again.",
        contact=world.contact(world.cleo),
        actor=world.cleo,
        channel="web",
        happened_at=later,
        at=later,
    )
    assert landed_in.follows_id == case.pk
    case.refresh_from_db()
    assert case.state == "resolved"
