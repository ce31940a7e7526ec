"""What strangers sent, handed out so that it can do nothing here (i09, i15, i47)."""

from io import BytesIO

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from dueline.actions.attachments import record_taking
from dueline.console.access import Visit, agents_only
from dueline.core.archives import contents_of
from dueline.core.file_types import HEAD, Look, look_of
from dueline.core.pictures import small_picture
from dueline.intake.mail.decode import decode
from dueline.models import store
from dueline.queries.attachments import StoredFile, get_file
from dueline.queries.inbox import get_raw

_NO_POWERS = "sandbox; default-src 'none'"
_MOST_LINES = 20
_MOST_BYTES = 8_000  # of a text that is looked at


@agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def download(request: Visit, file_id: int) -> HttpResponse:
    """Hand out a file. One in which a virus was found goes to administrators who insist (POST)."""
    file = get_file(file_id, request.person)
    if request.method == "POST":
        record_taking(file, actor=request.person, at=request.now)
    elif file.is_found:
        return _found(request, file)
    return handed_out(_read(file), name=file.name)


@agents_only
@require_safe
def small(request: Visit, file_id: int) -> HttpResponse:
    """A small picture of a picture, drawn anew: nothing of the file itself is in it."""
    file = get_file(file_id, request.person)
    picture = None if file.is_found else small_picture(_read(file))
    if picture is None:
        raise Http404
    headers = {
        "Content-Security-Policy": _NO_POWERS,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, max-age=3600",
    }
    return HttpResponse(picture, content_type="image/webp", headers=headers)


@agents_only
@require_safe
def look(request: Visit, file_id: int) -> HttpResponse:
    """Show the first lines of a text, or what lies in an archive, without opening either."""
    file = get_file(file_id, request.person)
    if file.is_found:
        return _found(request, file)
    head = store.read_head(file.sha256, HEAD)
    shown: dict[str, object] = {"here": "cases", "file": file, "lines": [], "contents": None}
    match look_of(file.name, head):
        case Look.TEXT:
            shown |= _lines(file)
        case Look.ARCHIVE:
            shown["contents"] = contents_of(BytesIO(_read(file)))
            shown["is_archive"] = True
        case _:
            raise Http404
    template = "console/look_part.html" if "HX-Request" in request.headers else "console/look.html"
    return render(request, template, shown)


@agents_only
@require_safe
def download_raw(request: Visit, item_id: int) -> HttpResponse:
    raw = get_raw(item_id)
    if raw is None:
        raise Http404
    return handed_out(raw, name=f"mail-{item_id}.eml")


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


def _read(file: StoredFile) -> bytes:
    try:
        return store.read(file.sha256)
    except FileNotFoundError as error:
        raise Http404 from error


def _lines(file: StoredFile) -> dict[str, object]:
    head = store.read_head(file.sha256, _MOST_BYTES)
    whole = head if file.size <= len(head) else head.rpartition(b"\n")[0] or head
    lines = decode(whole)[0].splitlines()
    return {
        "lines": lines[:_MOST_LINES],
        "goes_on": len(lines) > _MOST_LINES or file.size > len(head),
    }


def _found(request: HttpRequest, file: StoredFile) -> HttpResponse:
    return render(request, "console/file_found.html", {"here": "cases", "file": file}, status=403)
