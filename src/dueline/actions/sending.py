"""Sending what was written: at once, after the pause in which it can be undone, or later.

    keep → send → (the pause) → send_next        or take_back, or stop with the reason

A waiting draft has not happened: no clock hears of it before its act is done. Whoever sends one,
and whoever holds it back because the customer wrote, claims the case before the draft. In another
order the two could wait for each other for ever.
"""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import F

from dueline.actions import cases, messages
from dueline.actions._change import get_claimed
from dueline.actions.cases import agents_only
from dueline.actions.scheduled import stop
from dueline.core.audience import DESK, Person
from dueline.core.crash_points import crash_point
from dueline.core.errors import Refusal
from dueline.core.events import Kind
from dueline.core.inbound import File
from dueline.core.lifecycle import Act, CaseState, after
from dueline.core.recipients import Standing
from dueline.core.sending import due_before, leaves_at
from dueline.models import Case, Desk, Draft, store
from dueline.queries.cases import book_of, events_of, not_found, visible_to
from dueline.queries.recipients import stand
from dueline.wording.promise_lines import say_kind
from dueline.wording.times import say_instant

# What `agreed` holds, beside addresses, when a promise may fall due before the text is sent.
DUE_FIRST = "due-first"
_LATEST = timedelta(days=60)

_ACTS = {
    Draft.Act.REPLY: (Act.RESPOND, (Kind.REPLY_SENT,)),
    Draft.Act.ASK: (Act.ASK_CUSTOMER, (Kind.REPLY_SENT,)),
    Draft.Act.RESOLVE: (Act.RESOLVE, (Kind.REPLY_SENT, Kind.RESOLVED)),
}


# --- by its writer -----------------------------------------------------------------------------


def send(
    case_id: int,
    *,
    actor: Person,
    at: datetime,
    pause: timedelta,
    version: int | None = None,
    agreed: Collection[str] = (),
) -> datetime | None:
    """Send one's draft after a pause in which it can be taken back. None: it has been sent.

    The pause costs no promise: it is shorter, or none, where one would fall due within it.
    version: of the case as the writer saw it. agreed: the addresses of outsiders of whom the
    writer has said that they may read it.
    """
    with transaction.atomic():
        draft, case = _ready(case_id, actor=actor, version=version, agreed=agreed)
        events = events_of(case_id)
        leaves = leaves_at(
            events, book_of(case, events), says=_ACTS[Draft.Act(draft.act)][1], at=at, pause=pause
        )
        if leaves > at:
            _let_wait(draft, until=leaves, unless_customer_writes=False, at=at)
            return leaves
        _do(draft, case, at=at)
    return None


def send_later(
    case_id: int,
    *,
    sends_at: datetime,
    unless_customer_writes: bool,
    actor: Person,
    at: datetime,
    version: int | None = None,
    agreed: Collection[str] = (),
) -> None:
    """Send one's draft at a later time.

    Raises Refusal(DUE_FIRST), unless `agreed` holds that word, if a promise falls due before.
    """
    if not at < sends_at <= at + _LATEST:
        raise Refusal("bad-time", "Choose a time to come, within the next 60 days.")
    with transaction.atomic():
        draft, case = _ready(case_id, actor=actor, version=version, agreed=agreed)
        if DUE_FIRST not in agreed:
            _refuse_to_miss(draft, case, sends_at=sends_at, at=at)
        _let_wait(draft, until=sends_at, unless_customer_writes=unless_customer_writes, at=at)


def take_back(case_id: int, *, actor: Person, at: datetime) -> None:
    """Undo: what waits to be sent is a draft again. Raises Refusal("too-late")."""
    agents_only(actor)
    own = Draft.objects.filter(case_id=case_id, agent_id=actor.id, sends_at__isnull=False)
    if not own.update(sends_at=None, claim=F("claim") + 1, changed_at=at):
        raise Refusal("too-late", "It has been sent, or there is nothing to take back.")


def _ready(
    case_id: int, *, actor: Person, version: int | None, agreed: Collection[str]
) -> tuple[Draft, Case]:
    """Claim the case and return the draft, if nothing stands against sending it."""
    agents_only(actor)
    case = _claim_case(case_id, actor)
    draft = _own_draft(case_id, actor)
    if draft is None or not draft.text.strip():
        raise Refusal("text-missing", "There is no text yet.")
    if version is not None and version != case.version:
        raise Refusal("stale", "Somebody else changed this case while you were writing.")
    after(CaseState(case.state), _ACTS[Draft.Act(draft.act)][0], activated=False)
    _refuse_strangers(case, draft, agreed)
    return draft, case


def _claim_case(case_id: int, actor: Person) -> Case:
    # By writing to its row, as `changing` does, but nothing is changed yet.
    if not visible_to(actor).filter(pk=case_id).update(version=F("version")):
        raise not_found()
    return get_claimed(case_id)


def _own_draft(case_id: int, actor: Person) -> Draft | None:
    drafts = Draft.objects.select_related("agent__account")
    draft = drafts.filter(case_id=case_id, agent_id=actor.id).first()
    if draft is not None and draft.sends_at is not None:
        raise Refusal("waiting", "Your last letter still waits to be sent.")
    return draft


def _refuse_strangers(case: Case, draft: Draft, agreed: Collection[str]) -> None:
    """Nobody from outside reads along before the writer has said that they may (i61)."""
    for reader in stand(case, draft.cc):
        if reader.standing is Standing.OURSELVES:
            raise Refusal("own-address", "%(address)s is our own address.", address=reader.address)
        if reader.standing.must_be_agreed and reader.address not in agreed:
            raise Refusal(
                "outsiders",
                "%(address)s has no part in this case yet. Say below whether they may read this.",
                address=reader.address,
            )


def _refuse_to_miss(draft: Draft, case: Case, *, sends_at: datetime, at: datetime) -> None:
    events, says = events_of(case.pk), _ACTS[Draft.Act(draft.act)][1]
    first = due_before(sends_at, events, book_of(case, events), says=says, at=at)
    if first is None or first.due_at is None:
        return
    zone = Desk.objects.values_list("zone", flat=True).get(pk=1)
    raise Refusal(
        DUE_FIRST,
        "%(kind)s is due %(at)s, before this would be sent.",
        kind=say_kind(first.kind),
        at=say_instant(first.due_at, now=at, zone=zone),
    )


def _let_wait(draft: Draft, *, until: datetime, unless_customer_writes: bool, at: datetime) -> None:
    Draft.objects.filter(pk=draft.pk).update(
        sends_at=until,
        unless_customer_writes=unless_customer_writes,
        stopped_because="",
        claim=F("claim") + 1,
        changed_at=at,
    )


# --- by the worker -----------------------------------------------------------------------------


def send_next(*, at: datetime) -> bool:
    """Send the draft whose time has come, and that nobody is sending. False: there is none."""
    due = Draft.objects.select_related("agent__account").filter(sends_at__lte=at)
    # One on which we stumbled before comes after those that were never tried.
    draft = due.order_by("claim", "sends_at", "id").first()
    if draft is None:
        return False
    claim = draft.claim + 1
    if not due.filter(pk=draft.pk, claim=draft.claim).update(claim=claim):
        return True  # another worker, its writer, or the customer was quicker
    crash_point("draft.claimed")
    try:
        with transaction.atomic():
            case = _claim_case(draft.case_id, DESK)
            if not due.filter(pk=draft.pk, claim=claim).update(claim=F("claim") + 1):
                return True
            _do(draft, case, at=at)
            crash_point("draft.before-commit")
    except Refusal as refusal:
        with transaction.atomic():
            stop(draft, draft.case, refusal, at=at)
    crash_point("draft.sent")
    return True


def _do(draft: Draft, case: Case, *, at: datetime) -> None:
    """Do what a draft was written for, and let it go: both in the transaction under way."""
    if not draft.agent.account.is_active:
        raise Refusal("not-now", "Its writer does not work here any more.")
    _refuse_another_reader(draft, case)
    acts: dict[str, Callable[..., object]] = {
        Draft.Act.REPLY: messages.reply,
        Draft.Act.ASK: messages.ask_customer,
        Draft.Act.RESOLVE: partial(cases.resolve, minutes=draft.minutes),
    }
    acts[draft.act](
        case.pk,
        text=draft.text,
        cc=tuple(draft.cc),
        files=_files(draft),
        actor=draft.agent.as_person(),
        at=at,
    )
    draft.delete()


def _refuse_another_reader(draft: Draft, case: Case) -> None:
    """What was written to one person goes to no other in their place."""
    contact, since = case.contact, draft.changed_at
    if contact.left_at is not None and contact.left_at >= since:
        raise Refusal("not-now", "%(name)s has left their company since.", name=contact.name)
    if any(
        event.kind is Kind.CONTACT_CHANGED and event.recorded_at >= since
        for event in events_of(case.pk)
    ):
        raise Refusal("not-now", "The contact of the case is %(name)s now.", name=contact.name)


def _files(draft: Draft) -> list[File]:
    try:
        return [
            File(name=file.name, media_type=file.media_type, content=store.read(file.sha256))
            for file in draft.files.order_by("id")
        ]
    except FileNotFoundError as error:
        raise Refusal("file-gone", "One of its files is gone: attach it once more.") from error
