"""The emergency sheet: made now, kept, and when and to whom it is sent."""

from collections.abc import Mapping

from django.contrib import messages as flashes
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dueline.actions import sheets as acts
from dueline.console.access import Visit, agents_only
from dueline.console.administration import administrators_only, typed_in
from dueline.core.errors import Refusal
from dueline.queries import sheets
from dueline.wording.refusals import say_refusal
from dueline.wording.times import say_date


@agents_only
@require_safe
def show(request: Visit) -> HttpResponse:
    return _page(request)


@agents_only
@require_POST
def make(request: Visit) -> HttpResponse:
    acts.make_now(actor=request.person, at=request.now)
    flashes.success(request, _("The sheet is made. Download it, and keep it off the network."))
    return HttpResponseRedirect(reverse("console:emergency_sheet"))


@agents_only
@require_safe
def download(request: Visit, sheet_id: int) -> HttpResponse:
    name, pdf = sheets.sheet_file(sheet_id)
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


@administrators_only
@require_POST
def change(request: Visit) -> HttpResponse:
    typed = typed_in(request)
    facts = acts.SheetSettings.read(typed)
    try:
        acts.change_settings(facts, actor=request.person, at=request.now)
    except Refusal as refusal:
        return _page(request, typed=typed, refusal=refusal)
    flashes.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("console:emergency_sheet"))


def _page(
    request: Visit, *, typed: Mapping[str, str] | None = None, refusal: Refusal | None = None
) -> HttpResponse:
    stored = sheets.sheet_settings()
    page = {
        "here": "emergency-sheet",
        "sheets": sheets.sheets(),
        "say_date": say_date,
        "sheet_at": stored.at,
        "typed": {**stored.as_typed, **(typed or {})},
        "errors": {refusal.code: say_refusal(refusal)} if refusal else {},
    }
    return render(request, "console/emergency_sheet.html", page, status=400 if refusal else 200)
