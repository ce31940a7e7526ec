"""Settings: shifts out of an iCalendar file, looked at before they take the place of others."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages as flashes
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dueline.actions import rotas as acts
from dueline.console.access import Visit
from dueline.console.administration import administrators_only, typed_in
from dueline.console.refusals import status_of
from dueline.core.errors import Refusal
from dueline.core.oncall import Shift
from dueline.core.rota_file import LARGEST, FileShift, match_shifts, read_shifts
from dueline.models import RotaLayer
from dueline.queries import rotas
from dueline.wording.refusals import say_refusal
from dueline.wording.rotas import say_imported

_SALT = "dueline.rota-import"
_KEPT_FOR = timedelta(hours=2)
_LISTED = 60

Matched = Sequence[tuple[FileShift, int | None]]


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: Visit, layer_id: int) -> HttpResponse:
    """Choose a file; look at what it says; take it over."""
    row = rotas.layer_of(layer_id)
    if request.method != "POST":
        return _page(request, row)
    typed = typed_in(request)
    try:
        if "shifts" in typed:
            return _take_over(request, row, typed)
        return _page(request, row, matched=_read(request, row))
    except Refusal as refusal:
        if refusal.code == "not-found":
            raise
        return _page(request, row, refusal=refusal)


def _read(request: Visit, row: RotaLayer) -> Matched:
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        raise Refusal("file", _("Choose a file."))
    # One byte more than a file may have shows that it has more.
    found = read_shifts(file.read(LARGEST + 1), zone=row.rota.zone, start=request.now)
    return match_shifts(found, rotas.people_by_what_files_say())


def _take_over(request: Visit, row: RotaLayer, typed: Mapping[str, str]) -> HttpResponse:
    # What was looked at is what counts: it comes back under a seal, not as the file once more.
    try:
        sealed = signing.loads(typed["shifts"], salt=f"{_SALT}.{row.pk}", max_age=_KEPT_FOR)
    except signing.BadSignature as error:
        raise Refusal("file", _("This was too long ago. Choose the file again.")) from error
    shifts = [
        (Shift(datetime.fromisoformat(begins), datetime.fromisoformat(ends), agent), uid, said)
        for begins, ends, agent, uid, said in sealed
    ]
    version = int(typed["version"]) if typed.get("version", "").isdigit() else 0
    acts.replace_shifts(row.pk, shifts, version=version, actor=request.person, at=request.now)
    flashes.success(request, _("Taken over."))
    return HttpResponseRedirect(reverse("console:settings_rota", args=[row.rota_id]))


def _seal(matched: Matched, row: RotaLayer) -> str:
    sealed: Any = [
        (shift.starts_at.isoformat(), shift.ends_at.isoformat(), agent, shift.uid, shift.said)
        for shift, agent in matched
    ]
    return signing.dumps(sealed, salt=f"{_SALT}.{row.pk}", compress=True)


def _page(
    request: Visit, row: RotaLayer, *, matched: Matched = (), refusal: Refusal | None = None
) -> HttpResponse:
    unknown = [shift for shift, agent in matched if agent is None]
    page = {
        "here": "settings",
        "tab": "rotas",
        "layer": row,
        "rota": row.rota,
        "errors": {refusal.code: say_refusal(refusal)} if refusal else {},
        "matched": matched[:_LISTED],
        "more": max(0, len(matched) - _LISTED),
        "said": say_imported(len(matched), len(unknown)) if matched else "",
        "unknown": sorted({shift.said for shift in unknown})[:20],
        "people": rotas.names(),
        "sealed": _seal(matched, row) if matched else "",
        "there": row.shifts.count(),
    }
    status = status_of(refusal) if refusal else 200
    return render(request, "console/settings/rota_import.html", page, status=status)
