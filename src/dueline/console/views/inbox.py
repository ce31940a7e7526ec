"""What arrived by mail, above all what a person must look at."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages as flashes
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dueline.actions import held_requests, inbox_by_hand
from dueline.console.access import Visit, agents_only
from dueline.console.refusals import status_of
from dueline.console.senders import marks_of
from dueline.console.views.files import handed_out
from dueline.core.case_numbers import case_number
from dueline.core.errors import Refusal
from dueline.core.priorities import Priority
from dueline.intake.read_inbox import add_held, open_held, open_held_for_original
from dueline.queries.forwarded import originals_of
from dueline.queries.held_requests import count_waiting, held_download, waiting_requests
from dueline.queries.inbox import count_held
from dueline.queries.inbox_pages import FILTERS, HELD, floods, inbox_page
from dueline.wording.states import say_priority

_ROWS = 50


@agents_only
@require_safe
def show(request: Visit) -> HttpResponse:
    return _page(request)


@agents_only
@require_POST
def try_again(request: Visit, item_id: int) -> HttpResponse:
    def do() -> str:
        inbox_by_hand.try_again(item_id, actor=request.person)
        return _("It is read once more.")

    return _do(request, do)


@agents_only
@require_POST
def open_as_case(request: Visit, item_id: int) -> HttpResponse:
    try:
        case = open_held(item_id, actor=request.person, at=request.now)
    except Refusal as refusal:
        return _page(request, refusal=refusal)
    flashes.success(request, _("Opened as %(number)s.") % {"number": case.number})
    return HttpResponseRedirect(f"/console/cases/{case.number}")


@agents_only
@require_POST
def open_for_original(request: Visit, item_id: int) -> HttpResponse:
    try:
        case = open_held_for_original(item_id, actor=request.person, at=request.now)
    except Refusal as refusal:
        return _page(request, refusal=refusal)
    flashes.success(request, _("Opened as %(number)s.") % {"number": case.number})
    return HttpResponseRedirect(f"/console/cases/{case.number}")


@agents_only
@require_POST
def add_to_case(request: Visit, item_id: int) -> HttpResponse:
    try:
        case = add_held(item_id, actor=request.person, at=request.now)
    except Refusal as refusal:
        return _page(request, refusal=refusal)
    flashes.success(request, _("Added to %(number)s.") % {"number": case.number})
    return HttpResponseRedirect(f"/console/cases/{case.number}")


@agents_only
@require_POST
def dismiss(request: Visit, item_id: int) -> HttpResponse:
    def do() -> str:
        inbox_by_hand.dismiss(item_id, reason=request.POST.get("reason", ""), actor=request.person)
        return _("Dismissed. It stays readable under “All”.")

    return _do(request, do)


@agents_only
@require_POST
def vouch(request: Visit, held_id: int) -> HttpResponse:
    """A super-user has confirmed a held request by telephone."""
    try:
        case = held_requests.vouch(
            held_id,
            confirmed_by=request.POST.get("confirmed_by", ""),
            actor=request.person,
            at=request.now,
        )
    except Refusal as refusal:
        return _page(request, refusal=refusal)
    flashes.success(request, _("Opened as %(number)s.") % {"number": case.number})
    return HttpResponseRedirect(f"/console/cases/{case.number}")


@agents_only
@require_POST
def dismiss_request(request: Visit, held_id: int) -> HttpResponse:
    def do() -> str:
        held_requests.dismiss(
            held_id, reason=request.POST.get("reason", ""), actor=request.person, at=request.now
        )
        return _("Dismissed.")

    return _do(request, do)


@agents_only
@require_safe
def request_file(request: Visit, held_id: int, file_id: int) -> HttpResponse:
    try:
        found = held_download(held_id, file_id, request.person)
    except FileNotFoundError as error:
        raise Http404 from error
    return handed_out(found.content, name=found.name)


def _do(request: Visit, act: Callable[[], str]) -> HttpResponse:
    try:
        said = act()
    except Refusal as refusal:
        return _page(request, refusal=refusal)
    flashes.success(request, said)
    return HttpResponseRedirect("/console/inbox")


def _page(request: Visit, *, refusal: Refusal | None = None) -> HttpResponse:
    wanted = request.GET.get("show", HELD)
    show = wanted if wanted in FILTERS else HELD
    words = request.GET.get("q", "").strip()[:200]
    before = request.GET.get("before", "")
    rows = inbox_page(
        show=show,
        words=words,
        before_id=int(before) if before.isascii() and before.isdigit() else None,
        most=_ROWS + 1,
    )
    is_first = show == HELD and not before and not words
    context: dict[str, Any] = {
        "here": "inbox",
        "rows": rows[:_ROWS],
        "senders": marks_of((row.id, row.sender or row.mail_from, row.trust) for row in rows),
        "older": rows[_ROWS - 1].id if rows[_ROWS:] else None,
        "show": show,
        "words": words,
        "floods": floods() if is_first else [],
        "held": count_held() + count_waiting(request.person),
        "waiting": waiting_requests(request.person) if is_first else [],
        "titles": {priority.value: say_priority(priority) for priority in Priority},
        "refusal": refusal,
        "states": state_words(),
        "case_number": case_number,
        "originals": originals_of([row.id for row in rows]),
    }
    status = status_of(refusal) if refusal else 200
    return render(request, "console/inbox.html", context, status=status)


def page_with_refusal(request: Visit, refusal: Refusal) -> HttpResponse:
    return _page(request, refusal=refusal)


def state_words() -> dict[str, str]:
    return {
        "received": _("to be read"),
        "taken": _("taken in"),
        "recorded": _("recorded only"),
        "duplicate": _("came before"),
        "held": _("held"),
    }
