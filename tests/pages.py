"""Pages for tests of what leaves and what comes back: a paging under way, and somebody paged."""

from datetime import timedelta

from dueline.core.audience import Person
from dueline.models import Case, Page, PageDestination, Paging
from tests.world import MONDAY


def reach(agent_id: int, address: str, *, kind: str = "apprise", label: str = "") -> None:
    """Add a way to reach somebody, after those that there are."""
    position = PageDestination.objects.filter(agent_id=agent_id).count() + 1
    PageDestination.objects.create(
        agent_id=agent_id,
        position=position,
        kind=kind,
        label=label or f"way {position}",
        address=address,
        created_at=MONDAY,
    )


def paging_of(case: Case | None, **changes: object) -> Paging:
    """A chain of two steps and three rounds, whose first step has been taken."""
    step = {"whom": "agent", "rota": None, "agent": 1, "wait_minutes": 5}
    values = {
        "case": case,
        "why": "critical",
        "occasion": "opened:1",
        "chain_name": "Nights",
        "steps": [step, step],
        "rounds": 3,
        "started_at": MONDAY,
        "steps_taken": 1,
        "next_at": MONDAY + timedelta(minutes=5),
    }
    return Paging.objects.create(**{**values, **changes})


def page_to(person: Person, running: Paging, *, step: int = 0) -> Page:
    return Page.objects.create(
        paging=running,
        step=step,
        agent_id=person.id,
        token=f"token-of-{person.name.split()[0]}-{step}",
        code=f"4711{step}",
        created_at=MONDAY,
        next_try_at=MONDAY,
    )
