"""Files that belong to a message, a note or a question, and what a virus scanner says of them."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from dueline.actions import audit
from dueline.actions._administration import administrators_only
from dueline.core.audience import Person
from dueline.core.errors import Refusal
from dueline.core.inbound import File
from dueline.models import Attachment, Message, Note, Question, QuestionEntry, store
from dueline.queries.attachments import StoredFile

Scan = Attachment.Scan


def keep_files(
    files: Sequence[File],
    *,
    message: Message | None = None,
    note: Note | None = None,
    question: Question | None = None,
    entry: QuestionEntry | None = None,
) -> None:
    """Store the bytes durably, then the rows that name them (inside the act under way)."""
    Attachment.objects.bulk_create(
        Attachment(
            message=message,
            note=note,
            question=question,
            entry=entry,
            name=file.name[:200],
            media_type=file.media_type[:100],
            size=len(file.content),
            sha256=store.save(file.content),
            content_id=file.content_id[:200],
            is_inline=file.is_inline,
        )
        for file in files
    )


def record_scan(sha256: str, *, scan: Attachment.Scan, said: str) -> int:
    """Keep what a scanner said of some bytes, for every file that they are. Returns of how many."""
    files = Attachment.objects.filter(sha256=sha256, scan=Scan.NONE)
    return files.update(scan=scan, scan_said=said[:200])


def record_taking(file: StoredFile, *, actor: Person, at: datetime) -> None:
    """Let an administrator have a file in which something was found, and keep that they took it."""
    administrators_only(actor)
    if not file.is_found:
        raise Refusal("not-found", "Nothing was found in this file.")
    with transaction.atomic():
        audit.record("found_file", about=file.name, actor=actor, at=at, found=file.scan_said)
