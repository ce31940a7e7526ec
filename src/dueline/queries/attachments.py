"""Attached files, by the one door: a file is as visible as the case that holds it (i11, i20)."""

from collections.abc import Collection
from typing import NamedTuple

from django.db.models import Q

from dueline.core.audience import Person
from dueline.core.errors import Refusal
from dueline.models import Attachment, Desk
from dueline.queries.cases import visible_to

_FOUND = Attachment.Scan.FOUND


class StoredFile(NamedTuple):
    id: int
    name: str
    media_type: str
    size: int
    sha256: str
    scan: str
    scan_said: str

    @property
    def is_found(self) -> bool:
        """A scanner found something in it: it is handed to nobody."""
        return self.scan == _FOUND


def get_file(file_id: int, person: Person) -> StoredFile:
    """Return one file. One of a note or a question is for agents. Raises Refusal("not-found")."""
    cases = visible_to(person)
    place = Q(message__case__in=cases)
    if person.is_agent:
        place |= Q(note__case__in=cases)
        place |= Q(question__case__in=cases) | Q(entry__question__case__in=cases)
    rows = Attachment.objects.filter(place, pk=file_id)
    row = rows.values_list(*StoredFile._fields).first()
    if row is None:
        raise Refusal("not-found", "There is no such file.")
    return StoredFile._make(row)


def files_to_send(message_id: int) -> list[Attachment]:
    """Return the files of a message that may leave the house: none that a scanner objects to."""
    files = Attachment.objects.filter(message_id=message_id)
    return list(files.exclude(scan=_FOUND).order_by("id"))


def scanner_address() -> str:
    """Return where the virus scanner listens; "" when nothing is scanned."""
    return Desk.objects.values_list("clamd_address", flat=True).first() or ""


class Unscanned(NamedTuple):
    sha256: str
    size: int


def next_unscanned(*, besides: Collection[str]) -> Unscanned | None:
    """Return the file that has waited longest for the virus scanner, if any does."""
    waiting = Attachment.objects.filter(scan=Attachment.Scan.NONE).exclude(sha256__in=besides)
    row = waiting.order_by("id").values_list("sha256", "size").first()
    return Unscanned._make(row) if row else None
