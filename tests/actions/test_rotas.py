"""Rotas and their layers, as administrators make and change them."""

from datetime import date, time, timedelta

import pytest

from dueline.actions import rotas
from dueline.core.errors import Refusal
from dueline.core.oncall import Shift, Turn
from dueline.core.rota_plans import LayerPlan
from dueline.models import (
    Account,
    AuditEntry,
    PagingChain,
    PagingStep,
    Rota,
    RotaLayer,
    RotaShift,
)
from dueline.queries import on_call
from tests.world import MONDAY

ZONE = "Europe/Stockholm"


def plan(*people, **more):
    return LayerPlan(
        **{
            "starts_on": date(2026, 11, 2),
            "handover_at": time(9),
            "members": tuple(person.id for person in people),
            **more,
        }
    )


def code_of(act, *arguments, **named):
    with pytest.raises(Refusal) as refused:
        act(*arguments, **named)
    return refused.value.code


def by_ada(world, rota):
    rota.refresh_from_db()
    return {"version": rota.version, "actor": world.ada, "at": MONDAY}


# - who may, and on what -


def test_only_administrators_make_and_change_rotas(world):
    rota = world.rota()
    layer = rota.layers.get()
    asta = {"version": 1, "actor": world.asta, "at": MONDAY}
    assert code_of(rotas.add, name="x", zone=ZONE, actor=world.asta, at=MONDAY) == "not-found"
    assert code_of(rotas.change, rota.pk, name="x", zone=ZONE, **asta) == "not-found"
    assert code_of(rotas.set_active, rota.pk, is_active=False, **asta) == "not-found"
    assert code_of(rotas.renew_feed, rota.pk, **asta) == "not-found"
    assert code_of(rotas.add_layer, rota.pk, plan(world.bo), **asta) == "not-found"
    assert code_of(rotas.change_layer, layer.pk, plan(world.asta), **asta) == "not-found"
    assert code_of(rotas.remove_layer, layer.pk, **asta) == "not-found"
    assert code_of(rotas.raise_layer, layer.pk, **asta) == "not-found"
    assert code_of(rotas.replace_shifts, layer.pk, [], **asta) == "not-found"
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    ("name", "zone", "field"),
    [("  ", ZONE, "name"), ("n" * 101, ZONE, "name"), ("first LINE", ZONE, "name"),
     ("New", "Mars/Olympus", "zone")],
)  # fmt: skip
def test_a_rota_has_a_name_of_its_own_and_a_zone(world, name, zone, field):
    world.rota(name="First line")
    assert code_of(rotas.add, name=name, zone=zone, actor=world.ada, at=MONDAY) == field


def test_a_change_to_an_older_version_is_refused(world):
    rota = world.rota()
    rotas.change(rota.pk, name="Nights", zone=ZONE, version=1, actor=world.ada, at=MONDAY)
    old = {"version": 1, "actor": world.ada, "at": MONDAY}
    assert code_of(rotas.change, rota.pk, name="Days", zone=ZONE, **old) == "stale"
    assert code_of(rotas.add_layer, rota.pk, plan(world.bo), **old) == "stale"
    rota.refresh_from_db()
    assert (rota.name, rota.version, rota.layers.count()) == ("Nights", 2, 1)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"turn_length": 0}, "turn_length"),
        ({"turn": Turn.WEEKS, "turn_length": 53}, "turn_length"),
        ({"starts_on": date(1999, 12, 31)}, "starts_on"),
        ({"ends_on": date(2026, 11, 1)}, "ends_on"),
        ({"hours": "sometimes"}, "hours"),
        ({"hours": "week"}, "monday"),
        ({"hours": "week", "week": {"monday": ["late"]}}, "hours"),
        ({"calendar_id": 99, "hours": "inside"}, "calendar"),
        ({"members": ()}, "members"),
        ({"members": (99,)}, "members"),
        ({"members": (1,) * 61}, "members"),
        ({"name": "n" * 101}, "name"),
    ],
)
def test_what_no_layer_can_be_is_refused_by_its_field(world, wrong, field):
    rota = world.rota()
    wanted = plan(world.bo, **wrong)
    assert code_of(rotas.add_layer, rota.pk, wanted, **by_ada(world, rota)) == field
    assert rota.layers.count() == 1


def test_who_works_here_no_more_gets_no_turn(world):
    Account.objects.filter(agent=world.bo.id).update(is_active=False)
    rota = world.rota()
    wanted = plan(world.asta, world.bo)
    assert code_of(rotas.add_layer, rota.pk, wanted, **by_ada(world, rota)) == "members"


def test_a_rota_that_a_chain_pages_by_stays_in_use(world):
    rota = world.rota()
    chain = PagingChain.objects.create(name="Nights", created_at=MONDAY)
    PagingStep.objects.create(chain=chain, position=1, whom="rota", rota=rota)
    refused = code_of(rotas.set_active, rota.pk, is_active=False, **by_ada(world, rota))
    assert refused == "in-use"
    PagingChain.objects.update(is_active=False)
    rotas.set_active(rota.pk, is_active=False, **by_ada(world, rota))
    assert on_call.rotas() == []


# - what they do -


def test_a_rota_is_made_layer_by_layer_and_the_record_says_so(world):
    rota = rotas.add(name=" First  line ", zone=ZONE, actor=world.ada, at=MONDAY)
    assert on_call.agent_on_call(rota.pk, at=MONDAY) is None
    rotas.add_layer(rota.pk, plan(world.bo, world.asta), **by_ada(world, rota))
    rotas.add_layer(rota.pk, plan(world.tove, hours="outside"), **by_ada(world, rota))
    assert rota.name == "First line"
    assert on_call.agent_on_call(rota.pk, at=MONDAY).name == "Asta Lind"
    assert on_call.agent_on_call(rota.pk, at=MONDAY + timedelta(hours=9)).name == "Tove Berg"
    entries = AuditEntry.objects.order_by("id").values_list("what", "about", "agent_id")
    assert list(entries) == [
        ("rota_added", "First line", world.ada.id),
        ("rota_layer", "First line", world.ada.id),
        ("rota_layer", "First line", world.ada.id),
    ]


def test_changing_a_layer_gives_its_turns_to_others(world):
    rota = world.rota(world.bo)
    wanted = plan(world.tove, world.tove, world.asta, turn=Turn.DAYS, starts_on=date(2026, 11, 22))
    rotas.change_layer(rota.layers.get().pk, wanted, **by_ada(world, rota))
    days = [MONDAY + timedelta(days=n) for n in range(-1, 3)]
    on = [on_call.agent_on_call(rota.pk, at=at).name for at in days]
    assert on == ["Tove Berg", "Tove Berg", "Asta Lind", "Tove Berg"]


def test_layers_change_places_and_close_up_when_one_is_removed(world):
    rota = world.rota(world.bo)
    for person in (world.asta, world.tove):
        rotas.add_layer(rota.pk, plan(person), **by_ada(world, rota))
    lowest, middle, highest = rota.layers.all()
    assert code_of(rotas.raise_layer, highest.pk, **by_ada(world, rota)) == "highest"
    rotas.raise_layer(lowest.pk, **by_ada(world, rota))
    assert list(rota.layers.values_list("id", "position")) == [
        (middle.pk, 1),
        (lowest.pk, 2),
        (highest.pk, 3),
    ]
    rotas.remove_layer(middle.pk, **by_ada(world, rota))
    assert list(rota.layers.values_list("id", "position")) == [(lowest.pk, 1), (highest.pk, 2)]
    rotas.remove_layer(highest.pk, **by_ada(world, rota))
    assert on_call.agent_on_call(rota.pk, at=MONDAY).name == "Bo Ström"


def test_a_new_feed_address_ends_the_old_one(world):
    rota = world.rota()
    old = rota.feed_secret
    rotas.renew_feed(rota.pk, **by_ada(world, rota))
    assert not Rota.objects.filter(feed_secret=old).exists()


def test_imported_shifts_take_the_place_of_those_before(world):
    rota = world.rota()
    wanted = plan(turn=Turn.SHIFTS)
    layer = rotas.add_layer(rota.pk, wanted, **by_ada(world, rota))
    for person in (world.asta, world.tove):
        shift = Shift(MONDAY, MONDAY + timedelta(hours=8), person.id)
        rotas.replace_shifts(layer.pk, [(shift, "1@x", person.name)], **by_ada(world, rota))
    assert RotaShift.objects.get().said == "Tove Berg"
    assert on_call.agent_on_call(rota.pk, at=MONDAY).name == "Tove Berg"
    lowest = rota.layers.get(position=1)
    assert code_of(rotas.replace_shifts, lowest.pk, [], **by_ada(world, rota)) == "turn"


def test_a_plan_is_looked_at_before_it_counts(world):
    rota = world.rota(world.bo)
    as_planned = on_call.rota_as_planned(rota.pk, plan(world.tove), position=2)
    assert [layer.members for layer in as_planned.layers] == [(world.bo.id,), (world.tove.id,)]
    assert RotaLayer.objects.count() == 1
