"""Settings: what turns speech into text, if anything does."""

from collections.abc import Mapping

from django.contrib import messages as flashes
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dueline.actions import telephone_settings as acts
from dueline.console.access import Visit
from dueline.console.administration import administrators_only, typed_in
from dueline.core.errors import Refusal
from dueline.queries.recordings import speech_service
from dueline.wording.refusals import say_refusal


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: Visit) -> HttpResponse:
    if request.method != "POST":
        return _page(request)
    typed = typed_in(request)
    try:
        acts.change_speech(
            url=typed.get("speech_url", ""),
            key=typed.get("speech_key", ""),
            model=typed.get("speech_model", ""),
            actor=request.person,
            at=request.now,
        )
    except Refusal as refusal:
        return _page(request, typed=typed, refusal=refusal)
    flashes.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("console:settings_speech"))


def _page(
    request: Visit, *, typed: Mapping[str, str] | None = None, refusal: Refusal | None = None
) -> HttpResponse:
    service = speech_service()
    kept = {"speech_url": service.url, "speech_model": service.model} if service else {}
    page = {
        "here": "settings",
        "tab": "telephone",
        "typed": kept if typed is None else typed,
        "has_key": service is not None and bool(service.key),
        "errors": {refusal.code: say_refusal(refusal)} if refusal else {},
    }
    return render(request, "console/settings/speech.html", page, status=400 if refusal else 200)
