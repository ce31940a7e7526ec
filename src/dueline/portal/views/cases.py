"""My company's cases, and one of them."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from django.contrib import messages as flashes
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.http import HttpResponseRedirect as Redirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dueline.actions import cases, forms, messages, watchers
from dueline.core.audience import Person
from dueline.core.case_numbers import case_number, parse_case_number
from dueline.core.commitments import State
from dueline.core.errors import Refusal
from dueline.core.events import Kind
from dueline.core.instants import now
from dueline.core.priorities import Priority
from dueline.core.shown_html import POWERS
from dueline.models import Contact
from dueline.portal.access import customers_only
from dueline.portal.files import files_of, sent_of
from dueline.queries import portal
from dueline.queries.policies import current_policy
from dueline.wording import explain, segments
from dueline.wording import portal as wording
from dueline.wording.moves import say_move
from dueline.wording.policy_words import say_meaning
from dueline.wording.promise_lines import PromiseLine, draw
from dueline.wording.refusals import say_refusal
from dueline.wording.segments import Drawn

_MESSAGES = (Kind.OPENED, Kind.MESSAGE_RECEIVED, Kind.REPLY_SENT)
# A page that is open is drawn anew this often, so that "in 12 min" stays true.
_SECONDS = 15


class Row(NamedTuple):
    case: portal.CaseRow
    promise: PromiseLine | None
    state: str


@customers_only
@require_safe
def index(request: HttpRequest, person: Person) -> HttpResponse:
    at, zone = now(), _zone(person)
    only_closed = request.GET.get("show") == "closed"
    before = request.GET.get("before", "")
    found = portal.cases_of(
        person,
        only_closed=only_closed,
        before_id=int(before) if _is_id(before) else None,
    )
    page = {
        "here": "cases",
        "found": found,
        "rows": [
            Row(
                case,
                draw(case.promise, now=at, zone=zone) if case.promise else None,
                wording.say_state(case.state),
            )
            for case in found.rows
        ],
        "only_closed": only_closed,
        "titles": portal.priority_titles(at=at),
        "now": at,
        "zone": zone,
    }
    return render(request, "portal/cases.html", page)


@customers_only
@require_safe
def show(request: HttpRequest, person: Person, number: str) -> HttpResponse:
    case_id, at = parse_case_number(number), now()
    mark = _mark(request, portal.version_of(case_id, person), person, at)
    if request.headers.get("If-None-Match") == mark:
        return HttpResponseNotModified(headers={"ETag": mark})
    response = _page(request, person, case_id, at=at)
    response["ETag"] = mark
    response["Vary"] = "HX-Request, Cookie"
    return response


@customers_only
@require_POST
def write(request: HttpRequest, person: Person, number: str) -> HttpResponse:
    """Add a message to the case; after the reopen window it opens one that follows it."""
    case_id, at = parse_case_number(number), now()
    text = request.POST.get("text", "").strip()
    try:
        files = files_of(request, at=at, person=person)
        if not text and not files:
            raise Refusal("text", _("There is no text yet."))
        case = forms.once(
            sent_of(request),
            lambda: messages.receive(
                case_id,
                text=text or _("(see the files)"),
                contact=Contact.objects.get(pk=person.id),
                actor=person,
                channel="web",
                happened_at=at,
                at=at,
                files=files,
            ),
            at=at,
        )
    except Refusal as refusal:
        return _refused(request, person, case_id, refusal, field="text", typed=text)
    if case.follows_id == case_id:
        flashes.success(
            request, _("The old case is long closed, so your message opened this new one.")
        )
    elif case.pk != case_id:
        flashes.success(request, _("Sent. The conversation goes on here, in this case."))
    else:
        flashes.success(request, _("Sent. It stands at the end of the conversation."))
    return Redirect(reverse("portal:case", args=[case.number]))


@customers_only
@require_POST
def escalate(request: HttpRequest, person: Person, number: str) -> HttpResponse:
    case_id, reason = parse_case_number(number), request.POST.get("reason", "")
    try:
        cases.escalate(case_id, reason=reason, actor=person, at=now())
    except Refusal as refusal:
        return _refused(request, person, case_id, refusal, field="reason", typed=reason)
    flashes.success(request, _("Escalated. The case is High from now on."))
    return _back(case_id)


@customers_only
@require_POST
def change_priority(request: HttpRequest, person: Person, number: str) -> HttpResponse:
    """Raise or lower the priority. A lowering by the customer is its own consent."""
    case_id, reason = parse_case_number(number), request.POST.get("priority_reason", "")
    chosen = request.POST.get("priority", "")
    try:
        if chosen not in list(Priority):
            raise Refusal("priority", _("Choose a priority."))
        cases.change_priority(
            case_id, priority=Priority(chosen), reason=reason, actor=person, at=now()
        )
    except Refusal as refusal:
        field = "priority_reason" if refusal.code == "reason-missing" else "priority"
        typed = {"priority": chosen, "priority_reason": reason}
        return _refused(request, person, case_id, refusal, field=field, also=typed)
    flashes.success(request, _("The priority is changed."))
    return _back(case_id)


@customers_only
@require_POST
def let_watch(request: HttpRequest, person: Person, number: str) -> HttpResponse:
    case_id, who = parse_case_number(number), request.POST.get("who", "")
    try:
        contact_id = int(who) if _is_id(who) else 0
        watchers.let_contact_watch(case_id, contact_id=contact_id, actor=person, at=now())
    except Refusal as refusal:
        return _refused(request, person, case_id, refusal, field="who")
    flashes.success(request, _("From here they see this case and get our letters."))
    return _back(case_id)


@customers_only
@require_POST
def stop_watching(request: HttpRequest, person: Person, number: str) -> HttpResponse:
    case_id = parse_case_number(number)
    try:
        watchers.end_contacts_watch(case_id, contact_id=person.id, actor=person, at=now())
    except Refusal as refusal:
        return _refused(request, person, case_id, refusal, field="watch")
    flashes.success(request, _("You no longer watch the case %(number)s.") % {"number": number})
    return Redirect(reverse("portal:cases"))


@customers_only
@require_POST
def close(request: HttpRequest, person: Person, number: str) -> HttpResponse:
    case_id = parse_case_number(number)
    try:
        cases.close(case_id, actor=person, at=now())
    except Refusal as refusal:
        return _refused(request, person, case_id, refusal, field="close")
    flashes.success(request, _("Closed. You can open it again below."))
    return _back(case_id)


@customers_only
@require_POST
def reopen(request: HttpRequest, person: Person, number: str) -> HttpResponse:
    case_id, reason = parse_case_number(number), request.POST.get("reopen_reason", "")
    try:
        cases.reopen(case_id, reason=reason, actor=person, at=now())
    except Refusal as refusal:
        return _refused(request, person, case_id, refusal, field="reopen_reason", typed=reason)
    flashes.success(request, _("The case is open again, and the clock runs anew."))
    return _back(case_id)


@customers_only
@require_safe
def file(request: HttpRequest, person: Person, number: str, file_id: int) -> HttpResponse:
    """Hand out a file: as a download, never as a page of ours (i09)."""
    try:
        found = portal.download(parse_case_number(number), file_id, person)
    except FileNotFoundError as error:
        raise Http404 from error
    if found.found:
        page = {"here": "cases", "number": number, "file": found}
        return render(request, "portal/file_found.html", page, status=403)
    response = HttpResponse(found.content, content_type="application/octet-stream")
    disposition = content_disposition_header(as_attachment=True, filename=found.name)
    response["Content-Disposition"] = disposition or "attachment"
    response["Cache-Control"] = "private, no-store"
    # Replaces the policy of our pages: nothing in this file may run or load anything.
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


# --- the page ----------------------------------------------------------------------------------


class Promise(NamedTuple):
    """One commitment with its picture and the sentences that explain its due time."""

    line: PromiseLine
    question: str
    why: list[str]
    drawn: Drawn | None
    earlier: list[str]  # what it was before it was moved


class Entry(NamedTuple):
    happened: portal.Happened
    line: str
    is_message: bool


def _page(
    request: HttpRequest,
    person: Person,
    case_id: int,
    *,
    at: datetime,
    errors: dict[str, str] | None = None,
    typed: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    case, desk = portal.case_page(case_id, person, at=at), portal.desk_facts()
    zone = person.zone or (desk.zone if desk else "UTC")
    standing = wording.Standing(
        state=case.state,
        commitments=[owed.commitment for owed in case.owed],
        words_to_customer=_words_to_customer(case),
        waiting_since=case.waiting_since,
        ended_at=case.closed_at or case.resolved_at,
        may_reopen=case.may_reopen,
        now=at,
        zone=zone,
    )
    page = {
        "here": "cases",
        "case": case,
        "desk": desk,
        "state": wording.say_state(case.state),
        "first": wording.say_first(standing),
        "record": wording.say_record(standing),
        "nearest": _nearest(case, standing, at=at, zone=zone),
        "promises": [_promise(owed, case, at=at, zone=zone) for owed in _in_order(case.owed)],
        "entries": [
            _entry(happened, desk.name if desk else "", at=at, zone=zone)
            for happened in case.history
        ],
        "may_escalate": case.state.is_open and Priority.HIGH.is_more_urgent_than(case.priority),
        "priorities": _priorities(case, at=at),
        "high": say_meaning(current_policy(at=at).policy, Priority.HIGH).title,
        "frame_powers": POWERS,
        "errors": errors or {},
        "typed": typed or {},
        "now": at,
        "zone": zone,
    }
    template = "portal/case_live.html" if _is_part(request) else "portal/case.html"
    return render(request, template, page, status=status)


def _priorities(case: portal.CasePage, *, at: datetime) -> list[tuple[str, str, str]]:
    """Return (key, title, meaning) of what the priority can be changed to.

    To High one escalates: that is an act of its own, with its reason.
    """
    escalates = Priority.HIGH.is_more_urgent_than(case.priority)
    titles = portal.priority_titles(at=at)
    return [
        (priority.value, *titles[priority.value])
        for priority in Priority
        if priority is not case.priority and not (escalates and priority is Priority.HIGH)
    ]


def _words_to_customer(case: portal.CasePage) -> int:
    return sum(
        (h.kind is Kind.REPLY_SENT and h.arrived)
        or (h.kind is Kind.CALL_LOGGED and bool(h.facts.get("reached")))
        for h in case.history
    )


def _nearest(
    case: portal.CasePage, standing: wording.Standing, *, at: datetime, zone: str
) -> Promise | None:
    nearest = wording.nearest_owed(standing.commitments)
    owed = next((owed for owed in case.owed if owed.commitment is nearest), None)
    return _promise(owed, case, at=at, zone=zone) if owed and case.state.is_open else None


def _in_order(owed: tuple[portal.Owed, ...]) -> list[portal.Owed]:
    """Put what is owed first, then what has not begun, then what is over."""
    return sorted(
        owed, key=lambda o: (not o.commitment.is_owed, o.commitment.state is not State.WAITING)
    )


def _promise(owed: portal.Owed, case: portal.CasePage, *, at: datetime, zone: str) -> Promise:
    why, drawn = [], None
    if owed.explanation is not None:
        drawn = segments.draw(owed.explanation.segments, zone=zone)
        why = explain.sentences(owed.explanation, zone=zone, policy_number=owed.policy_number)
    line = draw(owed.stored, now=at, zone=zone)
    question = _("Why %(time)s?") % {"time": line.clock} if line.clock else _("Why?")
    earlier = [say_move(move, now=at, zone=zone) for move in owed.moves]
    return Promise(line, question, why, drawn, earlier)


def _entry(happened: portal.Happened, desk: str, *, at: datetime, zone: str) -> Entry:
    line = wording.say_happened(
        happened.kind,
        who=happened.by,
        by_customer=happened.by_customer,
        facts=happened.facts,
        desk=desk,
    )
    if happened.kind is Kind.VOUCHED and "arrived_at" in happened.facts:
        arrived_at = str(happened.facts["arrived_at"])
        line = wording.say_vouched(happened.by or desk, arrived_at, now=at, zone=zone)
    is_message = happened.kind in _MESSAGES and happened.said is not None
    return Entry(happened, line, is_message)


def _refused(
    request: HttpRequest,
    person: Person,
    case_id: int,
    refusal: Refusal,
    *,
    field: str,
    typed: str = "",
    also: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Show the page again with what was wrong and everything that was typed."""
    if refusal.code == "not-found":
        raise Http404
    at = now()
    status = 409 if refusal.code in ("not-now", "stale", "too-late") else 400
    return _page(
        request,
        person,
        case_id,
        at=at,
        errors={field: say_refusal(refusal)},
        typed={field: typed, **(also or {})},
        status=status,
    )


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 18


def _back(case_id: int) -> HttpResponse:
    return Redirect(reverse("portal:case", args=[case_number(case_id)]))


def _is_part(request: HttpRequest) -> bool:
    return "HX-Request" in request.headers


def _mark(request: HttpRequest, version: int, person: Person, at: datetime) -> str:
    part = "p" if _is_part(request) else ""
    return f'"{version}.{person.id}.{int(at.timestamp()) // _SECONDS}{part}"'


def _zone(person: Person) -> str:
    desk = portal.desk_facts()
    return person.zone or (desk.zone if desk else "UTC")
