"""The HTML of messages and the pictures in it: what customers may read as well (i11)."""

from typing import NamedTuple

from dueline.core.audience import Person
from dueline.core.errors import Refusal
from dueline.models import Attachment, Message, store
from dueline.queries.cases import visible_to

_FOUND = Attachment.Scan.FOUND


class StoredHtml(NamedTuple):
    """pictures: (Content-ID, id) of the files that came with the message and may be shown in it."""

    html: str
    pictures: tuple[tuple[str, int], ...]


def get_html(message_id: int, person: Person) -> StoredHtml:
    """Return the sanitised HTML of a message. Raises Refusal("not-found"), also without any."""
    rows = Message.objects.filter(pk=message_id, case__in=visible_to(person)).exclude(html="")
    html = rows.values_list("html", flat=True).first()
    if html is None:
        raise Refusal("not-found", "There is no such message.")
    files = Attachment.objects.filter(message_id=message_id).exclude(content_id="")
    named = files.exclude(scan=_FOUND).order_by("-id").values_list("content_id", "id")
    return StoredHtml(html, tuple(named))


def get_picture(message_id: int, file_id: int, person: Person) -> bytes:
    """Return a picture that came with a message. Raises Refusal("not-found"), FileNotFoundError."""
    files = Attachment.objects.filter(
        pk=file_id, message_id=message_id, message__case__in=visible_to(person)
    )
    sha256 = files.exclude(scan=_FOUND).values_list("sha256", flat=True).first()
    if sha256 is None:
        raise Refusal("not-found", "There is no such picture.")
    return store.read(sha256)
