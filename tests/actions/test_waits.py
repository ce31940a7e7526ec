"""Waiting for somebody who is neither customer nor desk."""

from datetime import timedelta

import pytest

from dueline.actions import cases, messages, outbox
from dueline.core.audience import DESK
from dueline.core.errors import Refusal
from dueline.core.events import PUBLIC_KINDS, Kind
from dueline.models import Case, OutboxItem
from dueline.queries.commitments import differences
from dueline.queries.portal import case_page
from dueline.queries.queue import counts, queue
from tests.world import MONDAY, World

HOUR = timedelta(hours=1)
WHOM = "the carrier, order 4711"


def again(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def waiting(world: World, **case) -> Case:
    opened = world.case(**case)
    messages.await_third_party(opened.pk, whom=WHOM, actor=world.asta, at=MONDAY + HOUR)
    return opened


def test_a_wait_for_nobody_is_refused(world: World) -> None:
    case = world.case()
    with pytest.raises(Refusal) as refused:
        messages.await_third_party(case.pk, whom="  ", actor=world.asta, at=MONDAY)
    assert refused.value.code == "whom-missing"
    assert again(case).state == "new"


def test_a_customer_cannot_let_a_case_wait(world: World) -> None:
    case = world.case()
    with pytest.raises(Refusal) as refused:
        messages.await_third_party(case.pk, whom=WHOM, actor=world.cleo, at=MONDAY)
    assert refused.value.code == "not-found"


def test_a_case_that_waits_already_cannot_wait_once_more(world: World) -> None:
    case = waiting(world)
    with pytest.raises(Refusal) as refused:
        messages.await_third_party(case.pk, whom=WHOM, actor=world.asta, at=MONDAY + HOUR)
    assert refused.value.code == "not-now"


def test_the_customers_message_does_not_end_a_wait_for_a_third_party(world: World) -> None:
    case = waiting(world)
    messages.receive(
        case.pk,
        text="Any news?",
        contact=world.contact(world.cleo),
        actor=DESK,
        channel="mail",
        happened_at=MONDAY + 2 * HOUR,
        at=MONDAY + 2 * HOUR,
    )
    assert (again(case).state, again(case).waiting_since) == ("third_party", MONDAY + HOUR)
    assert not case.events.filter(kind=Kind.WAIT_ENDED).exists()


def test_a_question_that_bounces_does_not_end_a_later_wait_for_a_third_party(world: World) -> None:
    case = world.case()
    messages.ask_customer(case.pk, text="Which version?", actor=world.asta, at=MONDAY)
    messages.end_wait(case.pk, actor=world.asta, at=MONDAY)
    messages.await_third_party(case.pk, whom=WHOM, actor=world.asta, at=MONDAY + HOUR)
    asks = OutboxItem.objects.filter(case=case, purpose="reply").latest("id")
    OutboxItem.objects.filter(pk=asks.pk).update(state="sent")
    outbox.come_back(asks, why="550 no such mailbox", at=MONDAY + 2 * HOUR)
    assert again(case).state == "third_party"


@pytest.mark.parametrize(
    ("so_far", "then"), [("nothing", "new"), ("answered", "responded"), ("active", "active")]
)
def test_after_the_wait_the_case_is_where_it_was(world: World, so_far: str, then: str) -> None:
    case = world.case()
    if so_far != "nothing":
        messages.reply(case.pk, text="We look.", actor=world.asta, at=MONDAY)
    if so_far == "active":
        cases.activate(case.pk, actor=world.asta, at=MONDAY)
    messages.await_third_party(case.pk, whom=WHOM, actor=world.asta, at=MONDAY + HOUR)
    messages.end_wait(case.pk, actor=world.asta, at=MONDAY + 2 * HOUR)
    assert (again(case).state, again(case).waiting_since) == (then, None)
    assert differences(case.pk) == []


def test_an_answer_before_the_case_was_reopened_does_not_count_after_the_wait(
    world: World,
) -> None:
    case = world.case()
    cases.resolve(case.pk, text="Solved.", actor=world.asta, at=MONDAY)
    cases.reopen(case.pk, reason="Not so.", actor=world.cleo, at=MONDAY)
    messages.await_third_party(case.pk, whom=WHOM, actor=world.asta, at=MONDAY + HOUR)
    messages.end_wait(case.pk, actor=world.asta, at=MONDAY + 2 * HOUR)
    assert again(case).state == "new"


def test_the_response_runs_on_while_a_third_party_is_awaited(world: World) -> None:
    case = waiting(world)
    assert case.commitments.get(kind="response").state == "running"
    assert again(case).next_due_at is not None


def test_the_team_still_sees_the_case_and_so_does_the_list_of_those_that_wait(
    world: World,
) -> None:
    case = waiting(world)
    asks = world.case(subject="Which version?")
    messages.ask_customer(asks.pk, text="Which?", actor=world.asta, at=MONDAY)
    shown = {
        scope: {row.id for row in queue(world.asta, scope=scope, limit=9)}
        for scope in ("team", "waiting")
    }
    assert shown == {"team": {case.pk}, "waiting": {case.pk, asks.pk}}
    assert counts(world.asta)["team"] == 1
    assert counts(world.asta)["waiting"] == 2


def test_the_customer_sees_that_it_waits_and_not_for_whom(world: World) -> None:
    case = waiting(world)
    page = case_page(case.pk, world.cleo, at=MONDAY + 2 * HOUR)
    assert page.waiting_since == MONDAY + HOUR
    assert Kind.THIRD_PARTY_AWAITED in PUBLIC_KINDS
    assert Kind.THIRD_PARTY_AWAITED in {happened.kind for happened in page.history}
    assert WHOM not in repr(page)
