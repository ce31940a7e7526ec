"""Waking people about a case, step after step, until somebody acknowledges.

    start_for → take_steps … → acknowledge → ended         or exhausted: those who lead are told
                                    ↘ nothing by the due time: take_steps begins it again

What begins, acknowledges and ends a paging inside other acts stands in `actions._waking`. A step
writes one `Page` for each person; the outlet delivers these. An acknowledged page is neither a
response nor an activation: only people who work meet promises.
"""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from dueline.actions import letters
from dueline.actions._change import Change, get_claimed, lock
from dueline.actions._rows import insert
from dueline.actions._waking import ANSWERABLE, start_for, stop, take_up
from dueline.core.audience import DESK, Person
from dueline.core.commitments import State as Fate
from dueline.core.crash_points import crash_point
from dueline.core.errors import Refusal
from dueline.core.events import Kind
from dueline.core.paging import (
    EXHAUSTED,
    Chain,
    Step,
    after_step,
    occasion_of,
    read_chain,
    write_steps,
)
from dueline.core.policy import CommitmentKind
from dueline.core.priorities import Priority
from dueline.models import IS_OPEN, Agent, Case, Commitment, Desk, Page, Paging, PagingStep
from dueline.queries.cases import events_of
from dueline.queries.on_call import agent_on_call
from dueline.queries.paging import steps_of, who_acknowledged

__all__ = [
    "acknowledge",
    "acknowledge_by_code",
    "acknowledge_by_token",
    "end",
    "start_about_part",
    "start_for",
    "take_steps",
]

State, Why, Whom = Paging.State, Paging.Why, PagingStep.Whom

# A step is looked for several times a second: one that is later than this was held up.
IN_TIME = timedelta(seconds=10)
# Who acknowledges after the due time gets so long to show it before everybody is woken again.
PATIENCE = timedelta(minutes=15)


# --- the sweep ----------------------------------------------------------------------------------


def take_steps(*, at: datetime, limit: int = 100) -> int:
    """Take every step that is due, and begin again where nothing followed. Returns how many.

    Each by one worker alone: of two, the second finds the paging changed.
    """
    due = Paging.objects.filter(next_at__lte=at).order_by("next_at", "id")
    taken, broken = 0, None
    for paging_id, case_id in list(due.values_list("id", "case_id")[:limit]):
        try:
            taken += _take(paging_id, case_id, at=at)
        except Exception as error:  # a bug of ours: it must not keep the others from being woken
            broken = broken or error
    taken += _begin_again(at=at, limit=limit)
    if broken:
        raise broken
    return taken


def _take(paging_id: int, case_id: int | None, *, at: datetime) -> bool:
    with transaction.atomic():
        if case_id is not None:
            lock(case_id)
        paging = Paging.objects.get(pk=paging_id)
        chain = read_chain(paging.steps, rounds=paging.rounds)
        if paging.next_at is None or paging.next_at > at:
            return False  # the other worker was quicker
        if paging.steps_taken == chain.length:
            taken = _give_up(paging, at=at)
        else:
            taken = _step(paging, chain, due_at=paging.next_at, at=at)
        crash_point("paging.before-commit")
    crash_point("paging.taken")
    return taken


def _step(paging: Paging, chain: Chain, *, due_at: datetime, at: datetime) -> bool:
    """Write the pages of one step. With nobody to page, the next step is due at once."""
    number = paging.steps_taken
    people = _people(chain.step(number), at=at)
    next_at = after_step(chain, number, due_at=due_at, at=at) if people else due_at
    if not _claim(paging, steps_taken=number + 1, next_at=next_at):
        return False
    for agent in people:
        if not _was_paged_since(paging, agent, due_at):
            _write_page(paging, agent, due_at=due_at, at=at)
    if not people and paging.case_id is not None:
        _say_nobody(paging.case_id, paging, chain.step(number), late=at - due_at, at=at)
    return True


def _claim(paging: Paging, **values: object) -> bool:
    """Take the step that is due, or the end; of two workers, one alone."""
    as_read = Paging.objects.filter(
        pk=paging.pk, state=State.RUNNING, steps_taken=paging.steps_taken, next_at=paging.next_at
    )
    return bool(as_read.update(**values))


def _people(step: Step, *, at: datetime) -> list[Agent]:
    """Return whom a step means at an instant, each once: of a rota, who is on now."""
    wanted = Q(pk__in=step.also)
    match step.whom:
        case Whom.ROTA:
            on_call = agent_on_call(step.rota or 0, at=at)
            wanted |= Q(pk=on_call.pk if on_call else None)
        case Whom.AGENT:
            wanted |= Q(pk=step.agent)
        case Whom.EVERYONE:
            wanted |= Q(tier=Agent.Tier.ONE, destinations__is_active=True)
        case Whom.MANAGERS:
            wanted |= Q(is_manager=True)
    here = Agent.objects.filter(wanted, account__is_active=True)
    return list(here.distinct().order_by("pk"))


def _was_paged_since(paging: Paging, agent: Agent, due_at: datetime) -> bool:
    """A worker that slept finds several steps due: nobody is paged for each of them at once."""
    waits = Q(state__in=(Page.State.WAITING, Page.State.CLAIMED), next_try_at__gt=due_at)
    pages = Page.objects.filter(paging=paging, agent=agent)
    return pages.filter(Q(sent_at__gt=due_at) | (Q(sent_at=None) & waits)).exists()


def _write_page(paging: Paging, agent: Agent, *, due_at: datetime, at: datetime) -> None:
    insert(
        Page(
            paging=paging,
            step=paging.steps_taken,
            agent=agent,
            token=secrets.token_urlsafe(24),
            code=_code(),
            # When the chain wanted it: how late it left is counted from there.
            created_at=due_at,
            next_try_at=at,
        )
    )


def _code() -> str:
    """Return what a text message answers with: short, and of no other page that may be answered."""
    while True:
        code = str(secrets.randbelow(900_000) + 100_000)
        if not Page.objects.filter(code=code, paging__state__in=ANSWERABLE).exists():
            return code


def _say_nobody(case_id: int, paging: Paging, step: Step, *, late: timedelta, at: datetime) -> None:
    change = _noting(case_id, at=at)
    change.append(
        Kind.PAGE_FAILED,
        paging=paging.pk,
        step=paging.steps_taken,
        whom=step.whom,
        reason="nobody",
        late=int(late.total_seconds()) if late > IN_TIME else 0,
    )
    change.store()


def _give_up(paging: Paging, *, at: datetime) -> bool:
    """All rounds have been gone through: those who lead are told by mail."""
    ended = {"state": State.EXHAUSTED, "next_at": None, "ended_at": at}
    if not _claim(paging, ended_because=EXHAUSTED, **ended):
        return False
    if paging.case_id is None:
        letters.nobody_watches(paging.said, at=at)
        return True
    change = _noting(paging.case_id, at=at)
    told = letters.nobody_acknowledged(change, chain=paging.chain_name)
    change.append(Kind.PAGING_ENDED, paging=paging.pk, reason=EXHAUSTED, told=told)
    change.store()
    return True


def _noting(case_id: int, *, at: datetime) -> Change:
    """Open a case, which is locked, for what the desk itself has to say of it."""
    return Change(get_claimed(case_id), events_of(case_id), actor=DESK, at=at)


# --- acknowledged, and then nothing -------------------------------------------------------------


def _begin_again(*, at: datetime, limit: int) -> int:
    """Page again about Critical cases that nobody answered, or activated, by the due time."""
    if not Desk.objects.filter(critical_chain__isnull=False).exists():
        return 0
    return sum(_page_again(*row, at=at) for row in _overdue(at=at)[:limit])


def _overdue(*, at: datetime) -> list[tuple[int, str, int]]:
    """Return case, kind and ordinal of each promise that is overdue and was not paged about."""
    of_case = Paging.objects.filter(case=OuterRef("case_id"))
    told = of_case.filter(
        occasion=Concat(
            Value("due:"), OuterRef("kind"), Value(":"), Cast(OuterRef("ordinal"), CharField())
        )
    )
    # Who has only just said that they take it up, or whom nobody could wake, is left in peace.
    lately = Q(acknowledged_at__gt=at - PATIENCE) | Q(ended_at__gt=at - PATIENCE)
    after_due = Q(acknowledged_at__gt=OuterRef("due_at")) | Q(ended_at__gt=OuterRef("due_at"))
    busy = of_case.filter(Q(state=State.RUNNING) | (lately & after_due))
    rows = Commitment.objects.filter(
        case__in=Case.objects.filter(IS_OPEN, priority=Priority.CRITICAL, queue_at__lt=at),
        kind__in=(CommitmentKind.RESPONSE, CommitmentKind.ACTIVATION),
        state__in=(Fate.RUNNING, Fate.MISSED),
        met_at=None,
        withdrawn_at=None,
        due_at__lt=at,
    ).exclude(Exists(told) | Exists(busy))
    return list(rows.order_by("due_at", "id").values_list("case_id", "kind", "ordinal"))


def _page_again(case_id: int, kind: str, ordinal: int, *, at: datetime) -> bool:
    """Begin the chain anew, also with everybody who had acknowledged."""
    with transaction.atomic():
        lock(case_id)
        change = _noting(case_id, at=at)
        if not _is_still_overdue(change, kind, ordinal):
            return False
        started = start_for(
            change,
            why=Why.NOT_ACTIVATED,
            occasion=occasion_of(kind, ordinal),
            also=who_acknowledged(case_id),
        )
        change.store()
    return started is not None


def _is_still_overdue(change: Change, kind: str, ordinal: int) -> bool:
    return any(
        commitment.is_owed and commitment.due_at is not None and commitment.due_at < change.at
        for commitment in change.commitments()
        if (commitment.kind, commitment.ordinal) == (kind, ordinal)
    )


# --- about the desk itself ----------------------------------------------------------------------


def start_about_part(*, part: str, said: str, at: datetime) -> Paging | None:
    """Begin to page about a part of the desk that stands still.

    said: what a page says of it. None: no chain is set up, or people are being paged about it.
    """
    desk = Desk.objects.select_related("watch_chain", "critical_chain").get(pk=1)
    chain = desk.watch_chain or desk.critical_chain
    about = Paging.objects.filter(case=None, occasion__startswith=f"part:{part}:")
    if chain is None or not chain.is_active or about.filter(state=State.RUNNING).exists():
        return None
    steps = steps_of(chain.pk)
    if not steps:
        return None
    return Paging.objects.create(
        why=Why.PART,
        occasion=f"part:{part}:{at.isoformat()}",
        said=said[:200],
        chain_name=chain.name,
        steps=write_steps(steps),
        rounds=chain.rounds,
        started_at=at,
        next_at=at,
    )


def end(paging_id: int, *, because: str, at: datetime) -> None:
    """End a paging: nobody needs to be woken for it any more. because: a code."""
    with _locked(paging_id) as paging:
        if stop(paging.pk, because=because, at=at) and paging.case_id is not None:
            change = _noting(paging.case_id, at=at)
            change.append(Kind.PAGING_ENDED, paging=paging.pk, reason=because)
            change.store()


# --- acknowledging ------------------------------------------------------------------------------


def acknowledge(paging_id: int, *, agent: Person, way: str, at: datetime) -> Paging:
    """Take up what is paged: nobody else is woken for it. Returns the paging as it is now.

    way: "console", "link" or "reply". Once more by the same agent changes nothing. Raises
    Refusal("not-found"), or Refusal("not-now") where somebody was quicker or it has ended.
    """
    if not agent.is_agent:
        raise _no_such_page()
    with _locked(paging_id) as paging:
        if take_up(paging.pk, agent_id=agent.id, way=way, at=at):
            if paging.case_id is not None:
                change = _noting(paging.case_id, at=at)
                change.append(Kind.PAGE_ACKNOWLEDGED, by=agent, paging=paging.pk, way=way)
                change.store()
            paging.refresh_from_db()
        elif paging.acknowledged_by_id != agent.id:
            raise _too_late(paging)
    return paging


def acknowledge_by_token(token: str, *, at: datetime) -> Page:
    """Acknowledge by the link of a page. Raises as `acknowledge` does."""
    page = _answered(Page.objects.filter(token=token) if token else Page.objects.none())
    acknowledge(page.paging_id, agent=page.agent.as_person(), way="link", at=at)
    return page


def acknowledge_by_code(code: str, number: str, *, at: datetime) -> Page:
    """Acknowledge by a text message. number: who sent it, which must be whom we paged.

    A code alone proves little: it is short. Raises as `acknowledge` does.
    """
    pages = Page.objects.filter(code=code.strip(), paging__state__in=ANSWERABLE)
    theirs = [page.pk for page in pages.select_related("agent") if _is_theirs(page.agent, number)]
    page = _answered(Page.objects.filter(pk__in=theirs))
    acknowledge(page.paging_id, agent=page.agent.as_person(), way="reply", at=at)
    return page


def _answered(pages: QuerySet[Page]) -> Page:
    found = pages.select_related("agent__account", "paging").filter(agent__account__is_active=True)
    page = found.order_by("-id").first()
    if page is None:
        raise _no_such_page()
    return page


def _is_theirs(agent: Agent, number: str) -> bool:
    """Compare the last digits: nobody writes a number twice in the same way."""
    tail = _digits(number)[-_TELLING:]
    known = [
        agent.phone,
        *agent.destinations.filter(is_active=True).values_list("address", flat=True),
    ]
    return len(tail) == _TELLING and any(tail in _digits(one) for one in known)


def _digits(number: str) -> str:
    return re.sub(r"[^0-9]", "", number)


_TELLING = 8  # of the digits of a number: enough to tell people apart


@contextmanager
def _locked(paging_id: int) -> Iterator[Paging]:
    """Read a paging for an act on it, with its case locked."""
    with transaction.atomic():
        case_id = Paging.objects.filter(pk=paging_id).values_list("case_id", flat=True).first()
        if case_id is not None:
            lock(case_id)
        paging = Paging.objects.select_related("acknowledged_by").filter(pk=paging_id).first()
        if paging is None:
            raise _no_such_page()
        yield paging


def _too_late(paging: Paging) -> Refusal:
    if paging.state == State.ACKNOWLEDGED and paging.acknowledged_by:
        return Refusal(
            "not-now", "%(name)s has acknowledged already.", name=paging.acknowledged_by.name
        )
    return Refusal("not-now", "Nobody needs to be woken for this any more.")


def _no_such_page() -> Refusal:
    return Refusal("not-found", "There is no such page.")
