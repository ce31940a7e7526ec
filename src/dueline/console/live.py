"""Pages that stay true while they are open: asked again every two seconds, answered cheaply.

The tag of a page says what it was drawn from. As long as that is the same, the answer is
"304 Not Modified" and nothing is drawn.
"""

from django.http import HttpResponse, HttpResponseNotModified

from dueline.console.access import Visit

# Words like "in 12 min" and headings like "Now" change by themselves: drawn anew this often.
_SECONDS = 15


def tag(request: Visit, *parts: object) -> str:
    """Return the tag of what this reader would see now."""
    bucket = int(request.now.timestamp()) // _SECONDS
    said = ".".join(str(part) for part in (*parts, request.person.id, bucket))
    return f'"{said}{"p" if is_part(request) else ""}"'


def is_part(request: Visit) -> bool:
    """Say whether the page's own script asks, which wants only the part that changes."""
    return "HX-Request" in request.headers


def unchanged(request: Visit, tag: str) -> HttpResponse | None:
    if request.headers.get("If-None-Match") != tag:
        return None
    return HttpResponseNotModified(headers={"ETag": tag})


def tagged(response: HttpResponse, tag: str) -> HttpResponse:
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    response["Vary"] = "HX-Request, Cookie"
    return response
