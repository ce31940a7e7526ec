from datetime import date, time, timedelta

import pytest

from dueline.core.oncall import Rota
from dueline.models import Contract, Organization, PagingChain, RotaOverride
from dueline.queries.on_call import load_rota
from dueline.queries.on_call_gaps import open_nights
from tests.world import MONDAY, utc

pytestmark = pytest.mark.django_db
FRIDAY = utc("2026-11-27T16:00")  # 17:00 in Stockholm: the office has just closed
SATURDAY_NIGHT = (utc("2026-11-28T01:00"), utc("2026-11-28T05:00"))


@pytest.fixture
def rota(world):
    return world.rota()


@pytest.fixture
def chain(world, rota):
    chain = PagingChain.objects.create(name="Critical", created_at=MONDAY)
    chain.steps.create(position=1, whom="rota", rota=rota)
    world.desk.critical_chain = chain
    world.desk.save()
    return chain


def nobody_from(rota, starts_at, ends_at, world):
    RotaOverride.objects.create(
        rota=rota, starts_at=starts_at, ends_at=ends_at, made_by_id=world.asta.id, made_at=MONDAY
    )


def nights(until=FRIDAY + timedelta(days=3), **more):
    return [
        (night.from_at, night.until, night.customers)
        for night in open_nights(at=FRIDAY, until=until, **more)
    ]


def test_where_somebody_is_always_on_call_no_night_is_open(world, chain):
    assert nights() == []


def test_without_a_chain_every_promised_hour_outside_the_office_is_open(world, rota):
    # To Monday 17:00: the weekend until 08:00 on Monday, and no office hour.
    assert nights() == [(FRIDAY, utc("2026-11-30T07:00"), ("Northwind",))]


def test_a_night_is_told_with_those_whom_it_concerns(world, chain, rota):
    nobody_from(rota, *SATURDAY_NIGHT, world)
    eastbay = Organization.objects.create(name="Eastbay", created_at=MONDAY)
    Contract.objects.create(
        organization=eastbay, plan="extended", starts_on=date(2026, 1, 1), created_at=MONDAY
    )
    assert nights() == [(*SATURDAY_NIGHT, ("Eastbay", "Northwind"))]


def test_who_has_only_office_hours_leaves_no_night_open(world, chain, rota):
    Contract.objects.filter(organization_id=world.northwind.pk).update(plan="standard")
    nobody_from(rota, *SATURDAY_NIGHT, world)
    assert nights() == []


def test_a_contract_that_has_ended_is_promised_nothing(world, chain, rota):
    Contract.objects.filter(organization_id=world.northwind.pk).update(ends_on=date(2026, 11, 27))
    nobody_from(rota, FRIDAY, FRIDAY + timedelta(days=3), world)
    # Its last day lasts until midnight in Stockholm.
    assert nights() == [(FRIDAY, utc("2026-11-27T23:00"), ("Northwind",))]


def test_a_contract_that_began_later_counts_and_not_the_one_before(world, chain, rota):
    Contract.objects.create(
        organization_id=world.northwind.pk,
        plan="standard",
        starts_on=date(2026, 11, 28),
        created_at=MONDAY,
    )
    nobody_from(rota, FRIDAY, FRIDAY + timedelta(days=3), world)
    assert nights() == [(FRIDAY, utc("2026-11-27T23:00"), ("Northwind",))]


def test_a_rota_that_no_chain_names_wakes_nobody(world, chain, rota):
    chain.steps.all().delete()
    assert nights() == [(FRIDAY, utc("2026-11-30T07:00"), ("Northwind",))]


def test_a_change_is_tried_before_it_is_saved(world, chain, rota):
    assert nights(instead={rota.pk: Rota(zone="Europe/Stockholm")}) == [
        (FRIDAY, utc("2026-11-30T07:00"), ("Northwind",))
    ]
    assert nights(instead={rota.pk: load_rota(rota.pk)}) == []


def test_a_rota_of_nights_alone_leaves_none_open(world, chain, rota):
    rota.layers.update(hours="outside", handover_at=time(8))
    assert nights() == []


def test_the_office_hours_of_a_day_off_are_nights_too(world, chain, rota):
    # Christmas Eve is a Thursday on which the desk is closed.
    eve, noon = utc("2026-12-24T07:00"), utc("2026-12-24T11:00")
    nobody_from(rota, eve, noon, world)
    found = open_nights(at=eve, until=noon)
    assert [(night.from_at, night.until) for night in found] == [(eve, noon)]


def test_it_takes_few_statements_however_many_customers_there_are(
    world, chain, rota, django_assert_max_num_queries
):
    nobody_from(rota, *SATURDAY_NIGHT, world)
    for number in range(30):
        company = Organization.objects.create(name=f"Company {number:02}", created_at=MONDAY)
        Contract.objects.create(
            organization=company, plan="extended", starts_on=date(2026, 1, 1), created_at=MONDAY
        )
    with django_assert_max_num_queries(20):
        (night,) = open_nights(at=FRIDAY, until=FRIDAY + timedelta(days=3))
    assert len(night.customers) == 31
