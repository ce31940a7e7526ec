"""The page of one case: everything about it, and every act."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from dueline.console.access import Visit, agents_only
from dueline.console.call_forms import call_named, prefilled_to_log
from dueline.console.case_questions import open_questions, owner_away
from dueline.console.composer import Typed as Letter
from dueline.console.composer import offered_later, strips, writing
from dueline.console.live import is_part, tag, tagged, unchanged
from dueline.console.pagings import Strip
from dueline.console.pagings import strip as paging_strip
from dueline.console.timeline import Entry, entries, interleaved, say_outcome
from dueline.core.case_numbers import case_number
from dueline.core.errors import Refusal
from dueline.core.events import Kind
from dueline.core.lifecycle import Act, CaseState, allows
from dueline.core.moves import MOVING
from dueline.core.priorities import Priority
from dueline.core.shown_html import POWERS
from dueline.queries import recordings
from dueline.queries.case_pages import (
    CaseFacts,
    Watching,
    also_open,
    facts_of,
    merged_into,
    relatives,
    version_of,
    watchers_of,
)
from dueline.queries.contracts import Allowance, allowance_of
from dueline.queries.drafts import DraftRow, drafts_of, mark_of
from dueline.queries.explanations import moves_of
from dueline.queries.forwarded import Original, originals_in
from dueline.queries.inbox import region_of
from dueline.queries.paging import paging_of
from dueline.queries.plans import titles_of_plans
from dueline.queries.templates import offered
from dueline.queries.timeline import CommitmentRow, History, history_of
from dueline.wording.entitlements import say_entitlement
from dueline.wording.history import say_event
from dueline.wording.moves import say_move
from dueline.wording.promise_lines import PromiseLine, Stored, draw
from dueline.wording.states import STAGES, say_priority, say_stage, say_state
from dueline.wording.targets import say_spelled
from dueline.wording.times import say_clock

_FIRST, _NEWEST = 2, 40
TABS = ("reply", "note", "call", "question")


@dataclass(frozen=True)
class Typed:
    """What somebody typed and what the rules said to it, so that nothing typed is lost."""

    tab: str = "reply"
    fields: Mapping[str, str] = field(default_factory=dict)
    letter: Letter | None = None  # None: as it was kept
    refusal: Refusal | None = None
    seen: int = 0  # the last event that they had seen

    @property
    def is_stale(self) -> bool:
        return self.refusal is not None and self.refusal.code == "stale"


@dataclass(frozen=True)
class Promised:
    """One commitment in the side panel."""

    line: PromiseLine
    why: str
    target: str
    earlier: list[str]  # what it was before it was moved
    extends: str
    is_owed: bool
    is_internal: bool
    attempts: list[str]  # calls without contact: they meet nothing, and are listed


@agents_only
@require_safe
def show(request: Visit, case_id: int) -> HttpResponse:
    tab = request.GET.get("write", "reply")
    if "If-None-Match" in request.headers:
        version = version_of(case_id, request.person)
        mark = _mark(request, case_id, version, drafts_of(case_id))
        if same := unchanged(request, mark):
            return same
    case = facts_of(case_id, request.person)
    typed, drafts = _opened_on(request, tab), drafts_of(case_id)
    mark = _mark(request, case_id, case.version, drafts)
    return tagged(_draw(request, case, drafts, typed=typed), mark)


def _opened_on(request: Visit, tab: str) -> Typed:
    """Return the composer as an address asks for it: on a tab, or to log a call that it names."""
    call = call_named(request.GET.get("call", ""))
    if tab == "call" and call is not None:
        return Typed(tab="call", fields=prefilled_to_log(call, zone=request.zone))
    if tab == "call" and (phone := request.GET.get("phone", "")[:40]):
        return Typed(tab="call", fields={"phone": phone})  # which number was called back
    return Typed(tab=tab if tab in TABS else "reply")


def _mark(request: Visit, case_id: int, version: int, drafts: list[DraftRow]) -> str:
    # Letters only: the tag is a header.
    tab = request.GET.get("write", "reply")
    return tag(
        request,
        "case",
        case_id,
        version,
        mark_of(drafts, request.person),
        recordings.mark_of(case_id),
        tab if tab in TABS else "reply",
        "all" in request.GET,
    )


def page(request: Visit, case_id: int, *, typed: Typed, status: int) -> HttpResponse:
    """Draw the page of a case again, with what somebody has typed."""
    case = facts_of(case_id, request.person)
    return _draw(request, case, drafts_of(case_id), typed=typed, status=status)


def _draw(
    request: Visit, case: CaseFacts, drafts: list[DraftRow], *, typed: Typed, status: int = 200
) -> HttpResponse:
    history, watchers = history_of(case.id), watchers_of(case.id)
    promised = _promised(case, history, request)
    around = relatives(case)
    drawn = _entries(history, case.number, request)
    if around["merged"]:
        drawn = interleaved(drawn, _merged(request, [row.id for row in around["merged"]]))
    shown, left_out = _shortened(drawn, shows_all="all" in request.GET)
    context = {
        "here": "cases",
        "case": case,
        "address": f"/console/cases/{case.number}",
        "priority_title": say_priority(case.priority),
        "plan_title": titles_of_plans().get(case.plan, case.plan),
        "state_title": say_state(case.state),
        "stage_title": say_stage(case.stage),
        "stated_priorities": [(one.value, say_priority(one)) for one in Priority],
        "stages": [(stage.value, _(title)) for stage, title in STAGES.items()],
        "entries": shown,
        "frame_powers": POWERS,
        "left_out": left_out,
        "owed": [p for p in promised if p.is_owed],
        "ended": [p for p in promised if not p.is_owed],
        "questions": open_questions(history, request),
        "handed_back": [q for q in history.questions.values() if q.is_handed_back],
        "owner_away": owner_away(case, request),
        "also_open": also_open(case),
        "relatives": around,
        "watchers": watchers,
        "forwarded": _forwarded(case, history),
        "strips": strips(case, watchers, drafts, request, heard_at=_heard_at(history)),
        "paging": _paging(case, request),
        **_composer(case, watchers, drafts, request, typed),
        "files": [file for entry in drawn for file in entry.files],
        "entitled": _entitled(history, case, request),
        "is_super_user": case.is_super_user_on(_today(request)),
        "allowance": _allowance(case),
        "may": _may(case, request),
        "meets": _meets(history),
        "typed": typed,
        "meanwhile": _meanwhile(history, case, typed),
        "last_event": history.events[-1].id if history.events else 0,
        "targets": ("30 min", "1 h", "2 h", "4 h", "1 business day"),
    }
    template = "console/case_parts.html" if is_part(request) else "console/case.html"
    return render(request, template, context, status=status)


def _paging(case: CaseFacts, request: Visit) -> Strip | None:
    row = paging_of(case.id) if case.priority == Priority.CRITICAL else None
    if row is None or (row.acknowledged_at and case.state == CaseState.ACTIVE):
        return None  # somebody has it and is at it
    return paging_strip(row, request)


def _forwarded(case: CaseFacts, history: History) -> list[Original]:
    if not any(message.inbox_item_id for message in history.messages.values()):
        return []
    return originals_in(case.id, except_address=case.contact_email)


def _merged(request: Visit, case_ids: list[int]) -> Iterator[tuple[str, list[Entry]]]:
    for case_id in merged_into(case_ids):
        number = case_number(case_id)
        history = history_of(case_id)
        # The surviving case tells of the merge itself.
        events = [event for event in history.events if event.kind != Kind.MERGED_INTO]
        history = history._replace(events=events)
        yield number, _entries(history, number, request)


def _entries(history: History, number: str, request: Visit) -> list[Entry]:
    return entries(
        history,
        number=number,
        now=request.now,
        zone=request.zone,
        region=region_of(request.standing.zone),
        dials=request.standing.dial_address,
    )


def _shortened(drawn: list[Entry], *, shows_all: bool) -> tuple[list[Entry], int]:
    """Return the beginning and the newest of a long history, and how many are left out between."""
    if shows_all or len(drawn) <= _FIRST + _NEWEST + _NEWEST // 2:
        return drawn, 0
    return drawn[:_FIRST] + drawn[-_NEWEST:], len(drawn) - _FIRST - _NEWEST


def _today(request: Visit) -> date:
    return request.now.astimezone(ZoneInfo(request.standing.zone)).date()


def _allowance(case: CaseFacts) -> Allowance | None:
    return allowance_of(case.contract_id) if case.contract_id and case.has_budget else None


def _entitled(history: History, case: CaseFacts, request: Visit) -> list[str]:
    opened = next((event.facts for event in history.events if event.kind == "opened"), {})
    return say_entitlement(opened, priority=case.priority, now=request.now, zone=request.zone)


def _may(case: CaseFacts, request: Visit) -> dict[str, bool]:
    """Return which acts have a place now: the rest is not offered."""
    state = CaseState(case.state)
    return {
        "own": case.is_open and case.owner_id != request.person.id,
        "close": state is CaseState.RESOLVED,
        "extend": case.is_open and (request.person.is_manager or request.person.is_administrator),
        "enhance": case.is_open and case.priority == "low" and not case.is_enhancement,
        "escalate": case.is_open and case.priority in ("normal", "low"),
        **{act.value: allows(state, act) for act in Act if act not in _BY_OTHER_RULES},
    }


_BY_OTHER_RULES = (Act.CLOSE, Act.ESCALATE, Act.EXTEND)


def _composer(
    case: CaseFacts,
    watchers: list[Watching],
    drafts: list[DraftRow],
    request: Visit,
    typed: Typed,
) -> dict[str, object]:
    if case.state == CaseState.MERGED:
        return {}
    return {
        "writing": writing(case, watchers, drafts, request, typed=typed.letter),
        "later": offered_later(request),
        "templates": offered(language=case.contact_language or request.standing.language),
    }


def _heard_at(history: History) -> datetime | None:
    heard = (e.recorded_at for e in history.events if e.kind == Kind.MESSAGE_RECEIVED)
    return max(heard, default=None)


def _promised(case: CaseFacts, history: History, request: Visit) -> list[Promised]:
    """Return what is owed by its due time, then what will be, then what has ended, newest first."""
    ranked = sorted(history.commitments, key=_rank)
    earlier = _earlier(case, history, request)
    return [
        Promised(
            line=draw(Stored._make(row[:-1]), now=request.now, zone=request.zone),
            why=f"/console/cases/{case.number}/promises/{row.kind}/{row.ordinal}"
            if row.started_at
            else "",
            target=say_spelled(row.target),
            earlier=earlier.get((row.kind, row.ordinal), []),
            extends=f"/console/cases/{case.number}/promises/{row.kind}/{row.ordinal}/extension"
            if row.state == "running"
            else "",
            is_owed=_is_owed(row),
            is_internal=row.kind == "assistance",
            attempts=_attempts(row, history, request) if row.kind == "callback" else [],
        )
        for row in ranked
    ]


def _attempts(row: CommitmentRow, history: History, request: Visit) -> list[str]:
    """Say when somebody was called in vain, as long as the call back was owed."""
    if row.started_at is None:
        return []
    until = row.met_at or row.withdrawn_at or request.now
    return [
        _("%(at)s, %(who)s: %(outcome)s")
        % {
            "at": say_clock(event.happened_at, now=request.now, zone=request.zone),
            "who": event.agent or "",
            "outcome": say_outcome(event.facts),
        }
        for event in history.events
        if event.kind == Kind.CALL_LOGGED
        and event.facts.get("direction") == "out"
        and not event.facts.get("reached")
        and row.started_at <= event.happened_at <= until
    ]


def _earlier(case: CaseFacts, history: History, request: Visit) -> dict[tuple[str, int], list[str]]:
    """Say of each promise what it was before it was moved. Few cases have such a history."""
    if not any(event.kind in MOVING for event in history.events):
        return {}
    said: dict[tuple[str, int], list[str]] = {}
    for move in moves_of(case.id, request.person):
        sentence = say_move(move, now=request.now, zone=request.zone)
        said.setdefault((move.kind.value, move.ordinal), []).append(sentence)
    return said


def _rank(row: CommitmentRow) -> tuple[int, float]:
    due = row.due_at.timestamp() if row.due_at else 0.0
    if not _is_owed(row):
        return 3, -due
    return {"running": 0, "missed": 0, "paused": 1}.get(row.state, 2), due


def _is_owed(row: CommitmentRow) -> bool:
    unmet = row.met_at is None and row.withdrawn_at is None
    return row.state in ("running", "paused", "waiting") or (row.state == "missed" and unmet)


def _meets(history: History) -> str:
    """Say which promise a word to the customer keeps, so that the button can say it."""
    unmet = {row.kind for row in history.commitments if _is_owed(row) and row.state != "waiting"}
    if "response" in unmet:
        return _("meets the response")
    return _("meets the feedback") if "feedback" in unmet else ""


def _meanwhile(history: History, case: CaseFacts, typed: Typed) -> list[str]:
    """Say who did what since the person last saw the case, when somebody else was quicker."""
    if not typed.is_stale:
        return []
    said = []
    for event in history.events:
        if event.id <= typed.seen:
            continue
        who = event.agent or event.contact or _("The desk")
        sentence = say_event(event.kind, who=who, number=case.number, facts=event.facts)
        said.append(sentence or _(_UNSAID.get(event.kind, "%(who)s did something")) % {"who": who})
    return said


_UNSAID = {
    "message_received": gettext_noop("%(who)s wrote to us."),
    "reply_sent": gettext_noop("%(who)s wrote to the customer."),
    "note_added": gettext_noop("%(who)s added a note."),
    "call_logged": gettext_noop("%(who)s logged a call."),
    "assistance_asked": gettext_noop("%(who)s asked Tier Two."),
    "assistance_asked_back": gettext_noop("%(who)s asked back, for Tier Two."),
    "assistance_added_to": gettext_noop("%(who)s said more to Tier Two."),
    "assistance_answered": gettext_noop("%(who)s answered for Tier Two."),
}
