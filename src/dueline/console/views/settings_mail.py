"""Settings: how mail comes in and goes out, and the mail services that call us."""

from collections.abc import Mapping

from django.contrib import messages as flashes
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dueline.actions import mail_webhooks as acts
from dueline.console.access import Visit
from dueline.console.administration import administrators_only, typed_in
from dueline.core.errors import Refusal
from dueline.queries import doors
from dueline.queries.desk import desk_row
from dueline.queries.mailboxes import (
    cases_by_mailbox,
    is_on_company_domain,
    mail_settings,
    mailbox_list,
    webhook_rows,
)
from dueline.queries.voicemails import voicemail_settings
from dueline.wording.doors import SERVICES, say_door
from dueline.wording.refusals import say_refusal

_EMPTY = {"provider": "", "signing_key": ""}


@administrators_only
@require_safe
def show(request: Visit) -> HttpResponse:
    own = desk_row()["mail_address"]
    page = {
        "here": "settings",
        "tab": "mail",
        "ways_in": doors.ways_in(at=request.now),
        "reading": doors.reading(at=request.now),
        "sending": doors.sending(at=request.now),
        "boxes": mailbox_list(),
        "cases": cases_by_mailbox(),
        "own_address": own,
        "is_risky": is_on_company_domain(str(own)),
        "mail": {name: value for name, value in mail_settings().items() if name != "dkim_key"},
        "voicemail_senders": voicemail_settings()["voicemail_senders"],
        "services": SERVICES,
        "door_name": say_door,
    }
    return render(request, "console/settings/mail.html", page)


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def webhooks(request: Visit) -> HttpResponse:
    if request.method != "POST":
        return _webhooks(request)
    typed = typed_in(request)
    try:
        acts.add_webhook(
            provider=typed.get("provider", ""),
            signing_key=typed.get("signing_key", ""),
            actor=request.person,
            at=request.now,
        )
    except Refusal as refusal:
        return _webhooks(request, typed=typed, refusal=refusal)
    flashes.success(request, _("The address is ready. Enter it at the mail service."))
    return HttpResponseRedirect(reverse("console:settings_webhooks"))


@administrators_only
@require_POST
def webhook_key(request: Visit, webhook_id: int) -> HttpResponse:
    key = typed_in(request).get("signing_key", "")
    try:
        acts.change_key(webhook_id, signing_key=key, actor=request.person, at=request.now)
    except Refusal as refusal:
        if refusal.code == "not-found":
            raise
        return _webhooks(request, refusal=Refusal(f"key-{webhook_id}", refusal.words))
    return _saved(request)


@administrators_only
@require_POST
def webhook_activity(request: Visit, webhook_id: int) -> HttpResponse:
    is_active = typed_in(request).get("is_active") == "yes"
    acts.set_active(webhook_id, is_active=is_active, actor=request.person, at=request.now)
    return _saved(request)


def _saved(request: Visit) -> HttpResponse:
    flashes.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("console:settings_webhooks"))


def _webhooks(
    request: Visit, *, typed: Mapping[str, str] = _EMPTY, refusal: Refusal | None = None
) -> HttpResponse:
    address = desk_row()["public_url"]
    page = {
        "here": "settings",
        "tab": "mail",
        "hooks": webhook_rows(),
        "address": f"{address}/mail/webhooks/",
        "reached_by_https": str(address).startswith("https://"),
        "services": SERVICES,
        "typed": {"provider": typed.get("provider", "")},
        "errors": {refusal.code: say_refusal(refusal)} if refusal else {},
    }
    response = render(
        request, "console/settings/webhooks.html", page, status=400 if refusal else 200
    )
    response["Cache-Control"] = "no-store"  # the addresses are secrets
    return response
