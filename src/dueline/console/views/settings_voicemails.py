"""Settings: from which telephone systems voicemails are believed, and what their keys say."""

from collections.abc import Mapping

from django.contrib import messages as flashes
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dueline.actions import voicemail_settings as acts
from dueline.console.access import Visit
from dueline.console.administration import administrators_only, typed_in
from dueline.core.errors import Refusal
from dueline.core.priorities import Priority
from dueline.core.voicemails import KEYS, URGENT
from dueline.queries.voicemails import voicemail_settings
from dueline.wording.refusals import say_refusal
from dueline.wording.states import say_priority


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Visit) -> HttpResponse:
    if request.method != "POST":
        return _page(request, _stored())
    typed = typed_in(request)
    try:
        acts.change(acts.Voicemails.read(typed), actor=request.person, at=request.now)
    except Refusal as refusal:
        return _page(request, typed, refusal=refusal)
    flashes.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("console:settings_voicemails"))


def _stored() -> dict[str, str]:
    row = voicemail_settings()
    keypad: Mapping[str, str] = row["keypad"]
    shown = {"voicemail_senders": "\n".join(row["voicemail_senders"])}
    for priority in Priority:
        keys = [key for key in KEYS if key != URGENT and keypad.get(key) == priority]
        shown[f"keys_{priority}"] = " ".join(keys)
    return {**shown, URGENT: keypad.get(URGENT, "")}


def _page(
    request: Visit, typed: Mapping[str, str], *, refusal: Refusal | None = None
) -> HttpResponse:
    page = {
        "here": "settings",
        "tab": "mail",
        "typed": typed,
        "errors": {refusal.code: say_refusal(refusal)} if refusal else {},
        "priorities": [(one.value, say_priority(one)) for one in Priority],
    }
    return render(request, "console/settings/voicemails.html", page, status=400 if refusal else 200)
