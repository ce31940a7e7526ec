"""Who is being woken, by which chain, and what the chains are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, Exists, OuterRef

from dueline.core.case_numbers import case_number
from dueline.core.paging import Chain, Step, planned, read_chain
from dueline.models import Agent, Desk, Page, Paging, PagingChain, PagingStep, Rota

State = Paging.State


# --- chains -------------------------------------------------------------------------------------


def steps_of(chain_id: int) -> tuple[Step, ...]:
    """Return the steps of a chain as they stand, in order."""
    rows = PagingStep.objects.filter(chain_id=chain_id).order_by("position")
    return tuple(
        Step(row.whom, timedelta(minutes=row.wait_minutes), row.rota_id, row.agent_id)
        for row in rows
    )


class ChainRow(NamedTuple):
    id: int
    name: str
    rounds: int
    outside_hours_only: bool
    version: int
    steps: tuple[Step, ...]
    is_critical: bool  # the desk's, for Critical cases
    is_watch: bool  # the desk's, for a part of it that stands still


def chains() -> list[ChainRow]:
    """Return all chains that are in use or could be, by name."""
    found = PagingChain.objects.filter(is_active=True).order_by("name")
    return [_row(chain) for chain in found]


def chain(chain_id: int) -> ChainRow | None:
    found = PagingChain.objects.filter(pk=chain_id, is_active=True).first()
    return _row(found) if found else None


def _row(chain: PagingChain) -> ChainRow:
    critical, watch = chosen_chains()
    return ChainRow(
        id=chain.pk,
        name=chain.name,
        rounds=chain.rounds,
        outside_hours_only=chain.outside_hours_only,
        version=chain.version,
        steps=steps_of(chain.pk),
        is_critical=chain.pk == critical,
        is_watch=chain.pk == watch,
    )


def chosen_chains() -> tuple[int | None, int | None]:
    """Return the desk's chain for Critical cases, and the one for a part that stands still."""
    row = Desk.objects.values_list("critical_chain_id", "watch_chain_id").filter(pk=1).first()
    return row or (None, None)


class Names(NamedTuple):
    """How rotas and agents are called, by id."""

    rotas: dict[int, str]
    agents: dict[int, str]


def names() -> Names:
    return Names(
        rotas=dict(Rota.objects.values_list("id", "name")),
        agents=dict(Agent.objects.values_list("id", "name")),
    )


def choosable() -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """Return the rotas and the people that a step can name."""
    rotas = Rota.objects.filter(is_active=True).order_by("name").values_list("id", "name")
    people = Agent.objects.filter(account__is_active=True).order_by("name")
    return list(rotas), list(people.values_list("id", "name"))


# --- what is under way --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PagingRow:
    """One paging for a page. paged: the names of who was, each once, the last one last.

    case_number: empty if it is about the desk itself, which `said` tells.
    """

    id: int
    case_number: str
    subject: str
    why: str
    said: str
    chain_name: str
    chain: Chain
    state: str
    started_at: datetime
    steps_taken: int
    next_at: datetime | None
    acknowledged_by: str
    acknowledged_at: datetime | None
    ended_at: datetime | None
    paged: tuple[str, ...]

    @property
    def is_running(self) -> bool:
        return self.state == State.RUNNING

    @property
    def to_come(self) -> list[tuple[int, datetime]]:
        """The steps to come and, last, the end: number and instant."""
        if self.next_at is None:
            return []
        return list(planned(self.chain, next_at=self.next_at, taken=self.steps_taken))


def paging_of(case_id: int) -> PagingRow | None:
    """Return what is being paged about a case, or who has acknowledged it; None: nothing."""
    rows = Paging.objects.filter(case_id=case_id).order_by("-id")[:1]
    shown = [row for row in rows if row.state != State.ENDED]
    return next(iter(_drawn(shown)), None)


def unsettled() -> list[PagingRow]:
    """Return all that is being paged, was acknowledged, or was paged in vain, the newest first."""
    rows = Paging.objects.exclude(state=State.ENDED)
    # What nobody answered about the desk itself is over when its part goes again.
    rows = rows.exclude(state=State.EXHAUSTED, case=None)
    return _drawn(rows.select_related("case").order_by("-id")[:_MOST_ROWS])


_MOST_ROWS = 50


def _drawn(found: Iterable[Paging]) -> list[PagingRow]:
    rows = list(found)
    people = names().agents if rows else {}
    paged: dict[int, list[str]] = {}
    pages = Page.objects.filter(paging__in=[row.pk for row in rows]).order_by("step", "id")
    for paging_id, agent_id in pages.values_list("paging_id", "agent_id"):
        told = paged.setdefault(paging_id, [])
        if (name := people[agent_id]) not in told:
            told.append(name)
    return [
        PagingRow(
            id=row.pk,
            case_number=case_number(row.case_id) if row.case_id else "",
            subject=row.case.subject if row.case else "",
            why=row.why,
            said=row.said,
            chain_name=row.chain_name,
            chain=read_chain(row.steps, rounds=row.rounds),
            state=row.state,
            started_at=row.started_at,
            steps_taken=row.steps_taken,
            next_at=row.next_at,
            acknowledged_by=people.get(row.acknowledged_by_id or 0, ""),
            acknowledged_at=row.acknowledged_at,
            ended_at=row.ended_at,
            paged=tuple(paged.get(row.pk, ())),
        )
        for row in rows
    ]


def who_acknowledged(case_id: int) -> list[int]:
    """Return the agents who have acknowledged a page about a case."""
    theirs = Paging.objects.filter(case_id=case_id, acknowledged_by=OuterRef("pk"))
    acknowledged = Agent.objects.filter(Exists(theirs)).order_by("id")
    return list(acknowledged.values_list("id", flat=True))


def can_be_paged() -> int:
    """Return how many agents have a way to be woken."""
    return Agent.objects.filter(account__is_active=True, destinations__is_active=True).aggregate(
        count=Count("id", distinct=True)
    )["count"]
