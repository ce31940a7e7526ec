"""Rotas and their layers, as administrators make and change them.

A change names the version of the rota that it was made on: what somebody else changed meanwhile is
looked at first. Every change is kept in the audit record.
"""

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from django.db import transaction
from django.db.models import F

from dueline.actions import audit
from dueline.actions._administration import administrators_only
from dueline.core.audience import Person
from dueline.core.errors import Refusal
from dueline.core.oncall import Shift
from dueline.core.rota_plans import MOST_LAYERS, LayerPlan, check_plan
from dueline.models import Agent, Calendar, PagingStep, Rota, RotaLayer, RotaMember, RotaShift


def add(*, name: str, zone: str, actor: Person, at: datetime) -> Rota:
    """Add a rota, without layers. Raises Refusal with the name of the field as its code."""
    administrators_only(actor)
    name = _check(name, zone)
    with transaction.atomic():
        rota = Rota.objects.create(
            name=name, zone=zone, feed_secret=secrets.token_urlsafe(24), created_at=at
        )
        _record("rota_added", rota, actor=actor, at=at, zone=zone)
    return rota


def change(
    rota_id: int, *, version: int, name: str, zone: str, actor: Person, at: datetime
) -> None:
    """Change what a rota is called, and the zone in which its turns change hands."""
    administrators_only(actor)
    name = _check(name, zone, rota_id=rota_id)
    with transaction.atomic():
        rota = _claim(rota_id, version=version)
        was = {"name": rota.name, "zone": rota.zone}
        Rota.objects.filter(pk=rota_id).update(name=name, zone=zone)
        _record("rota_changed", rota, actor=actor, at=at, was=was, name=name, zone=zone)


def set_active(rota_id: int, *, version: int, is_active: bool, actor: Person, at: datetime) -> None:
    """Take a rota out of use, or back into it. Raises Refusal("in-use") where a chain needs it."""
    administrators_only(actor)
    with transaction.atomic():
        rota = _claim(rota_id, version=version)
        chains = PagingStep.objects.filter(rota_id=rota_id, chain__is_active=True)
        chain = chains.values_list("chain__name", flat=True).first()
        if chain is not None and not is_active:
            raise Refusal(
                "in-use",
                "“%(chain)s” pages whoever is on call by this rota. Change that chain first.",
                chain=chain,
            )
        Rota.objects.filter(pk=rota_id).update(is_active=is_active)
        _record("rota_activity", rota, actor=actor, at=at, is_active=is_active)


def renew_feed(rota_id: int, *, version: int, actor: Person, at: datetime) -> None:
    """Give the rota's iCalendar feed another address; the old one leads nowhere from now on."""
    administrators_only(actor)
    with transaction.atomic():
        rota = _claim(rota_id, version=version)
        Rota.objects.filter(pk=rota_id).update(feed_secret=secrets.token_urlsafe(24))
        _record("rota_feed", rota, actor=actor, at=at)


# --- layers --------------------------------------------------------------------------------------


def add_layer(
    rota_id: int, plan: LayerPlan, *, version: int, actor: Person, at: datetime
) -> RotaLayer:
    """Put a layer above those that a rota has."""
    administrators_only(actor)
    check_layer(plan)
    with transaction.atomic():
        rota = _claim(rota_id, version=version)
        count = rota.layers.count()
        if count >= MOST_LAYERS:
            raise Refusal("too-many", "A rota has at most %(n)s layers.", n=MOST_LAYERS)
        layer = RotaLayer.objects.create(rota=rota, position=count + 1, **_columns(plan))
        _seat(layer, plan.members)
        _record("rota_layer", rota, actor=actor, at=at, **_facts(layer, plan))
    return layer


def change_layer(
    layer_id: int, plan: LayerPlan, *, version: int, actor: Person, at: datetime
) -> None:
    """Change a layer and who has turns in it. Imported shifts stay."""
    administrators_only(actor)
    check_layer(plan)
    with transaction.atomic():
        layer, rota = _claim_of(layer_id, version=version)
        RotaLayer.objects.filter(pk=layer_id).update(**_columns(plan))
        layer.members.all().delete()
        _seat(layer, plan.members)
        _record("rota_layer", rota, actor=actor, at=at, **_facts(layer, plan))


def remove_layer(layer_id: int, *, version: int, actor: Person, at: datetime) -> None:
    """Remove a layer with its turns; those above it move down."""
    administrators_only(actor)
    with transaction.atomic():
        layer, rota = _claim_of(layer_id, version=version)
        position, name = layer.position, layer.name
        layer.delete()
        # One by one, from below: so that no two are ever in the same place.
        for above in rota.layers.filter(position__gt=position).order_by("position"):
            RotaLayer.objects.filter(pk=above.pk).update(position=above.position - 1)
        _record("rota_layer_removed", rota, actor=actor, at=at, position=position, layer=name)


def raise_layer(layer_id: int, *, version: int, actor: Person, at: datetime) -> None:
    """Let a layer count before the one above it."""
    administrators_only(actor)
    with transaction.atomic():
        layer, rota = _claim_of(layer_id, version=version)
        above = rota.layers.filter(position=layer.position + 1).first()
        if above is None:
            raise Refusal("highest", "No layer stands above this one.")
        for row, position in ((layer, 0), (above, layer.position), (layer, layer.position + 1)):
            RotaLayer.objects.filter(pk=row.pk).update(position=position)
        _record("rota_layer_raised", rota, actor=actor, at=at, position=layer.position + 1)


def replace_shifts(
    layer_id: int,
    shifts: Iterable[tuple[Shift, str, str]],
    *,
    version: int,
    actor: Person,
    at: datetime,
) -> int:
    """Put imported shifts in place of all that a layer has. Returns how many they are.

    shifts: each with the uid of its event and whom the file names.
    """
    administrators_only(actor)
    with transaction.atomic():
        layer, rota = _claim_of(layer_id, version=version)
        if layer.turn != RotaLayer.Turn.SHIFTS:
            raise Refusal("turn", "Only a layer of imported shifts can hold them.")
        layer.shifts.all().delete()
        rows = RotaShift.objects.bulk_create(
            RotaShift(
                layer=layer,
                starts_at=shift.starts_at,
                ends_at=shift.ends_at,
                agent_id=shift.agent,
                uid=uid[:255],
                said=said[:200],
            )
            for shift, uid, said in shifts
        )
        _record("rota_import", rota, actor=actor, at=at, position=layer.position, shifts=len(rows))
    return len(rows)


# --- the parts -----------------------------------------------------------------------------------


def _check(name: str, zone: str, *, rota_id: int = 0) -> str:
    """Return the name as it is stored."""
    name = " ".join(name.split())
    if not name:
        raise Refusal("name", "How is the rota called?")
    if len(name) > 100:
        raise Refusal("name", "This is too long.")
    if Rota.objects.exclude(pk=rota_id).filter(name__iexact=name).exists():
        raise Refusal("name", "There is a rota of this name.")
    if zone not in available_timezones():
        raise Refusal("zone", "Choose the time zone in which turns change hands.")
    return name


def check_layer(plan: LayerPlan) -> None:
    """Refuse what no layer of this desk can be, by the field."""
    check_plan(plan)
    here = Agent.objects.filter(pk__in=plan.members, account__is_active=True)
    if here.count() != len(set(plan.members)):
        raise Refusal("members", "Choose people who work here.")
    if plan.calendar_id and not Calendar.objects.filter(pk=plan.calendar_id).exists():
        raise Refusal("calendar", "Choose a calendar from the list.")


def _claim(rota_id: int, *, version: int) -> Rota:
    """Return the rota if nobody has changed it since; the transaction holds it from here on."""
    claimed = Rota.objects.filter(pk=rota_id, version=version).update(version=F("version") + 1)
    rota = Rota.objects.filter(pk=rota_id).first()
    if rota is None:
        raise Refusal("not-found", "There is no such rota.")
    if not claimed:
        raise Refusal("stale", "Somebody has changed the rota meanwhile. Look at it again.")
    return rota


def _claim_of(layer_id: int, *, version: int) -> tuple[RotaLayer, Rota]:
    layer = RotaLayer.objects.filter(pk=layer_id).first()
    if layer is None:
        raise Refusal("not-found", "There is no such layer.")
    return layer, _claim(layer.rota_id, version=version)


def _columns(plan: LayerPlan) -> dict[str, Any]:
    return {
        "name": plan.name,
        "turn": plan.turn.value,
        "turn_length": plan.turn_length,
        "starts_on": plan.starts_on,
        "ends_on": plan.ends_on,
        "handover_at": plan.handover_at,
        "hours": plan.hours,
        "calendar_id": plan.calendar_id,
        "week": dict(plan.week),
    }


def _seat(layer: RotaLayer, members: Iterable[int]) -> None:
    RotaMember.objects.bulk_create(
        RotaMember(layer=layer, position=position, agent_id=agent_id)
        for position, agent_id in enumerate(members, start=1)
    )


def _facts(layer: RotaLayer, plan: LayerPlan) -> dict[str, Any]:
    columns = {name: value for name, value in _columns(plan).items() if value not in ("", None)}
    said = {n: v if isinstance(v, int | dict) else str(v) for n, v in columns.items()}
    return {"position": layer.position, "layer": said, "members": list(plan.members)}


def _record(what: str, rota: Rota, *, actor: Person, at: datetime, **facts: Any) -> None:
    audit.record(what, about=rota.name, actor=actor, at=at, **facts)
