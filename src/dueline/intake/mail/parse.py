"""From the bytes of a mail to an `Inbound`. Odd mail gives warnings, never an exception.

Runs in the reader's child process (see `reader.py`): nothing here imports Django. The standard
library finds the parts; what their headers and bytes mean is decided here, because its own
header parser raises on odd values, and takes quadratic time on hostile ones.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import policy
from email.feedparser import BytesFeedParser
from email.generator import BytesGenerator
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from io import BytesIO
from typing import Any

from dueline.core.html import sanitise
from dueline.core.inbound import File, Inbound, digest_of
from dueline.core.mail_text import (
    clean_line,
    clean_text,
    file_name,
    machine_class,
    particulars,
)
from dueline.intake.mail import prescan
from dueline.intake.mail.decode import decode, decode_header, read_bytes
from dueline.intake.mail.quotes import split_reply

LONGEST_TEXT = 500_000  # characters that a page shows; a longer text is also kept as a file
_LONGEST_ADDRESS_LIST = 20_000
_MOST_IDS = 100
_OUR_HEADERS = "x-dueline-"  # an outsider's claim to be us (i34)

_ADDRESS = re.compile(r"[^\s@<>\"(),:;\\\[\]]{1,64}@[^\s@<>\"(),:;\\]{1,189}")
_ANGLE = re.compile(r"<\s*([^<>\s]{3,254})\s*>\s*(?:\([^()]{0,200}\)\s*)?$")
_ID = re.compile(r"<[^<>\s]{1,400}>")

_POLICY = policy.compat32.clone(max_line_length=None)


def read(
    raw: bytes, *, mail_from: str | None = None, region: str = "SE", channel: str = "mail"
) -> Inbound:
    """Return what a mail says.

    mail_from: the envelope's sender ("" is the null sender), None where it is not known.
    region: two letters; how national telephone numbers are read.
    Raises prescan.TooMuch, and nothing else, for a mail that is past the bounds.
    """
    prescan.check(raw)
    return _Reading(_parts(raw)).inbound(mail_from=mail_from, region=region, channel=channel)


def _parts(raw: bytes) -> Message:
    # Fed in pieces: given it whole, the library makes a copy that takes four bytes a letter.
    parser = BytesFeedParser(policy=_POLICY)
    view = memoryview(raw)
    for start in range(0, len(raw), 65536):
        parser.feed(bytes(view[start : start + 65536]))
    return parser.close()


@dataclass(frozen=True, slots=True)
class _Piece:
    """One piece of the body: as text, as HTML, or as both (two forms of the same)."""

    text: str = ""
    html: str = ""

    def as_text(self) -> str:
        return self.text if self.text.strip() or not self.html else text_of_html(self.html)

    def as_html(self) -> str:
        lines = html.escape(self.text).replace("\n", "<br>")
        return self.html or f"<div>{lines}</div>"


@dataclass(slots=True)
class _Reading:
    message: Message
    files: list[File] = field(default_factory=list)
    warnings: dict[str, None] = field(default_factory=dict)  # in order, each once
    returned_ids: list[str] = field(default_factory=list)
    returned_because: str = ""

    def inbound(self, *, mail_from: str | None, region: str, channel: str) -> Inbound:
        headers = self._headers()
        name, address = self._sender(headers)
        subject = clean_line(decode_header(headers.get("subject", "")))[:1000]
        pieces = self._pieces(self.message)
        text, shown = self._body(pieces)
        reply_text, folded_from = split_reply(text)
        machine, because = machine_class(
            headers, sender=address, mail_from=_envelope(mail_from, headers)
        )
        self._note_defects()
        return Inbound(
            channel=channel,
            sender_name=name,
            sender_address=address,
            to=_addresses(headers.get("to", "")),
            cc=_addresses(headers.get("cc", "")),
            subject=subject,
            text=text,
            reply_text=reply_text,
            folded_from=folded_from,
            html=shown,
            files=tuple(self._files(shown)),
            mail_id=_mail_id(headers.get("message-id", "")),
            in_reply_to=_ids(headers.get("in-reply-to", "")),
            references=_ids(headers.get("references", "")),
            returned_ids=tuple(self.returned_ids[:_MOST_IDS]),
            returned_because=self.returned_because,
            sent_at=self._date(headers.get("date", "")),
            particulars=particulars(subject=subject, text=reply_text, region=region),
            machine=machine,
            machine_because=because,
            warnings=tuple(self.warnings),
            digest=digest_of(
                sender=address,
                subject=subject,
                date=clean_line(headers.get("date", "")),
                bodies=[part for piece in pieces for part in (piece.text, piece.html)],
                files=self.files,
            ),
        )

    def _warn(self, text: str) -> None:
        self.warnings[text] = None

    # --- headers ---

    def _headers(self) -> dict[str, str]:
        """Return the first value of each header: a second From or Subject is a trick."""
        headers: dict[str, str] = {}
        for name, value in _raw_headers(self.message):
            if name in headers and name in ("from", "subject", "message-id", "date"):
                self._warn(f"It has more than one {name.title()} header; the first counts.")
            elif not name.startswith(_OUR_HEADERS):
                headers.setdefault(name, value)
        return headers

    def _sender(self, headers: dict[str, str]) -> tuple[str, str]:
        for header in ("from", "reply-to", "sender"):
            name, address = _mailbox(headers.get(header, ""))
            if address:
                if (shown := _ADDRESS.search(name)) and shown[0].lower() != address:
                    self._warn("The sender's name shows an address that is not the sender's.")
                    name = ""
                if header != "from":
                    self._warn(f"Its From header names nobody; {header.title()} was taken.")
                return name, address
        self._warn("It names no sender.")
        return clean_line(decode_header(headers.get("from", "")))[:200], ""

    def _date(self, value: str) -> datetime | None:
        if not value.strip():
            self._warn("It has no date.")
            return None
        try:
            sent_at = parsedate_to_datetime(value.strip()[:200])
            aware = sent_at if sent_at.tzinfo else sent_at.replace(tzinfo=UTC)
            return aware.astimezone(UTC)
        except (ValueError, TypeError, IndexError, OverflowError):
            self._warn("Its date cannot be read.")
            return None

    def _note_defects(self) -> None:
        for part in _walk(self.message):
            for defect in part.defects:
                self._warn(f"Its form is broken: {type(defect).__name__}.")

    # --- parts ---

    def _pieces(self, part: Message) -> list[_Piece]:
        """Return the body's pieces in order; everything else becomes a file."""
        kind = part.get_content_type()
        if kind == "multipart/alternative" and part.is_multipart():
            return self._one_of(_children(part))
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            return [piece for child in _children(part) for piece in self._pieces(child)]
        if kind in ("text/rfc822-headers", "message/rfc822", "message/global"):
            self._remember_returned(part)
        elif kind == "message/delivery-status":
            self._remember_refusal(_content(part))
        elif _is_body(part, kind):
            return self._text_piece(part, kind)
        self._keep_file(part, kind)
        return []

    def _one_of(self, children: list[Message]) -> list[_Piece]:
        """The forms of one text: the first plain one is read, the last rich one is shown."""
        pieces = [piece for child in children for piece in self._pieces(child)]
        text = next((piece.text for piece in pieces if piece.text.strip()), "")
        rich = next((piece.html for piece in reversed(pieces) if piece.html), "")
        return [_Piece(text, rich)] if pieces else []

    def _text_piece(self, part: Message, kind: str) -> list[_Piece]:
        content = _content(part)
        charset = _parameter(part, "content-type", "charset")
        text, as_declared = decode(content, charset)
        if not as_declared:
            self._warn("Its letters do not fit the charset that it declares; they were guessed.")
        text = clean_text(text)
        return [_Piece(html=text)] if kind == "text/html" else [_Piece(text=text)]

    def _remember_returned(self, part: Message) -> None:
        if inner := _children(part):
            found = dict(_raw_headers(inner[0])).get("message-id", "")
        else:
            text = decode(_content(part)[:100_000])[0]
            found = " ".join(re.findall(r"(?im)^message-id:[ \t]*(\S{1,400})", text)[:3])
        self.returned_ids.extend(_ids(found))

    def _remember_refusal(self, status: bytes) -> None:
        """Note why a mail was refused for good (RFC 3464); a delay is no refusal."""
        text = decode(status[:20_000])[0]
        if re.search(r"(?im)^action:\s*failed\b", text):
            said = re.search(r"(?im)^diagnostic-code:(?:[^;\r\n]{0,40};)?([^\r\n]{1,400})", text)
            code = re.search(r"(?im)^status:\s*([\d.]{1,20})", text)
            why = said[1] if said else code[1] if code else ""
            self.returned_because = clean_line(why) or "the other server refused it"

    def _keep_file(self, part: Message, kind: str) -> None:
        content = _content(part)
        name = _file_name(part, kind)
        if not content and not _parameter(part, "content-disposition", "filename"):
            return
        disposition = part.get_content_disposition() or ""
        self.files.append(
            File(
                name=name,
                media_type=clean_line(kind)[:100],
                content=content,
                content_id=_content_id(part),
                is_inline=disposition == "inline",
            )
        )

    def _files(self, shown: str) -> Iterator[File]:
        """Yield the files; what the shown HTML refers to is inline, whatever was claimed."""
        shown = html.unescape(shown)
        for file in self.files:
            inline = bool(file.content_id) and f"cid:{file.content_id}" in shown
            yield File(file.name, file.media_type, file.content, file.content_id, inline)

    # --- the body ---

    def _body(self, pieces: list[_Piece]) -> tuple[str, str]:
        """Return the whole text, and the HTML to show ("" where the text is as good)."""
        text = "\n\n".join(piece.as_text().strip("\n") for piece in pieces)
        shown = ""
        if any(piece.html for piece in pieces):
            original = "\n".join(piece.as_html() for piece in pieces)
            shown = self._sanitised(original)
        if len(text) > LONGEST_TEXT:
            self._warn("The text is very long; all of it is in the file message.txt.")
            self.files.append(File("message.txt", "text/plain", text.encode()))
            text = text[:LONGEST_TEXT]
        return text, shown

    def _sanitised(self, original: str) -> str:
        shown, left_out = sanitise(original)
        if left_out:
            self._warn("Pictures that it would have loaded from outside were left out.")
        if not shown and original.strip():
            self._warn("Its HTML is too long or too deep to be shown; it is kept as a file.")
            self.files.append(File("message.html", "text/html", original.encode()))
        return shown


def text_of_html(source: str) -> str:
    """Return the text that a browser would show for HTML."""
    safe, _ = sanitise(source)
    if not safe:  # too long or too deep for a tree
        return _without_tags(source)
    # Loaded late: it is slow to load, and most mails bring their own text.
    from inscriptis import get_text
    from inscriptis.css_profiles import CSS_PROFILES
    from inscriptis.model.config import ParserConfig

    try:
        return clean_text(get_text(safe, ParserConfig(css=CSS_PROFILES["strict"])))
    except (ValueError, RecursionError, AssertionError):
        return _without_tags(source)


def _without_tags(source: str) -> str:
    text = re.sub(r"(?is)<(script|style)\b.{0,200000}?</\1>", "", source)
    text = re.sub(r"(?i)<(?:br|/p|/div|/tr|/li|/h\d)\b[^<>]{0,1000}>", "\n", text)
    return clean_text(html.unescape(re.sub(r"<[^<>]{0,5000}>", "", text)))


def _is_body(part: Message, kind: str) -> bool:
    if kind not in ("text/plain", "text/html") and part.get_content_maintype() != "multipart":
        return False
    named = _parameter(part, "content-disposition", "filename") or _parameter(
        part, "content-type", "name"
    )
    return part.get_content_disposition() != "attachment" and not named


def _walk(part: Message) -> Iterator[Message]:
    yield part
    if part.get_content_maintype() == "multipart":
        for child in _children(part):
            yield from _walk(child)


def _children(part: Message) -> list[Message]:
    # Asked for a text instead, the library would decode it, and raise on odd charsets.
    payload: Any = part.get_payload() if part.is_multipart() else []
    return list(payload)


def _raw_headers(part: Message) -> Iterator[tuple[str, str]]:
    """Yield names in lower case and unfolded values; 8-bit bytes stay escaped."""
    for name, value in part.raw_items():
        yield name.lower(), re.sub(r"[\r\n]+", "", str(value))


def _content(part: Message) -> bytes:
    if part.is_multipart():
        return _as_bytes(_children(part))
    decoded = part.get_payload(decode=True)
    return decoded if isinstance(decoded, bytes) else b""


def _as_bytes(messages: list[Message]) -> bytes:
    """Return messages within a message as the bytes they came as (but for line ends)."""
    out = BytesIO()
    for message in messages:
        try:
            BytesGenerator(out, mangle_from_=False, policy=_POLICY).flatten(message)
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            out.write(_content(message))
    return out.getvalue()


def _parameter(part: Message, header: str, name: str) -> str:
    """Return a parameter of Content-Type or Content-Disposition, decoded in every known way."""
    value = dict(reversed(list(_raw_headers(part)))).get(header, "")
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


def _file_name(part: Message, kind: str) -> str:
    given = _parameter(part, "content-disposition", "filename")
    given = given or _parameter(part, "content-type", "name")
    if given:
        return file_name(given)
    if kind in ("message/rfc822", "message/global"):
        inner = _children(part)
        headers = dict(_raw_headers(inner[0])) if inner else {}
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


def _content_id(part: Message) -> str:
    value = dict(_raw_headers(part)).get("content-id", "")
    return clean_line(read_bytes(value)).strip("<> ")[:200]


def _mailbox(value: str) -> tuple[str, str]:
    """Return the name and the address (in lower case) of a From header; "" if there is none."""
    value = clean_line(read_bytes(value))[:2000]
    angle = _ANGLE.search(value)
    # `a@x.example <b@y.example>`: people see b, so b it is.
    if angle and "," not in re.sub(r'"[^"]*"', "", value):
        name, address = value[: angle.start()].strip().strip('"'), angle[1]
    else:
        name, address = next(iter(_pairs(value)), ("", ""))
    if not _ADDRESS.fullmatch(address):
        found = _ADDRESS.search(value)
        address = found[0] if found else ""
    return clean_line(decode_header(name)).strip("\"' ")[:200], address.lower()


def _pairs(value: str) -> list[tuple[str, str]]:
    try:
        return getaddresses([value[:_LONGEST_ADDRESS_LIST]])
    except (RecursionError, ValueError, IndexError, TypeError):
        return [("", address) for address in _ADDRESS.findall(value[:_LONGEST_ADDRESS_LIST])]


def _addresses(value: str) -> tuple[str, ...]:
    value = clean_line(read_bytes(value))
    found = (clean_line(address) for _, address in _pairs(value))
    return tuple(address for address in found if _ADDRESS.fullmatch(address))


def _mail_id(value: str) -> str:
    """Return the Message-ID as it was given, also an odd one: it only has to be the same again."""
    value = clean_line(read_bytes(value))[:500]
    found = re.search(r"<[^<>]{1,490}>", value)
    return found[0] if found else value


def _ids(value: str) -> tuple[str, ...]:
    return tuple(_ID.findall(clean_line(read_bytes(value)))[-_MOST_IDS:])


def _envelope(mail_from: str | None, headers: dict[str, str]) -> str | None:
    if mail_from is not None:
        return mail_from.strip("<> ")
    returned = headers.get("return-path")
    return None if returned is None else returned.strip().strip("<> ")
