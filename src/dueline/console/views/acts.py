"""What an agent does to a case: one address, one act. Every one is an ordinary form.

A refused act brings the page back with what was typed and the reason; nothing typed is lost.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages as flashes
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dueline.actions import assistance, cases, messages
from dueline.console.access import Visit, agents_only
from dueline.console.instants import read_instant
from dueline.console.refusals import status_of
from dueline.console.uploads import read_files
from dueline.console.views.cases import Typed, page
from dueline.core.case_numbers import case_number
from dueline.core.errors import Refusal
from dueline.core.lifecycle import Stage
from dueline.core.priorities import Priority
from dueline.queries.case_pages import facts_of
from dueline.wording.states import say_priority

# --- written at the foot of the case ------------------------------------------------------------


@agents_only
@require_POST
def reply(request: Visit, case_id: int) -> HttpResponse:
    return _write(request, case_id, "reply", messages.reply, _("Sent."), versioned=True)


@agents_only
@require_POST
def ask_customer(request: Visit, case_id: int) -> HttpResponse:
    said = _("Sent. The case waits for the customer.")
    return _write(request, case_id, "reply", messages.ask_customer, said, versioned=True)


@agents_only
@require_POST
def add_note(request: Visit, case_id: int) -> HttpResponse:
    return _write(request, case_id, "note", messages.add_note, _("Noted, for colleagues."))


def _write(
    request: Visit,
    case_id: int,
    tab: str,
    act: Callable[..., Any],
    said: str,
    *,
    versioned: bool = False,
) -> HttpResponse:
    def write() -> None:
        more = {"version": _number(request, "version")} if versioned else {}
        act(
            case_id,
            text=request.POST.get("text", ""),
            files=read_files(request),
            actor=request.person,
            at=request.now,
            **more,
        )

    return _do(request, case_id, write, said=said, tab=tab)


@agents_only
@require_POST
def log_call(request: Visit, case_id: int) -> HttpResponse:
    def log() -> None:
        reached = request.POST.get("reached")
        if reached not in ("yes", "no"):
            raise Refusal("bad-call", _("Say whether you spoke with the customer."))
        messages.log_call(
            case_id,
            reached=reached == "yes",
            direction=request.POST.get("direction", "out"),
            happened_at=read_instant(
                request.POST.get("happened_at", ""), zone=request.zone, at=request.now
            ),
            phone=request.POST.get("phone", "")[:40],
            summary=request.POST.get("summary", ""),
            actor=request.person,
            at=request.now,
        )

    return _do(request, case_id, log, said=_("The call is logged."), tab="call")


@agents_only
@require_POST
def ask_tier_two(request: Visit, case_id: int) -> HttpResponse:
    def ask() -> None:
        assistance.ask(
            case_id,
            text=request.POST.get("text", ""),
            within=request.POST.get("within", ""),
            actor=request.person,
            at=request.now,
        )

    said = _("Tier Two has the question. You keep the case.")
    return _do(request, case_id, ask, said=said, tab="question")


# --- one button ---------------------------------------------------------------------------------


@agents_only
@require_POST
def own(request: Visit, case_id: int) -> HttpResponse:
    return _simply(request, case_id, cases.own, _("The case is yours."))


@agents_only
@require_POST
def activate(request: Visit, case_id: int) -> HttpResponse:
    said = _("Activated. From here the customer hears from us at the promised interval.")
    return _simply(request, case_id, cases.activate, said, version=_number(request, "version"))


@agents_only
@require_POST
def set_stage(request: Visit, case_id: int) -> HttpResponse:
    def move() -> None:
        stage = _one_of(Stage, request.POST.get("stage", ""))
        cases.set_stage(case_id, stage=stage, actor=request.person, at=request.now)

    return _do(request, case_id, move, said="")


@agents_only
@require_POST
def end_wait(request: Visit, case_id: int) -> HttpResponse:
    return _simply(request, case_id, messages.end_wait, _("The clocks run on."))


@agents_only
@require_POST
def close(request: Visit, case_id: int) -> HttpResponse:
    return _simply(request, case_id, cases.close, _("Closed."))


def _simply(
    request: Visit, case_id: int, act: Callable[..., Any], said: str, **more: Any
) -> HttpResponse:
    def do() -> None:
        act(case_id, actor=request.person, at=request.now, **more)

    return _do(request, case_id, do, said=said)


# --- with a form of their own, on a page or in a dialog -----------------------------------------


@agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def change_priority(request: Visit, case_id: int) -> HttpResponse:
    def change() -> None:
        cases.change_priority(
            case_id,
            priority=_one_of(Priority, request.POST.get("priority", "")),
            reason=request.POST.get("reason", ""),
            consent=request.POST.get("consent", ""),
            actor=request.person,
            at=request.now,
        )

    return _by_form(request, case_id, "priority", change, said=_("The priority is changed."))


@agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def escalate(request: Visit, case_id: int) -> HttpResponse:
    def do() -> None:
        reason = request.POST.get("reason", "")
        cases.escalate(case_id, reason=reason, actor=request.person, at=request.now)

    return _by_form(request, case_id, "escalation", do, said=_("Escalated to High."))


@agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def resolve(request: Visit, case_id: int) -> HttpResponse:
    def do() -> None:
        cases.resolve(
            case_id,
            text=request.POST.get("text", ""),
            actor=request.person,
            at=request.now,
            version=_number(request, "version"),
            minutes=_minutes(request.POST.get("minutes", "")),
        )

    said = _("Resolved, and the customer is told. Reopen it if that was too early.")
    return _by_form(request, case_id, "resolution", do, said=said)


@agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request: Visit, case_id: int) -> HttpResponse:
    def do() -> None:
        reason = request.POST.get("reason", "")
        cases.reopen(case_id, reason=reason, actor=request.person, at=request.now)

    return _by_form(request, case_id, "reopening", do, said=_("Open again."))


def _by_form(
    request: Visit, case_id: int, form: str, act: Callable[[], None], *, said: str
) -> HttpResponse:
    if request.method == "POST":
        try:
            act()
        except Refusal as refusal:
            if refusal.code == "not-found":
                raise
            return _form(request, case_id, form, typed=request.POST, refusal=refusal)
        return _back(request, case_id, said)
    return _form(request, case_id, form, typed={}, refusal=None)


def _form(
    request: Visit,
    case_id: int,
    form: str,
    *,
    typed: Mapping[str, Any],
    refusal: Refusal | None,
) -> HttpResponse:
    case = facts_of(case_id, request.person)
    context = {
        "here": "cases",
        "case": case,
        "address": f"/console/cases/{case.number}",
        "form": form,
        "typed": typed,
        "refusal": refusal,
        "priorities": [(priority.value, say_priority(priority)) for priority in Priority],
    }
    status = status_of(refusal) if refusal else 200
    return render(request, "console/act.html", context, status=status)


# --- how an act ends ----------------------------------------------------------------------------


def _do(
    request: Visit, case_id: int, act: Callable[[], None], *, said: str, tab: str = "reply"
) -> HttpResponse:
    try:
        act()
    except Refusal as refusal:
        if refusal.code == "not-found":
            raise
        typed = Typed(
            tab=tab,
            fields={key: value for key, value in request.POST.items() if isinstance(value, str)},
            refusal=refusal,
            seen=_number(request, "seen") or 0,
        )
        return page(request, case_id, typed=typed, status=status_of(refusal))
    return _back(request, case_id, said)


def _back(request: HttpRequest, case_id: int, said: str) -> HttpResponse:
    if said:
        flashes.success(request, said)
    return HttpResponseRedirect(f"/console/cases/{case_number(case_id)}")


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None


def _minutes(text: str) -> int | None:
    """Return the minutes that somebody stated; empty: none."""
    text = text.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise Refusal("minutes", "Write the minutes as a whole number, or nothing.")
    return int(text)


def _one_of(kind: Any, value: str) -> Any:
    try:
        return kind(value)
    except ValueError as error:
        raise Refusal("bad-choice", _("Choose one of the offered.")) from error
