"""One mail of the inbox: what was read in it, and why it went where it went. And many at once."""

from collections.abc import Callable

from django.contrib import messages as flashes
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from dueline.actions import inbox_by_hand
from dueline.console.access import Visit, agents_only
from dueline.console.senders import marks_of
from dueline.console.views.inbox import page_with_refusal, state_words
from dueline.core.case_numbers import case_number
from dueline.core.errors import Refusal
from dueline.core.priorities import Priority
from dueline.intake.explain_item import explain_item
from dueline.wording.doors import say_door
from dueline.wording.states import say_priority

_LONGEST_TEXT = 4000


@agents_only
@require_safe
def show(request: Visit, item_id: int) -> HttpResponse:
    found = explain_item(item_id)
    if found is None:
        raise Http404
    sender = found.inbound.sender_address if found.inbound else found.item.sender
    page = {
        "here": "inbox",
        "sender": marks_of([(item_id, sender, found.item.trust)])[item_id],
        "mail": found,
        "item": found.item,
        "inbound": found.inbound,
        "door": say_door(found.item.door),
        "state": state_words()[found.item.state],
        "case_number": case_number,
        "priority": _priority(found.inbound.particulars.priority) if found.inbound else "",
        "longest": _LONGEST_TEXT,
    }
    response = render(request, "console/inbox_mail.html", page)
    response["Cache-Control"] = "private, no-store"
    return response


def _priority(priority: Priority | None) -> str:
    return say_priority(priority) if priority else ""


# --- all that is held of one sender ----------------------------------------------------------


@agents_only
@require_POST
def release_many(request: Visit) -> HttpResponse:
    def do() -> str:
        sender = request.POST.get("sender", "")
        count = inbox_by_hand.release_many(sender=sender, actor=request.person)
        return ngettext("%(n)s mail is taken in.", "%(n)s mails are taken in.", count) % {
            "n": count
        }

    return _do(request, do)


@agents_only
@require_POST
def dismiss_many(request: Visit) -> HttpResponse:
    def do() -> str:
        count = inbox_by_hand.dismiss_many(
            sender=request.POST.get("sender", ""),
            reason=request.POST.get("reason", ""),
            actor=request.person,
        )
        words = ngettext(
            "%(n)s mail is dismissed. It stays readable under “All”.",
            "%(n)s mails are dismissed. They stay readable under “All”.",
            count,
        )
        return words % {"n": count}

    return _do(request, do)


def _do(request: Visit, act: Callable[[], str]) -> HttpResponse:
    try:
        said = act()
    except Refusal as refusal:
        return page_with_refusal(request, refusal)
    flashes.success(request, said)
    return HttpResponseRedirect("/console/inbox")
