"""What strangers sent, handed out so that it can do nothing here (i09, i15)."""

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from dueline.console.access import Visit, agents_only
from dueline.models import store
from dueline.queries.attachments import get_file, get_html
from dueline.queries.inbox import get_raw

_NO_POWERS = "sandbox; default-src 'none'"
# Only inside our own sandboxed frame, and there without scripts, pictures or a way out.
_AS_SENT = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"


@agents_only
@require_safe
def download(request: Visit, file_id: int) -> HttpResponse:
    file = get_file(file_id, request.person)
    try:
        content = store.read(file.sha256)
    except FileNotFoundError as error:
        raise Http404 from error
    return handed_out(content, name=file.name)


@agents_only
@require_safe
def download_raw(request: Visit, item_id: int) -> HttpResponse:
    raw = get_raw(item_id)
    if raw is None:
        raise Http404
    return handed_out(raw, name=f"mail-{item_id}.eml")


@agents_only
@require_safe
@xframe_options_sameorigin
def show_html(request: Visit, message_id: int) -> HttpResponse:
    html = get_html(message_id, request.person)
    page = f'<!doctype html><meta charset="utf-8"><title>-</title><base target="_blank">{html}'
    return HttpResponse(page, headers={"Content-Security-Policy": _AS_SENT})


def handed_out(content: bytes, *, name: str) -> HttpResponse:
    """Hand bytes out as something to keep, never to show: the claimed type is not repeated."""
    return HttpResponse(
        content,
        content_type="application/octet-stream",
        headers={
            "Content-Disposition": content_disposition_header(True, name) or "attachment",
            "Content-Security-Policy": _NO_POWERS,
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )
