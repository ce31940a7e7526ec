"""What is announced in good time is announced once, also with two workers."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import connection

from dueline.actions import announcements, colleagues, contracts
from dueline.models import Agent, Contact, Contract, Organization, OutboxItem
from tests.world import MONDAY, build_world

TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)


@pytest.fixture
def ending(world):
    """Northwind's contract, that ends in ten days."""
    Contract.objects.filter(organization=world.northwind).update(ends_on=TODAY + 10 * DAY)
    return Contract.objects.get(organization=world.northwind)


def announce(days):
    return announcements.announce_ends(at=MONDAY + days * DAY)


def ask(days):
    return announcements.ask_for_confirmation(at=MONDAY + days * DAY)


def mails(address="cleo@northwind.example"):
    found = OutboxItem.objects.filter(to_address=address).order_by("id")
    return list(found.values_list("subject", flat=True))


# --- contracts that end --------------------------------------------------------------------------


def test_a_contract_without_an_end_or_with_a_far_one_is_not_announced(world):
    Contract.objects.filter(organization=world.northwind).update(ends_on=TODAY + 31 * DAY)
    assert announce(0) == 0
    assert mails() == []


def test_a_contract_that_another_one_follows_is_not_announced(world, ending):
    Contract.objects.create(
        organization=world.northwind,
        plan="standard",
        starts_on=ending.ends_on + DAY,
        created_at=MONDAY,
    )
    assert announce(0) == 0


def test_a_contract_that_has_ended_is_not_announced_any_more(world, ending):
    assert announce(11) == 0


def test_the_end_is_announced_thirty_and_seven_days_before_each_once(world, ending):
    ending.ends_on = TODAY + 30 * DAY
    ending.save()
    for days in range(-2, 32):
        announce(days)
    assert len(mails()) == 2
    assert len(mails("ada@desk.example")) == 2
    texts = list(
        OutboxItem.objects.filter(to_address="cleo@northwind.example")
        .order_by("id")
        .values_list("text", flat=True)
    )
    assert "23 December 2026" in texts[0]
    assert "in 30 days" in texts[0]
    assert "in 7 days" in texts[1]


def test_only_super_users_and_those_who_lead_the_desk_are_told(world, ending):
    Agent.objects.filter(pk=world.bo.id).update(is_manager=True)
    announce(0)
    assert set(OutboxItem.objects.values_list("to_address", flat=True)) == {
        "cleo@northwind.example",
        "ada@desk.example",
        "bo@desk.example",
    }


def test_a_desk_that_slept_over_the_first_date_announces_once(world, ending):
    announce(5)  # five days before the end: both dates have passed
    assert len(mails()) == 1


def test_another_end_is_announced_anew(world, ending):
    announce(0)
    contracts.end_contract(ending.pk, ends_on=TODAY + 20 * DAY, actor=world.ada, at=MONDAY)
    announce(0)
    assert len(mails()) == 2


# --- lists that want confirming ------------------------------------------------------------------


def test_a_company_is_asked_after_a_quarter_and_reminded_once(world):
    colleagues.confirm_list(actor=world.cleo, at=MONDAY)
    for days in (0, 90, 91, 92, 104, 105, 106, 200):
        ask(days)
    assert mails() == [
        "Please confirm who asks for help at Northwind",
        "Reminder: who asks for help at Northwind?",
    ]


def test_the_mail_names_who_is_on_the_list_and_until_when_it_holds(world):
    colleagues.confirm_list(actor=world.cleo, at=MONDAY)
    colleagues.mark_left(world.dag.id, actor=world.cleo, at=MONDAY)
    ask(91)
    text = OutboxItem.objects.get(to_address="cleo@northwind.example").text
    assert "– Cleo Dahl" in text
    assert "Dag Ek" not in text
    assert "http://desk.example/company" in text
    assert "not confirmed by 8 March 2027" in text  # 91 + 14 days after 23 November


def test_who_confirmed_is_asked_again_a_quarter_later(world):
    colleagues.confirm_list(actor=world.cleo, at=MONDAY)
    ask(91)
    colleagues.confirm_list(actor=world.cleo, at=MONDAY + 95 * DAY)
    for days in (96, 120, 185, 186, 187):
        ask(days)
    assert len(mails()) == 2


def test_a_company_without_a_contract_or_a_super_user_is_not_asked(world):
    Contract.objects.filter(organization=world.northwind).delete()
    Contact.objects.filter(pk=world.eve.id).update(is_super_user=False)
    Organization.objects.update(created_at=MONDAY - 200 * DAY)
    assert ask(0) == 0


def test_a_company_that_never_confirmed_is_asked_a_quarter_after_it_began(world):
    Organization.objects.update(created_at=MONDAY)
    assert ask(90) == 0
    assert ask(91) == 2
    assert (
        "no longer open"
        not in OutboxItem.objects.filter(to_address="cleo@northwind.example").latest("id").text
    )


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_one_announces():
    world = build_world()
    Contract.objects.filter(organization=world.northwind).update(ends_on=TODAY + 10 * DAY)
    Organization.objects.update(created_at=MONDAY - 100 * DAY)

    def work(_: int) -> None:
        try:
            announce(0)
            ask(0)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(work, range(4)))
    assert len(mails()) == 2
