"""Who is on call at the demonstration desk."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from dueline.actions import rota_overrides, rotas
from dueline.core.audience import Person
from dueline.core.oncall import Turn
from dueline.core.rota_plans import LayerPlan
from dueline.models import Rota


def make_rota(cast: Mapping[str, Person], *, zone: str, began_at: datetime, at: datetime) -> Rota:
    """Make a rota for whenever the office is closed, with an evening that somebody took over."""
    asta, bo, ivar = cast["asta"], cast["bo"], cast["ivar"]
    monday = began_at.date() - timedelta(days=began_at.weekday())
    rota = rotas.add(name="Nights and weekends", zone=zone, actor=asta, at=began_at)
    plan = LayerPlan(
        name="First line",
        turn=Turn.WEEKS,
        starts_on=monday,
        handover_at=time(9),
        hours="outside",
        members=(bo.id, asta.id, ivar.id),
    )
    rotas.add_layer(rota.pk, plan, version=rota.version, actor=asta, at=began_at)
    evening = (at + timedelta(days=2)).replace(hour=16, minute=0, second=0)
    rota_overrides.override(
        rota.pk,
        agent_id=cast["tove"].id,
        starts_at=evening,
        ends_at=evening + timedelta(hours=6),
        reason="Theatre",
        actor=cast["tove"],
        at=at,
    )
    return rota
