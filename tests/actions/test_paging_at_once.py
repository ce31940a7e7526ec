"""Pages with two workers and several people at once: each step once, one acknowledgement, no end
of waiting for each other."""

from datetime import timedelta
from functools import partial

import pytest

from dueline.actions import cases, messages, paging
from dueline.core.errors import Refusal
from dueline.core.events import Kind
from dueline.models import Case, Event, Page, Paging
from dueline.queries.commitments import differences
from tests.actions.test_change import at_once
from tests.chains import chain, page, paged
from tests.world import World, build_world, utc

NIGHT = utc("2026-11-24T01:10")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def world(transactional_db: None) -> World:
    """Threads see only what is committed."""
    return build_world()


def test_of_four_workers_each_step_is_taken_by_one(world: World) -> None:
    chain(page(world.bo), page(world.asta), rounds=2)
    made = [world.case(priority="critical", at=NIGHT) for _ in range(4)]
    for minutes in (0, 5, 10, 15):
        at_once(*[partial(paging.take_steps, at=NIGHT + minutes * MINUTE)] * 4)
    for case in made:
        assert paged(Paging.objects.get(case=case)) == [
            (0, "Bo Ström"),
            (1, "Asta Lind"),
            (2, "Bo Ström"),
            (3, "Asta Lind"),
        ]
        assert differences(case.pk) == []


def test_of_four_workers_one_begins_it_again(world: World) -> None:
    chain(page(world.bo))
    case = world.case(priority="critical", at=NIGHT)
    paging.acknowledge(Paging.objects.get().pk, agent=world.bo, way="console", at=NIGHT)
    at_once(*[partial(paging.take_steps, at=NIGHT + HOUR + MINUTE)] * 4)
    assert Paging.objects.filter(case=case, why="not_activated").count() == 1
    assert Event.objects.filter(case=case, kind=Kind.PAGING_STARTED).count() == 2


def test_the_end_is_told_once(world: World) -> None:
    chain(page(world.bo))
    case = world.case(priority="critical", at=NIGHT)
    paging.take_steps(at=NIGHT)
    at_once(*[partial(paging.take_steps, at=NIGHT + 5 * MINUTE)] * 4)
    assert Event.objects.filter(case=case, kind=Kind.PAGING_ENDED).count() == 1
    assert case.outbox.filter(to_address="ada@desk.example").count() == 1


def test_of_two_who_acknowledge_at_once_one_is_told_who_was_quicker(world: World) -> None:
    chain(page(world.bo), page(world.asta))
    case = world.case(priority="critical", at=NIGHT)
    row = Paging.objects.get().pk
    answers = at_once(
        *(
            partial(paging.acknowledge, row, agent=person, way="link", at=NIGHT)
            for person in (world.bo, world.asta)
        )
    )
    refused = [answer for answer in answers if isinstance(answer, Refusal)]
    assert [refusal.code for refusal in refused] == ["not-now"]
    assert Event.objects.filter(case=case, kind=Kind.PAGE_ACKNOWLEDGED).count() == 1


def test_steps_acts_and_acknowledgements_at_once_wait_for_each_other_and_agree(
    world: World,
) -> None:
    chain(page(world.bo), page(world.asta), rounds=3)
    for turn in range(6):
        case = world.case(priority="critical", at=NIGHT)
        row, at = Paging.objects.get(case=case), NIGHT + 5 * MINUTE
        paging.take_steps(at=NIGHT)
        token = Page.objects.get(paging=row).token
        at_once(
            partial(paging.take_steps, at=at),
            partial(paging.take_steps, at=at),
            partial(paging.acknowledge_by_token, token, at=at),
            partial(messages.reply, case.pk, text="We look.", actor=world.asta, at=at),
            partial(cases.own, case.pk, actor=world.asta, at=at),
        )
        row.refresh_from_db()
        assert row.state == Paging.State.ACKNOWLEDGED, turn
        assert Event.objects.filter(case=case, kind=Kind.PAGE_ACKNOWLEDGED).count() == 1
        steps = list(Page.objects.filter(paging=row).values_list("step", flat=True))
        assert len(steps) == len(set(steps))
        assert paging.take_steps(at=at + 5 * MINUTE) == 0
        assert differences(Case.objects.get(pk=case.pk).pk) == []
