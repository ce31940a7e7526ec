"""What leaves the house, and what became of it."""

from collections.abc import Mapping

from django.contrib import messages as flashes
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from dueline.actions import outbox_by_hand as acts
from dueline.console.access import Visit, agents_only
from dueline.console.mail_alone import mail_alone
from dueline.console.refusals import status_of
from dueline.core.case_numbers import case_number
from dueline.core.errors import Refusal
from dueline.queries import outbox

_ROWS = 50


@agents_only
@require_safe
def show(request: Visit) -> HttpResponse:
    wanted, words = request.GET.get("show", "all"), request.GET.get("q", "")[:200]
    before = request.GET.get("before", "")
    rows = outbox.page(
        request.person,
        states=outbox.SHOWN.get(wanted, ()),
        words=words,
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None,
        size=_ROWS + 1,
    )
    context = {
        "here": "outbox",
        "rows": rows[:_ROWS],
        "older": rows[_ROWS - 1].id if rows[_ROWS:] else None,
        "show": wanted if wanted in outbox.SHOWN else "all",
        "words": words,
        "weather": outbox.weather(),
        "states": _states(),
        "case_number": case_number,
    }
    return render(request, "console/outbox.html", context)


@agents_only
@require_safe
def read(request: Visit, item_id: int) -> HttpResponse:
    return _mail(request, item_id)


@agents_only
@require_safe
@xframe_options_sameorigin
def show_html(request: Visit, item_id: int) -> HttpResponse:
    mail = outbox.get(item_id, request.person)
    if mail is None or not mail.html:
        raise Http404
    return mail_alone(mail.html)


@agents_only
@require_POST
def resend(request: Visit, item_id: int) -> HttpResponse:
    try:
        acts.resend(item_id, actor=request.person, at=request.now)
    except Refusal as refusal:
        return _refused(request, item_id, refusal)
    flashes.success(request, _("It is tried again."))
    return HttpResponseRedirect(reverse("console:outbox_mail", args=[item_id]))


@agents_only
@require_POST
def cancel(request: Visit, item_id: int) -> HttpResponse:
    reason = request.POST.get("reason", "")
    try:
        acts.cancel(item_id, reason=reason, actor=request.person, at=request.now)
    except Refusal as refusal:
        return _refused(request, item_id, refusal, reason=reason)
    flashes.success(request, _("It was taken back, and will not leave."))
    return HttpResponseRedirect(reverse("console:outbox_mail", args=[item_id]))


@agents_only
@require_POST
def resend_undelivered(request: Visit) -> HttpResponse:
    count = acts.resend_undelivered(actor=request.person, at=request.now)
    said = ngettext("%(n)s mail is tried again.", "%(n)s mails are tried again.", count)
    flashes.success(request, said % {"n": count})
    return _back()


@agents_only
@require_POST
def hold(request: Visit) -> HttpResponse:
    acts.hold_all(actor=request.person, at=request.now)
    return _back()


@agents_only
@require_POST
def let_go(request: Visit) -> HttpResponse:
    acts.let_go(actor=request.person, at=request.now)
    flashes.success(request, _("Mail leaves again."))
    return _back()


def _back() -> HttpResponse:
    return HttpResponseRedirect(reverse("console:outbox"))


def _refused(request: Visit, item_id: int, refusal: Refusal, *, reason: str = "") -> HttpResponse:
    if refusal.code == "not-found":
        raise refusal
    return _mail(request, item_id, refusal=refusal, reason=reason)


def _mail(
    request: Visit, item_id: int, *, refusal: Refusal | None = None, reason: str = ""
) -> HttpResponse:
    mail = outbox.get(item_id, request.person)
    if mail is None:
        raise Http404
    context = {
        "here": "outbox",
        "mail": mail,
        "number": case_number(mail.case_id) if mail.case_id else "",
        "states": _states(),
        "refusal": refusal,
        "reason": reason,
    }
    status = status_of(refusal) if refusal else 200
    return render(request, "console/outbox_mail.html", context, status=status)


def _states() -> Mapping[str, str]:
    return {
        "waiting": _("waits"),
        "claimed": _("on its way"),
        "transmitting": _("on its way"),
        "sent": _("sent"),
        "refused": _("refused"),
        "given-up": _("given up"),
        "came-back": _("came back"),
        "doubtful": _("doubtful"),
        "cancelled": _("taken back"),
    }
