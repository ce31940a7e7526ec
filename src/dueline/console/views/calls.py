"""A call becomes a case while the caller is on the line."""

from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

from django.contrib import messages as flashes
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dueline.actions import cases, contacts, forms, messages, phone_calls
from dueline.console.access import Visit, agents_only
from dueline.console.call_forms import call_named, prefilled
from dueline.console.instants import read_instant
from dueline.console.lines import Line, lines
from dueline.console.live import is_part, tag, tagged, unchanged
from dueline.console.refusals import status_of
from dueline.core.case_numbers import parse_case_number
from dueline.core.errors import Refusal
from dueline.core.priorities import DEFAULT, Priority
from dueline.models import Case, Contact
from dueline.queries.callers import Known, callers_of, who_calls
from dueline.queries.contacts import find_callers, get_caller, urgent_cases
from dueline.queries.phone_calls import CallRow, call_desk, get_call, mark_of_calls
from dueline.queries.plans import titles_of_plans
from dueline.queries.queue import latest_event_id
from dueline.wording.refusals import say_refusal
from dueline.wording.states import say_priority


@agents_only
@require_safe
def desk(request: Visit) -> HttpResponse:
    """Show what rings, who talks, and what nobody has dealt with."""
    mark = tag(request, "calls", mark_of_calls(), latest_event_id())
    if same := unchanged(request, mark):
        return same
    found = call_desk(at=request.now)
    shown = [*found.ringing, *found.talking, *found.missed, *found.to_log]
    callers = callers_of({call.number for call in shown if call.number}, at=request.now)
    draw = partial(_drawn, callers=callers, plans=titles_of_plans(), request=request)
    page = {
        "here": "calls",
        "now_on": [draw(call) for call in (*found.ringing, *found.talking)],
        "missed": [draw(call) for call in found.missed],
        "to_log": [draw(call) for call in found.to_log],
    }
    template = "console/calls_parts.html" if is_part(request) else "console/calls.html"
    return tagged(render(request, template, page), mark)


class _Caller(NamedTuple):
    known: Known
    plan: str
    lines: list[Line]


class _Drawn(NamedTuple):
    """A call on the call desk, with everybody who has its number."""

    call: CallRow
    callers: list[_Caller]


def _drawn(
    call: CallRow,
    *,
    callers: Mapping[str, list[Known]],
    plans: Mapping[str, str],
    request: Visit,
) -> _Drawn:
    known = callers.get(call.number, [])
    # Of several with one number, somebody may have said who it was.
    said = [one for one in known if one.id == call.contact_id]
    return _Drawn(
        call,
        [
            _Caller(
                one,
                plans.get(one.plan, one.plan),
                lines(
                    list(one.cases),
                    reader=request.person,
                    plans=plans,
                    now=request.now,
                    zone=request.zone,
                ),
            )
            for one in said or known
        ],
    )


@agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def say_who(request: Visit, phone_call_id: int) -> HttpResponse:
    """Say who is at the other end of a call: somebody known, or somebody new."""
    call = get_call(phone_call_id)
    if call is None:
        raise Http404
    if request.method != "POST":
        return _who(request, call)
    try:
        contact = _caller(request)
        phone_calls.say_who(call.id, contact_id=contact.pk, actor=request.person, at=request.now)
    except Refusal as refusal:
        return _who(request, call, refusal=refusal)
    said = _("From now on %(name)s is known by this number.") % {"name": contact.name}
    flashes.success(request, said)
    return HttpResponseRedirect("/console/calls")


def _who(request: Visit, call: CallRow, *, refusal: Refusal | None = None) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:200]
    context = {
        "here": "calls",
        "call": call,
        "found": find_callers(text, at=request.now),
        "urgent": [],
        "text": text,
        "chosen": None,
        "typed": request.POST or {"name": call.caller_name},
        "errors": {refusal.code: say_refusal(refusal)} if refusal else {},
    }
    template = "console/callers.html" if is_part(request) else "console/call_who.html"
    return render(request, template, context, status=status_of(refusal) if refusal else 200)


@agents_only
@require_POST
def set_aside(request: Visit, phone_call_id: int) -> HttpResponse:
    try:
        phone_calls.set_aside(phone_call_id, actor=request.person, at=request.now)
    except Refusal as refusal:
        if refusal.code == "not-found":
            raise
        flashes.error(request, say_refusal(refusal))
    return HttpResponseRedirect("/console/calls")


@agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Visit) -> HttpResponse:
    if request.method != "POST":
        return _page(request)
    try:
        act = _join if request.POST.get("joins") else _open
        case = forms.once(request.POST.dict(), lambda: act(request), at=request.now)
    except Refusal as refusal:
        return _page(request, refusal=refusal)
    said = _("Tell the caller the Case Number: %(number)s") % {"number": case.number}
    flashes.success(request, said)
    return HttpResponseRedirect(f"/console/cases/{case.number}")


def _join(request: Visit) -> Case:
    """Log a call about an urgent case that was written before: with it the case is Critical."""
    typed = request.POST
    reached = typed.get("reached")
    if reached not in ("yes", "no"):
        raise Refusal("reached", _("Say whether you spoke with the caller."))
    case_id = parse_case_number(typed.get("joins", ""))
    messages.log_call(
        case_id,
        reached=reached == "yes",
        direction="in",
        happened_at=read_instant(typed.get("happened_at", ""), zone=request.zone, at=request.now),
        phone=typed.get("phone", "")[:40],
        call_id=_call_id(request),
        summary="\n\n".join(
            part
            for part in (typed.get("subject", "").strip(), typed.get("text", "").strip())
            if part
        ),
        actor=request.person,
        at=request.now,
    )
    return Case.objects.get(pk=case_id)


def _open(request: Visit) -> Case:
    typed = request.POST
    reached = typed.get("reached")
    if reached not in ("yes", "no"):
        raise Refusal("reached", _("Say whether you spoke with the caller."))
    if not typed.get("subject", "").strip():
        raise Refusal("subject", _("Say in one line what it is about."))
    happened_at = read_instant(typed.get("happened_at", ""), zone=request.zone, at=request.now)
    contact = _caller(request)
    phone = typed.get("phone", "").strip()[:40] or contact.phone
    if reached == "no" and not phone:
        raise Refusal("phone", _("Which number shall be called back?"))
    call_id = _call_id(request)
    act = cases.open_case if call_id is None else partial(phone_calls.open_case_about, call_id)
    return act(
        contact=contact,
        subject=typed.get("subject", ""),
        text=typed.get("text", "").strip() or typed.get("subject", ""),
        priority=_priority(typed.get("priority", "")),
        escalation_reason=typed.get("reason", ""),
        channel="phone",
        happened_at=happened_at,
        at=request.now,
        actor=request.person,
        answered_directly=reached == "yes",
        call_back_phone=phone if reached == "no" else "",
    )


def _call_id(request: Visit) -> int | None:
    call = call_named(request.POST.get("call", ""))
    return call.id if call else None


def _caller(request: Visit) -> Contact:
    """Return who called: somebody chosen, or somebody new."""
    typed = request.POST
    chosen = typed.get("contact", "")
    if chosen.isascii() and chosen.isdigit() and len(chosen) < 18:
        contact = Contact.objects.filter(pk=int(chosen)).first()
        if contact is None:
            raise Refusal("contact", _("Choose the caller again."))
        return contact
    name, phone = typed.get("name", "").strip(), typed.get("phone", "").strip()
    if not name and not phone:
        raise Refusal("name", _("Ask for the caller’s name, or at least the number."))
    return contacts.find_or_create(
        name=(name or phone)[:200],
        email=typed.get("email", ""),
        phone=phone[:40],
        at=request.now,
    )


def _priority(text: str) -> Priority:
    try:
        return Priority(text)
    except ValueError as error:
        raise Refusal("priority", _("Ask the caller how bad it is.")) from error


def _page(request: Visit, *, refusal: Refusal | None = None) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:200]
    call = call_named(request.POST.get("call") or request.GET.get("call", ""))
    typed = request.POST or (_prefilled(call, request) if call else request.POST)
    chosen = typed.get("contact") or request.GET.get("contact", "")
    is_chosen = chosen.isascii() and chosen.isdigit() and len(chosen) < 18
    caller = get_caller(int(chosen), at=request.now) if is_chosen else None
    found = find_callers(text or (call.number if call else ""), at=request.now)
    if caller and caller not in found:
        found.insert(0, caller)
    context = {
        "here": "calls",
        "call": call,
        "found": found,
        "urgent": urgent_cases([caller.id for caller in found]) if found else [],
        "text": text,
        "chosen": caller.id if caller else None,
        "typed": typed,
        "refusal": refusal,
        "errors": {refusal.code: say_refusal(refusal)} if refusal else {},
        "priorities": [(priority.value, say_priority(priority)) for priority in Priority],
        "default_priority": DEFAULT.value,
    }
    template = "console/callers.html" if is_part(request) else "console/call.html"
    return render(request, template, context, status=status_of(refusal) if refusal else 200)


def _prefilled(call: CallRow, request: Visit) -> Mapping[str, str]:
    """Return the form as the telephone system can fill it in: who talks to us, is answered."""
    known = who_calls(call.number, at=request.now)
    chosen = str(known[0].id) if len(known) == 1 else ""
    return {
        **prefilled(call, zone=request.zone),
        "contact": chosen,
        "name": "" if known else call.caller_name,
    }
