"""Who is on call, from the rotas as they are stored."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.db.models import Prefetch, QuerySet

from dueline.core import oncall
from dueline.core.calendars import parse_calendar
from dueline.core.errors import Refusal
from dueline.core.rota_plans import LayerPlan
from dueline.models import (
    Agent,
    CalendarVersion,
    Desk,
    Rota,
    RotaLayer,
    RotaMember,
    RotaOverride,
    RotaShift,
)


def rotas() -> list[tuple[int, str]]:
    """Return the id and the name of every rota that is in use."""
    return list(Rota.objects.filter(is_active=True).values_list("id", "name"))


def load_rota(rota_id: int) -> oncall.Rota:
    """Return a rota to reckon with. Raises Refusal("not-found").

    Somebody who works here no more keeps their place in the order, and has nobody in it; their
    overrides and shifts count as if they were not there.
    """
    row = _rows().filter(pk=rota_id).first()
    if row is None:
        raise Refusal("not-found", "There is no such rota.")
    here = _who_work_here()
    return oncall.Rota(
        zone=row.zone,
        layers=tuple(_layer(layer, row.zone, here) for layer in row.layers.all()),
        overrides=tuple(
            oncall.Override(o.pk, o.starts_at, o.ends_at, o.agent_id, o.replaces_id)
            for o in row.overrides.all()
            if o.agent_id is None or o.agent_id in here
        ),
    )


def rota_as_planned(rota_id: int, plan: LayerPlan, *, position: int) -> oncall.Rota:
    """Return a rota as it would be with a layer as planned: new, or in place of one it has."""
    rota = load_rota(rota_id)
    there = [layer for layer in rota.layers if layer.position == position]
    planned = oncall.Layer(
        position=position,
        turn=plan.turn,
        turn_length=plan.turn_length,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        handover_at=plan.handover_at,
        members=plan.members,
        shifts=there[0].shifts if there else (),
        hours=_hours(plan.hours),
        calendars=_calendars(plan.hours, plan.calendar_id, plan.week, rota.zone),
    )
    others = tuple(layer for layer in rota.layers if layer.position != position)
    return replace(rota, layers=(*others, planned))


def agent_on_call(rota_id: int, *, at: datetime) -> Agent | None:
    """Return who is on by a rota; None: nobody, or the rota is not in use."""
    if not Rota.objects.filter(pk=rota_id, is_active=True).exists():
        return None
    duty = oncall.who_is_on(load_rota(rota_id), at)
    if duty is None or duty.agent is None:
        return None
    return Agent.objects.select_related("account").get(pk=duty.agent)


def is_on_call(agent_id: int, *, at: datetime) -> bool:
    """Say whether somebody is on by any rota."""
    on = (oncall.who_is_on(load_rota(rota_id), at) for rota_id, _ in rotas())
    return any(duty is not None and duty.agent == agent_id for duty in on)


def _rows() -> QuerySet[Rota]:
    standing = RotaOverride.objects.filter(taken_back_at=None).order_by("made_at", "id")
    return Rota.objects.prefetch_related(
        Prefetch("layers", RotaLayer.objects.order_by("position")),
        Prefetch("layers__members", RotaMember.objects.order_by("position")),
        Prefetch("layers__shifts", RotaShift.objects.order_by("starts_at", "id")),
        Prefetch("overrides", standing),
    )


def _who_work_here() -> set[int]:
    return set(Agent.objects.filter(account__is_active=True).values_list("id", flat=True))


def _layer(layer: RotaLayer, zone: str, here: set[int]) -> oncall.Layer:
    return oncall.Layer(
        position=layer.position,
        name=layer.name,
        turn=oncall.Turn(layer.turn),
        turn_length=layer.turn_length,
        starts_on=layer.starts_on,
        ends_on=layer.ends_on,
        handover_at=layer.handover_at,
        members=tuple(_if_here(member.agent_id, here) for member in layer.members.all()),
        shifts=tuple(
            oncall.Shift(shift.starts_at, shift.ends_at, _if_here(shift.agent_id, here))
            for shift in layer.shifts.all()
        ),
        hours=_hours(layer.hours),
        calendars=_calendars(layer.hours, layer.calendar_id, layer.week, zone),
    )


def _if_here(agent_id: int | None, here: set[int]) -> int | None:
    return agent_id if agent_id in here else None


def _hours(said: str) -> oncall.Hours:
    return oncall.Hours.INSIDE if said == RotaLayer.Hours.WEEK else oncall.Hours(said)


def _calendars(
    hours: str, calendar_id: int | None, week: Mapping[str, list[str]], zone: str
) -> oncall.Calendars:
    """Return the versions of the calendar that a layer's hours follow, in the order they hold."""
    if hours == RotaLayer.Hours.ALWAYS:
        return ()
    if hours == RotaLayer.Hours.WEEK:
        return oncall.weekly(week, zone)
    calendar_id = calendar_id or Desk.objects.values_list("calendar_id", flat=True).get()
    versions = CalendarVersion.objects.filter(calendar_id=calendar_id)
    rows = versions.order_by("holds_from", "number").values_list("holds_from", "source")
    return tuple((holds_from, parse_calendar(source)) for holds_from, source in rows)
