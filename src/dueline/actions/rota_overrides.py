"""Somebody else for a while: taking a shift over, swapping two, and taking that back.

What has passed is never changed: an override begins now at the earliest, and one that runs already
is not taken back but ended.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from dueline.actions import audit
from dueline.core.audience import Person
from dueline.core.errors import Refusal
from dueline.core.oncall import duties
from dueline.models import Agent, Rota, RotaOverride
from dueline.queries import on_call

LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Part:
    """What somebody gives away in a swap."""

    agent_id: int
    starts_at: datetime
    ends_at: datetime


def override(
    rota_id: int,
    *,
    agent_id: int | None,
    starts_at: datetime,
    ends_at: datetime,
    actor: Person,
    at: datetime,
    replaces_id: int | None = None,
    reason: str = "",
) -> RotaOverride:
    """Put somebody on for a while, or nobody (agent_id None).

    replaces_id: only where that person would be on. Every engineer may take over for themselves,
    managers and administrators say it for anybody. Raises Refusal with the field as its code.
    """
    _for_themselves_or_anybody(actor, agent_id)
    _check_agents(agent_id, replaces_id)
    starts_at = _check_times(starts_at, ends_at, at=at)
    with transaction.atomic():
        rota = _hold(rota_id)
        made = _make(
            rota,
            Part(replaces_id or 0, starts_at, ends_at),
            agent_id=agent_id,
            reason=reason,
            actor=actor,
            at=at,
        )
        _record("rota_override", rota, made, actor=actor, at=at)
    return made


def swap(
    rota_id: int, one: Part, other: Part, *, actor: Person, at: datetime, reason: str = ""
) -> tuple[RotaOverride, RotaOverride]:
    """Let two people do what the other would: two overrides in one act.

    Raises Refusal("same"), Refusal("not-theirs") where somebody does not have what they give away,
    Refusal("twice") where somebody would be on call by two rotas at once.
    """
    if actor.id not in (one.agent_id, other.agent_id) or not actor.is_agent:
        _for_themselves_or_anybody(actor, None)
    if one.agent_id == other.agent_id:
        raise Refusal("same", "Choose shifts of two people.")
    _check_agents(one.agent_id, other.agent_id)
    one, other = (
        replace(part, starts_at=_check_times(part.starts_at, part.ends_at, at=at))
        for part in (one, other)
    )
    with transaction.atomic():
        rota = _hold(rota_id)
        # After the claim: of two swaps of the same shift, the second finds it given away.
        for part in (one, other):
            _check_has(rota_id, part)
        _check_free(rota_id, one, taker=other.agent_id)
        _check_free(rota_id, other, taker=one.agent_id)
        word = secrets.token_hex(8)
        made = (
            _make(rota, one, other.agent_id, reason=reason, actor=actor, at=at, swap=word),
            _make(rota, other, one.agent_id, reason=reason, actor=actor, at=at, swap=word),
        )
        for half in made:
            _record("rota_swap", rota, half, actor=actor, at=at)
    return made


def take_back(override_id: int, *, actor: Person, at: datetime) -> None:
    """Take back an override, and with it the other half of its swap; one that runs ends now.

    Whoever made it may, whom it concerns, managers and administrators.
    Raises Refusal("too-late") where all of it has passed.
    """
    found = RotaOverride.objects.filter(pk=override_id, taken_back_at=None).first()
    if found is None or not may_take_back(found, actor):
        raise Refusal("not-found", "There is no such override.")
    with transaction.atomic():
        rota = _hold(found.rota_id)
        halves = RotaOverride.objects.filter(rota=rota, taken_back_at=None)
        halves = halves.filter(swap=found.swap) if found.swap else halves.filter(pk=found.pk)
        left = list(halves.filter(ends_at__gt=at))
        if not left:
            raise Refusal("too-late", "This has passed, and cannot be taken back any more.")
        if found.swap and halves.filter(starts_at__lt=at).exists():
            # Half of a swap is worse than none: somebody would have worked twice, or not at all.
            raise Refusal(
                "too-late",
                "The first of the two shifts has begun. Make an override for the second instead.",
            )
        for half in left:
            column = "taken_back_at" if half.starts_at >= at else "ends_at"
            RotaOverride.objects.filter(pk=half.pk).update(**{column: at})
            _record("rota_override_back", rota, half, actor=actor, at=at)


def may_take_back(found: RotaOverride, person: Person) -> bool:
    return may_say_for_anybody(person) or (
        person.is_agent and person.id in (found.made_by_id, found.agent_id)
    )


def may_say_for_anybody(person: Person) -> bool:
    return person.is_agent and (person.is_manager or person.is_administrator)


# --- the parts -----------------------------------------------------------------------------------


def _for_themselves_or_anybody(actor: Person, agent_id: int | None) -> None:
    if not actor.is_agent:
        raise Refusal("not-found", "There is no such page.")
    if agent_id != actor.id and not may_say_for_anybody(actor):
        raise Refusal(
            "agent", "You can take over for yourself. For others, ask a manager or administrator."
        )


def _check_agents(*ids: int | None) -> None:
    named = {agent_id for agent_id in ids if agent_id is not None}
    if Agent.objects.filter(pk__in=named, account__is_active=True).count() != len(named):
        raise Refusal("agent", "Choose people who work here.")


def _check_times(starts_at: datetime, ends_at: datetime, *, at: datetime) -> datetime:
    """Return when it begins: what has passed already is not changed."""
    starts_at = max(starts_at, at)
    if ends_at <= at:
        raise Refusal("ends_at", "This time has passed.")
    if ends_at <= starts_at:
        raise Refusal("ends_at", "It would end before it begins.")
    if ends_at - starts_at > LONGEST or starts_at - at > 2 * LONGEST:
        raise Refusal("ends_at", "This is too long, or too far ahead.")
    return starts_at


def _hold(rota_id: int) -> Rota:
    """Return a rota that is in use; what others do with it waits for this transaction."""
    held = Rota.objects.filter(pk=rota_id, is_active=True).update(version=F("version") + 1)
    if not held:
        raise Refusal("not-found", "There is no such rota.")
    return Rota.objects.get(pk=rota_id)


def _check_has(rota_id: int, part: Part) -> None:
    found = duties(on_call.load_rota(rota_id), part.starts_at, part.ends_at)
    if {duty.agent for duty in found} != {part.agent_id}:
        raise Refusal(
            "not-theirs",
            "%(name)s is not on call for all of that time. Choose the shift again.",
            name=_name(part.agent_id),
        )


def _check_free(rota_id: int, part: Part, *, taker: int) -> None:
    """Refuse to put somebody on by this rota who is on by another one at that time."""
    for other_id, name in on_call.rotas():
        if other_id == rota_id:
            continue
        found = duties(on_call.load_rota(other_id), part.starts_at, part.ends_at)
        if any(duty.agent == taker for duty in found):
            raise Refusal(
                "twice",
                "%(name)s would be on call twice: by “%(rota)s” as well, at that time.",
                name=_name(taker),
                rota=name,
            )


def _name(agent_id: int) -> str:
    return Agent.objects.values_list("name", flat=True).get(pk=agent_id)


def _make(
    rota: Rota,
    part: Part,
    agent_id: int | None,
    *,
    reason: str,
    actor: Person,
    at: datetime,
    swap: str = "",
) -> RotaOverride:
    return RotaOverride.objects.create(
        rota=rota,
        starts_at=part.starts_at,
        ends_at=part.ends_at,
        agent_id=agent_id,
        replaces_id=part.agent_id or None,
        reason=" ".join(reason.split())[:200],
        swap=swap,
        made_by_id=actor.id,
        made_at=at,
    )


def _record(what: str, rota: Rota, made: RotaOverride, *, actor: Person, at: datetime) -> None:
    audit.record(
        what,
        about=rota.name,
        actor=actor,
        at=at,
        override=made.pk,
        starts_at=made.starts_at.isoformat(),
        ends_at=made.ends_at.isoformat(),
        agent=made.agent_id,
        replaces=made.replaces_id,
    )
