"""Waking people inside the act that calls for it: the one place where a case begins to be paged.

`Change.store` calls `follow` at the end of every act. An act that opens a case as Critical, raises
it to Critical or opens a Critical one again starts the desk's chain; one by which an engineer takes
the case up acknowledges it; one after which nobody is needed any more ends it. Pages themselves are
written by the sweep (`actions.paging.take_steps`), and leave by their outlet.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from dueline.actions._rows import insert
from dueline.core.audience import DESK, Person
from dueline.core.calendars import is_open, open_spans
from dueline.core.events import Kind
from dueline.core.paging import Step, ended_by, is_taken_up_by, is_unsettled, wake, write_steps
from dueline.core.policy import CommitmentKind
from dueline.core.priorities import Priority
from dueline.models import Desk, Page, Paging, PagingChain
from dueline.queries.paging import steps_of
from dueline.queries.policies import current_calendar

if TYPE_CHECKING:  # it is `Change.store` that calls us
    from dueline.actions._change import Change

State = Paging.State


def follow(change: "Change") -> None:
    """Start, acknowledge or end the pages of a case, as what an act has added asks for."""
    news = change.news
    if is_unsettled(change.events):
        _settle(change)
    if call := wake(change.events, news, priority=Priority(change.case.priority)):
        start_for(change, why=call.why, occasion=call.occasion)


def _settle(change: "Change") -> None:
    if reason := next(filter(None, map(ended_by, change.news)), ""):
        end_within(change, because=reason)
    elif change.actor.is_agent and any(map(is_taken_up_by, change.news)):
        acknowledge_within(change, by=change.actor, way="work")


# --- starting -----------------------------------------------------------------------------------


def start_for(
    change: "Change", *, why: str, occasion: str, also: Collection[int] = ()
) -> Paging | None:
    """Begin to page the desk's chain about a case, as a part of the act under way.

    also: agents who are paged with its first step. None: no chain is set up, somebody is being
    paged about the case already, or was about this occasion.
    """
    chain = _critical_chain()
    if chain is None or _is_told_of(change.case.pk, occasion):
        return None
    steps = steps_of(chain.pk)
    if not steps:
        return None
    from_at = _first_page_at(change, chain, why=why)
    Paging.objects.filter(case=change.case, state__in=_LEFT_BEHIND).update(
        state=State.ENDED, ended_at=change.at, ended_because="again"
    )
    paging = insert(
        Paging(
            case=change.case,
            why=why,
            occasion=occasion,
            chain_name=chain.name,
            steps=write_steps(_with(steps, also)),
            rounds=chain.rounds,
            started_at=change.at,
            next_at=from_at,
        )
    )
    later: dict[str, Any] = {"from_at": from_at.isoformat()} if from_at > change.at else {}
    change.append(
        Kind.PAGING_STARTED, by=DESK, paging=paging.pk, why=why, chain=chain.name, **later
    )
    return paging


# What the new one stands in for: the old acknowledgement counts no more.
_LEFT_BEHIND = (State.ACKNOWLEDGED, State.EXHAUSTED)


def _critical_chain() -> PagingChain | None:
    desk = Desk.objects.select_related("critical_chain").filter(pk=1).first()
    chain = desk.critical_chain if desk else None
    return chain if chain and chain.is_active else None


def _is_told_of(case_id: int, occasion: str) -> bool:
    of_case = Paging.objects.filter(case_id=case_id)
    return of_case.filter(Q(occasion=occasion) | Q(state=State.RUNNING)).exists()


def _with(steps: tuple[Step, ...], also: Collection[int]) -> tuple[Step, ...]:
    if not also:
        return steps
    return (replace(steps[0], also=tuple(sorted(also))), *steps[1:])


def _first_page_at(change: "Change", chain: PagingChain, *, why: str) -> datetime:
    """Return when the first step is due: at once, or later where people are at the desk now.

    A chain for the other hours leaves a new case to those who are there. It begins when the desk
    closes, or when the response is due soon, whichever comes first, unless somebody has taken the
    case up by then. What was not kept in time is paged about at any hour.
    """
    if not chain.outside_hours_only or why == Paging.Why.NOT_ACTIVATED:
        return change.at
    office = current_calendar(at=change.at).calendar
    if not is_open(office, change.at):
        return change.at
    until = _soon_at(change) or change.at + _A_DAY
    opening = open_spans(office, change.at, until)
    return opening[0][1] if opening else change.at


_A_DAY = timedelta(days=1)


def _soon_at(change: "Change") -> datetime | None:
    """Return from when on the response counts as due soon; None: there is none to come."""
    owed = [
        commitment.warn_at
        for commitment in change.commitments()
        if commitment.kind is CommitmentKind.RESPONSE and commitment.is_owed
    ]
    return owed[-1] if owed else None


# What can be acknowledged, also after everybody has slept through it: better late than nobody.
ANSWERABLE = (State.RUNNING, State.EXHAUSTED)


# --- acknowledging and ending ---------------------------------------------------------------------


def acknowledge_within(change: "Change", *, by: Person, way: str) -> bool:
    """Let somebody take up what is paged about the case. False: nobody is being paged."""
    paging = Paging.objects.filter(case=change.case, state__in=ANSWERABLE).first()
    if paging is None or not take_up(paging.pk, agent_id=by.id, way=way, at=change.at):
        return False
    change.append(Kind.PAGE_ACKNOWLEDGED, by=by, paging=paging.pk, way=way)
    return True


def take_up(paging_id: int, *, agent_id: int, way: str, at: datetime) -> bool:
    """Store an acknowledgement. False: somebody was quicker, or nobody is needed any more."""
    taken = Paging.objects.filter(pk=paging_id, state__in=ANSWERABLE).update(
        state=State.ACKNOWLEDGED,
        acknowledged_at=at,
        acknowledged_by_id=agent_id,
        acknowledged_by_way=way,
        next_at=None,
    )
    if taken:
        _cancel_pages(paging_id)
    return bool(taken)


def end_within(change: "Change", *, because: str) -> None:
    """End what is paged about a case: nobody needs to be woken for it any more. because: a code."""
    of_case = Paging.objects.filter(case=change.case)
    for paging_id in of_case.filter(state__in=_UNENDED).values_list("id", flat=True):
        if stop(paging_id, because=because, at=change.at):
            change.append(Kind.PAGING_ENDED, paging=paging_id, reason=because)
    # Its end has been told; nobody has to answer for it any more.
    of_case.filter(state=State.EXHAUSTED).update(state=State.ENDED)


_UNENDED = (State.RUNNING, State.ACKNOWLEDGED)


def stop(paging_id: int, *, because: str, at: datetime) -> bool:
    """Store that a paging has ended. False: it had."""
    ended = Paging.objects.filter(pk=paging_id, state__in=_UNENDED).update(
        state=State.ENDED, ended_at=at, ended_because=because, next_at=None
    )
    if ended:
        _cancel_pages(paging_id)
    return bool(ended)


def _cancel_pages(paging_id: int) -> None:
    waiting = Page.objects.filter(paging_id=paging_id, state=Page.State.WAITING)
    waiting.update(state=Page.State.CANCELLED)
