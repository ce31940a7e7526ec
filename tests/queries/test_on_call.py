"""Who is on call, from the rotas as they are stored."""

from datetime import date, timedelta

import pytest

from dueline.core.errors import Refusal
from dueline.models import Account, RotaLayer, RotaOverride, RotaShift
from dueline.queries import on_call
from tests.world import MONDAY

DAY = timedelta(days=1)


def override(rota, agent, *, by, made_at=MONDAY, **more):
    return RotaOverride.objects.create(
        rota=rota,
        starts_at=MONDAY - DAY,
        ends_at=MONDAY + DAY,
        agent_id=agent and agent.id,
        made_by_id=by.id,
        made_at=made_at,
        **more,
    )


def test_there_is_no_rota_of_that_number(world):
    with pytest.raises(Refusal) as refused:
        on_call.load_rota(99)
    assert refused.value.code == "not-found"


def test_nobody_is_on_by_a_rota_that_is_not_in_use(world):
    rota = world.rota()
    assert on_call.agent_on_call(rota.pk, at=MONDAY).name == "Bo Ström"
    assert on_call.is_on_call(world.bo.id, at=MONDAY)
    rota.is_active = False
    rota.save()
    assert on_call.agent_on_call(rota.pk, at=MONDAY) is None
    assert not on_call.is_on_call(world.bo.id, at=MONDAY)
    assert on_call.rotas() == []


def test_the_people_of_a_layer_take_turns(world):
    rota = world.rota(world.bo, world.asta)
    on = [on_call.agent_on_call(rota.pk, at=MONDAY + n * 7 * DAY).name for n in range(3)]
    assert on == ["Bo Ström", "Asta Lind", "Bo Ström"]


def test_who_works_here_no_more_is_not_on_and_keeps_the_order_of_the_others(world):
    rota = world.rota(world.bo, world.asta)
    override(rota, world.bo, by=world.bo)
    Account.objects.filter(agent=world.bo.id).update(is_active=False)
    on = [on_call.agent_on_call(rota.pk, at=MONDAY + n * 7 * DAY) for n in range(3)]
    assert [agent and agent.name for agent in on] == [None, "Asta Lind", None]


def test_of_two_overrides_the_one_made_later_counts_unless_it_is_taken_back(world):
    rota = world.rota()
    later = override(rota, world.tove, by=world.bo)
    override(rota, world.asta, by=world.bo, made_at=MONDAY - DAY)
    assert on_call.agent_on_call(rota.pk, at=MONDAY).name == "Tove Berg"
    later.taken_back_at = MONDAY
    later.save()
    assert on_call.agent_on_call(rota.pk, at=MONDAY).name == "Asta Lind"


def test_a_layer_for_outside_office_hours_follows_the_desks_calendar(world):
    rota = world.rota(hours="outside")
    assert on_call.agent_on_call(rota.pk, at=MONDAY) is None
    assert on_call.agent_on_call(rota.pk, at=MONDAY + timedelta(hours=9)).name == "Bo Ström"


def test_a_layer_may_have_hours_of_its_own(world):
    rota = world.rota(hours="week")
    RotaLayer.objects.update(week={"monday": ["17:00-24:00"]})
    assert on_call.agent_on_call(rota.pk, at=MONDAY) is None
    assert on_call.agent_on_call(rota.pk, at=MONDAY + timedelta(hours=9)).name == "Bo Ström"


def test_imported_shifts_stand_above_a_layer_of_turns(world):
    rota = world.rota()
    layer = RotaLayer.objects.create(
        rota=rota, position=2, turn="shifts", starts_on=date(2026, 1, 1), handover_at="00:00"
    )
    RotaShift.objects.create(
        layer=layer, starts_at=MONDAY, ends_at=MONDAY + DAY, agent_id=world.tove.id
    )
    assert on_call.agent_on_call(rota.pk, at=MONDAY).name == "Tove Berg"
    assert on_call.agent_on_call(rota.pk, at=MONDAY + DAY).name == "Bo Ström"
