"""Settings: the telephone systems that call us, what a number is a link to, whose telephone is
which."""

from collections.abc import Mapping

from django.contrib import messages as flashes
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dueline.actions import phone_webhooks as webhooks
from dueline.actions import telephone_settings as acts
from dueline.console.access import Visit
from dueline.console.administration import administrators_only, typed_in
from dueline.core.errors import Refusal
from dueline.intake.phone.signatures import new_key
from dueline.intake.phone.voicemails import READS
from dueline.intake.phone.webhooks import READERS
from dueline.models import PhoneWebhook
from dueline.queries.desk import desk_row
from dueline.queries.phone_webhooks import dial_address, phone_webhook_rows, telephones
from dueline.wording.doors import TELEPHONE_SYSTEMS
from dueline.wording.language import say
from dueline.wording.refusals import say_refusal

_EXTENSION = "extension-"


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: Visit) -> HttpResponse:
    if request.method != "POST":
        return _page(request)
    typed = typed_in(request)
    try:
        acts.change(
            dial_address=typed.get("dial_address", ""),
            extensions=_extensions(typed),
            actor=request.person,
            at=request.now,
        )
    except Refusal as refusal:
        return _page(request, typed=typed, refusal=refusal)
    return _saved(request)


def _extensions(typed: Mapping[str, str]) -> dict[int, str]:
    known = {telephone.agent_id for telephone in telephones()}
    return {
        agent_id: typed[f"{_EXTENSION}{agent_id}"]
        for agent_id in known
        if f"{_EXTENSION}{agent_id}" in typed
    }


@administrators_only
@require_POST
def add_webhook(request: Visit) -> HttpResponse:
    """Make an address. The page that answers shows the key of it, and no other page ever does."""
    typed = typed_in(request)
    is_ours = typed.get("provider") == PhoneWebhook.Provider.GENERIC
    key = new_key() if is_ours else typed.get("signing_key", "")
    try:
        if typed.get("provider") not in READERS:
            raise Refusal("provider", _("Choose the telephone system."))
        made = webhooks.add_webhook(
            provider=typed.get("provider", ""),
            name=typed.get("name", ""),
            signing_key=key,
            actor=request.person,
            at=request.now,
        )
    except Refusal as refusal:
        return _page(request, typed=typed, refusal=refusal)
    return _page(request, made=made, key=key if is_ours else "")


@administrators_only
@require_POST
def webhook_key(request: Visit, phone_webhook_id: int) -> HttpResponse:
    key = typed_in(request).get("signing_key", "")
    try:
        webhooks.change_key(phone_webhook_id, signing_key=key, actor=request.person, at=request.now)
    except Refusal as refusal:
        if refusal.code == "not-found":
            raise
        return _page(request, refusal=Refusal(f"key-{phone_webhook_id}", refusal.words))
    return _saved(request)


@administrators_only
@require_POST
def webhook_activity(request: Visit, phone_webhook_id: int) -> HttpResponse:
    is_active = typed_in(request).get("is_active") == "yes"
    webhooks.set_active(phone_webhook_id, is_active=is_active, actor=request.person, at=request.now)
    return _saved(request)


def _saved(request: Visit) -> HttpResponse:
    flashes.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("console:settings_telephone"))


def _page(
    request: Visit,
    *,
    typed: Mapping[str, str] | None = None,
    refusal: Refusal | None = None,
    made: PhoneWebhook | None = None,
    key: str = "",
) -> HttpResponse:
    address = str(desk_row()["public_url"])
    typed = typed or {"dial_address": dial_address()}
    page = {
        "here": "settings",
        "tab": "telephone",
        "hooks": phone_webhook_rows(),
        "address": f"{address}/hooks/phone/",
        "voicemails_at": f"{address}/hooks/voicemail/",
        "brings_voicemails": READS,
        "reached_by_https": address.startswith("https://"),
        "systems": {name: say(title) for name, title in TELEPHONE_SYSTEMS.items()},
        "offered": [(name, say(TELEPHONE_SYSTEMS[name])) for name in READERS],
        "telephones": telephones(),
        "made": made,
        "key": key,
        "typed": typed,
        "errors": {refusal.code: say_refusal(refusal)} if refusal else {},
    }
    response = render(
        request, "console/settings/telephone.html", page, status=400 if refusal else 200
    )
    response["Cache-Control"] = "no-store"  # the addresses are secrets
    return response
