"""Files that an agent attaches."""

from django.utils.translation import gettext as _

from dueline.actions import attempts
from dueline.console.access import Visit
from dueline.core.errors import Refusal
from dueline.core.inbound import File

_MOST = 20
_LARGEST = 25 * 1000 * 1000  # all together: what mail servers commonly carry


def read_files(request: Visit) -> list[File]:
    """Return the uploaded files. Raises Refusal("too-large") or Refusal("too-often")."""
    uploads = request.FILES.getlist("files")
    if not uploads:
        return []
    if len(uploads) > _MOST or sum(upload.size or 0 for upload in uploads) > _LARGEST:
        raise Refusal("too-large", _("At most 20 files with 25 MB together can be sent."))
    if not attempts.take(attempts.UPLOAD, f"agent {request.person.id}", at=request.now):
        raise Refusal("too-often", _("Many files came in the last hour. Please try again later."))
    return [
        File(
            name=_clean(upload.name or ""),
            media_type=(upload.content_type or "application/octet-stream")[:100],
            content=upload.read(),
        )
        for upload in uploads
    ]


def _clean(name: str) -> str:
    """Return the name without path and control characters: a label, never a place (i10, i13)."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in last if c.isprintable()).strip()[:200] or "file"
