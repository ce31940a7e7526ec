from datetime import timedelta

import pytest

from dueline.actions.nights import tell_of_open_nights
from dueline.models import Agent, OutboxItem, PagingChain
from dueline.wording.nights import NightFacts, say_when, say_who
from tests.world import MONDAY, utc

pytestmark = pytest.mark.django_db
MORNING = utc("2026-11-23T07:30")  # 08:30 in Stockholm


@pytest.fixture
def chain(world):
    chain = PagingChain.objects.create(name="Critical", created_at=MONDAY)
    chain.steps.create(position=1, whom="rota", rota=world.rota(hours="outside"))
    world.desk.critical_chain = chain
    world.desk.save()
    return chain


def told():
    return list(OutboxItem.objects.filter(purpose="notice").order_by("to_address"))


def test_while_somebody_is_always_on_call_nobody_is_told(world, chain):
    assert not tell_of_open_nights(at=MORNING)
    assert told() == []


def test_a_desk_that_wakes_nobody_is_not_told_so_every_day(world):
    assert not tell_of_open_nights(at=MORNING)
    assert told() == []


def test_those_who_lead_are_told_once_a_day_as_long_as_a_night_is_open(world, chain):
    chain.steps.get().rota.layers.all().delete()
    Agent.objects.filter(pk=world.asta.id).update(is_manager=True)
    assert tell_of_open_nights(at=MORNING)
    assert not tell_of_open_nights(at=MORNING + timedelta(hours=3))
    assert [mail.to_address for mail in told()] == ["ada@desk.example", "asta@desk.example"]
    assert "Mon 23 Nov 17:00–Tue 24 Nov 08:00: 1 customer with" in told()[0].text
    assert "(Northwind), nobody on call" in told()[0].text
    assert tell_of_open_nights(at=MORNING + timedelta(days=1))
    assert len(told()) == 4


def test_nobody_is_told_in_the_middle_of_the_night(world, chain):
    chain.steps.get().rota.layers.all().delete()
    assert not tell_of_open_nights(at=utc("2026-11-23T02:00"))
    assert tell_of_open_nights(at=utc("2026-11-23T07:00"))


def test_of_many_customers_some_are_named():
    night = NightFacts(
        utc("2026-11-28T01:00"), utc("2026-11-28T05:00"), ("A", "B", "C", "D"), ("Extended",)
    )
    assert say_when(night, zone="Europe/Stockholm") == "Sat 28 Nov 02:00–06:00"
    assert say_who(night) == "4 customers with Extended (A, B, C, …), nobody on call"
