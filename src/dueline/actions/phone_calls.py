"""Calls, as the telephone system tells of them and as colleagues deal with them.

What is told writes these rows and nothing else: no case changes because a telephone rings.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from dueline.actions import cases, contact_numbers, phone_webhooks
from dueline.core.audience import Person
from dueline.core.calls import CallState, Course, Told, begin, believed, go_on
from dueline.core.errors import Refusal
from dueline.core.events import Event as LoggedEvent
from dueline.core.events import Kind
from dueline.core.phone import is_real, normal
from dueline.models import Agent, Case, Contact, Event, PhoneCall
from dueline.queries.callers import home_region


def take(webhook_id: int, told: Sequence[Told], *, digest: str, at: datetime) -> None:
    """Store what one signed message tells of calls, all or none.

    Raises Refusal("replayed") for a message that was taken before.
    """
    with transaction.atomic():
        phone_webhooks.take_once(webhook_id, digest=digest, at=at)
        for one in told:
            _keep(webhook_id, believed(one, at=at), at=at)


def _keep(webhook_id: int, told: Told, *, at: datetime) -> None:
    row = _claimed(webhook_id, told, at=at)
    if row is None:
        return
    said = _said(told)
    course = go_on(_course(row), told)
    for column in ("from_number", "to_number", "caller_name"):
        said[column] = getattr(row, column) or said[column]
    said["recording_url"] = said["recording_url"] or row.recording_url
    _store(row.pk, course, said, at=at)


def _claimed(webhook_id: int, told: Told, *, at: datetime) -> PhoneCall | None:
    """Return the row of a call, locked by a write; None: it was new, and is stored as told."""
    rows = PhoneCall.objects.filter(webhook_id=webhook_id, call_id=told.call_id)
    if not rows.update(changed_at=at):
        try:
            with transaction.atomic():
                row = PhoneCall.objects.create(
                    webhook_id=webhook_id,
                    call_id=told.call_id,
                    direction=told.direction,
                    rang_at=told.at,
                    changed_at=at,
                )
                _store(row.pk, begin(told), _said(told), at=at)
            return None
        except IntegrityError:  # told twice at the same time: the other one was quicker
            rows.update(changed_at=at)
    return rows.get()


def _store(row_id: int, course: Course, said: dict[str, Any], *, at: datetime) -> None:
    # Whose telephone it is. Of two agents with one telephone, nobody is named.
    extension = course.extension
    agents = list(Agent.objects.filter(extension=extension)[:2]) if extension else []
    whose = {"agent": agents[0]} if len(agents) == 1 else {}
    PhoneCall.objects.filter(pk=row_id).update(**asdict(course), **said, **whose, changed_at=at)


def _course(row: PhoneCall) -> Course:
    return Course(
        CallState(row.state), row.rang_at, row.answered_at, row.ended_at, extension=row.extension
    )


def _said(told: Told) -> dict[str, Any]:
    region = home_region()
    return {
        "from_number": normal(told.from_number, region)[:60],
        "to_number": normal(told.to_number, region)[:60],
        "caller_name": told.caller_name[:200],
        "recording_url": told.recording_url,
    }


# --- what colleagues do -------------------------------------------------------------------------


def say_who(call_id: int, *, contact_id: int, actor: Person, at: datetime) -> None:
    """Say who is at the other end. From now on they are known by this number."""
    call = _get(call_id, actor)
    with transaction.atomic():
        if is_real(call.number):
            contact_numbers.add_number(contact_id, number=call.number, actor=actor, at=at)
        elif not Contact.objects.filter(pk=contact_id, left_at=None).exists():
            raise Refusal("contact", "Choose the caller again.")
        PhoneCall.objects.filter(pk=call_id).update(contact_id=contact_id, changed_at=at)


def set_aside(call_id: int, *, actor: Person, at: datetime) -> None:
    """Say that nothing comes of a call: it is listed no more."""
    _get(call_id, actor)
    open_call = PhoneCall.objects.filter(pk=call_id, event=None, set_aside_at=None)
    if not open_call.update(set_aside_at=at, changed_at=at):
        raise Refusal("not-now", "Somebody has dealt with this call already.")


def open_case_about(call_id: int, *, actor: Person, at: datetime, **said: Any) -> Case:
    """Open a case about a call. said: as `cases.open_case` wants it."""
    _get(call_id, actor)
    with transaction.atomic():
        case = cases.open_case(actor=actor, at=at, **said)
        told_of = Event.objects.filter(
            Q(kind=Kind.CALL_LOGGED) | Q(kind=Kind.CALL_BACK_ASKED), case=case
        )
        link(call_id, case=case, event_id=told_of.latest("id").pk, actor=actor, at=at)
    return case


def link(call_id: int, *, case: Case, event_id: int, actor: Person, at: datetime) -> None:
    """Say what a call came to (inside the act under way). Raises Refusal("call-logged")."""
    unlogged = PhoneCall.objects.filter(pk=call_id, event=None)
    if not unlogged.update(case=case, event_id=event_id, contact_id=case.contact_id, changed_at=at):
        raise Refusal("call-logged", "Somebody has logged this call already.")
    PhoneCall.objects.filter(pk=call_id, agent=None).update(agent_id=actor.id)


def keep_recording(case: Case, event: LoggedEvent, *, address: str, call_id: int | None) -> None:
    """Keep where the recording of a logged call lies (inside the act under way).

    Beside the case and not in its history: that is for customers as well.
    """
    if call_id is not None:
        PhoneCall.objects.filter(pk=call_id).update(recording_url=address)
        return
    PhoneCall.objects.create(
        call_id=f"logged-{event.id}",
        direction=event.facts["direction"],
        contact_id=case.contact_id,
        state=CallState.ENDED if event.facts["reached"] else CallState.MISSED,
        rang_at=event.happened_at,
        recording_url=address,
        case=case,
        event_id=event.id,
        changed_at=event.recorded_at,
    )


def _get(call_id: int, actor: Person) -> PhoneCall:
    call = PhoneCall.objects.filter(pk=call_id).first() if actor.is_agent else None
    if call is None:
        raise Refusal("not-found", "There is no such call.")
    return call
