"""Pages on their way to real services on loopback: what is tried, in which order, and when."""

import threading
from datetime import timedelta

import pytest

from dueline.actions import pages
from dueline.actions.pages import CUT_OFF, FOLLOW_UP, LEASE
from dueline.core.events import Kind
from dueline.models import (
    Agent,
    Event,
    OutboxItem,
    Page,
    PageAttempt,
    PageDestination,
    Paging,
)
from dueline.outlets import mail_delivery, paging
from dueline.outlets.paging import Told, deliver_next
from tests.outlets.conftest import Clock
from tests.pages import page_to, paging_of, reach
from tests.world import MONDAY, World

State = Page.State


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(paging, "now", clock)
    monkeypatch.setattr(mail_delivery, "now", clock)
    return clock


@pytest.fixture
def case(world: World):
    return world.case(priority="critical", acknowledge=False)


def said_of(page: Page) -> list[tuple[str, str]]:
    return list(page.attempts.values_list("label", "outcome"))


def kinds(case) -> list[str]:
    return list(Event.objects.filter(case=case).order_by("id").values_list("kind", flat=True))


def test_nothing_leaves_while_nobody_is_to_be_woken(world, clock):
    assert not deliver_next()


def test_a_page_reaches_the_service_and_the_case_says_so(world, case, receiver, clock):
    reach(world.bo.id, receiver.address, label="my telephone")
    page = page_to(world.bo, paging_of(case))
    assert deliver_next()
    (call,) = receiver.calls
    assert call.json["title"] == f"Critical case {case.number}"
    assert call.json["message"] == (
        "Response due 11:00. Acknowledge: http://desk.example/page/token-of-Bo-0 "
        "(or answer ACK 47110)"
    )
    page.refresh_from_db()
    assert (page.state, page.sent_at) == (State.SENT, MONDAY)
    assert said_of(page) == [("my telephone", "sent")]
    event = Event.objects.get(case=case, kind=Kind.PAGED)
    assert event.facts == {
        "paging": page.paging_id,
        "page": page.pk,
        "agent": world.bo.id,
        "name": "Bo Ström",
        "step": 0,
        "late": 0,
    }
    assert event.agent_id is None
    assert not deliver_next()


def test_a_page_that_left_late_says_by_how_much(world, case, receiver, clock):
    reach(world.bo.id, receiver.address)
    page_to(world.bo, paging_of(case))
    clock.pass_(minutes=7)
    deliver_next()
    assert Event.objects.get(kind=Kind.PAGED).facts["late"] == 420


def test_nobody_s_open_page_of_the_case_goes_stale_by_a_page(world, case, receiver, clock):
    reach(world.bo.id, receiver.address)
    page_to(world.bo, paging_of(case))
    version = case.version
    deliver_next()
    case.refresh_from_db()
    assert case.version == version


def test_what_was_acknowledged_before_it_left_does_not_leave(world, case, receiver, clock):
    reach(world.bo.id, receiver.address)
    page = page_to(world.bo, paging_of(case, state=Paging.State.ACKNOWLEDGED))
    assert not deliver_next()
    page.refresh_from_db()
    assert page.state == State.CANCELLED
    assert receiver.calls == []


@pytest.mark.parametrize("answer", ["429", "500", "cut"])
def test_f15_a_service_that_does_not_take_it_is_followed_by_the_next_at_once(
    world, case, receiver, second_receiver, clock, answer
):
    receiver.always = answer
    reach(world.bo.id, receiver.address)
    reach(world.bo.id, second_receiver.as_ntfy)
    page = page_to(world.bo, paging_of(case))
    deliver_next()
    assert said_of(page) == [("way 1", "failed"), ("way 2", "sent")]
    page.refresh_from_db()
    assert page.state == State.SENT
    assert len(second_receiver.calls) == 1
    broken, well = PageDestination.objects.order_by("position")
    assert (broken.failing_since, well.last_success_at) == (MONDAY, MONDAY)
    assert broken.last_error


def test_f15_a_service_that_hangs_is_left_for_the_next_within_a_minute(
    world, case, receiver, second_receiver, clock, monkeypatch
):
    send = paging.send_to

    def impatient(address: str, **page) -> Told:
        # Only with the one that hangs: the other may be slow, where the machine is.
        return send(address, **page, seconds=3 if address == receiver.address else 60)

    monkeypatch.setattr(paging, "send_to", impatient)
    receiver.always = "hang"
    reach(world.bo.id, receiver.address)
    reach(world.bo.id, second_receiver.address)
    page = page_to(world.bo, paging_of(case))
    deliver_next()
    assert said_of(page) == [("way 1", "failed"), ("way 2", "sent")]
    assert "it may have arrived" in page.attempts.first().said


def test_f15_taken_but_no_sign_of_life_brings_the_next_way_within_a_minute(
    world, case, receiver, second_receiver, clock
):
    reach(world.bo.id, receiver.address)
    reach(world.bo.id, second_receiver.address)
    page = page_to(world.bo, paging_of(case))
    deliver_next()
    assert not deliver_next()
    clock.at += FOLLOW_UP
    assert deliver_next()
    assert clock.at - MONDAY < timedelta(minutes=1)
    assert said_of(page) == [("way 1", "sent"), ("way 2", "sent")]
    assert kinds(case).count(Kind.PAGED) == 1
    clock.pass_(hours=2)
    assert not deliver_next()


def test_f15_an_acknowledgement_leaves_the_other_ways_in_peace(
    world, case, receiver, second_receiver, clock
):
    reach(world.bo.id, receiver.address)
    reach(world.bo.id, second_receiver.address)
    page = page_to(world.bo, paging_of(case))
    deliver_next()
    Paging.objects.update(state=Paging.State.ACKNOWLEDGED)
    clock.at += FOLLOW_UP
    assert not deliver_next()
    page.refresh_from_db()
    assert page.state == State.SENT
    assert second_receiver.calls == []


def test_f15_a_provider_that_is_down_for_ten_minutes_loses_no_page(world, case, receiver, clock):
    reach(world.bo.id, receiver.address)
    page = page_to(world.bo, paging_of(case))
    receiver.stop()
    tries = 0
    while clock.at < MONDAY + timedelta(minutes=10):
        tries += deliver_next()
        clock.pass_(seconds=15)
    page.refresh_from_db()
    assert page.state == State.FAILED
    assert 5 <= tries <= 10  # it backs off
    receiver.start()
    clock.pass_(minutes=6)
    assert deliver_next()
    page.refresh_from_db()
    assert page.state == State.SENT
    assert page.attempts.count() == tries + 1
    assert kinds(case).count(Kind.PAGE_FAILED) == 1
    assert kinds(case)[-1] == Kind.PAGED


def test_f15_where_one_person_cannot_be_reached_the_next_need_not_wait(
    world, case, receiver, clock
):
    receiver.always = "500"
    reach(world.bo.id, receiver.address)
    running = paging_of(case)
    page_to(world.bo, running)
    deliver_next()
    running.refresh_from_db()
    assert running.next_at == MONDAY
    event = Event.objects.get(kind=Kind.PAGE_FAILED)
    assert event.facts["reason"] == "not-taken"


def test_f15_a_service_that_is_down_does_not_use_up_the_rounds(world, case, receiver, clock):
    receiver.always = "500"
    reach(world.bo.id, receiver.address)
    running = paging_of(case, steps_taken=2, next_at=MONDAY + timedelta(minutes=5))
    page_to(world.bo, running, step=1)
    deliver_next()
    running.refresh_from_db()
    assert running.next_at == MONDAY + timedelta(minutes=5)


def test_f15_others_of_the_same_step_that_were_reached_get_their_time(
    world, case, receiver, second_receiver, clock
):
    receiver.always = "500"
    reach(world.bo.id, receiver.address)
    reach(world.asta.id, second_receiver.address)
    running = paging_of(case)
    page_to(world.asta, running)
    page_to(world.bo, running)
    deliver_next()
    deliver_next()
    running.refresh_from_db()
    assert running.next_at == MONDAY + timedelta(minutes=5)


def test_those_who_lead_hear_once_of_an_outage(world, case, receiver, clock):
    Agent.objects.filter(pk=world.asta.id).update(is_manager=True)
    receiver.always = "429"
    reach(world.bo.id, receiver.address, label="ntfy")
    running = paging_of(case)
    page_to(world.bo, running)
    deliver_next()
    notices = OutboxItem.objects.filter(purpose="notice", subject="No page reaches Bo Ström")
    assert {item.to_address for item in notices} == {"asta@desk.example", "ada@desk.example"}
    assert "ntfy: The service takes no more for now" in notices[0].text
    clock.pass_(minutes=5)
    second = page_to(world.bo, running, step=1)
    Page.objects.filter(pk=second.pk).update(created_at=clock.at, next_try_at=clock.at)
    while deliver_next():
        pass
    assert notices.count() == 2


def test_f15_a_worker_that_dies_while_sending_has_the_page_tried_once_more(
    world, case, receiver, clock
):
    reach(world.bo.id, receiver.address)
    page = page_to(world.bo, paging_of(case))
    claimed = pages.claim_next(at=clock.at)
    assert claimed
    pages.begin(claimed, claimed.ways[0], at=clock.at)  # … and dies
    assert not deliver_next()  # nobody else has it while the lease lasts
    clock.at += LEASE
    assert deliver_next()
    first, second = page.attempts.all()
    assert (first.outcome, first.said) == ("failed", CUT_OFF)
    assert second.outcome == "sent"


def test_f15_a_way_that_ends_its_worker_again_and_again_comes_after_the_others(
    world, case, receiver, second_receiver, clock
):
    reach(world.bo.id, receiver.address)
    reach(world.bo.id, second_receiver.address)
    page = page_to(world.bo, paging_of(case))
    for _ in range(2):
        claimed = pages.claim_next(at=clock.at)
        assert claimed
        pages.begin(claimed, claimed.ways[0], at=clock.at)
        clock.at += LEASE
    deliver_next()
    assert said_of(page)[-1] == ("way 2", "sent")


def test_f15_the_word_of_a_worker_whose_lease_has_run_out_comes_too_late(
    world, case, receiver, clock
):
    reach(world.bo.id, receiver.address)
    page = page_to(world.bo, paging_of(case))
    slow = pages.claim_next(at=clock.at)
    assert slow
    attempt = pages.begin(slow, slow.ways[0], at=clock.at)
    clock.at += LEASE
    deliver_next()
    pages.complete(slow, slow.ways[0], attempt, ok=False, said="No.", at=clock.at)
    pages.settle(slow, at=clock.at)
    page.refresh_from_db()
    assert page.state == State.SENT
    assert said_of(page) == [("way 1", "failed"), ("way 1", "sent")]
    assert kinds(case).count(Kind.PAGED) == 1


def test_f15_acknowledged_before_the_service_answered_is_recorded_as_both(
    world, case, receiver, clock, monkeypatch
):
    def acknowledge_meanwhile(*_, **__):
        Paging.objects.update(state=Paging.State.ACKNOWLEDGED)
        return Told(True, "The service took it.")

    monkeypatch.setattr(paging, "send_to", acknowledge_meanwhile)
    reach(world.bo.id, receiver.address)
    reach(world.bo.id, receiver.address)
    page = page_to(world.bo, paging_of(case))
    deliver_next()
    clock.at += FOLLOW_UP
    assert not deliver_next()
    page.refresh_from_db()
    assert page.state == State.SENT
    assert said_of(page) == [("way 1", "sent")]


def test_two_workers_never_have_the_same_page(world, case, receiver, clock):
    reach(world.bo.id, receiver.address)
    page_to(world.bo, paging_of(case))
    assert pages.claim_next(at=clock.at)
    assert pages.claim_next(at=clock.at) is None


def test_somebody_who_has_been_shut_out_is_not_paged(world, case, receiver, clock):
    reach(world.bo.id, receiver.address)
    Agent.objects.get(pk=world.bo.id).account.__class__.objects.filter(
        email="bo@desk.example"
    ).update(is_active=False)
    page = page_to(world.bo, paging_of(case))
    deliver_next()
    page.refresh_from_db()
    assert page.state == State.FAILED
    assert receiver.calls == []
    assert Event.objects.get(kind=Kind.PAGE_FAILED).facts["reason"] == "shut-out"


def test_a_page_is_given_up_after_a_day(world, case, receiver, clock):
    receiver.always = "500"
    reach(world.bo.id, receiver.address)
    page = page_to(world.bo, paging_of(case))
    deliver_next()
    clock.pass_(hours=25)
    assert not deliver_next()
    page.refresh_from_db()
    assert page.state == State.FAILED


def test_a_page_about_the_desk_itself_says_which_part(world, receiver, clock):
    reach(world.bo.id, receiver.address)
    page_to(world.bo, paging_of(None, why="part", said="The outbox stands still since 02:10."))
    deliver_next()
    (call,) = receiver.calls
    assert call.json["title"] == "The outbox stands still since 02:10."


def test_a_page_speaks_the_language_of_the_one_who_is_woken(world, case, receiver, clock):
    Agent.objects.filter(pk=world.bo.id).update(language="sv")
    reach(world.bo.id, receiver.address)
    page_to(world.bo, paging_of(case))
    deliver_next()
    assert "Kritisk" in receiver.calls[0].json["title"] or "ärende" in receiver.calls[0].text


# --- by mail -----------------------------------------------------------------------------------


def test_without_a_mail_server_a_page_by_mail_fails_and_the_next_way_is_tried(
    world, case, receiver, clock
):
    reach(world.bo.id, "bo@home.example", kind="mail")
    reach(world.bo.id, receiver.address)
    page = page_to(world.bo, paging_of(case))
    deliver_next()
    assert said_of(page) == [("way 1", "failed"), ("way 2", "sent")]


def test_a_page_by_mail_overtakes_everything_and_is_held_by_nothing(desk, sink, write, clock):
    case = desk.case(priority="critical", acknowledge=False)
    for _ in range(3):
        write(case)
    reach(desk.bo.id, "bo@home.example", kind="mail")
    page_to(desk.bo, paging_of(case))
    desk.desk.outbox_held_at = MONDAY
    desk.desk.save()
    deliver_next()
    assert mail_delivery.deliver_next()
    assert not mail_delivery.deliver_next()
    (taken,) = sink.taken
    message = taken.message
    assert taken.rcpt_to == ["bo@home.example"]
    assert message["Subject"] == f"Critical case {case.number}"
    assert "http://desk.example/page/token-of-Bo-0" in message.get_body(("plain",)).get_content()
    assert str(message["Reply-To"].addresses[0].addr_spec).startswith("support+p")


def test_a_page_by_mail_is_not_rationed(desk, sink, clock, settings):
    settings.MAILS_PER_ADDRESS = 1
    case = desk.case(priority="critical", acknowledge=False)
    reach(desk.bo.id, "bo@home.example", kind="mail")
    running = paging_of(case)
    for step in range(3):
        page_to(desk.bo, running, step=step)
    while deliver_next() or mail_delivery.deliver_next():
        pass
    assert len(sink.taken) == 3


def test_somebody_without_any_way_is_written_to_where_they_sign_in(desk, sink, clock):
    case = desk.case(priority="critical", acknowledge=False)
    page = page_to(desk.bo, paging_of(case))
    deliver_next()
    mail_delivery.deliver_next()
    assert sink.taken[0].rcpt_to == ["bo@desk.example"]
    assert said_of(page) == [("E-mail", "sent")]


# --- side by side ------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_f15_a_service_that_hangs_for_one_lets_nobody_else_sleep(monkeypatch):
    from tests.world import build_world

    world = build_world()
    case = world.case(priority="critical", acknowledge=False)
    released, other_sent = threading.Event(), threading.Event()

    def send(address: str, **_: object) -> Told:
        if "hangs" in address:
            assert released.wait(20)
        else:
            other_sent.set()
        return Told(True, "The service took it.")

    monkeypatch.setattr(paging, "send_to", send)
    monkeypatch.setattr(paging, "now", lambda: MONDAY)
    reach(world.bo.id, "json://hangs.example")
    reach(world.asta.id, "json://well.example")
    running = paging_of(case)
    page_to(world.bo, running)
    page_to(world.asta, running)
    try:
        assert paging.start_next()
        assert paging.start_next()
        assert not paging.start_next()
        assert other_sent.wait(20)
    finally:
        released.set()
        for thread in threading.enumerate():
            if thread.name == "a page":
                thread.join(20)
    assert set(Page.objects.values_list("state", flat=True)) == {"sent"}
    assert PageAttempt.objects.filter(outcome="sent").count() == 2
