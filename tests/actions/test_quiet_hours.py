"""Notices to colleagues: who gets them, and when. What the rules say is tested in the core."""

from datetime import date, timedelta

import pytest

from dueline.actions import accounts, assistance, cases, clocks, desk, messages, outbox, storms
from dueline.actions.working_hours import Hours, set_hours
from dueline.core.audience import Person
from dueline.core.errors import Refusal
from dueline.models import Account, Agent, OutboxItem
from dueline.queries import outbox as outbox_pages
from tests.world import MONDAY, World, utc

NIGHT = utc("2026-11-23T21:00")
MORNING = utc("2026-11-24T07:00")


def quiet_at_night(world: World, person: Person) -> None:
    set_hours(person.id, Hours(calendar_id=world.desk.calendar_id), actor=person)


def goes_away(world: World, person: Person, *, deputy: Person | None = None) -> None:
    hours = Hours(away_from=date(2026, 11, 1), deputy_id=deputy.id if deputy else None)
    set_hours(person.id, hours, actor=person)


def notices(person: Person) -> list[OutboxItem]:
    return list(OutboxItem.objects.filter(to_address=person.email, purpose="notice").order_by("id"))


def the_customer_writes(world: World, case_id: int) -> None:
    messages.receive(
        case_id,
        text="Again.",
        contact=world.contact(world.cleo),
        actor=world.cleo,
        channel="web",
        happened_at=NIGHT,
        at=NIGHT,
    )


def test_nobody_but_an_administrator_sets_the_hours_of_somebody_else(world: World) -> None:
    hours = Hours(calendar_id=world.desk.calendar_id)
    for person in (world.bo, world.cleo):
        with pytest.raises(Refusal) as refused:
            set_hours(world.asta.id, hours, actor=person)
        assert refused.value.code == "not-found"
    set_hours(world.asta.id, hours, actor=world.ada)
    assert Agent.objects.get(pk=world.asta.id).working_hours_id == world.desk.calendar_id


def test_hours_that_cannot_be_are_refused_by_the_name_of_the_field(world: World) -> None:
    shut_out = Account.objects.get(agent__id=world.bo.id)
    shut_out.is_active = False
    shut_out.save()
    for field, hours in (
        ("working_hours", Hours(calendar_id=404)),
        ("away_until", Hours(away_from=date(2026, 11, 2), away_until=date(2026, 11, 1))),
        ("deputy", Hours(deputy_id=world.asta.id)),
        ("deputy", Hours(deputy_id=world.bo.id)),
        ("phone", Hours(phone="1" * 41)),
        ("extension", Hours(extension="1" * 41)),
    ):
        with pytest.raises(Refusal) as refused:
            set_hours(world.asta.id, hours, actor=world.asta)
        assert refused.value.code == field


def test_an_engineer_off_duty_gets_no_mail_until_the_morning(world: World) -> None:
    case = world.case(acknowledge=False)
    cases.own(case.pk, actor=world.asta, at=MONDAY)
    quiet_at_night(world, world.asta)
    the_customer_writes(world, case.pk)
    (notice,) = notices(world.asta)
    assert notice.next_try_at == MORNING
    assert outbox.claim_next(at=MORNING - timedelta(seconds=1)) is None
    assert outbox.claim_next(at=MORNING) == notice


def test_whoever_is_on_call_that_night_gets_it_at_once(world: World) -> None:
    world.rota(world.asta)
    case = world.case(acknowledge=False)
    cases.own(case.pk, actor=world.asta, at=MONDAY)
    quiet_at_night(world, world.asta)
    the_customer_writes(world, case.pk)
    (notice,) = notices(world.asta)
    assert notice.next_try_at == NIGHT


def test_the_outbox_says_whose_quiet_hours_a_mail_waits_for(world: World) -> None:
    case = world.case(acknowledge=False)
    cases.own(case.pk, actor=world.asta, at=MONDAY)
    quiet_at_night(world, world.asta)
    the_customer_writes(world, case.pk)
    (fate,) = outbox_pages.page(world.ada)
    assert fate.waits_for_hours
    item = OutboxItem.objects.get()
    item.last_error = "421 try later"
    item.save()
    (fate,) = outbox_pages.page(world.ada)
    assert not fate.waits_for_hours


@pytest.mark.parametrize("purpose", ["page", "notice"])
def test_what_must_not_wait_does_not_queue_behind_a_notice_that_waits(
    world: World, purpose: str
) -> None:
    case = world.case(acknowledge=False)
    cases.own(case.pk, actor=world.asta, at=MONDAY)
    quiet_at_night(world, world.asta)
    the_customer_writes(world, case.pk)
    notice = OutboxItem.objects.get()
    page = OutboxItem.objects.create(
        purpose=purpose,
        case=case,
        to_address=notice.to_address,
        subject="Critical",
        text="Wake up.",
        mail_id="<page@desk.example>",
        created_at=NIGHT,
        next_try_at=NIGHT,
    )
    assert outbox.claim_next(at=NIGHT) == page


def test_a_reply_to_the_customer_waits_for_nobodys_hours(world: World) -> None:
    case = world.case(acknowledge=False)
    quiet_at_night(world, world.asta)
    messages.reply(case.pk, text="We look.", actor=world.asta, at=NIGHT)
    assert OutboxItem.objects.get().next_try_at == NIGHT


def test_what_somebody_asks_for_themselves_comes_at_once(world: World) -> None:
    quiet_at_night(world, world.ada)
    desk.send_test_mail(actor=world.ada, at=NIGHT)
    accounts.mail_sign_in_link(email=world.ada.email, computer="192.0.2.1", then="", at=NIGHT)
    assert {item.next_try_at for item in OutboxItem.objects.all()} == {NIGHT}


def test_the_deputy_is_told_and_told_why(world: World) -> None:
    case = world.case(acknowledge=False)
    cases.own(case.pk, actor=world.asta, at=MONDAY)
    goes_away(world, world.asta, deputy=world.bo)
    the_customer_writes(world, case.pk)
    assert notices(world.asta) == []
    (notice,) = notices(world.bo)
    assert notice.text.startswith("Asta Lind is away, and this comes to you instead.\n\n")
    assert "Asta Lind is away, and this comes to you instead." in notice.html


def test_the_history_names_the_deputy_who_was_told_of_a_miss(world: World) -> None:
    case = world.case(priority="critical", acknowledge=False)
    cases.own(case.pk, actor=world.asta, at=MONDAY)
    goes_away(world, world.asta, deputy=world.bo)
    clocks.sweep(at=MONDAY + timedelta(minutes=61))
    noticed = case.events.filter(kind="noticed").latest("id")
    assert noticed.facts["told"] == ["Bo Ström"]


def test_of_tier_one_those_who_are_away_hear_of_no_storm(world: World) -> None:
    goes_away(world, world.asta, deputy=world.tove)
    storms.tell_tier_one("robot@else.example", at=MONDAY)
    assert notices(world.asta) == notices(world.tove) == []
    assert len(notices(world.bo)) == len(notices(world.ada)) == 1


def test_a_mail_that_failed_at_night_is_told_to_the_owner_in_the_morning(world: World) -> None:
    case = world.case(acknowledge=False)
    cases.own(case.pk, actor=world.asta, at=MONDAY)
    quiet_at_night(world, world.asta)
    messages.reply(case.pk, text="We look.", actor=world.asta, at=NIGHT)
    item = outbox.claim_next(at=NIGHT)
    outbox.record_refusal(item, why="550 no such user", at=NIGHT)
    (notice,) = notices(world.asta)
    assert notice.next_try_at == MORNING


def test_a_question_asked_at_night_waits_for_tier_two(world: World) -> None:
    quiet_at_night(world, world.tove)
    assistance.ask(world.case(acknowledge=False).pk, text="Why?", actor=world.asta, at=NIGHT)
    (notice,) = notices(world.tove)
    assert notice.next_try_at == MORNING
