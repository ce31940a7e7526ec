"""Somebody else for a while: taking over, swapping, and taking that back."""

from datetime import timedelta

import pytest

from dueline.actions import rota_overrides
from dueline.actions.rota_overrides import Part
from dueline.core.errors import Refusal
from dueline.models import Account, Agent, AuditEntry, RotaOverride
from dueline.queries import on_call
from tests.world import MONDAY

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WEEK = 7 * DAY
BEFORE = MONDAY - HOUR  # Monday 09:00 in Stockholm, when weeks change hands


def code_of(act, *arguments, **named):
    with pytest.raises(Refusal) as refused:
        act(*arguments, **named)
    return refused.value.code


def take_over(world, rota, *, of=1, actor=None, begins=DAY, lasts=DAY, at=MONDAY, **more):
    actor = actor or world.asta
    return rota_overrides.override(
        rota.pk,
        **{
            "agent_id": actor.id,
            "starts_at": at + begins,
            "ends_at": at + begins + lasts,
            "actor": actor,
            "at": at,
            **more,
        },
    )


def on(rota, at):
    agent = on_call.agent_on_call(rota.pk, at=at)
    return agent and agent.name.split()[0]


# - taking over -


def test_an_engineer_takes_over_for_nobody_but_themselves(world):
    rota = world.rota(world.bo)
    assert code_of(take_over, world, rota, agent_id=world.tove.id) == "agent"
    assert code_of(take_over, world, rota, agent_id=None) == "agent"
    assert code_of(take_over, world, rota, actor=world.cleo) == "not-found"
    assert not RotaOverride.objects.exists()


def test_what_has_passed_or_never_is_cannot_be_taken_over(world):
    rota = world.rota(world.bo)
    assert code_of(take_over, world, rota, begins=-2 * DAY) == "ends_at"
    assert code_of(take_over, world, rota, lasts=timedelta()) == "ends_at"
    assert code_of(take_over, world, rota, lasts=367 * DAY) == "ends_at"
    assert code_of(take_over, world, rota, begins=800 * DAY) == "ends_at"


def test_nobody_takes_over_for_who_works_here_no_more(world):
    rota = world.rota(world.bo)
    Account.objects.filter(agent=world.bo.id).update(is_active=False)
    assert code_of(take_over, world, rota, replaces_id=world.bo.id) == "agent"


def test_nothing_stands_above_a_rota_that_is_not_in_use(world):
    rota = world.rota(world.bo)
    rota.is_active = False
    rota.save()
    assert code_of(take_over, world, rota) == "not-found"


@pytest.mark.parametrize("who", ["asta", "tove"])
def test_every_engineer_may_take_over_a_shift(world, who):
    rota = world.rota(world.bo)
    actor = getattr(world, who)
    take_over(world, rota, actor=actor, reason=" Bo is  ill ")
    assert [on(rota, MONDAY + n * DAY) for n in range(3)] == ["Bo", actor.name.split()[0], "Bo"]
    made = RotaOverride.objects.get()
    assert (made.reason, made.made_by_id) == ("Bo is ill", actor.id)
    assert AuditEntry.objects.get().what == "rota_override"


def test_an_override_begins_now_at_the_earliest(world):
    rota = world.rota(world.bo)
    made = take_over(world, rota, begins=-HOUR, lasts=DAY)
    assert made.starts_at == MONDAY


def test_managers_and_administrators_say_it_for_anybody_and_for_nobody(world):
    rota = world.rota(world.bo)
    Agent.objects.filter(pk=world.tove.id).update(is_manager=True)
    manager = Agent.objects.get(pk=world.tove.id).as_person()
    take_over(world, rota, actor=manager, agent_id=world.asta.id, replaces_id=world.bo.id)
    take_over(world, rota, actor=world.ada, agent_id=None, begins=2 * DAY)
    assert [on(rota, MONDAY + n * DAY) for n in range(4)] == ["Bo", "Asta", None, "Bo"]


# - swapping -


def swap(world, rota, *, one=None, other=None, actor=None, at=MONDAY):
    one = one or Part(world.bo.id, BEFORE, BEFORE + WEEK)
    other = other or Part(world.asta.id, BEFORE + WEEK, BEFORE + 2 * WEEK)
    return rota_overrides.swap(rota.pk, one, other, actor=actor or world.bo, at=at)


def test_only_the_two_or_who_may_say_for_anybody_swap(world):
    rota = world.rota(world.bo, world.asta)
    assert on(rota, MONDAY) == "Bo"
    assert code_of(swap, world, rota, actor=world.tove) == "agent"
    assert code_of(swap, world, rota, actor=world.cleo) == "not-found"
    swap(world, rota, actor=world.ada)
    assert on(rota, MONDAY) == "Asta"


def test_nobody_swaps_with_themselves(world):
    rota = world.rota(world.bo, world.asta)
    both = Part(world.bo.id, BEFORE + 2 * WEEK, BEFORE + 3 * WEEK)
    assert code_of(swap, world, rota, other=both) == "same"


def test_a_shift_that_somebody_does_not_have_is_not_swapped(world):
    rota = world.rota(world.bo, world.asta)
    too_long = Part(world.bo.id, BEFORE, BEFORE + WEEK + HOUR)
    assert code_of(swap, world, rota, one=too_long) == "not-theirs"
    not_theirs = Part(world.tove.id, BEFORE + WEEK, BEFORE + 2 * WEEK)
    assert code_of(swap, world, rota, other=not_theirs) == "not-theirs"
    assert not RotaOverride.objects.exists()


def test_a_shift_is_swapped_once(world):
    rota = world.rota(world.bo, world.asta)
    swap(world, rota)
    assert code_of(swap, world, rota) == "not-theirs"


def test_nobody_is_put_on_twice_by_a_swap(world):
    rota = world.rota(world.bo, world.asta)
    world.rota(world.bo, name="Second line", starts_on=BEFORE.date() + WEEK)
    with pytest.raises(Refusal) as refused:
        swap(world, rota)
    assert refused.value.code == "twice"
    assert refused.value.text == (
        "Bo Ström would be on call twice: by “Second line” as well, at that time."
    )


def test_a_swap_lets_each_do_what_the_other_would(world):
    rota = world.rota(world.bo, world.asta)
    before = [on(rota, MONDAY + n * WEEK) for n in range(4)]
    halves = swap(world, rota)
    assert before == ["Bo", "Asta", "Bo", "Asta"]
    assert [on(rota, MONDAY + n * WEEK) for n in range(4)] == ["Asta", "Bo", "Bo", "Asta"]
    assert halves[0].swap == halves[1].swap != ""
    assert AuditEntry.objects.filter(what="rota_swap").count() == 2


# - taking back -


def test_strangers_to_an_override_do_not_take_it_back(world):
    rota = world.rota(world.bo)
    made = take_over(world, rota)
    for person in (world.tove, world.cleo):
        refused = code_of(rota_overrides.take_back, made.pk, actor=person, at=MONDAY)
        assert refused == "not-found"


def test_what_has_passed_is_not_taken_back(world):
    rota = world.rota(world.bo)
    made = take_over(world, rota)
    after = MONDAY + 3 * DAY
    assert code_of(rota_overrides.take_back, made.pk, actor=world.asta, at=after) == "too-late"
    assert on(rota, MONDAY + DAY) == "Asta"


def test_an_override_that_has_not_begun_is_taken_back(world):
    rota = world.rota(world.bo)
    made = take_over(world, rota)
    rota_overrides.take_back(made.pk, actor=world.asta, at=MONDAY)
    assert on(rota, MONDAY + DAY) == "Bo"
    refused = code_of(rota_overrides.take_back, made.pk, actor=world.asta, at=MONDAY)
    assert refused == "not-found"


def test_an_override_that_runs_ends_and_what_it_was_stays_true(world):
    rota = world.rota(world.bo)
    made = take_over(world, rota)
    middle = MONDAY + DAY + 12 * HOUR
    rota_overrides.take_back(made.pk, actor=world.ada, at=middle)
    assert [on(rota, at) for at in (middle - HOUR, middle)] == ["Asta", "Bo"]


def test_both_halves_of_a_swap_are_taken_back_together(world):
    rota = world.rota(world.bo, world.asta)
    later = Part(world.bo.id, BEFORE + 2 * WEEK, BEFORE + 3 * WEEK)
    halves = swap(world, rota, one=later)
    rota_overrides.take_back(halves[1].pk, actor=world.bo, at=MONDAY)
    assert [on(rota, MONDAY + n * WEEK) for n in range(4)] == ["Bo", "Asta", "Bo", "Asta"]


def test_a_swap_whose_first_shift_has_begun_stays(world):
    rota = world.rota(world.bo, world.asta)
    halves = swap(world, rota)
    later = MONDAY + DAY
    refused = code_of(rota_overrides.take_back, halves[1].pk, actor=world.bo, at=later)
    assert refused == "too-late"
    assert on(rota, MONDAY + WEEK) == "Bo"
