"""Attached files, by the one door: a file is as visible as the case that holds it (i11, i20)."""

from typing import NamedTuple

from django.db.models import Q

from dueline.core.audience import Person
from dueline.core.errors import Refusal
from dueline.models import Attachment, Message
from dueline.queries.cases import visible_to


class StoredFile(NamedTuple):
    name: str
    media_type: str
    size: int
    sha256: str


def get_file(file_id: int, person: Person) -> StoredFile:
    """Return one file. A file of a note is for agents. Raises Refusal("not-found")."""
    cases = visible_to(person)
    place = Q(message__case__in=cases)
    if person.is_agent:
        place |= Q(note__case__in=cases)
    rows = Attachment.objects.filter(place, pk=file_id)
    row = rows.values_list(*StoredFile._fields).first()
    if row is None:
        raise Refusal("not-found", "There is no such file.")
    return StoredFile._make(row)


def get_html(message_id: int, person: Person) -> str:
    """Return the sanitised HTML of a message. Raises Refusal("not-found"), also without any."""
    rows = Message.objects.filter(pk=message_id, case__in=visible_to(person)).exclude(html="")
    html = rows.values_list("html", flat=True).first()
    if html is None:
        raise Refusal("not-found", "There is no such message.")
    return html
