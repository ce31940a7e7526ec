"""From a Critical case to an engineer who takes it up, through a real service on loopback."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from dueline.actions import paging as chains
from dueline.actions.pages import FOLLOW_UP
from dueline.core.events import Kind
from dueline.models import Event, Page, Paging
from dueline.outlets import paging
from dueline.outlets.paging import deliver_next
from dueline.site import page_link
from tests.chains import chain, paged
from tests.chains import page as step
from tests.pages import reach
from tests.world import MONDAY, World


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch):
    time = {"at": MONDAY}
    for module in (paging, page_link):
        monkeypatch.setattr(module, "now", lambda: time["at"])
    return time


def a_minute_passes(clock: dict) -> None:
    clock["at"] += timedelta(minutes=1)
    work(clock)


def work(clock: dict) -> None:
    """What the worker does, until nothing is due."""
    while chains.take_steps(at=clock["at"]) or deliver_next():
        pass


def kinds(case) -> list[str]:
    return list(Event.objects.filter(case=case).order_by("id").values_list("kind", flat=True))


def test_the_one_on_call_is_woken_at_once_and_takes_it_up_by_the_link(
    world: World, client, receiver, clock
):
    chain(step(world.bo), step(world.asta))
    reach(world.bo.id, receiver.address)
    case = world.case(priority="critical", acknowledge=False)
    work(clock)
    (call,) = receiver.calls
    link = re.search(r"http\S+", call.json["message"])
    assert link
    a_minute_passes(clock)
    assert client.post(urlsplit(link[0]).path).status_code == 302
    for _ in range(10):
        a_minute_passes(clock)
    assert len(receiver.calls) == 1
    assert kinds(case)[-2:] == [Kind.PAGED, Kind.PAGE_ACKNOWLEDGED]
    assert Paging.objects.get().acknowledged_by_id == world.bo.id


def test_f15_who_cannot_be_reached_is_followed_by_the_next_person_within_a_minute(
    world: World, receiver, second_receiver, clock
):
    chain(step(world.bo), step(world.asta))
    reach(world.bo.id, receiver.address)
    reach(world.asta.id, second_receiver.address)
    receiver.stop()
    case = world.case(priority="critical", acknowledge=False)
    work(clock)
    receiver.start()
    assert clock["at"] == MONDAY
    assert paged(Paging.objects.get()) == [(0, "Bo Ström"), (1, "Asta Lind")]
    assert len(second_receiver.calls) == 1
    assert kinds(case)[-2:] == [Kind.PAGE_FAILED, Kind.PAGED]
    a_minute_passes(clock)  # and Bo is still tried
    assert len(receiver.calls) == 1


def test_nobody_acknowledges_and_every_way_and_everybody_has_their_turn(
    world: World, receiver, second_receiver, clock
):
    chain(step(world.bo), step(world.asta))
    reach(world.bo.id, receiver.address)
    reach(world.bo.id, receiver.as_form)
    reach(world.asta.id, second_receiver.address)
    world.case(priority="critical", acknowledge=False)
    work(clock)
    clock["at"] += FOLLOW_UP
    work(clock)
    assert len(receiver.calls) == 2
    for _ in range(12):
        a_minute_passes(clock)
    assert (len(receiver.calls), len(second_receiver.calls)) == (2, 1)
    assert set(Page.objects.values_list("state", flat=True)) == {"sent"}
    assert Paging.objects.get().state == "exhausted"
