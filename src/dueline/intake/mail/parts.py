"""A mail as a tree of parts, and what a part says of itself. Nothing here raises on odd mail.

The standard library finds the parts; what their headers and bytes mean is decided here, because its
own header parser raises on odd values, and takes quadratic time on hostile ones.
"""

import binascii
import re
from collections.abc import Iterator
from email import errors, policy
from email.feedparser import BytesFeedParser
from email.generator import BytesGenerator
from email.message import Message
from io import BytesIO
from typing import Any

from dueline.core.mail_text import clean_line, file_name
from dueline.intake.mail.decode import decode, decode_header, read_bytes

_POLICY = policy.compat32.clone(max_line_length=None)
_ENCODINGS = {
    "base64": "base64",
    "b64": "base64",
    "quotedprintable": "quoted-printable",
    "qp": "quoted-printable",
    "uuencode": "uuencode",
    "xuuencode": "uuencode",
    "uue": "uuencode",
    "xuue": "uuencode",
}
_ALIEN = re.compile(r"[^A-Za-z0-9+/=\s]")
_HEAD = 256 * 1024
_SPACE_BEFORE_COLON = re.compile(rb"^([A-Za-z][A-Za-z0-9-]{0,60})[ \t]{1,20}:", re.MULTILINE)
_EMPTY_LINE = re.compile(rb"\r\n\r\n|\n\n|\r\r")
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")


def tree_of(raw: bytes) -> Message:
    """Return the tree of a mail that `prescan` has let through."""
    # Fed in pieces: given it whole, the library makes a copy that takes four bytes a letter.
    parser = BytesFeedParser(policy=_POLICY)
    view = memoryview(raw)
    head = min(_HEAD, len(raw))
    parser.feed(_without_space_before_colons(bytes(view[:head])))
    for start in range(head, len(raw), 65536):
        parser.feed(bytes(view[start : start + 65536]))
    return parser.close()


def _without_space_before_colons(start: bytes) -> bytes:
    """Mend `Subject : …`, which mail once allowed and the library takes for the text's begin."""
    if not _SPACE_BEFORE_COLON.search(start):
        return start
    end = _EMPTY_LINE.search(start)
    head = start[: end.start()] if end else start
    return _SPACE_BEFORE_COLON.sub(rb"\1:", head) + start[len(head) :]


def walk(part: Message) -> Iterator[Message]:
    yield part
    if part.is_multipart() and part.get_content_maintype() == "multipart":
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


def _as_sent(part: Message) -> str:
    # Asked for it, the library would decode it by its charset, and raise on odd ones.
    return str(vars(part).get("_payload", ""))


def _forgive_spaces(part: Message) -> None:
    if not _ALIEN.search(_as_sent(part)):
        harmless = errors.InvalidBase64CharactersDefect
        part.defects = [each for each in part.defects if not isinstance(each, harmless)]


def header_of(part: Message, name: str) -> str:
    """Return the first header of that name (in lower case), unfolded; "" if there is none."""
    for key, value in part.raw_items():
        if key.lower() == name:
            return re.sub(r"[\r\n]+", "", str(value))
    return ""


def content_of(part: Message) -> bytes:
    encoding = _encoding_of(part)
    if part.is_multipart():
        inner = _as_bytes(children_of(part))
        # A mail within must not be encoded, and by some programs is.
        return _decoded(inner) if encoding == "base64" else inner
    decoded = part.get_payload(decode=True)
    if not isinstance(decoded, bytes):
        return b""
    if encoding == "base64" and part.defects:
        decoded += _further_base64(part)
        _forgive_spaces(part)
    return decoded


def _encoding_of(part: Message) -> str:
    """Return the transfer encoding, and say it the way in which the library knows it."""
    given = str(part.get("content-transfer-encoding", ""))
    encoding = _ENCODINGS.get(re.sub(r"[^a-z0-9]", "", re.split("[;(]", given.lower())[0]), "")
    if encoding and encoding != given:
        part.replace_header("content-transfer-encoding", encoding)
    return encoding


def _decoded(inner: bytes) -> bytes:
    try:
        return binascii.a2b_base64(inner, strict_mode=False)
    except binascii.Error:
        return inner


def _further_base64(part: Message) -> bytes:
    """Return what stands behind padding: some programs encode a file in blocks that each end so.

    The library stops there, which is right for a list's footer.
    """
    rest = _as_sent(part).partition("=")[2].lstrip("=\r\n\t ")
    lines = rest.split()
    if not all(len(line) % 4 == 0 and _BASE64.fullmatch(line) for line in lines):
        return b""
    return b"".join(binascii.a2b_base64(line) for line in lines)


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
    value = header_of(part, header)
    if name not in value.lower():
        return ""
    # A header of our own, so that raw 8-bit bytes reach the library as letters.
    probe = Message()
    probe["Content-Type"] = clean_line(read_bytes(value))[:4000]
    try:
        params = probe.get_params([], unquote=True)
        named: list[Any] = [told for key, told in params if key.lower() == name]
        # Of a plain and an extended form (RFC 2231) the extended one has all letters.
        found = next((told for told in named if isinstance(told, tuple)), (named or [""])[0])
        if isinstance(found, tuple):
            return decode(found[2].encode("latin-1", "replace"), found[0] or "")[0]
    except (ValueError, LookupError, TypeError):
        return ""
    return decode_header(str(found)) if found else ""


def name_of(part: Message, kind: str, content: bytes) -> str:
    given = parameter_of(part, "content-disposition", "filename")
    given = given or parameter_of(part, "content-type", "name")
    if given.strip():
        return file_name(given)
    if content.startswith(b"-----BEGIN PGP MESSAGE"):
        return "encrypted.asc"
    if kind in ("message/rfc822", "message/global"):
        inner = children_of(part)
        subject = header_of(inner[0], "subject") if inner else ""
        return file_name(decode_header(subject)[:100] or "message") + ".eml"
    return _FALLBACK_NAMES.get(kind, "text.txt" if kind.startswith("text/") else "file")


_FALLBACK_NAMES = {
    "application/ms-tnef": "winmail.dat",
    "application/vnd.ms-tnef": "winmail.dat",
    "application/pkcs7-signature": "smime.p7s",
    "application/x-pkcs7-signature": "smime.p7s",
    "application/pkcs7-mime": "smime.p7m",
    "application/x-pkcs7-mime": "smime.p7m",
    "application/pgp-signature": "signature.asc",
    "application/pgp-keys": "key.asc",
    "application/pgp-encrypted": "pgp-version.txt",
    "message/partial": "piece.eml",
    "message/external-body": "file-elsewhere.txt",
    "message/disposition-notification": "receipt.txt",
    "message/delivery-status": "delivery-status.txt",
    "text/rfc822-headers": "headers.txt",
    "text/calendar": "invitation.ics",
    "text/html": "message.html",
    "text/x-amp-html": "message.amp.html",
    "text/plain": "message.txt",
    "image/png": "image.png",
    "image/jpeg": "image.jpg",
    "image/gif": "image.gif",
    "application/pdf": "document.pdf",
}


def content_id_of(part: Message) -> str:
    value = header_of(part, "content-id")
    return clean_line(read_bytes(value)).strip("<> ")[:200]


def in_words(defect: object) -> str:
    """Return what is broken in the form of a mail, in words for people; "" if it only follows."""
    return _IN_WORDS.get(type(defect), f"Its form is broken: {type(defect).__name__}.")


_IN_WORDS: dict[type, str] = {
    errors.CloseBoundaryNotFoundDefect: "Its last part has no end; it may have been cut off.",
    errors.StartBoundaryNotFoundDefect: "Its parts do not begin where it says; all is one text.",
    errors.NoBoundaryInMultipartDefect: "It does not say where its parts begin; all is one text.",
    errors.MultipartInvariantViolationDefect: "",  # a consequence of one of the others
    errors.MissingHeaderBodySeparatorDefect: (
        "A line among its headers is none; the text begins there."
    ),
    errors.FirstHeaderLineIsContinuationDefect: "Its first line is the rest of a header.",
    errors.MisplacedEnvelopeHeaderDefect: "A line of a mail folder stands among its headers.",
    errors.InvalidMultipartContentTransferEncodingDefect: (
        "It encodes its parts as a whole; they may be unreadable."
    ),
    errors.InvalidBase64PaddingDefect: "Some of its base64 is incomplete; a file may be damaged.",
    errors.InvalidBase64CharactersDefect: "Some of its base64 is broken; a file may be damaged.",
    errors.InvalidBase64LengthDefect: "Some of its base64 is broken; a file may be damaged.",
}
