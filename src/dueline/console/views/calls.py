"""A call becomes a case while the caller is on the line."""

from django.contrib import messages as flashes
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dueline.actions import cases, contacts, forms, messages
from dueline.console.access import Visit, agents_only
from dueline.console.instants import read_instant
from dueline.console.live import is_part
from dueline.console.refusals import status_of
from dueline.core.case_numbers import parse_case_number
from dueline.core.errors import Refusal
from dueline.core.priorities import DEFAULT, Priority
from dueline.models import Case, Contact
from dueline.queries.contacts import find_callers, get_caller, urgent_cases
from dueline.wording.refusals import say_refusal
from dueline.wording.states import say_priority


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
    return cases.open_case(
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
    typed = request.POST
    chosen = typed.get("contact") or request.GET.get("contact", "")
    is_chosen = chosen.isascii() and chosen.isdigit() and len(chosen) < 18
    caller = get_caller(int(chosen), at=request.now) if is_chosen else None
    found = find_callers(text, at=request.now)
    if caller and caller not in found:
        found.insert(0, caller)
    context = {
        "here": "calls/new",
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
