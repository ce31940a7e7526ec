"""Outlook's own wrapping, `winmail.dat` (TNEF): its body, and the files that it hides."""

import struct
from collections.abc import Iterator

from dueline.core.inbound import File
from dueline.core.mail_text import clean_line, clean_text, file_name
from dueline.intake.mail.decode import decode
from dueline.intake.mail.opened import Opened, TookTooLong, at_most
from dueline.intake.mail.rtf import text_of_rtf, unpacked

SIGNATURE = b"\x78\x9f\x3e\x22"
BROKEN = "Its winmail.dat is broken; what could be read of it was taken out."
_TOO_MUCH = "Its winmail.dat is too large to be opened; it is kept as a file."
_MOST_OBJECTS = 2000
_MOST_COPYING = 4_000_000_000  # the library copies all that follows, object by object
_MOST_LEVELS = 3
_MIME_TYPE, _CONTENT_ID = 0x370E, 0x3712  # properties of an attachment
_SECONDS = 2.0
_OBJECT = struct.Struct("<BHHI")


def open_winmail(content: bytes) -> Opened:
    """Return the body and the files of a `winmail.dat`; of a broken one, what came before."""
    objects = _count_objects(content)
    if objects > _MOST_OBJECTS or objects * len(content) > _MOST_COPYING:
        return Opened(warnings=(_TOO_MUCH,))
    try:
        with at_most(_SECONDS):
            return _opened(content)
    except TookTooLong:
        return Opened(warnings=(_TOO_MUCH,))


def _count_objects(content: bytes) -> int:
    position, count = 6, 0
    while position + _OBJECT.size <= len(content):
        *_, length = _OBJECT.unpack_from(content, position)
        position += length + 11
        count += 1
    return count


def _opened(content: bytes) -> Opened:
    # Loaded late: few mails bring one.
    from tnefparse import TNEF

    # Made and filled apart: what was read before it breaks is there also after the exception.
    tnef = TNEF.__new__(TNEF)
    tnef.body = tnef.htmlbody = tnef._rtfbody = None
    tnef.attachments, tnef.objects = [], []
    try:
        tnef.__init__(content)
        broken = not all(each.good_checksum for each in tnef.objects)
    except Exception:  # it raises whatever its bytes make it raise
        broken = True
    files = tuple(_files(tnef, level=1))
    text, html = _texts(tnef)
    return Opened(text, html, files, (BROKEN,) if broken or not tnef.objects else ())


def _texts(tnef: object) -> tuple[str, str]:
    text = _text(getattr(tnef, "body", None))
    html = _text(getattr(tnef, "htmlbody", None))
    packed = getattr(tnef, "_rtfbody", None)
    if isinstance(packed, bytes) and not text.strip() and not html:
        text = text_of_rtf(unpacked(packed))
    return text, html


def _text(value: object) -> str:
    if isinstance(value, bytes):
        value = decode(value.rstrip(b"\0"))[0]
    return clean_text(value) if isinstance(value, str) else ""


def _files(tnef: object, *, level: int) -> Iterator[File]:
    for attached in getattr(tnef, "attachments", []):
        name = _name(attached)
        inner = getattr(attached, "embed", None)
        if inner is None:
            kind = clean_line(_attribute(attached, _MIME_TYPE))[:100]
            content_id = clean_line(_attribute(attached, _CONTENT_ID)).strip("<> ")[:200]
            kind = kind or "application/octet-stream"
            yield File(name, kind, bytes(attached.data), content_id)
        elif level < _MOST_LEVELS:
            yield from _letter(inner, name, level=level)


def _letter(inner: object, name: str, *, level: int) -> Iterator[File]:
    """A mail within: its text as a file, and its files."""
    text, html = _texts(inner)
    if html and not text.strip():
        yield File(f"{name}.html", "text/html", html.encode("utf-8", "replace"))
    else:
        yield File(f"{name}.txt", "text/plain", text.encode("utf-8", "replace"))
    yield from _files(inner, level=level + 1)


def _attribute(attached: object, name: int) -> str:
    for attribute in getattr(attached, "mapi_attrs", []):
        if attribute.name == name:
            return _text(attribute.data)
    return ""


def _name(attached: object) -> str:
    try:
        given = attached.long_filename()  # type: ignore[attr-defined]
    except (UnicodeError, AttributeError, TypeError):
        given = getattr(attached, "_name", b"")
    if isinstance(given, bytes):
        given = decode(given)[0]
    return file_name(str(given).strip("\0"))
