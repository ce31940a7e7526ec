"""What the composer of a case shows: the text so far, who will read it, and what waits."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils.translation import ngettext

from dueline.actions.addresses import read_addresses
from dueline.actions.drafts import HANDED_OVER_AFTER, MOST_COPIES
from dueline.console.access import Visit
from dueline.console.instants import spell_local
from dueline.core.calendars import NeverOpen, next_start
from dueline.core.errors import Refusal
from dueline.core.recipients import Recipient, Standing
from dueline.queries.case_pages import CaseFacts, Watching
from dueline.queries.drafts import DraftFileRow, DraftRow, files_of
from dueline.queries.policies import current_calendar
from dueline.queries.recipients import Colleague, colleagues_of, copied_by_customer, standing_of
from dueline.wording.times import say_clock, say_instant

_UNDO = timedelta(minutes=2)  # a longer pause was chosen; this one is for changing one's mind
_AT_WORK = timedelta(minutes=10)  # so long after the last key somebody is still writing


class Typed(NamedTuple):
    """What stands in the form: what was kept, or what was typed and came back refused."""

    text: str = ""
    minutes: str = ""
    cc: tuple[str, ...] = ()
    more_copies: str = ""  # typed beside those chosen
    agreed: tuple[str, ...] = ()


def typed_in(request: Visit) -> Typed:
    """Return what stands in the form that was sent."""
    cc, more = request.POST.getlist("cc")[:MOST_COPIES], request.POST.get("cc_more", "")
    # Whoever acts on it says what is wrong with an address; here it is only shown again.
    with suppress(Refusal):
        cc, more = list(read_addresses([*cc, more])), ""
    return Typed(
        text=request.POST.get("text", ""),
        minutes=request.POST.get("minutes", ""),
        cc=tuple(dict.fromkeys(cc)),
        more_copies=more,
        agreed=tuple(request.POST.getlist("agreed")),
    )


class Copy(NamedTuple):
    """An address that gets a copy, or may get one."""

    address: str
    name: str
    warning: str  # "", "outsider" or "other_customer"


@dataclass(frozen=True)
class Writing:
    """One's own text and what belongs to it.

    to: the names of those who read it in any case. suggested: whom the customer copied.
    readers: who will read it, in short.
    """

    typed: Typed
    to: list[str]
    copies: list[Copy]
    suggested: list[Copy]
    colleagues: list[Colleague]
    warned: list[Recipient]
    files: list[DraftFileRow]
    readers: str
    kept_at: str


@dataclass(frozen=True)
class Strip:
    """A draft that is shown beside the composer.

    shape: "leaves" (in the pause for undoing), "later", "stopped", "writing", "begun".
    """

    draft: DraftRow
    shape: str
    is_own: bool
    seconds: int  # until it leaves
    when: str
    kept_at: str
    readers: str
    files: list[DraftFileRow]
    may_take_over: bool
    customer_wrote: bool  # since it was written


@dataclass(frozen=True)
class Later:
    """The time that is offered for sending later: as a form says it, and as people do."""

    value: str
    title: str


def writing(
    case: CaseFacts,
    watchers: Sequence[Watching],
    drafts: Sequence[DraftRow],
    request: Visit,
    *,
    typed: Typed | None = None,
) -> Writing:
    """Return what the composer shows. typed: None: what was kept."""
    own = own_draft(drafts, request)
    shown = _kept(own) if typed is None else typed
    copied = [one for one in copied_by_customer(case.id) if one not in shown.cc]
    standing = {one.address: one for one in standing_of(case.id, [*shown.cc, *copied])}
    chosen = [standing[address] for address in shown.cc]
    return Writing(
        typed=shown,
        to=first_readers(case, watchers),
        copies=[_copy(one) for one in chosen],
        suggested=[_copy(standing[one]) for one in copied if _is_new(standing[one])],
        colleagues=[
            one for one in colleagues_of(case.organization_id) if one.contact_id != case.contact_id
        ],
        warned=[one for one in chosen if one.standing.must_be_agreed],
        files=files_of([own.id]) if own else [],
        readers=say_readers(case, watchers, chosen),
        kept_at=say_clock(own.changed_at, now=request.now, zone=request.zone) if own else "",
    )


def own_draft(drafts: Iterable[DraftRow], request: Visit) -> DraftRow | None:
    """Return one's own draft that is being written."""
    own = (one for one in drafts if one.agent_id == request.person.id and one.sends_at is None)
    return next(own, None)


def _kept(own: DraftRow | None) -> Typed:
    if own is None:
        return Typed()
    minutes = "" if own.minutes is None else str(own.minutes)
    return Typed(text=own.text, minutes=minutes, cc=tuple(own.cc))


def _copy(reader: Recipient) -> Copy:
    warning = reader.standing.value if reader.standing.must_be_agreed else ""
    return Copy(reader.address, reader.name, warning)


def _is_new(reader: Recipient) -> bool:
    return reader.standing not in (Standing.READER, Standing.OURSELVES)


def first_readers(case: CaseFacts, watchers: Iterable[Watching]) -> list[str]:
    """Return the names of those who read every letter to the customer."""
    return [case.contact, *(one.name for one in watchers if one.contact_id is not None)]


def say_readers(
    case: CaseFacts, watchers: Iterable[Watching], copies: Iterable[Recipient] = ()
) -> str:
    """Name who gets a reply: "Cleo", "Cleo and 2 more"."""
    more = len(first_readers(case, watchers)) - 1
    more += sum(one.standing is not Standing.READER for one in copies)
    if not more:
        return case.first_name
    return ngettext("%(name)s and %(n)s more", "%(name)s and %(n)s more", more) % {
        "name": case.first_name,
        "n": more,
    }


# --- beside it -----------------------------------------------------------------------------------


def strips(
    case: CaseFacts,
    watchers: Sequence[Watching],
    drafts: Sequence[DraftRow],
    request: Visit,
    *,
    heard_at: datetime | None,
) -> list[Strip]:
    """Return the drafts that stand beside the composer; one's own text stands in it.

    heard_at: when the desk last heard from the customer.
    """
    shown = [draft for draft in drafts if _is_beside(draft, case, request)]
    files = files_of([draft.id for draft in shown]) if shown else []
    return [
        Strip(
            draft=draft,
            shape=_shape(draft, request.now),
            is_own=draft.agent_id == request.person.id,
            seconds=max(0, int((draft.sends_at - request.now).total_seconds()))
            if draft.sends_at
            else 0,
            when=say_instant(draft.sends_at, now=request.now, zone=request.zone)
            if draft.sends_at
            else "",
            kept_at=say_clock(draft.changed_at, now=request.now, zone=request.zone),
            readers=say_readers(case, watchers, standing_of(case.id, draft.cc)),
            files=[file for file in files if file.draft_id == draft.id],
            may_take_over=request.now - draft.changed_at >= HANDED_OVER_AFTER,
            customer_wrote=heard_at is not None and heard_at > draft.changed_at,
        )
        for draft in shown
    ]


def _is_beside(draft: DraftRow, case: CaseFacts, request: Visit) -> bool:
    is_open_here = draft.agent_id == request.person.id and case.state != "merged"
    return bool(not is_open_here or draft.sends_at or draft.stopped_because)


def _shape(draft: DraftRow, now: datetime) -> str:
    if draft.sends_at is not None:
        return "leaves" if draft.sends_at - draft.changed_at <= _UNDO else "later"
    if draft.stopped_because:
        return "stopped"
    return "writing" if now - draft.changed_at < _AT_WORK else "begun"


def offered_later(request: Visit) -> Later | None:
    """Return when office hours begin next. None: never."""
    try:
        at = next_start(current_calendar(at=request.now).calendar, request.now)
    except NeverOpen:
        return None
    return Later(
        value=spell_local(at, zone=request.zone),
        title=say_instant(at, now=request.now, zone=request.zone),
    )
