"""What an agent does to a case: one address, one act. Every one is an ordinary form."""

from typing import Any

from django.contrib import messages as flashes
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dueline.actions import assistance, case_contacts, cases, enhancements, messages
from dueline.console import drafting
from dueline.console.access import Visit, agents_only
from dueline.console.acting import by_form, do, number, one_of, simply
from dueline.console.call_forms import read_duration, read_outcome
from dueline.console.composer import typed_in, writing
from dueline.console.instants import read_instant
from dueline.console.uploads import read_files
from dueline.core.lifecycle import Stage
from dueline.core.priorities import Priority
from dueline.queries.case_pages import (
    facts_of,
    installations_of,
    third_party_pauses,
    watchers_of,
)
from dueline.queries.drafts import drafts_of
from dueline.queries.forwarded import originals_in
from dueline.wording.promise_lines import say_kind
from dueline.wording.states import say_priority

# --- written at the foot of the case ------------------------------------------------------------


@agents_only
@require_POST
def reply(request: Visit, case_id: int) -> HttpResponse:
    return _send(request, case_id, "reply", _("Sent."))


@agents_only
@require_POST
def ask_customer(request: Visit, case_id: int) -> HttpResponse:
    return _send(request, case_id, "ask", _("Sent. The case waits for the customer."))


def _send(request: Visit, case_id: int, act: str, said: str) -> HttpResponse:
    return do(request, case_id, lambda: _sent(request, case_id, act, said), said="")


def _sent(request: Visit, case_id: int, act: str, said: str) -> None:
    # What waits is told of beside the composer, where it can be undone.
    if drafting.send(request, case_id, act):
        flashes.success(request, said)


@agents_only
@require_POST
def add_note(request: Visit, case_id: int) -> HttpResponse:
    def note() -> None:
        messages.add_note(
            case_id,
            text=request.POST.get("text", ""),
            files=read_files(request),
            actor=request.person,
            at=request.now,
        )

    return do(request, case_id, note, said=_("Noted, for colleagues."), tab="note")


@agents_only
@require_POST
def log_call(request: Visit, case_id: int) -> HttpResponse:
    def log() -> None:
        typed = request.POST
        outcome = read_outcome(typed.get("reached", ""))
        messages.log_call(
            case_id,
            reached=outcome.reached,
            left_message=outcome.left_message,
            direction=typed.get("direction", "out"),
            happened_at=read_instant(
                typed.get("happened_at", ""), zone=request.zone, at=request.now
            ),
            phone=typed.get("phone", "")[:40],
            summary=typed.get("summary", ""),
            seconds=read_duration(typed.get("duration", "")),
            recording=typed.get("recording", "").strip(),
            call_id=number(request, "call"),
            actor=request.person,
            at=request.now,
        )

    return do(request, case_id, log, said=_("The call is logged."), tab="call")


@agents_only
@require_POST
def ask_tier_two(request: Visit, case_id: int) -> HttpResponse:
    def ask() -> None:
        assistance.ask(
            case_id,
            text=request.POST.get("text", ""),
            tried=request.POST.get("tried", ""),
            # What is typed is meant more than what was left chosen beside it.
            within=request.POST.get("within_other", "").strip() or request.POST.get("within", ""),
            files=read_files(request),
            actor=request.person,
            at=request.now,
        )

    said = _("Tier Two has the question. You keep the case.")
    return do(request, case_id, ask, said=said, tab="question")


# --- one button ---------------------------------------------------------------------------------


@agents_only
@require_POST
def own(request: Visit, case_id: int) -> HttpResponse:
    return simply(request, case_id, cases.own, _("The case is yours."))


@agents_only
@require_POST
def activate(request: Visit, case_id: int) -> HttpResponse:
    said = _("Activated. From here the customer hears from us at the promised interval.")
    return simply(request, case_id, cases.activate, said, version=number(request, "version"))


@agents_only
@require_POST
def set_stage(request: Visit, case_id: int) -> HttpResponse:
    def move() -> None:
        stage = one_of(Stage, request.POST.get("stage", ""))
        cases.set_stage(case_id, stage=stage, actor=request.person, at=request.now)

    return do(request, case_id, move, said="")


@agents_only
@require_POST
def end_wait(request: Visit, case_id: int) -> HttpResponse:
    return simply(request, case_id, messages.end_wait, _("The clocks run on."))


@agents_only
@require_POST
def close(request: Visit, case_id: int) -> HttpResponse:
    return simply(request, case_id, cases.close, _("Closed."))


@agents_only
@require_POST
def mark_enhancement(request: Visit, case_id: int) -> HttpResponse:
    said = _("It stands on the list of enhancements.")
    return simply(request, case_id, enhancements.mark, said)


@agents_only
@require_POST
def unmark_enhancement(request: Visit, case_id: int) -> HttpResponse:
    said = _("It is off the list of enhancements.")
    return simply(request, case_id, enhancements.unmark, said)


# --- with a form of their own, on a page or in a dialog -----------------------------------------


@agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def change_priority(request: Visit, case_id: int) -> HttpResponse:
    def change() -> None:
        cases.change_priority(
            case_id,
            priority=one_of(Priority, request.POST.get("priority", "")),
            reason=request.POST.get("reason", ""),
            consent=request.POST.get("consent", ""),
            actor=request.person,
            at=request.now,
        )

    return by_form(
        request,
        case_id,
        "priority",
        change,
        said=_("The priority is changed."),
        offered=lambda: {"priorities": [(key.value, say_priority(key)) for key in Priority]},
    )


@agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def escalate(request: Visit, case_id: int) -> HttpResponse:
    def escalate_it() -> None:
        reason = request.POST.get("reason", "")
        cases.escalate(case_id, reason=reason, actor=request.person, at=request.now)

    return by_form(request, case_id, "escalation", escalate_it, said=_("Escalated to High."))


@agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def change_contact(request: Visit, case_id: int) -> HttpResponse:
    def change() -> None:
        case_contacts.change_contact(
            case_id,
            name=request.POST.get("name", "")[:200],
            email=request.POST.get("email", ""),
            actor=request.person,
            at=request.now,
        )

    def offered() -> dict[str, Any]:
        mail = request.GET.get("mail", "")
        known = {str(one.item_id): one for one in originals_in(case_id, except_address=None)}
        return {"original": known.get(mail)}

    said = _("The case has another contact. Nothing has been sent to them.")
    return by_form(request, case_id, "contact", change, said=said, offered=offered)


@agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def await_third_party(request: Visit, case_id: int) -> HttpResponse:
    def wait() -> None:
        messages.await_third_party(
            case_id,
            whom=request.POST.get("whom", "")[:200],
            actor=request.person,
            at=request.now,
        )

    return by_form(
        request,
        case_id,
        "third-party",
        wait,
        said=_("The case waits for a third party. Stop waiting when they are done."),
        offered=lambda: {
            "pauses": ", ".join(say_kind(kind) for kind in third_party_pauses(case_id))
        },
    )


@agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def set_installation(request: Visit, case_id: int) -> HttpResponse:
    def set_it() -> None:
        cases.set_installation(
            case_id,
            product=request.POST.get("product", ""),
            version=request.POST.get("product_version", ""),
            environment=request.POST.get("environment", ""),
            actor=request.person,
            at=request.now,
        )

    return by_form(
        request,
        case_id,
        "installation",
        set_it,
        said=_("Kept."),
        offered=lambda: {"installations": installations_of(facts_of(case_id, request.person))},
    )


@agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def resolve(request: Visit, case_id: int) -> HttpResponse:
    said = _("Resolved, and the customer is told. Reopen it if that was too early.")

    def offered() -> dict[str, object]:
        typed = typed_in(request) if request.method == "POST" else None
        case, watchers = facts_of(case_id, request.person), watchers_of(case_id)
        return {"writing": writing(case, watchers, drafts_of(case_id), request, typed=typed)}

    return by_form(
        request,
        case_id,
        "resolution",
        lambda: _sent(request, case_id, "resolve", said),
        said="",
        offered=offered,
    )


@agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request: Visit, case_id: int) -> HttpResponse:
    def reopen_it() -> None:
        reason = request.POST.get("reason", "")
        cases.reopen(case_id, reason=reason, actor=request.person, at=request.now)

    return by_form(request, case_id, "reopening", reopen_it, said=_("Open again."))
