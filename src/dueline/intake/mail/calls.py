"""What a mail service sends when it calls: a form or JSON, read within bounds and to the byte.

Django's own forms would not do: they refuse a field of more than 2.5 MB, and a mail is one; and
they decode each field, while the bytes of a mail must stay as they came.
"""

from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import parse_qsl

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpHeaders, HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.http import parse_header_parameters

from dueline.core.mail_text import clean_line

_MOST_FIELDS = 500
_URLENCODED = "application/x-www-form-urlencoded"


class Unreadable(Exception):
    """Neither a form nor whatever else the service is known to send."""


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    content: bytes
    file_name: str | None = None
    media_type: str = "application/octet-stream"


class Call:
    """One call, as django-anymail looks at it: it knows a request by these names."""

    method = "POST"
    encoding = "utf-8"

    def __init__(self, request: HttpRequest, body: bytes) -> None:
        self.META = request.META
        self.headers: HttpHeaders = request.headers
        self.content_type, self.content_params = parse_header_parameters(
            request.META.get("CONTENT_TYPE", "")
        )
        self.body = body

    @cached_property
    def POST(self) -> QueryDict:
        form = QueryDict(mutable=True, encoding=self.encoding)
        for field in self._fields:
            if field.file_name is None:
                form.appendlist(field.name, field.content.decode("utf-8", "replace"))
        return form

    @cached_property
    def FILES(self) -> MultiValueDict:
        files: MultiValueDict = MultiValueDict()
        for field in self._fields:
            if field.file_name is not None:
                name = clean_line(field.file_name) or "file"
                file = SimpleUploadedFile(name, field.content, field.media_type)
                files.appendlist(field.name, file)
        return files

    def bytes_of(self, name: str) -> bytes | None:
        """Return a field of the form as it came, byte for byte; None if there is none."""
        found = [field.content for field in self._fields if field.name == name]
        return found[-1] if found else None

    def with_body(self, body: bytes) -> "Call":
        """Return the same call with another content."""
        other = copy(self)
        other.__dict__ = {"META": self.META, "headers": self.headers, "body": body}
        other.content_type, other.content_params = self.content_type, self.content_params
        return other

    def with_fields(self, changed: Mapping[str, str]) -> "Call":
        """Return the same form with some of its fields changed; files and the rest stay."""
        other = self.with_body(b"")
        kept = tuple(field for field in self._fields if field.name not in changed)
        new = tuple(_Field(name, value.encode()) for name, value in changed.items())
        other.__dict__["_fields"] = kept + new
        return other

    @cached_property
    def _fields(self) -> tuple[_Field, ...]:
        if self.content_type == _URLENCODED:
            return tuple(_urlencoded(self.body))
        if self.content_type == "multipart/form-data":
            return tuple(_multipart(self.body, self.content_params.get("boundary", "")))
        return ()


def _urlencoded(body: bytes) -> Iterator[_Field]:
    try:
        # Latin-1 has a letter for each byte, so that nothing is lost on the way back.
        pairs = parse_qsl(
            body.decode("latin-1"),
            keep_blank_values=True,
            encoding="latin-1",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError as error:
        raise Unreadable("a form with too many fields") from error
    for name, value in pairs:
        yield _Field(name, value.encode("latin-1"))


def _multipart(body: bytes, boundary: str) -> Iterator[_Field]:
    """Read a form (RFC 7578). Nothing in its parts can nest, whatever they claim to hold."""
    if not boundary or len(boundary) > 200:
        raise Unreadable("a form without a boundary")
    between = b"\r\n--" + boundary.encode("latin-1", "replace")
    parts = (b"\r\n" + body).split(between, _MOST_FIELDS + 1)
    if len(parts) > _MOST_FIELDS + 1:
        raise Unreadable("a form with too many fields")
    for part in parts[1:]:
        if part.startswith(b"--"):
            return
        head, found, content = part.partition(b"\r\n\r\n")
        if not found:
            raise Unreadable("a form that is broken off")
        yield _field(head.decode("utf-8", "replace"), content)
    raise Unreadable("a form that is broken off")


def _field(head: str, content: bytes) -> _Field:
    lines = (line.partition(":") for line in head.split("\r\n"))
    headers = {name.strip().lower(): value.strip() for name, _, value in lines}
    _, disposition = parse_header_parameters(headers.get("content-disposition", ""))
    return _Field(
        name=disposition.get("name", ""),
        content=content,
        file_name=disposition.get("filename"),
        media_type=headers.get("content-type", "application/octet-stream"),
    )
