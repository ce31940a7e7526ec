"""Waking people: who is paged when, who acknowledges, and what happens when nothing follows."""

from datetime import timedelta

import pytest

from dueline.actions import cases, merging, messages, paging, promises
from dueline.core.errors import Refusal
from dueline.core.events import Kind
from dueline.core.policy import CommitmentKind
from dueline.core.priorities import Priority
from dueline.models import (
    Account,
    Agent,
    Case,
    Commitment,
    OutboxItem,
    Page,
    Paging,
    PagingChain,
    PagingStep,
)
from dueline.queries.commitments import differences
from tests.chains import chain, page, paged, reachable, weekly
from tests.world import MONDAY, World, utc

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NIGHT = utc("2026-11-24T01:10")  # 02:10 in Stockholm


def told(case: Case, *kinds: Kind) -> list[tuple[str, object]]:
    """Return what the history says of pages: kind, and why or whom."""
    events = case.events.filter(kind__in=kinds or _PAGING).order_by("id")
    return [
        (e.kind, e.facts.get("why") or e.facts.get("way") or e.facts.get("reason")) for e in events
    ]


_PAGING = (Kind.PAGING_STARTED, Kind.PAGE_FAILED, Kind.PAGE_ACKNOWLEDGED, Kind.PAGING_ENDED)


# --- what begins it -----------------------------------------------------------------------------


def test_without_a_chain_nobody_is_paged(world: World) -> None:
    case = world.case(priority="critical", at=NIGHT)
    assert paging.take_steps(at=NIGHT + 2 * HOUR) == 0
    assert told(case) == []


def test_a_chain_without_steps_or_out_of_use_pages_nobody(world: World) -> None:
    chain()
    world.case(priority="critical", at=NIGHT)
    PagingStep.objects.create(chain=PagingChain.objects.get(), position=1, **page(world.bo))
    PagingChain.objects.update(is_active=False)
    world.case(priority="critical", at=NIGHT)
    assert not Paging.objects.exists()


@pytest.mark.parametrize("priority", ["high", "normal", "low"])
def test_what_is_not_critical_wakes_nobody(world: World, priority: str) -> None:
    chain(page(world.bo))
    case = world.case(priority=priority, at=NIGHT)
    if priority != "high":
        cases.escalate(case.pk, reason="Payroll.", actor=world.cleo, at=NIGHT)
    assert paging.take_steps(at=NIGHT + 30 * HOUR) == 0
    assert not Paging.objects.exists()


def test_a_case_opened_as_critical_pages_the_first_step_at_once(world: World) -> None:
    chain(page(world.bo), page(world.asta))
    case = world.case(priority="critical", at=NIGHT)
    assert told(case) == [(Kind.PAGING_STARTED, "critical")]
    assert paging.take_steps(at=NIGHT) == 1
    assert paged(Paging.objects.get()) == [(0, "Bo Ström")]


def test_a_call_that_an_engineer_answers_wakes_nobody(world: World) -> None:
    chain(page(world.bo))
    cases.open_case(
        contact=world.contact(world.cleo),
        subject="Down",
        text="All of it.",
        priority=Priority.CRITICAL,
        channel="phone",
        happened_at=NIGHT,
        at=NIGHT,
        actor=world.asta,
        answered_directly=True,
    )
    assert not Paging.objects.exists()


def test_a_call_that_was_answered_and_then_not_activated_in_time_is_paged(world: World) -> None:
    chain(page(world.bo))
    case = cases.open_case(
        contact=world.contact(world.cleo),
        subject="Down",
        text="All of it.",
        priority=Priority.CRITICAL,
        channel="phone",
        happened_at=NIGHT,
        at=NIGHT,
        actor=world.asta,
        answered_directly=True,
    )
    due_at = Commitment.objects.get(case=case, kind="activation").due_at
    assert due_at is not None
    paging.take_steps(at=due_at)  # the due second itself is in time
    assert not Paging.objects.exists()
    paging.take_steps(at=due_at + timedelta(seconds=1))
    assert told(case) == [(Kind.PAGING_STARTED, "not_activated")]


def test_raising_a_case_to_critical_pages(world: World) -> None:
    chain(page(world.bo))
    case = world.case(at=MONDAY)
    cases.change_priority(
        case.pk, priority=Priority.CRITICAL, reason="All down.", actor=world.cleo, at=NIGHT
    )
    assert told(case) == [(Kind.PAGING_STARTED, "critical")]


def test_an_engineer_who_raises_the_case_they_work_on_wakes_nobody(world: World) -> None:
    chain(page(world.bo))
    case = world.case(at=MONDAY)
    messages.reply(case.pk, text="We look.", actor=world.asta, at=MONDAY)
    cases.activate(case.pk, actor=world.asta, at=MONDAY)
    cases.change_priority(
        case.pk, priority=Priority.CRITICAL, reason="All down.", actor=world.asta, at=NIGHT
    )
    assert not Paging.objects.exists()


def test_a_customer_who_raises_a_case_that_is_active_wakes_somebody(world: World) -> None:
    chain(page(world.bo))
    case = world.case(at=MONDAY)
    messages.reply(case.pk, text="We look.", actor=world.asta, at=MONDAY)
    cases.activate(case.pk, actor=world.asta, at=MONDAY)
    cases.change_priority(
        case.pk, priority=Priority.CRITICAL, reason="All down.", actor=world.cleo, at=NIGHT
    )
    assert told(case) == [(Kind.PAGING_STARTED, "critical")]


def test_a_critical_case_that_is_opened_again_pages(world: World) -> None:
    chain(page(world.bo))
    case = world.case(priority="critical", at=NIGHT)
    cases.resolve(case.pk, text="Mended.", actor=world.asta, at=NIGHT + MINUTE)
    messages.receive(
        case.pk,
        text="Down again.",
        contact=world.contact(world.cleo),
        actor=world.cleo,
        channel="web",
        happened_at=NIGHT + HOUR,
        at=NIGHT + HOUR,
    )
    assert told(case) == [
        (Kind.PAGING_STARTED, "critical"),
        (Kind.PAGING_ENDED, "resolved"),
        (Kind.PAGING_STARTED, "reopened"),
    ]


def test_a_merge_ends_it_and_taking_the_cases_apart_begins_it_again(world: World) -> None:
    chain(page(world.bo))
    goes_on = world.case(priority="critical", at=NIGHT)
    gone = world.case(priority="critical", at=NIGHT)
    merging.merge(gone.pk, into=goes_on.pk, actor=world.asta, at=NIGHT + MINUTE)
    assert told(gone)[1:] == [(Kind.PAGING_ENDED, "merged")]
    assert told(goes_on) == [(Kind.PAGING_STARTED, "critical")]
    merging.unmerge(gone.pk, actor=world.asta, at=NIGHT + 2 * MINUTE)
    assert told(gone)[2:] == [(Kind.PAGING_STARTED, "critical")]
    assert told(goes_on) == [(Kind.PAGING_STARTED, "critical")]


# --- a chain for the other hours ----------------------------------------------------------------


def test_a_chain_for_the_other_hours_begins_at_once_at_night(world: World) -> None:
    chain(page(world.bo), outside_hours_only=True)
    world.case(priority="critical", at=NIGHT)
    assert Paging.objects.get().next_at == NIGHT


def test_while_the_desk_is_open_it_begins_when_the_response_is_due_soon(world: World) -> None:
    chain(page(world.bo), outside_hours_only=True)
    case = world.case(priority="critical", at=MONDAY)
    assert paging.take_steps(at=MONDAY + 44 * MINUTE) == 0
    assert paging.take_steps(at=MONDAY + 45 * MINUTE) == 1  # of the sixty
    assert case.events.get(kind=Kind.PAGING_STARTED).facts["from_at"]


def test_or_when_the_desk_closes_before_that(world: World) -> None:
    chain(page(world.bo), outside_hours_only=True)
    world.case(priority="critical", at=utc("2026-11-23T15:50"))
    assert Paging.objects.get().next_at == utc("2026-11-23T16:00")


def test_who_takes_the_case_up_before_that_wakes_nobody(world: World) -> None:
    chain(page(world.bo), outside_hours_only=True)
    case = world.case(priority="critical", at=MONDAY)
    cases.own(case.pk, actor=world.asta, at=MONDAY + MINUTE)
    assert paging.take_steps(at=MONDAY + 50 * MINUTE) == 0
    assert told(case)[1:] == [(Kind.PAGE_ACKNOWLEDGED, "work")]


# --- step after step ----------------------------------------------------------------------------


def test_nobody_acknowledges_and_the_chain_goes_on_round_after_round(world: World) -> None:
    chain(page(world.bo, wait=5), page(world.asta, wait=10), rounds=2)
    world.case(priority="critical", at=NIGHT)
    seconds = timedelta(seconds=7)  # by which each step is late: they do not add up
    came = [n for n in range(31) if paging.take_steps(at=NIGHT + n * MINUTE + seconds)]
    assert came == [0, 5, 15, 20, 30]
    assert paged(Paging.objects.get()) == [
        (0, "Bo Ström"),
        (1, "Asta Lind"),
        (2, "Bo Ström"),
        (3, "Asta Lind"),
    ]
    due = Page.objects.order_by("step").values_list("created_at", flat=True)
    assert list(due) == [NIGHT + n * MINUTE for n in (0, 5, 15, 20)]


def test_after_all_rounds_those_who_lead_are_told(world: World) -> None:
    Agent.objects.filter(pk=world.tove.id).update(is_manager=True)
    chain(page(world.bo, wait=5))
    case = world.case(priority="critical", at=NIGHT)
    for minute in range(8):
        paging.take_steps(at=NIGHT + minute * MINUTE)
    assert Paging.objects.get().state == Paging.State.EXHAUSTED
    assert told(case)[1:] == [(Kind.PAGING_ENDED, "exhausted")]
    mail = OutboxItem.objects.get(to_address="tove@desk.example")
    assert mail.subject == f"[{case.number}] nobody answers: Payment page down"
    assert differences(case.pk) == []


def test_a_desk_without_managers_tells_its_administrators(world: World) -> None:
    chain(page(world.bo, wait=5))
    world.case(priority="critical", at=NIGHT)
    for minute in range(8):
        paging.take_steps(at=NIGHT + minute * MINUTE)
    assert OutboxItem.objects.filter(to_address="ada@desk.example", purpose="notice").count() == 1


def test_a_chain_that_is_edited_meanwhile_goes_on_as_it_began(world: World) -> None:
    made = chain(page(world.bo, wait=5), page(world.asta, wait=5))
    world.case(priority="critical", at=NIGHT)
    made.steps.all().delete()
    PagingChain.objects.update(rounds=9)
    for minute in range(20):
        paging.take_steps(at=NIGHT + minute * MINUTE)
    assert paged(Paging.objects.get()) == [(0, "Bo Ström"), (1, "Asta Lind")]


def test_a_rota_is_asked_when_its_step_is_taken(world: World) -> None:
    """The week's turn changes hands at eight on Monday, between the two rounds."""
    chain({"whom": "rota", "rota": weekly(world.bo, world.asta), "wait_minutes": 10}, rounds=2)
    before_eight = utc("2026-11-30T06:55")
    world.case(priority="critical", at=before_eight)
    for minutes in (0, 10):
        paging.take_steps(at=before_eight + minutes * MINUTE)
    assert paged(Paging.objects.get()) == [(0, "Bo Ström"), (1, "Asta Lind")]


def test_with_nobody_on_call_the_next_step_follows_at_once_and_the_history_says_so(
    world: World,
) -> None:
    chain({"whom": "rota", "rota": weekly(), "wait_minutes": 5}, page(world.asta))
    case = world.case(priority="critical", at=NIGHT)
    while paging.take_steps(at=NIGHT):
        pass
    assert paged(Paging.objects.get()) == [(1, "Asta Lind")]
    assert told(case)[1:] == [(Kind.PAGE_FAILED, "nobody")]
    assert Paging.objects.get().next_at == NIGHT + 5 * MINUTE


def test_everyone_means_all_of_tier_one_who_can_be_paged(world: World) -> None:
    reachable(world.asta, world.bo, world.bo, world.tove)
    Agent.objects.filter(pk=world.ada.id).update(is_manager=True)
    chain({"whom": "everyone", "wait_minutes": 5}, {"whom": "managers", "wait_minutes": 5})
    world.case(priority="critical", at=NIGHT)
    paging.take_steps(at=NIGHT)
    paging.take_steps(at=NIGHT + 5 * MINUTE)
    assert paged(Paging.objects.get()) == [(0, "Asta Lind"), (0, "Bo Ström"), (1, "Ada Sund")]


def test_who_works_here_no_more_is_not_paged(world: World) -> None:
    chain(page(world.bo), page(world.asta))
    Account.objects.filter(agent__id=world.bo.id).update(is_active=False)
    world.case(priority="critical", at=NIGHT)
    while paging.take_steps(at=NIGHT):
        pass
    assert paged(Paging.objects.get()) == [(1, "Asta Lind")]


def test_a_worker_that_slept_pages_each_person_once_and_gives_them_their_time(
    world: World,
) -> None:
    chain(page(world.bo, wait=5), page(world.asta, wait=5), rounds=3)
    case = world.case(priority="critical", at=NIGHT)
    woke_at = NIGHT + 2 * HOUR
    while paging.take_steps(at=woke_at):
        pass
    row = Paging.objects.get(why="critical")
    assert paged(row) == [(0, "Bo Ström"), (1, "Asta Lind")]
    assert row.state == Paging.State.RUNNING
    assert row.next_at == woke_at + 5 * MINUTE
    # How late each is, is counted from the chain's own instant.
    assert Page.objects.get(step=1).created_at == NIGHT + 5 * MINUTE
    assert differences(case.pk) == []


# --- acknowledging ------------------------------------------------------------------------------


def test_a_customer_cannot_acknowledge(world: World) -> None:
    chain(page(world.bo))
    world.case(priority="critical", at=NIGHT)
    row = Paging.objects.get()
    with pytest.raises(Refusal) as refused:
        paging.acknowledge(row.pk, agent=world.cleo, way="console", at=NIGHT)
    assert refused.value.code == "not-found"
    with pytest.raises(Refusal):
        paging.acknowledge(row.pk + 1, agent=world.bo, way="console", at=NIGHT)


@pytest.mark.parametrize("token", ["", "x", "0" * 32])
def test_a_wrong_link_acknowledges_nothing(world: World, token: str) -> None:
    chain(page(world.bo))
    world.case(priority="critical", at=NIGHT)
    paging.take_steps(at=NIGHT)
    with pytest.raises(Refusal) as refused:
        paging.acknowledge_by_token(token, at=NIGHT)
    assert refused.value.code == "not-found"


def test_a_link_acknowledges_and_nobody_else_is_woken(world: World) -> None:
    chain(page(world.bo), page(world.asta))
    case = world.case(priority="critical", at=NIGHT)
    paging.take_steps(at=NIGHT)
    mine = Page.objects.get()
    paging.acknowledge_by_token(mine.token, at=NIGHT + MINUTE)
    assert paging.take_steps(at=NIGHT + 6 * MINUTE) == 0
    assert told(case)[1:] == [(Kind.PAGE_ACKNOWLEDGED, "link")]
    event = case.events.get(kind=Kind.PAGE_ACKNOWLEDGED)
    assert (event.agent_id, event.happened_at) == (world.bo.id, NIGHT + MINUTE)
    mine.refresh_from_db()
    assert mine.state == Page.State.CANCELLED  # it had not left yet


def test_the_same_link_twice_is_no_error_and_somebody_elses_is_told_who_was_quicker(
    world: World,
) -> None:
    chain(page(world.bo), page(world.asta))
    case = world.case(priority="critical", at=NIGHT)
    paging.take_steps(at=NIGHT)
    paging.take_steps(at=NIGHT + 5 * MINUTE)
    bos, astas = Page.objects.order_by("step")
    paging.acknowledge_by_token(bos.token, at=NIGHT + 6 * MINUTE)
    paging.acknowledge_by_token(bos.token, at=NIGHT + 7 * MINUTE)
    with pytest.raises(Refusal) as refused:
        paging.acknowledge_by_token(astas.token, at=NIGHT + 7 * MINUTE)
    assert refused.value.text == "Bo Ström has acknowledged already."
    assert len(told(case, Kind.PAGE_ACKNOWLEDGED)) == 1


def test_an_acknowledged_page_is_neither_response_nor_activation(world: World) -> None:
    chain(page(world.bo))
    case = world.case(priority="critical", at=NIGHT)
    version = Case.objects.get(pk=case.pk).version
    paging.acknowledge(Paging.objects.get().pk, agent=world.bo, way="console", at=NIGHT)
    assert case.commitments.get(kind="response").state == "running"
    assert case.commitments.get(kind="activation").state == "waiting"
    # Whoever is writing in the case is not thrown out of it by a page.
    assert Case.objects.get(pk=case.pk).version == version
    assert differences(case.pk) == []


def test_a_text_message_needs_the_code_and_the_number_that_was_paged(world: World) -> None:
    Agent.objects.filter(pk=world.bo.id).update(phone="070-123 45 67")
    chain(page(world.bo))
    case = world.case(priority="critical", at=NIGHT)
    paging.take_steps(at=NIGHT)
    code = Page.objects.get().code
    for wrong, number in ((code, "+46709999999"), (code, ""), ("000000", "+46701234567")):
        with pytest.raises(Refusal) as refused:
            paging.acknowledge_by_code(wrong, number, at=NIGHT)
        assert refused.value.code == "not-found"
    paging.acknowledge_by_code(code, "+46701234567", at=NIGHT)
    assert told(case)[1:] == [(Kind.PAGE_ACKNOWLEDGED, "reply")]


def test_who_was_woken_too_late_can_still_take_it_up(world: World) -> None:
    chain(page(world.bo))
    case = world.case(priority="critical", at=NIGHT)
    paging.take_steps(at=NIGHT)
    paging.take_steps(at=NIGHT + 5 * MINUTE)
    token = Page.objects.get().token
    paging.acknowledge_by_token(token, at=NIGHT + 20 * MINUTE)
    assert told(case)[1:] == [(Kind.PAGING_ENDED, "exhausted"), (Kind.PAGE_ACKNOWLEDGED, "link")]


@pytest.mark.parametrize("act", ["own", "reply", "call", "attempt"])
def test_who_works_on_the_case_has_acknowledged(world: World, act: str) -> None:
    chain(page(world.bo), page(world.asta))
    case = world.case(priority="critical", at=NIGHT)
    paging.take_steps(at=NIGHT)
    at = NIGHT + MINUTE
    if act == "own":
        cases.own(case.pk, actor=world.asta, at=at)
    elif act == "reply":
        messages.reply(case.pk, text="We look.", actor=world.asta, at=at)
    else:
        messages.log_call(
            case.pk,
            reached=act == "call",
            direction="out",
            happened_at=at,
            actor=world.asta,
            at=at,
        )
    assert told(case)[1:] == [(Kind.PAGE_ACKNOWLEDGED, "work")]
    assert paging.take_steps(at=NIGHT + 6 * MINUTE) == 0


def test_a_customers_word_and_a_note_acknowledge_nothing(world: World) -> None:
    chain(page(world.bo))
    case = world.case(priority="critical", at=NIGHT)
    messages.receive(
        case.pk,
        text="Still down.",
        contact=world.contact(world.cleo),
        actor=world.cleo,
        channel="web",
        happened_at=NIGHT,
        at=NIGHT,
    )
    messages.add_note(case.pk, text="Hm.", actor=world.asta, at=NIGHT)
    assert Paging.objects.get().state == Paging.State.RUNNING


# --- what ends it -------------------------------------------------------------------------------


def test_activation_ends_it(world: World) -> None:
    chain(page(world.bo))
    case = world.case(priority="critical", at=NIGHT)
    paging.take_steps(at=NIGHT)
    messages.reply(case.pk, text="We look.", actor=world.bo, at=NIGHT + MINUTE)
    cases.activate(case.pk, actor=world.bo, at=NIGHT + 2 * MINUTE)
    assert told(case)[1:] == [(Kind.PAGE_ACKNOWLEDGED, "work"), (Kind.PAGING_ENDED, "activated")]
    assert Paging.objects.get().state == Paging.State.ENDED


def test_closing_and_lowering_end_it(world: World) -> None:
    chain(page(world.bo))
    closed, lowered = (world.case(priority="critical", at=NIGHT) for _ in range(2))
    cases.close(closed.pk, actor=world.cleo, at=NIGHT)
    cases.change_priority(
        lowered.pk, priority=Priority.NORMAL, reason="It is back.", actor=world.cleo, at=NIGHT
    )
    assert told(closed)[1:] == [(Kind.PAGING_ENDED, "closed")]
    assert told(lowered)[1:] == [(Kind.PAGING_ENDED, "lowered")]
    assert paging.take_steps(at=NIGHT) == 0
    with pytest.raises(Refusal) as refused:
        paging.acknowledge(Paging.objects.first().pk, agent=world.bo, way="console", at=NIGHT)
    assert refused.value.code == "not-now"


# --- acknowledged, and then nothing -------------------------------------------------------------


def test_acknowledged_and_then_silence_pages_again_at_the_due_time(world: World) -> None:
    chain(page(world.bo, wait=5), page(world.asta))
    world.case(priority="critical", at=NIGHT)
    paging.take_steps(at=NIGHT)
    paging.take_steps(at=NIGHT + 5 * MINUTE)
    paging.acknowledge(
        Paging.objects.get().pk, agent=world.asta, way="console", at=NIGHT + 6 * MINUTE
    )
    assert paging.take_steps(at=NIGHT + HOUR) == 0
    late = NIGHT + HOUR + timedelta(seconds=1)
    while paging.take_steps(at=late):
        pass
    again = Paging.objects.get(why="not_activated")
    assert again.occasion == "due:response:1"
    # The first step once more, and also whoever had taken it up.
    assert paged(again) == [(0, "Asta Lind"), (0, "Bo Ström")]


def test_answered_and_then_not_activated_pages_again_once(world: World) -> None:
    chain(page(world.bo, wait=5))
    case = world.case(priority="critical", at=NIGHT)
    paging.take_steps(at=NIGHT)
    messages.reply(case.pk, text="We look.", actor=world.bo, at=NIGHT + 2 * MINUTE)
    due_at = case.commitments.get(kind="activation").due_at
    for minutes in range(0, 200, 3):
        paging.take_steps(at=due_at + timedelta(seconds=1) + minutes * MINUTE)
    assert [kind for kind, why in told(case) if why == "not_activated"] == [Kind.PAGING_STARTED]
    assert Paging.objects.get(why="not_activated").occasion == "due:activation:1"


def test_who_acknowledges_after_the_due_time_gets_a_quarter_of_an_hour(world: World) -> None:
    chain(page(world.bo, wait=40), rounds=2)
    world.case(priority="critical", at=NIGHT)
    for minutes in (0, 40, 61):
        paging.take_steps(at=NIGHT + minutes * MINUTE)
    assert not Paging.objects.filter(why="not_activated").exists()  # they are being paged anyway
    taken_up = NIGHT + 62 * MINUTE
    paging.acknowledge(Paging.objects.get().pk, agent=world.bo, way="console", at=taken_up)
    paging.take_steps(at=taken_up + 15 * MINUTE - timedelta(seconds=1))
    assert not Paging.objects.filter(why="not_activated").exists()
    paging.take_steps(at=taken_up + 15 * MINUTE)
    assert Paging.objects.filter(why="not_activated").count() == 1


def test_in_office_hours_too_an_unkept_promise_pages(world: World) -> None:
    chain(page(world.bo), outside_hours_only=True)
    case = world.case(priority="critical", at=MONDAY)
    cases.own(case.pk, actor=world.asta, at=MONDAY)
    while paging.take_steps(at=MONDAY + HOUR + MINUTE):
        pass
    assert paged(Paging.objects.get(case=case, why="not_activated")) == [
        (0, "Asta Lind"),
        (0, "Bo Ström"),
    ]


def test_an_extended_promise_is_paged_about_at_its_new_time_alone(world: World) -> None:
    chain(page(world.bo))
    case = world.case(priority="critical", at=NIGHT)
    paging.acknowledge(Paging.objects.get().pk, agent=world.bo, way="console", at=NIGHT)
    promises.extend(
        case.pk,
        kind=CommitmentKind.RESPONSE,
        ordinal=1,
        until=NIGHT + 2 * HOUR,
        reason="They agreed.",
        note="As we agreed on the telephone.",
        actor=world.ada,
        at=NIGHT,
    )
    assert paging.take_steps(at=NIGHT + HOUR + MINUTE) == 0
    paging.take_steps(at=NIGHT + 2 * HOUR + MINUTE)
    assert Paging.objects.filter(why="not_activated").count() == 1


# --- about the desk itself ----------------------------------------------------------------------


def test_a_part_that_stands_still_pages_the_watch_once_at_a_time(world: World) -> None:
    assert paging.start_about_part(part="outbox", said="It stands.", at=NIGHT) is None
    chain(page(world.bo, wait=5))
    first = paging.start_about_part(part="outbox", said="The outbox stands still.", at=NIGHT)
    assert first is not None
    assert paging.start_about_part(part="outbox", said="Again.", at=NIGHT + MINUTE) is None
    paging.take_steps(at=NIGHT)
    assert paged(first) == [(0, "Bo Ström")]
    paging.end(first.pk, because="moves", at=NIGHT + MINUTE)
    assert paging.take_steps(at=NIGHT + 6 * MINUTE) == 0


def test_a_watch_that_nobody_answers_is_told_to_those_who_lead(world: World) -> None:
    chain(page(world.bo, wait=5))
    paging.start_about_part(part="outbox", said="The outbox stands still.", at=NIGHT)
    paging.take_steps(at=NIGHT)
    paging.take_steps(at=NIGHT + 5 * MINUTE)
    mail = OutboxItem.objects.get(to_address="ada@desk.example")
    assert "The outbox stands still." in mail.text
