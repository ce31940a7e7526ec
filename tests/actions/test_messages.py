"""What people say to each other about a case, and from when it counts."""

from datetime import timedelta

import pytest

from dueline.actions import cases, messages, outbox
from dueline.core.audience import DESK
from dueline.core.errors import Refusal
from dueline.core.events import Kind
from dueline.models import Case, OutboxItem
from dueline.queries.commitments import differences
from tests.world import MONDAY, World

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def again(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def arrives(world: World, case: Case, *, at, read_at) -> Case:
    """Cleo's mail, which was read some time after it came."""
    return messages.receive(
        case.pk,
        text="Here it is.",
        contact=world.contact(world.cleo),
        actor=DESK,
        channel="mail",
        happened_at=at,
        at=read_at,
    )


def active(world: World) -> Case:
    case = world.case(priority="critical")
    messages.reply(case.pk, text="We look.", actor=world.asta, at=MONDAY)
    cases.activate(case.pk, actor=world.asta, at=MONDAY)
    return case


@pytest.mark.parametrize("text", ["", "  \n"])
def test_silence_is_no_answer(world: World, text: str) -> None:
    case = world.case()
    for say in (messages.reply, messages.ask_customer, messages.add_note):
        with pytest.raises(Refusal) as refused:
            say(case.pk, text=text, actor=world.asta, at=MONDAY)
        assert refused.value.code == "text-missing"


def test_a_customer_cannot_speak_for_the_desk(world: World) -> None:
    case = world.case()
    for say in (messages.reply, messages.ask_customer, messages.add_note):
        with pytest.raises(Refusal) as refused:
            say(case.pk, text="It is solved.", actor=world.cleo, at=MONDAY)
        assert refused.value.code == "not-found"
    assert case.messages.count() == 1


def test_a_call_that_has_not_happened_yet_is_refused(world: World) -> None:
    with pytest.raises(Refusal) as refused:
        messages.log_call(
            world.case().pk,
            reached=True,
            direction="out",
            happened_at=MONDAY + MINUTE,
            actor=world.asta,
            at=MONDAY,
        )
    assert refused.value.code == "future"


def test_a_call_typed_in_late_counts_from_when_it_happened(world: World) -> None:
    case = world.case(priority="critical")
    spoken_at, told_at = MONDAY + 20 * MINUTE, MONDAY + 90 * MINUTE
    messages.log_call(
        case.pk,
        reached=True,
        direction="out",
        happened_at=spoken_at,
        actor=world.asta,
        at=told_at,
    )
    response = case.commitments.get(kind="response")
    assert (response.state, response.met_at) == ("met", spoken_at)
    call = case.events.get(kind=Kind.CALL_LOGGED)
    assert (call.happened_at, call.recorded_at) == (spoken_at, told_at)
    assert differences(case.pk) == []


def test_an_unanswered_call_meets_neither_the_response_nor_the_call_back(world: World) -> None:
    case = world.case(priority="critical", call_back_phone="+46701234567")
    messages.log_call(
        case.pk,
        reached=False,
        direction="out",
        happened_at=MONDAY + MINUTE,
        actor=world.asta,
        at=MONDAY + MINUTE,
    )
    states = set(case.commitments.filter(started_at__isnull=False).values_list("state", flat=True))
    assert states == {"running"}
    assert again(case).state == "new"


def test_a_wait_ends_with_the_arrival_of_the_answer_and_not_with_its_being_read(
    world: World,
) -> None:
    case = active(world)
    messages.ask_customer(case.pk, text="Which version?", actor=world.asta, at=MONDAY)
    arrived_at = MONDAY + HOUR
    arrives(world, case, at=arrived_at, read_at=MONDAY + 2 * HOUR)
    assert case.events.get(kind=Kind.WAIT_ENDED).happened_at == arrived_at
    feedback = case.commitments.get(kind="feedback", state="running")
    assert feedback.due_at == arrived_at + 4 * HOUR
    assert (again(case).state, again(case).waiting_since) == ("active", None)


def test_a_mail_that_crossed_with_the_question_ends_the_wait_as_it_begins(world: World) -> None:
    case = active(world)
    asked_at = MONDAY + HOUR
    messages.ask_customer(case.pk, text="Which version?", actor=world.asta, at=asked_at)
    arrives(world, case, at=asked_at - 10 * MINUTE, read_at=asked_at + HOUR)
    assert case.events.get(kind=Kind.WAIT_ENDED).happened_at == asked_at
    assert case.commitments.get(kind="feedback", state="running").due_at == asked_at + 4 * HOUR


def test_a_case_reopened_by_mail_owes_an_answer_from_the_arrival(world: World) -> None:
    case = active(world)
    cases.resolve(case.pk, text="Solved.", actor=world.asta, at=MONDAY)
    arrived_at = MONDAY + DAY
    arrives(world, case, at=arrived_at, read_at=arrived_at + 30 * MINUTE)
    response = case.commitments.get(kind="response", ordinal=2)
    assert (response.started_at, response.due_at) == (arrived_at, arrived_at + HOUR)


@pytest.mark.parametrize(("days", "lands_in_the_same"), [(13, True), (14, True), (15, False)])
def test_the_reopen_window_is_measured_to_the_arrival(
    world: World, days: int, lands_in_the_same: bool
) -> None:
    case = world.case()
    cases.resolve(case.pk, text="Solved.", actor=world.asta, at=MONDAY)
    landed_in = arrives(world, case, at=MONDAY + days * DAY, read_at=MONDAY + (days + 2) * DAY)
    assert (landed_in.pk == case.pk) is lands_in_the_same
    assert landed_in.follows_id == (None if lands_in_the_same else case.pk)


def test_a_question_that_bounced_lets_nobody_wait(world: World) -> None:
    """Neither the clock nor the page: the customer was never asked."""
    case = active(world)
    messages.ask_customer(case.pk, text="Which version?", actor=world.asta, at=MONDAY)
    asks = OutboxItem.objects.filter(case=case, purpose="reply").latest("id")
    outbox.record_refusal(_on_its_way(asks), why="550 no such mailbox", at=MONDAY + HOUR)
    assert (again(case).state, again(case).waiting_since) == ("active", None)
    assert case.commitments.get(kind="feedback").due_at == MONDAY + 4 * HOUR
    assert differences(case.pk) == []


def test_a_reply_that_bounced_leaves_the_wait_for_another_question(world: World) -> None:
    case = active(world)
    messages.ask_customer(case.pk, text="Which version?", actor=world.asta, at=MONDAY)
    messages.reply(case.pk, text="We still need it.", actor=world.asta, at=MONDAY + MINUTE)
    reminds = OutboxItem.objects.filter(case=case, purpose="reply").latest("id")
    outbox.record_refusal(_on_its_way(reminds), why="550 no such mailbox", at=MONDAY + HOUR)
    assert (again(case).state, again(case).waiting_since) == ("waiting", MONDAY)


def _on_its_way(item: OutboxItem) -> OutboxItem:
    item.state, item.claim = "transmitting", item.claim + 1
    item.save()
    return item
