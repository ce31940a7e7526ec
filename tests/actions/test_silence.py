"""A customer who does not answer is reminded twice, and then the case is closed."""

from datetime import timedelta

import pytest

from dueline.actions import messages, silence, watchers
from dueline.core.audience import DESK
from dueline.core.errors import Refusal
from dueline.core.events import Kind
from dueline.models import Case, OutboxItem
from dueline.queries.commitments import differences
from dueline.queries.portal import case_page
from tests.world import MONDAY, World, utc

FIRST, SECOND, END = utc("2026-11-26T09:00"), utc("2026-12-01T09:00"), utc("2026-12-07T09:00")
SECOND_, DAY = timedelta(seconds=1), timedelta(days=1)


def again(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def asked(world: World, *, priority: str = "normal") -> Case:
    case = world.case(priority=priority, acknowledge=False)
    messages.ask_customer(case.pk, text="Which version?", actor=world.asta, at=MONDAY)
    return case


def told(world: World) -> list[str]:
    mails = OutboxItem.objects.filter(purpose="letter", to_address=world.cleo.email)
    return list(mails.order_by("id").values_list("text", flat=True))


def test_nothing_happens_before_its_time(world: World) -> None:
    case = asked(world)
    assert again(case).silence_at == FIRST
    assert silence.sweep(at=FIRST - SECOND_) == 0
    assert told(world) == []


def test_three_and_three_and_four_business_days_of_silence_close_the_case(world: World) -> None:
    case = asked(world)
    for at in (FIRST, SECOND, END):
        assert silence.sweep(at=at) == 1
        assert silence.sweep(at=at) == 0
        assert differences(case.pk) == []
    events = case.events.filter(kind__in=[Kind.REMINDED, Kind.CLOSED]).order_by("id")
    assert [(e.kind, e.happened_at, e.facts) for e in events] == [
        (Kind.REMINDED, FIRST, {"number": 1}),
        (Kind.REMINDED, SECOND, {"number": 2}),
        (Kind.CLOSED, END, {"reason": "silence"}),
    ]
    assert (again(case).state, again(case).silence_at) == ("closed", None)
    first, second, last = told(world)
    assert "Which version?" in first
    assert "7 December" in first
    assert "7 December" in second
    assert "We have closed case" in last


def test_an_answer_ends_it(world: World) -> None:
    case = asked(world)
    silence.sweep(at=FIRST)
    messages.receive(
        case.pk,
        text="6.1.",
        contact=world.contact(world.cleo),
        actor=DESK,
        channel="mail",
        happened_at=FIRST + DAY,
        at=FIRST + DAY,
    )
    assert again(case).silence_at is None
    assert silence.sweep(at=END) == 0
    assert again(case).state == "responded"


def test_a_desk_that_slept_sends_one_reminder_at_a_time(world: World) -> None:
    case = asked(world)
    woken_at = END + DAY
    assert silence.sweep(at=woken_at) == 1
    assert silence.sweep(at=woken_at) == 0
    assert len(told(world)) == 1
    # Three business days after Tuesday, 8 December.
    assert again(case).silence_at == utc("2026-12-11T09:00")


def test_a_reminder_by_machine_meets_no_promise(world: World) -> None:
    case = asked(world)
    messages.ask_for_call_back(case.pk, phone="+46701234567", happened_at=MONDAY, at=MONDAY)
    silence.sweep(at=FIRST)
    assert told(world) != []
    call_back = case.commitments.get(kind="callback")
    assert (call_back.state, call_back.met_at) == ("missed", None)


def test_a_close_for_silence_is_taken_back_by_an_answer(world: World) -> None:
    case = asked(world)
    for at in (FIRST, SECOND, END):
        silence.sweep(at=at)
    messages.receive(
        case.pk,
        text="I was away. It is 6.1.",
        contact=world.contact(world.cleo),
        actor=DESK,
        channel="mail",
        happened_at=END + 13 * DAY,
        at=END + 13 * DAY,
    )
    assert again(case).state == "new"


def test_who_writes_while_the_desk_closes_the_case_is_told(world: World) -> None:
    case = asked(world)
    seen = again(case).version
    silence.sweep(at=FIRST)
    with pytest.raises(Refusal) as refused:
        messages.reply(case.pk, text="So?", actor=world.asta, at=FIRST, version=seen)
    assert refused.value.code == "stale"


def test_no_other_wait_is_ever_closed(world: World) -> None:
    case = world.case()
    messages.await_third_party(case.pk, whom="the carrier", actor=world.asta, at=MONDAY)
    assert again(case).silence_at is None


def test_the_customer_reads_why_it_was_closed(world: World) -> None:
    case = asked(world)
    for at in (FIRST, SECOND, END):
        silence.sweep(at=at)
    page = case_page(case.pk, world.cleo, at=END)
    assert page.history[-1].facts["reason"] == "silence"


def test_who_watches_the_case_is_reminded_in_a_mail_of_their_own(world: World) -> None:
    case = asked(world)
    watchers.let_contact_watch(case.pk, contact_id=world.dag.id, actor=world.asta, at=MONDAY)
    silence.sweep(at=FIRST)
    mails = OutboxItem.objects.filter(purpose="letter")
    assert {mail.to_address for mail in mails} == {world.cleo.email, world.dag.email}
    assert len({mail.reply_to for mail in mails}) == 2
