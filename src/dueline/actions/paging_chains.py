"""The chains by which people are woken, and which of them the desk uses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q

from dueline.actions import audit
from dueline.actions._administration import administrators_only
from dueline.core.audience import Person
from dueline.core.errors import Refusal
from dueline.models import Agent, Desk, PagingChain, PagingStep, Rota

MOST_STEPS, MOST_ROUNDS, LONGEST_WAIT = 12, 10, 240  # minutes
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class StepTyped:
    """whom: "everyone", "managers", "rota:3" or "agent:5". wait: minutes."""

    whom: str
    wait: str


@dataclass(frozen=True, slots=True)
class ChainTyped:
    name: str
    rounds: str
    outside_hours_only: bool
    steps: tuple[StepTyped, ...]

    @classmethod
    def read(cls, typed: Mapping[str, str]) -> "ChainTyped":
        """Read a form with fields "whom-1", "wait-1", "whom-2" …; who is not chosen is no step."""
        steps = (
            StepTyped(typed.get(f"whom-{n}", ""), typed.get(f"wait-{n}", ""))
            for n in range(1, MOST_STEPS + 1)
        )
        return cls(
            name=" ".join(typed.get("name", "").split()),
            rounds=typed.get("rounds", ""),
            outside_hours_only=typed.get("outside_hours_only") == "yes",
            steps=tuple(step for step in steps if step.whom),
        )


def add_chain(typed: ChainTyped, *, actor: Person, at: datetime) -> PagingChain:
    """Add a chain. Raises Refusal with the name of the field as its code."""
    administrators_only(actor)
    with transaction.atomic():
        _refuse_a_name_twice(typed.name)
        chain = PagingChain(created_at=at, **_columns(typed))
        steps = _steps(typed.steps)
        chain.save(force_insert=True)
        _keep_steps(chain, steps)
        _record("added", chain, actor=actor, at=at)
    return chain


def change_chain(
    chain_id: int, typed: ChainTyped, *, version: int, actor: Person, at: datetime
) -> None:
    """Change a chain. What is under way goes on as it began.

    version: the one that the person saw. Raises Refusal("stale"), or with the name of the field.
    """
    administrators_only(actor)
    with transaction.atomic():
        claimed = PagingChain.objects.filter(pk=chain_id, version=version, is_active=True)
        if not claimed.update(version=F("version") + 1):
            raise _gone_or_stale(chain_id)
        _refuse_a_name_twice(typed.name, except_id=chain_id)
        columns, steps = _columns(typed), _steps(typed.steps)
        PagingChain.objects.filter(pk=chain_id).update(**columns)
        chain = PagingChain.objects.get(pk=chain_id)
        chain.steps.all().delete()
        _keep_steps(chain, steps)
        _record("changed", chain, actor=actor, at=at)


def remove_chain(chain_id: int, *, actor: Person, at: datetime) -> None:
    """Take a chain out of use. Refused while the desk uses it."""
    administrators_only(actor)
    with transaction.atomic():
        chain = PagingChain.objects.filter(pk=chain_id, is_active=True).first()
        if chain is None:
            raise _no_such_chain()
        if Desk.objects.filter(Q(critical_chain=chain) | Q(watch_chain=chain)).exists():
            raise Refusal("in-use", "The desk uses this chain: choose another one first.")
        # The name becomes free for a new one.
        gone = f"{chain.name[: _LONGEST_NAME - 20]} (removed {chain.pk})"
        PagingChain.objects.filter(pk=chain_id).update(
            is_active=False, name=gone, version=F("version") + 1
        )
        _record("removed", chain, actor=actor, at=at)


def choose_chains(*, critical: int | None, watch: int | None, actor: Person, at: datetime) -> None:
    """Choose who is woken by a Critical case, and by a part of the desk that stands still.

    None: nobody by a Critical case; for a part that stands still, the same as for Critical cases.
    """
    administrators_only(actor)
    with transaction.atomic():
        chosen = {"critical_chain": _chosen(critical), "watch_chain": _chosen(watch)}
        Desk.objects.filter(pk=1).update(**chosen)
        names = {name: chain.name if chain else "" for name, chain in chosen.items()}
        audit.record("paging", about=names["critical_chain"], actor=actor, at=at, **names)


def _chosen(chain_id: int | None) -> PagingChain | None:
    if chain_id is None:
        return None
    chain = PagingChain.objects.filter(pk=chain_id, is_active=True).first()
    if chain is None:
        raise _no_such_chain()
    if not chain.steps.exists():
        raise Refusal("steps", "A chain without steps wakes nobody.")
    return chain


def _columns(typed: ChainTyped) -> dict[str, object]:
    if not typed.name or len(typed.name) > _LONGEST_NAME:
        raise Refusal("name", "Write a name for the chain.")
    return {
        "name": typed.name,
        "rounds": _number(typed.rounds, most=MOST_ROUNDS, field="rounds"),
        "outside_hours_only": typed.outside_hours_only,
    }


def _steps(typed: Sequence[StepTyped]) -> list[PagingStep]:
    if not typed:
        raise Refusal("steps", "A chain without steps wakes nobody: say who is paged first.")
    return [
        PagingStep(
            position=position,
            wait_minutes=_number(step.wait, most=LONGEST_WAIT, field=f"wait-{position}"),
            **_whom(step.whom, field=f"whom-{position}"),
        )
        for position, step in enumerate(typed, start=1)
    ]


def _whom(spelled: str, *, field: str) -> dict[str, object]:
    whom, _, id_ = spelled.partition(":")
    key = int(id_) if id_.isascii() and id_.isdigit() and len(id_) < 18 else 0
    if whom in (PagingStep.Whom.EVERYONE, PagingStep.Whom.MANAGERS) and not id_:
        return {"whom": whom}
    rotas = Rota.objects.filter(pk=key, is_active=True)
    if whom == PagingStep.Whom.ROTA and (rota := rotas.first()):
        return {"whom": whom, "rota": rota}
    agents = Agent.objects.filter(pk=key, account__is_active=True)
    if whom == PagingStep.Whom.AGENT and (agent := agents.first()):
        return {"whom": whom, "agent": agent}
    raise Refusal(field, "Choose one of the offered.")


def _number(text: str, *, most: int, field: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    if not 1 <= number <= most:
        raise Refusal(field, "Write a number between 1 and %(most)s.", most=most)
    return number


def _keep_steps(chain: PagingChain, steps: Sequence[PagingStep]) -> None:
    for step in steps:
        step.chain = chain
    PagingStep.objects.bulk_create(steps)


def _refuse_a_name_twice(name: str, *, except_id: int = 0) -> None:
    if PagingChain.objects.filter(name=name).exclude(pk=except_id).exists():
        raise Refusal("name", "There is a chain with this name already.")


def _record(how: str, chain: PagingChain, *, actor: Person, at: datetime) -> None:
    steps = [
        {"whom": step.whom, "rota": step.rota_id, "agent": step.agent_id, "wait": step.wait_minutes}
        for step in chain.steps.order_by("position")
    ]
    audit.record(
        "paging_chain",
        about=chain.name,
        actor=actor,
        at=at,
        how=how,
        rounds=chain.rounds,
        outside_hours_only=chain.outside_hours_only,
        steps=steps,
    )


def _gone_or_stale(chain_id: int) -> Refusal:
    if PagingChain.objects.filter(pk=chain_id, is_active=True).exists():
        return Refusal("stale", "Somebody else changed this chain while you were writing.")
    return _no_such_chain()


def _no_such_chain() -> Refusal:
    return Refusal("not-found", "There is no such chain.")
