"""The ways to reach the people of the desk: their own to keep, and administrators'."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from dueline.actions import audit
from dueline.actions.addresses import is_address
from dueline.actions.attempts import PAGE_TRIAL, take
from dueline.actions.outbox import queue_mail
from dueline.core.audience import Person
from dueline.core.errors import Refusal
from dueline.core.page_ways import SERVICES, address_of
from dueline.models import Agent, OutboxItem, PageDestination
from dueline.queries.desk import get_standing
from dueline.wording import pages as wording

Kind = PageDestination.Kind
_MOST = 10  # of one person: more would not be tried in time


def add(
    agent_id: int,
    *,
    service: str,
    label: str,
    typed: Mapping[str, str],
    actor: Person,
    at: datetime,
) -> PageDestination:
    """Add a way, which is tried after all others. Raises Refusal with a field's name as its code.

    typed: what was filled in, by the names in `core.page_ways`.
    """
    agent = _agent(agent_id, actor=actor)
    address = address_of(service, typed)
    if service == "mail" and not is_address(address):
        raise Refusal("mail", "Write an e-mail address.")
    if len(label) > 100:
        raise Refusal("label", "This name is too long.")
    with transaction.atomic():
        others = PageDestination.objects.filter(agent=agent)
        if others.count() >= _MOST:
            raise Refusal("service", "Ten ways are enough: remove one first.")
        destination = PageDestination.objects.create(
            agent=agent,
            position=(others.aggregate(last=Max("position"))["last"] or 0) + 1,
            kind=Kind.MAIL if service == "mail" else Kind.APPRISE,
            label=label.strip() or SERVICES[service].title,
            address=address,
            # What an engineer writes may not make the desk call its own neighbours (i49).
            may_stay_inside=actor.is_administrator,
            created_at=at,
        )
        _record(destination, "added", actor=actor, at=at)
    return destination


def move_up(destination_id: int, *, actor: Person, at: datetime) -> PageDestination:
    """Let a way be tried before the one that is tried before it."""
    with transaction.atomic():
        destination = own(destination_id, actor=actor)
        order = list(
            PageDestination.objects.filter(agent=destination.agent_id)
            .order_by("position", "id")
            .values_list("id", flat=True)
        )
        place = order.index(destination_id)
        if place:
            order[place - 1], order[place] = order[place], order[place - 1]
        for position, pk in enumerate(order, 1):
            PageDestination.objects.filter(pk=pk).update(position=position)
    return destination


def set_active(
    destination_id: int, *, is_active: bool, actor: Person, at: datetime
) -> PageDestination:
    """Pause a way, or use it again; what was wrong with it is forgotten."""
    with transaction.atomic():
        destination = own(destination_id, actor=actor)
        PageDestination.objects.filter(pk=destination_id).update(
            is_active=is_active, failing_since=None, last_error=""
        )
        _record(destination, "used again" if is_active else "paused", actor=actor, at=at)
    return destination


def remove(destination_id: int, *, actor: Person, at: datetime) -> PageDestination:
    with transaction.atomic():
        destination = own(destination_id, actor=actor)
        PageDestination.objects.filter(pk=destination_id).delete()
        _record(destination, "removed", actor=actor, at=at)
    return destination


def confirm(destination_id: int, *, actor: Person, at: datetime) -> PageDestination:
    """Say that a test page has arrived. Only the one who is woken by it can know."""
    destination = own(destination_id, actor=actor)
    if destination.agent_id != actor.id:
        raise Refusal("not-now", "Only the one whom it wakes can say that it arrived.")
    if destination.last_success_at is None:
        raise Refusal("not-now", "Send a test page first.")
    PageDestination.objects.filter(pk=destination_id).update(confirmed_at=at)
    return destination


# --- trials ------------------------------------------------------------------------------------


def begin_trial(destination_id: int, *, actor: Person, at: datetime) -> PageDestination:
    """Return the way that is to be tried, if it has not been tried too often lately."""
    destination = own(destination_id, actor=actor)
    if not take(PAGE_TRIAL, str(actor.id), at=at):
        raise Refusal("too-many", "That were many test pages. Wait ten minutes.")
    return destination


def note_trial(destination: PageDestination, *, ok: bool, said: str, at: datetime) -> None:
    """Store what came of a test page. said: a sentence, without secrets."""
    values = (
        {"last_success_at": at, "failing_since": None, "last_error": ""}
        if ok
        else {"failing_since": destination.failing_since or at, "last_error": said}
    )
    PageDestination.objects.filter(pk=destination.pk).update(**values)


def mail_trial(destination: PageDestination, *, actor: Person, at: datetime) -> None:
    """Put a test page into the outbox, for a way by mail."""
    with transaction.atomic():
        queue_mail(
            purpose=OutboxItem.Purpose.PAGE,
            to_name=actor.name,
            to_address=destination.address,
            mail=wording.trial_mail(desk_name=get_standing().name),
            at=at,
        )
        note_trial(destination, ok=True, said="", at=at)


# --- whose they are ----------------------------------------------------------------------------


def own(destination_id: int, *, actor: Person) -> PageDestination:
    """Return a way that this person may change. Raises Refusal("not-found")."""
    found = PageDestination.objects.select_related("agent").filter(pk=destination_id).first()
    if found is None or not _may_change(found.agent_id, actor):
        raise _not_found()
    return found


def _agent(agent_id: int, *, actor: Person) -> Agent:
    agent = Agent.objects.filter(pk=agent_id).first()
    if agent is None or not _may_change(agent_id, actor):
        raise _not_found()
    return agent


def _may_change(agent_id: int, actor: Person) -> bool:
    return actor.is_agent and (actor.id == agent_id or actor.is_administrator)


def _not_found() -> Refusal:
    return Refusal("not-found", "There is no such page.")


def _record(destination: PageDestination, what: str, *, actor: Person, at: datetime) -> None:
    # The label alone: an address holds keys.
    audit.record(
        "page-way",
        about=destination.agent.name,
        actor=actor,
        at=at,
        label=destination.label,
        did=what,
    )
