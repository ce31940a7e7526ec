"""Chains of pages for tests."""

from datetime import time

from dueline.core.audience import Person
from dueline.models import (
    Desk,
    Page,
    PageDestination,
    Paging,
    PagingChain,
    PagingStep,
    Rota,
    RotaLayer,
    RotaMember,
)
from tests.world import MONDAY

Step = dict[str, object]


def chain(
    *steps: Step, rounds: int = 1, outside_hours_only: bool = False, name: str = "Night"
) -> PagingChain:
    """Set up the desk's chain for Critical cases."""
    made = PagingChain.objects.create(
        name=name, rounds=rounds, outside_hours_only=outside_hours_only, created_at=MONDAY
    )
    for position, step in enumerate(steps, start=1):
        PagingStep.objects.create(chain=made, position=position, **step)
    Desk.objects.update(critical_chain=made)
    return made


def weekly(*people: Person, name: str = "Night") -> Rota:
    """A rota by which each of these people is on for a week, from the Monday of most tests on."""
    rota = Rota.objects.create(
        name=name, zone="Europe/Stockholm", feed_secret=name, created_at=MONDAY
    )
    layer = RotaLayer.objects.create(
        rota=rota, position=1, starts_on=MONDAY.date(), handover_at=time(8)
    )
    for position, person in enumerate(people, start=1):
        RotaMember.objects.create(layer=layer, position=position, agent_id=person.id)
    return rota


def page(person: Person, *, wait: int = 5) -> Step:
    return {"whom": "agent", "agent_id": person.id, "wait_minutes": wait}


def reachable(*people: Person, address: str = "json://127.0.0.1:1") -> None:
    """Give people a way to be woken."""
    for person in people:
        PageDestination.objects.create(
            agent_id=person.id,
            position=1,
            label="my telephone",
            address=address,
            created_at=MONDAY,
        )


def paged(paging: Paging) -> list[tuple[int, str]]:
    """Return who was paged, by step."""
    pages = Page.objects.filter(paging=paging).order_by("step", "agent_id")
    return list(pages.values_list("step", "agent__name"))
