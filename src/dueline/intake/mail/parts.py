"""A mail as a tree of parts, and what a part says of itself. Nothing here raises on odd mail.

The standard library finds the parts; what their headers and bytes mean is decided here, because its
own header parser raises on odd values, and takes quadratic time on hostile ones.
"""

import re
from collections.abc import Iterator
from email import policy
from email.feedparser import BytesFeedParser
from email.generator import BytesGenerator
from email.message import Message
from io import BytesIO
from typing import Any

from dueline.core.mail_text import clean_line, file_name
from dueline.intake.mail.decode import decode, decode_header, read_bytes

_POLICY = policy.compat32.clone(max_line_length=None)


def tree_of(raw: bytes) -> Message:
    """Return the tree of a mail that `prescan` has let through."""
    # Fed in pieces: given it whole, the library makes a copy that takes four bytes a letter.
    parser = BytesFeedParser(policy=_POLICY)
    view = memoryview(raw)
    for start in range(0, len(raw), 65536):
        parser.feed(bytes(view[start : start + 65536]))
    return parser.close()


def walk(part: Message) -> Iterator[Message]:
    yield part
    if part.get_content_maintype() == "multipart":
        for child in children_of(part):
            yield from walk(child)


def children_of(part: Message) -> list[Message]:
    # Asked for a text instead, the library would decode it, and raise on odd charsets.
    payload: Any = part.get_payload() if part.is_multipart() else []
    return list(payload)


def headers_of(part: Message) -> Iterator[tuple[str, str]]:
    """Yield names in lower case and unfolded values; 8-bit bytes stay escaped."""
    for name, value in part.raw_items():
        yield name.lower(), re.sub(r"[\r\n]+", "", str(value))


def content_of(part: Message) -> bytes:
    if part.is_multipart():
        return _as_bytes(children_of(part))
    decoded = part.get_payload(decode=True)
    return decoded if isinstance(decoded, bytes) else b""


def _as_bytes(messages: list[Message]) -> bytes:
    """Return messages within a message as the bytes they came as (but for line ends)."""
    out = BytesIO()
    for message in messages:
        try:
            BytesGenerator(out, mangle_from_=False, policy=_POLICY).flatten(message)
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            out.write(content_of(message))
    return out.getvalue()


def parameter_of(part: Message, header: str, name: str) -> str:
    """Return a parameter of Content-Type or Content-Disposition, decoded in every known way."""
    value = dict(reversed(list(headers_of(part)))).get(header, "")
    if name not in value.lower():
        return ""
    # A header of our own, so that raw 8-bit bytes reach the library as letters.
    probe = Message()
    probe["Content-Type"] = clean_line(read_bytes(value))[:4000]
    try:
        found = probe.get_param(name, "", unquote=True)
        if isinstance(found, tuple):
            return decode(found[2].encode("latin-1", "replace"), found[0] or "")[0]
    except (ValueError, LookupError, TypeError):
        return ""
    return decode_header(str(found)) if found else ""


def name_of(part: Message, kind: str) -> str:
    given = parameter_of(part, "content-disposition", "filename")
    given = given or parameter_of(part, "content-type", "name")
    if given:
        return file_name(given)
    if kind in ("message/rfc822", "message/global"):
        inner = children_of(part)
        headers = dict(headers_of(inner[0])) if inner else {}
        return file_name(decode_header(headers.get("subject", ""))[:100] or "message") + ".eml"
    return _FALLBACK_NAMES.get(kind, "file")


_FALLBACK_NAMES = {
    "application/ms-tnef": "winmail.dat",
    "message/delivery-status": "delivery-status.txt",
    "text/rfc822-headers": "headers.txt",
    "text/calendar": "invitation.ics",
    "text/html": "message.html",
    "text/plain": "message.txt",
    "image/png": "image.png",
    "image/jpeg": "image.jpg",
    "image/gif": "image.gif",
    "application/pdf": "document.pdf",
}


def content_id_of(part: Message) -> str:
    value = dict(headers_of(part)).get("content-id", "")
    return clean_line(read_bytes(value)).strip("<> ")[:200]
