"""What leaves the house, and what became of it."""

from django.contrib import messages as flashes
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dueline.actions import outbox_by_hand as acts
from dueline.console.access import Visit, agents_only
from dueline.console.refusals import status_of
from dueline.core.case_numbers import case_number
from dueline.core.errors import Refusal
from dueline.queries import outbox

_ROWS = 50


@agents_only
@require_safe
def show(request: Visit) -> HttpResponse:
    wanted = request.GET.get("show", "all")
    states = outbox.TROUBLED if wanted == "trouble" else ()
    before = request.GET.get("before", "")
    rows = outbox.page(
        request.person,
        states=states,
        before=int(before) if before.isascii() and before.isdigit() else None,
        size=_ROWS + 1,
    )
    context = {
        "here": "outbox",
        "rows": rows[:_ROWS],
        "older": rows[_ROWS - 1].id if rows[_ROWS:] else None,
        "show": wanted,
        "troubled": outbox.troubled(),
        "states": _states(),
        "case_number": case_number,
    }
    return render(request, "console/outbox.html", context)


@agents_only
@require_safe
def read(request: Visit, item_id: int) -> HttpResponse:
    return _mail(request, item_id)


@agents_only
@require_POST
def resend(request: Visit, item_id: int) -> HttpResponse:
    try:
        acts.resend(item_id, actor=request.person, at=request.now)
    except Refusal as refusal:
        if refusal.code == "not-found":
            raise
        return _mail(request, item_id, refusal=refusal)
    flashes.success(request, _("It is tried again."))
    return HttpResponseRedirect(f"/console/outbox/{item_id}")


def _mail(request: Visit, item_id: int, *, refusal: Refusal | None = None) -> HttpResponse:
    mail = outbox.get(item_id, request.person)
    if mail is None:
        raise Http404
    context = {
        "here": "outbox",
        "mail": mail,
        "number": case_number(mail.case_id) if mail.case_id else "",
        "states": _states(),
        "refusal": refusal,
    }
    status = status_of(refusal) if refusal else 200
    return render(request, "console/outbox_mail.html", context, status=status)


def _states() -> dict[str, str]:
    return {
        "waiting": _("waits"),
        "claimed": _("on its way"),
        "transmitting": _("on its way"),
        "sent": _("sent"),
        "failed": _("refused"),
        "doubtful": _("doubtful"),
    }
