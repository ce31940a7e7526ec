"""Files that belong to a message or a note."""

from collections.abc import Sequence

from dueline.core.inbound import File
from dueline.models import Attachment, Message, Note, store


def keep_files(
    files: Sequence[File], *, message: Message | None = None, note: Note | None = None
) -> None:
    """Store the bytes durably, then the rows that name them (inside the act under way)."""
    Attachment.objects.bulk_create(
        Attachment(
            message=message,
            note=note,
            name=file.name[:200],
            media_type=file.media_type[:100],
            size=len(file.content),
            sha256=store.save(file.content),
            content_id=file.content_id[:200],
            is_inline=file.is_inline,
        )
        for file in files
    )
