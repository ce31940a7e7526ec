"""Playing what somebody said to a machine; and who has listened."""

import re

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dueline.actions import recordings
from dueline.console.access import Visit, agents_only
from dueline.console.acting import back, do
from dueline.core.audio import PLAYABLE
from dueline.models import store
from dueline.queries.recordings import get_playable

_RANGE = re.compile(r"bytes=(\d{0,12})-(\d{0,12})")
# The copy is of our own making, and still it can do nothing even when it is opened by itself.
_HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'; media-src 'self'",
    "X-Content-Type-Options": "nosniff",
    "Content-Disposition": "inline",
    "Cache-Control": "private, no-cache",
    "Accept-Ranges": "bytes",
}


@agents_only
@require_safe
def play(request: Visit, voicemail_id: int) -> HttpResponse:
    """Hand out the copy that browsers play, or the part of it that a player asks for."""
    try:
        copy = store.read(get_playable(voicemail_id, request.person))
    except FileNotFoundError as error:
        raise Http404 from error
    asked = _RANGE.fullmatch(request.headers.get("Range", "").strip())
    if asked is None or not any(asked.groups()):
        return HttpResponse(copy, content_type=PLAYABLE.media_type, headers=_HEADERS)
    first, last = _part(asked[1], asked[2], size=len(copy))
    if first > last:
        headers = {**_HEADERS, "Content-Range": f"bytes */{len(copy)}"}
        return HttpResponse(status=416, headers=headers)
    headers = {**_HEADERS, "Content-Range": f"bytes {first}-{last}/{len(copy)}"}
    return HttpResponse(
        copy[first : last + 1], status=206, content_type=PLAYABLE.media_type, headers=headers
    )


def _part(first: str, last: str, *, size: int) -> tuple[int, int]:
    """Return the first and the last byte that are asked for. "" and a number: the last ones."""
    if not first:
        return max(0, size - int(last)), size - 1
    return int(first), min(int(last), size - 1) if last else size - 1


@agents_only
@require_POST
def heard(request: Visit, voicemail_id: int) -> HttpResponse:
    """Write down that somebody has listened. A player says so by itself, and reads no page."""
    row = recordings.note_heard(voicemail_id, actor=request.person, at=request.now)
    if "HX-Request" in request.headers:
        return HttpResponse(status=204)
    return back(request, row.case_id or 0, _("You have listened."), place=f"#voicemail-{row.pk}")


@agents_only
@require_POST
def try_again(request: Visit, voicemail_id: int) -> HttpResponse:
    row = recordings.of_a_case(voicemail_id, request.person)
    return do(
        request,
        row.case_id or 0,
        lambda: recordings.try_again(voicemail_id, actor=request.person, at=request.now),
        said=_("The desk tries it once more."),
        place=f"#voicemail-{voicemail_id}",
    )
