"""Rotas as pages show them: who is on and next, whose shifts come, and what stands above a rota."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from dueline.core import oncall
from dueline.core.errors import Refusal
from dueline.models import Agent, Rota, RotaLayer, RotaOverride
from dueline.queries import on_call

AHEAD = timedelta(days=56)


class Watch(NamedTuple):
    """Who is on by a rota now (None: nobody), and the next duty of somebody else.

    next: None where nothing changes within `AHEAD`.
    """

    rota_id: int
    name: str
    zone: str
    now: oncall.Duty
    next: oncall.Duty | None


class Shift(NamedTuple):
    rota_id: int
    rota: str
    duty: oncall.Duty


class OverrideLine(NamedTuple):
    """agent "": nobody is on. replaces "": whoever would be."""

    id: int
    starts_at: datetime
    ends_at: datetime
    agent: str
    replaces: str
    reason: str
    is_swap: bool
    made_by: str
    row: RotaOverride


@dataclass(frozen=True, slots=True)
class RotaPage:
    id: int
    name: str
    zone: str
    is_active: bool
    version: int
    feed_secret: str
    layers: list[RotaLayer]  # the lowest first


def names() -> dict[int, str]:
    """Return what everybody of the desk is called, also who works here no more."""
    return dict(Agent.objects.values_list("id", "name"))


def who_work_here() -> list[tuple[int, str]]:
    """Return those who can be put on call, by name."""
    here = Agent.objects.filter(account__is_active=True).order_by("name", "id")
    return list(here.values_list("id", "name"))


def watches(*, at: datetime) -> list[Watch]:
    """Return each rota that is in use, with who is on and who is next."""
    found = []
    for rota in Rota.objects.filter(is_active=True).order_by("name"):
        loaded = on_call.load_rota(rota.pk)
        now, *later = _from_the_beginning(loaded, at, at + AHEAD)
        found.append(Watch(rota.pk, rota.name, rota.zone, now, later[0] if later else None))
    return found


def shifts_between(rota_id: int, start: datetime, end: datetime) -> tuple[oncall.Duty, ...]:
    """Return the duties of a rota by person, of which the first is not cut where it began."""
    return _from_the_beginning(on_call.load_rota(rota_id), start, end)


def _from_the_beginning(
    rota: oncall.Rota, start: datetime, end: datetime
) -> tuple[oncall.Duty, ...]:
    found = oncall.by_person(oncall.duties(rota, start - AHEAD, end))
    return tuple(duty for duty in found if duty.ends_at > start)


def shifts_of(agent_id: int, *, at: datetime) -> list[Shift]:
    """Return the shifts that somebody has or will have within `AHEAD`, by all rotas."""
    shifts = [
        Shift(rota_id, name, duty)
        for rota_id, name in on_call.rotas()
        for duty in upcoming(rota_id, at=at)
        if duty.agent == agent_id
    ]
    return sorted(shifts, key=lambda shift: (shift.duty.starts_at, shift.rota))


def upcoming(rota_id: int, *, at: datetime) -> tuple[oncall.Duty, ...]:
    """Return the duties of a rota from now on within `AHEAD`, by person."""
    return shifts_between(rota_id, at, at + AHEAD)


def rota_page(rota_id: int) -> RotaPage:
    """Return a rota with its layers. Raises Refusal("not-found")."""
    rota = Rota.objects.filter(pk=rota_id).first()
    if rota is None:
        raise Refusal("not-found", "There is no such rota.")
    layers = rota.layers.prefetch_related("members__agent__account").select_related("calendar")
    return RotaPage(
        rota.pk,
        rota.name,
        rota.zone,
        rota.is_active,
        rota.version,
        rota.feed_secret,
        list(layers.order_by("position")),
    )


def all_rotas() -> list[Rota]:
    """Return every rota, those in use first."""
    return list(Rota.objects.order_by("-is_active", "name"))


def rota_by_secret(secret: str) -> tuple[int, str] | None:
    """Return the id and the name of the rota in use whose feed has this address."""
    found = Rota.objects.filter(feed_secret=secret, is_active=True)
    return found.values_list("id", "name").first()


def agent_by_id(agent_id: int) -> str | None:
    """Return what somebody who works here is called."""
    found = Agent.objects.filter(pk=agent_id, account__is_active=True)
    return found.values_list("name", flat=True).first()


def layer_of(layer_id: int) -> RotaLayer:
    """Return a layer. Raises Refusal("not-found")."""
    layer = RotaLayer.objects.select_related("rota").filter(pk=layer_id).first()
    if layer is None:
        raise Refusal("not-found", "There is no such layer.")
    return layer


def overrides_of(rota_id: int, *, at: datetime) -> list[OverrideLine]:
    """Return what stands above the layers from now on, in order of time."""
    rows = RotaOverride.objects.filter(rota_id=rota_id, taken_back_at=None, ends_at__gt=at)
    people = names()
    return [
        OverrideLine(
            row.pk,
            row.starts_at,
            row.ends_at,
            people.get(row.agent_id or 0, ""),
            people.get(row.replaces_id or 0, ""),
            row.reason,
            bool(row.swap),
            people[row.made_by_id],
            row,
        )
        for row in rows.order_by("starts_at", "id")
    ]


def people_by_what_files_say() -> dict[str, int]:
    """Return who works here by name and by e-mail address, in small letters.

    A name that two people bear is left out.
    """
    here = Agent.objects.filter(account__is_active=True)
    found: dict[str, int] = {}
    twice = set()
    for agent_id, name, email in here.values_list("id", "name", "account__email"):
        for said in (" ".join(name.split()).casefold(), email.casefold()):
            if found.setdefault(said, agent_id) != agent_id:
                twice.add(said)
    return {said: agent_id for said, agent_id in found.items() if said not in twice}
