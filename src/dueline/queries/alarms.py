"""How the parts of the desk are, and who is told when one stands still."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from dueline.core.vigil import PATIENCE, Part, is_silent
from dueline.models import (
    Agent,
    Alarm,
    Desk,
    Heartbeat,
    Page,
    PageDestination,
    Paging,
    PagingChain,
    PagingStep,
)
from dueline.queries.on_call import agent_on_call

PING = "ping"  # the row of the calls to the outside monitor: they wake nobody
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Way:
    """kind: as of a destination. label: what may be shown of it."""

    kind: str
    label: str
    address: str


@dataclass(frozen=True, slots=True)
class Reach:
    """Somebody, and the ways to reach them, the best one first."""

    name: str
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class Step:
    people: tuple[Reach, ...]
    wait: timedelta


@dataclass(frozen=True, slots=True)
class Known:
    """What the watcher keeps in mind, for when the database is away."""

    desk: Desk
    chain: str  # the name of the watch chain; "": there is none
    steps: tuple[Step, ...]


def known(*, at: datetime) -> Known | None:
    """Return whom to tell of a part that stands still. None: the desk is not set up."""
    desk = Desk.objects.select_related("watch_chain", "critical_chain").first()
    if desk is None:
        return None
    chain = desk.watch_chain or desk.critical_chain
    steps: tuple[Step, ...] = ()
    if chain is not None and chain.is_active:
        steps = tuple(filter(lambda step: step.people, _steps_of(chain, at=at)))
    # Who has set up no chain is told by mail, as of everything else that fails.
    return Known(
        desk, chain.name if chain and steps else "", steps or (Step(_who_lead(), timedelta()),)
    )


def _steps_of(chain: PagingChain, *, at: datetime) -> list[Step]:
    return [
        Step(
            tuple(_reach(agent) for agent in _people_of(step, at=at)),
            timedelta(minutes=step.wait_minutes),
        )
        for step in chain.steps.order_by("position")
    ]


def _people_of(step: PagingStep, *, at: datetime) -> list[Agent]:
    whom, here = PagingStep.Whom, Agent.objects.select_related("account")
    here = here.filter(account__is_active=True)
    match step.whom:
        case whom.ROTA:
            on = agent_on_call(step.rota_id, at=at) if step.rota_id else None
            return [on] if on is not None else []
        case whom.AGENT:
            return [] if step.agent_id is None else list(here.filter(pk=step.agent_id))
        case whom.MANAGERS:
            return list(here.filter(is_manager=True))
        case _:
            return list(here.filter(tier=Agent.Tier.ONE, destinations__is_active=True).distinct())


def _reach(agent: Agent) -> Reach:
    ways = [
        Way(row.kind, row.label, row.address)
        for row in agent.destinations.filter(is_active=True).order_by("position", "id")
    ]
    by_mail = Way(PageDestination.Kind.MAIL, agent.account.email, agent.account.email)
    return Reach(agent.name, (*ways, by_mail))


def _who_lead() -> tuple[Reach, ...]:
    here = Agent.objects.select_related("account").filter(account__is_active=True)
    leading = here.filter(is_administrator=True) | here.filter(is_manager=True)
    return tuple(_reach(agent) for agent in leading)


def paged_about(part: str) -> tuple[tuple[Reach, ...], list[int]]:
    """Return who was woken by pages about a part that stood still, and these pagings."""
    about = Paging.objects.filter(
        case=None,
        occasion__startswith=f"part:{part}:",
        state__in=(Paging.State.RUNNING, Paging.State.ACKNOWLEDGED, Paging.State.EXHAUSTED),
    )
    woken = Agent.objects.filter(
        pages__paging__in=about, pages__state=Page.State.SENT, account__is_active=True
    )
    people = tuple(_reach(agent) for agent in woken.select_related("account").distinct())
    return people, list(about.values_list("id", flat=True))


# --- for pages and monitors ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PartNow:
    """beat_at None: it has never shown a sign of life."""

    part: Part
    beat_at: datetime | None
    is_silent: bool
    alarm: Alarm | None


def parts(*, at: datetime) -> list[PartNow]:
    """Return each part that ever showed a sign of life, and the worker in any case."""
    beats = dict(Heartbeat.objects.values_list("name", "beat_at"))
    alarms = {alarm.part: alarm for alarm in Alarm.objects.filter(ended_at=None)}
    return [
        PartNow(
            part,
            beats.get(part),
            is_silent(beats.get(part), at=at, after=PATIENCE[part] + _SLACK),
            alarms.get(part),
        )
        for part in Part
        if part in beats or part is Part.WORKER
    ]


_SLACK = timedelta(seconds=15)  # whoever looks but once may look just before a sign


def recent_alarms() -> list[Alarm]:
    """Return the alarms of late, the newest first."""
    return list(Alarm.objects.exclude(part=PING).order_by("-id")[:_SHOWN])


@dataclass(frozen=True, slots=True)
class PingNow:
    url: str
    last_success_at: datetime | None
    failing_since: datetime | None
    problem: str


def ping_now() -> PingNow:
    """Return how the calls to the outside monitor fare."""
    success = Heartbeat.objects.filter(name=PING).values_list("beat_at", flat=True).first()
    failing = Alarm.objects.filter(part=PING, ended_at=None).first()
    return PingNow(
        Desk.objects.values_list("ping_url", flat=True).first() or "",
        success,
        failing.since if failing else None,
        failing.said if failing else "",
    )
