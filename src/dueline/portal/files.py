"""Files that a customer sends with a form."""

from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext as _

from dueline.actions import attempts
from dueline.core.audience import Person
from dueline.core.errors import Refusal
from dueline.core.inbound import File
from dueline.portal.access import computer_of

MOST_FILES = 10
MOST_BYTES = 25_000_000


def files_of(request: HttpRequest, *, at: datetime, person: Person | None) -> list[File]:
    """Return the files of a form. Raises Refusal("files")."""
    sent = [file for file in request.FILES.getlist("files") if isinstance(file, UploadedFile)]
    if not sent:
        return []
    if len(sent) > MOST_FILES or sum(file.size or 0 for file in sent) > MOST_BYTES:
        raise Refusal(
            "files", _("At most 10 files, and 25 MB together. Please send the rest afterwards.")
        )
    subject = f"{person.kind} {person.id}" if person else computer_of(request)
    if not attempts.take(attempts.UPLOAD, subject, at=at):
        raise Refusal("files", _("Many files came in the last hour. Please try again later."))
    return [
        File(
            name=clean_name(file.name or ""),
            media_type=(file.content_type or "application/octet-stream")[:100],
            content=file.read(),
        )
        for file in sent
    ]


def sent_of(request: HttpRequest) -> dict[str, str]:
    """Return all that a form holds, to know the same form again: files by name and size."""
    fields = {name: value for name, value in request.POST.items() if isinstance(value, str)}
    fields.pop("csrfmiddlewaretoken", None)  # drawn anew with every page
    sent = [file for file in request.FILES.getlist("files") if isinstance(file, UploadedFile)]
    files = {f"file {n}": f"{file.name} {file.size}" for n, file in enumerate(sent)}
    return {"path": request.path, **fields, **files}


def clean_name(name: str) -> str:
    """Return a label: no path, nothing that breaks a header or only looks like a space (i13)."""
    name = name.replace("\\", "/").rpartition("/")[2]
    name = "".join(c if c.isprintable() else " " for c in name)
    return " ".join(name.split()).strip(". ")[-200:] or _("file")
