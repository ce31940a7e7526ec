"""Pages on their way to people, and what becomes of each.

    WAITING → claim_next → CLAIMED → (begin → complete, one destination after another) → settle

A destination that does not take a page is followed by the next one at once. When one has taken it,
the page is SENT; that a service took it does not say that anybody woke, so the next destination
follows after `FOLLOW_UP` unless somebody acknowledges. When none took it, the page is FAILED: it is
tried again, ever more seldom, as long as somebody is wanted.

An attempt that is BEGUN when its worker dies may have left: that destination is tried once more,
and both are there to be seen. `claim` fences, as in the outbox.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from dueline.actions._change import Change, get_claimed, lock
from dueline.actions._language import in_language_of
from dueline.actions.contract_letters import to_those_who_lead
from dueline.actions.outbox import Heading, queue_mail
from dueline.core import matching
from dueline.core.audience import DESK
from dueline.core.case_numbers import case_number
from dueline.core.crash_points import crash_point
from dueline.core.events import Kind
from dueline.models import (
    Agent,
    Desk,
    OutboxItem,
    Page,
    PageAttempt,
    PageDestination,
    Paging,
)
from dueline.queries.cases import events_of
from dueline.queries.pages import LINK_LIVES, WITH_PAGING, page_facts
from dueline.wording import pages as wording
from dueline.wording.pages import PageText

State = Page.State
Outcome = PageAttempt.Outcome
ByMail = PageDestination.Kind.MAIL

# Longer than one destination may take, and short: whoever waits for this page is asleep.
LEASE = timedelta(seconds=25)
FOLLOW_UP = timedelta(seconds=45)  # F15: taken, and no sign of life: the next way within a minute
IN_TIME = timedelta(minutes=1)
_SLOWEST_RETRY = timedelta(minutes=5)
_WANTED = (Paging.State.RUNNING, Paging.State.EXHAUSTED)
CUT_OFF = "The worker stopped while it was sending this; it may have arrived."
_CUT_OFFS = 2  # a destination on which we stumble that often comes after all others


@dataclass(frozen=True, slots=True)
class Way:
    """One destination as it is tried. id: None for the address somebody signs in with."""

    id: int | None
    kind: str
    label: str
    address: str
    may_stay_inside: bool


@dataclass(frozen=True, slots=True)
class Claimed:
    """A page that is ours to deliver until the lease ends. ways: in the order to try them.

    text: in the language of the one who is paged.
    """

    page: Page
    ways: tuple[Way, ...]
    text: PageText


# --- claims ------------------------------------------------------------------------------------


def claim_next(*, at: datetime) -> Claimed | None:
    """Take the page that is due for the longest, for the time of a lease. None: none is due."""
    while (page := _first_due(at)) is not None:
        if not _is_wanted(page, at=at):
            _set_aside(page)
        elif _claim(page, at=at):
            crash_point("page.claimed")
            return _claimed(page, at=at)
    return None


def _first_due(at: datetime) -> Page | None:
    is_free = Q(claimed_until__isnull=True) | Q(claimed_until__lte=at)
    # Of those that were sent only what is still to be followed up; and no search through years.
    follows = Q(state=State.SENT, next_try_at__gt=F("sent_at")) & Q(
        next_try_at__gt=at - LINK_LIVES, paging__state__in=_WANTED
    )
    owed = Q(state__in=(State.WAITING, State.CLAIMED)) | Q(
        state=State.FAILED, next_try_at__gt=at - LINK_LIVES, paging__state__in=_WANTED
    )
    due = Page.objects.filter(is_free, owed | follows, next_try_at__lte=at)
    return due.select_related(*WITH_PAGING).order_by("next_try_at", "id").first()


def _is_wanted(page: Page, *, at: datetime) -> bool:
    return page.paging.state in _WANTED and at - page.created_at < LINK_LIVES


def _set_aside(page: Page) -> None:
    """End a page that nobody needs any more. What has left has left, what failed has failed."""
    state = State.SENT if page.sent_at else State.CANCELLED
    if page.state == State.FAILED:
        state = State.FAILED
    _of(page).update(
        state=state,
        claim=F("claim") + 1,
        claimed_until=None,
        next_try_at=page.sent_at or page.created_at,  # long ago: it is not looked at again
    )


def _claim(page: Page, *, at: datetime) -> bool:
    with transaction.atomic():
        claimed = _of(page).update(
            state=State.CLAIMED, claim=F("claim") + 1, claimed_until=at + LEASE
        )
        if claimed:
            page.claim += 1
            page.state = State.CLAIMED
            # Of whoever had it before: the lease has run out, and nobody will complete these.
            PageAttempt.objects.filter(page=page, outcome=Outcome.BEGUN).update(
                outcome=Outcome.FAILED, said=CUT_OFF, ended_at=at
            )
    return bool(claimed)


def _of(page: Page):  # type: ignore[no-untyped-def]
    return Page.objects.filter(pk=page.pk, claim=page.claim, state=page.state)


def _claimed(page: Page, *, at: datetime) -> Claimed:
    with in_language_of(page.agent):
        text = wording.page(page_facts(page, at=at))
    return Claimed(page, tuple(_ways_left(page)), text)


def _ways_left(page: Page) -> list[Way]:
    """Return the ways that have not taken this page, in the order to try them."""
    attempts = list(page.attempts.values_list("destination_id", "outcome", "said"))
    taken = {way for way, outcome, _ in attempts if outcome == Outcome.SENT}
    cut_off: list[int | None] = [way for way, _, said in attempts if said == CUT_OFF]
    left = [way for way in _ways_of(page.agent) if way.id not in taken]
    # A stable sort: what has ended its worker again and again waits for the others.
    return sorted(left, key=lambda way: cut_off.count(way.id) >= _CUT_OFFS)


def _ways_of(agent: Agent) -> list[Way]:
    if not agent.account.is_active:
        return []
    rows = PageDestination.objects.filter(agent=agent, is_active=True).order_by("position", "id")
    ways = [Way(row.pk, row.kind, row.label, row.address, row.may_stay_inside) for row in rows]
    return ways or [Way(None, ByMail, "E-mail", agent.account.email, False)]


# --- one attempt -------------------------------------------------------------------------------


def begin(claimed: Claimed, way: Way, *, at: datetime) -> PageAttempt | None:
    """Say that from here the page may have left by one way. None: it is not to leave any more.

    Somebody has acknowledged meanwhile, or the lease went to another worker.
    """
    with transaction.atomic():
        mine = _of(claimed.page).filter(paging__state__in=_WANTED)
        if not mine.update(claimed_until=at + LEASE):
            return None
        attempt = PageAttempt.objects.create(
            page=claimed.page, destination_id=way.id, label=way.label, began_at=at
        )
    crash_point("page.begun")
    return attempt


def complete(
    claimed: Claimed, way: Way, attempt: PageAttempt, *, ok: bool, said: str, at: datetime
) -> None:
    """Store what a service said, also when somebody acknowledged before it did (F15)."""
    crash_point("page.answered")
    with transaction.atomic():
        _lock_case(claimed.page)
        begun = PageAttempt.objects.filter(pk=attempt.pk, outcome=Outcome.BEGUN)
        outcome = Outcome.SENT if ok else Outcome.FAILED
        if not begun.update(outcome=outcome, said=said, ended_at=at):
            return  # another worker took it for cut off, and has gone on
        _note_health(way, ok=ok, said=said, at=at)
        if ok:
            _note_sent(claimed.page, at=at)


def mail(claimed: Claimed, way: Way, *, at: datetime) -> bool | None:
    """Put the page into the outbox, as an attempt that is over at once. False: no mail leaves.

    None: as of `begin`.
    """
    page = claimed.page
    with transaction.atomic():
        _lock_case(page)
        if not _of(page).filter(paging__state__in=_WANTED).update(claimed_until=at + LEASE):
            return None
        desk = Desk.objects.get(pk=1)
        ok = bool(desk.smtp_host)
        PageAttempt.objects.create(
            page=page,
            destination_id=way.id,
            label=way.label,
            began_at=at,
            ended_at=at,
            outcome=Outcome.SENT if ok else Outcome.FAILED,
            said="It lies in the outbox." if ok else "No mail server is set up.",
        )
        if ok:
            _queue(page, way, desk, at=at)
            _note_sent(page, at=at)
        else:
            _note_health(way, ok=False, said="No mail server is set up.", at=at)
    return ok


def _queue(page: Page, way: Way, desk: Desk, *, at: datetime) -> None:
    with in_language_of(page.agent):
        text = wording.page_mail(page_facts(page, at=at))
    answers = matching.page_address(
        settings.SECRET_KEY, mail_address=desk.mail_address, page_id=page.pk, token=page.token
    )
    queue_mail(
        purpose=OutboxItem.Purpose.PAGE,
        to_name=page.agent.name,
        to_address=way.address,
        mail=text,
        at=at,
        case_id=page.paging.case_id,
        heading=Heading(reply_to=answers),
    )


def _note_health(way: Way, *, ok: bool, said: str, at: datetime) -> None:
    rows = PageDestination.objects.filter(pk__in=filter(None, [way.id]))
    if ok:
        rows.update(last_success_at=at, failing_since=None, last_error="")
        return
    rows.filter(failing_since__isnull=True).update(failing_since=at)
    rows.update(last_error=said)


def _note_sent(page: Page, *, at: datetime) -> None:
    """The first service took it: the case says so, once."""
    first = Page.objects.filter(pk=page.pk, sent_at__isnull=True).update(sent_at=at)
    if first:
        page.sent_at = at
        _append(page, Kind.PAGED, at=at)


# --- the end of a round ------------------------------------------------------------------------


def settle(claimed: Claimed, *, at: datetime) -> None:
    """Give a page back after its ways were tried: when it is taken up again depends on how."""
    page = claimed.page
    left = _ways_left(page)
    again_at = at + (FOLLOW_UP if _has_taken(page, claimed.ways) else _pause(page))
    if page.sent_at:
        _release(page, state=State.SENT, next_try_at=again_at if left else page.sent_at)
        return
    with transaction.atomic():
        _lock_case(page)
        if _release(page, state=State.FAILED, next_try_at=again_at) and page.tries == 0:
            _tell_of_failure(page, at=at)


def _has_taken(page: Page, ways: Sequence[Way]) -> bool:
    """Whether one of these ways, none of which had, has taken the page."""
    taken = page.attempts.filter(outcome=Outcome.SENT).values_list("destination_id", flat=True)
    return not {way.id for way in ways}.isdisjoint(taken)


def _release(page: Page, *, state: str, next_try_at: datetime | None) -> bool:
    tries = page.tries + 1
    return bool(
        _of(page).update(
            state=state,
            next_try_at=next_try_at,
            tries=tries,
            claim=F("claim") + 1,
            claimed_until=None,
        )
    )


def _pause(page: Page) -> timedelta:
    """Return 15, 30, 60, … seconds, spread by the row's number: not all come back at once."""
    pause = min(timedelta(seconds=15) * 2 ** min(page.tries, 8), _SLOWEST_RETRY)
    return pause + pause * (page.pk * 7 % 16) / 64


def _tell_of_failure(page: Page, *, at: datetime) -> None:
    """None of somebody's ways took a page: the next person need not wait, and those who lead hear
    of it, once for each outage."""
    _append(page, Kind.PAGE_FAILED, at=at, reason=_why_failed(page))
    _hurry(page.paging, step=page.step, at=at)
    rows = PageDestination.objects.filter(agent=page.agent, is_active=True)
    if rows and all(row.failing_since and row.failing_since < page.created_at for row in rows):
        return  # they were told when it began
    desk = Desk.objects.only("public_url").get(pk=1)
    facts = wording.SilentFacts(
        name=page.agent.name,
        number=case_number(page.paging.case_id) if page.paging.case_id else "",
        says=tuple(page.attempts.values_list("label", "said")),
        url=f"{desk.public_url}/console/on-call",
    )
    to_those_who_lead(lambda: wording.unreached(facts), at=at)


def _why_failed(page: Page) -> str:
    if not page.agent.account.is_active:
        return "shut-out"
    has_any = PageDestination.objects.filter(agent=page.agent, is_active=True).exists()
    return "not-taken" if has_any else "no-destination"


def _hurry(paging: Paging, *, step: int, at: datetime) -> None:
    """Let the next step come now, where this one reached nobody at all.

    Only the first time round: a service that is down for ten minutes must not use up every round.
    """
    others = Page.objects.filter(paging=paging, step=step).exclude(state=State.FAILED)
    if step + 1 >= len(paging.steps) or others.exists():
        return
    Paging.objects.filter(
        pk=paging.pk, state=Paging.State.RUNNING, steps_taken=step + 1, next_at__gt=at
    ).update(next_at=at)


# --- the case ----------------------------------------------------------------------------------


def _lock_case(page: Page) -> None:
    if page.paging.case_id is not None:
        lock(page.paging.case_id)


def _append(page: Page, kind: Kind, *, at: datetime, **facts: Any) -> None:
    """Write into the case (which is locked) what became of a page."""
    case_id = page.paging.case_id
    if case_id is None:
        return
    late = at - page.created_at
    change = Change(get_claimed(case_id), events_of(case_id), actor=DESK, at=at)
    change.append(
        kind,
        paging=page.paging_id,
        page=page.pk,
        agent=page.agent_id,
        name=page.agent.name,
        step=page.step,
        late=int(late.total_seconds()) if late > IN_TIME else 0,
        **facts,
    )
    change.store()
