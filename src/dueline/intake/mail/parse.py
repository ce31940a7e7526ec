"""From the bytes of a mail to an `Inbound`. Odd mail gives warnings, never an exception.

Runs in the reader's child process (see `reader.py`): nothing here imports Django. `parts.py` knows
the tree, `headers.py` the people and ids in headers; here they become one message.
"""

import codecs
import html
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email.message import Message

from dueline.core.html import MOST_CHARACTERS, MOST_LEVELS, sanitise
from dueline.core.inbound import File, Inbound, digest_of
from dueline.core.machines import Sign, machine_class
from dueline.core.mail_text import clean_line, clean_text, particulars
from dueline.intake.mail import prescan
from dueline.intake.mail.bounces import may_be_returned, read_returned
from dueline.intake.mail.containers import open_part
from dueline.intake.mail.decode import charset_in_html, decode, decode_header
from dueline.intake.mail.embedded import take_out
from dueline.intake.mail.flowed import joined
from dueline.intake.mail.forwarded import attached_writer
from dueline.intake.mail.headers import ADDRESS, addresses, envelope, ids, instant, mail_id, mailbox
from dueline.intake.mail.html_text import text_of_html
from dueline.intake.mail.opened import Opened
from dueline.intake.mail.parts import (
    children_of,
    content_id_of,
    content_of,
    header_of,
    headers_of,
    in_words,
    name_of,
    parameter_of,
    tree_of,
    walk,
)
from dueline.intake.mail.quotes import Folded, fold
from dueline.intake.mail.sealed import ENCRYPTED, SIGNED, seal_of, unarmoured
from dueline.intake.mail.voicemails import Letter, date_of, read_voicemail

LONGEST_TEXT = 500_000  # characters that a page shows; a longer text is also kept as a file
_NOTICE = 50_000  # letters in which a telephone system says what it brings
_OUR_HEADERS = "x-dueline-"  # an outsider's claim to be us (i34)


def read(
    raw: bytes, *, mail_from: str | None = None, region: str = "SE", channel: str = "mail"
) -> Inbound:
    """Return what a mail says.

    mail_from: the envelope's sender ("" is the null sender), None where it is not known.
    region: two letters; how national telephone numbers are read.
    Raises prescan.TooMuch, and nothing else, for a mail that is past the bounds.
    """
    raw = raw.removeprefix(codecs.BOM_UTF8)
    try:
        reading = _Reading(_tree_within_bounds(raw))
        return reading.inbound(mail_from=mail_from, region=region, channel=channel)
    except RecursionError as error:  # levels of a kind that the look at its shape does not see
        raise prescan.TooMuch("its parts lie too deep") from error


def _tree_within_bounds(raw: bytes) -> Message:
    prescan.check(raw)
    return tree_of(raw)


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
    spare: list[_Piece] = field(default_factory=list)  # read if there is no other text

    def inbound(self, *, mail_from: str | None, region: str, channel: str) -> Inbound:
        headers = self._headers()
        name, address = self._sender(headers)
        subject = clean_line(decode_header(headers.get("subject", "")))[:1000]
        pieces = self._pieces(self.message)
        has_words = any(piece.as_text().strip() for piece in pieces)
        if self.spare and not has_words:
            pieces = [*(piece for piece in pieces if piece.html), *self.spare]
        text, shown = self._body(pieces)
        folded = fold(text, subject=subject)
        sent_by = envelope(mail_from, headers)
        may_be = may_be_returned(headers, sender=address, mail_from=sent_by)
        returned = read_returned(self.message, text=text, may_be=may_be)
        machine, because = machine_class(
            Sign(
                headers,
                address,
                mail_from=sent_by,
                subject=subject,
                text=folded.reply_text if has_words else "",
                files=self.files,
                is_returned=returned.is_one,
            )
        )
        original_name, original_address = self._original(folded, subject, address)
        self._note_defects()
        digest = digest_of(
            sender=address,
            subject=subject,
            date=clean_line(headers.get("date", "")),
            bodies=[part for piece in pieces for part in (piece.text, piece.html)],
            files=self.files,
        )
        read_files = tuple(self._files(shown))
        own_id = mail_id(headers.get("message-id", ""))
        return Inbound(
            channel=channel,
            sender_name=name,
            sender_address=address,
            to=addresses(headers.get("to", "")),
            cc=addresses(headers.get("cc", "")),
            subject=subject,
            text=text,
            reply_text=folded.reply_text,
            folded_from=folded.folded_from,
            html=shown,
            files=read_files,
            mail_id=own_id,
            in_reply_to=ids(headers.get("in-reply-to", "")),
            references=ids(headers.get("references", "")),
            returned_ids=returned.ids,
            returned_because=returned.because,
            delayed_because=returned.delayed,
            original_name=original_name,
            original_address=original_address,
            sent_at=self._date(headers.get("date", "")),
            particulars=particulars(subject=subject, text=folded.own_text, region=region),
            machine=machine,
            machine_because=because,
            warnings=tuple(self.warnings),
            digest=digest,
            voicemail=read_voicemail(
                Letter(
                    headers=headers,
                    subject=subject,
                    text=text[:_NOTICE],
                    files=read_files,
                    own_id=own_id or digest,
                    region=region,
                    sender_name=name,
                    sent_at=date_of(headers.get("date", "")),
                    durations=self._durations(),
                    is_passed_on=self._is_passed_on(headers, folded, original_address),
                )
            ),
        )

    def _durations(self) -> list[str]:
        told = (header_of(part, "content-duration") for part in walk(self.message))
        return [clean_line(value) for value in told if value]

    def _is_passed_on(self, headers: dict[str, str], folded: Folded, original: str) -> bool:
        is_answer = "in-reply-to" in headers or "references" in headers
        return is_answer or folded.forward is not None or bool(original)

    def _warn(self, text: str) -> None:
        self.warnings[text] = None

    # --- headers ---

    def _headers(self) -> dict[str, str]:
        """Return the first value of each header: a second From or Subject is a trick.

        A second To or Cc is none: it names further people.
        """
        headers: dict[str, str] = {}
        for name, value in headers_of(self.message):
            if name in headers and name in ("from", "subject", "message-id", "date"):
                self._warn(f"It has more than one {name.title()} header; the first counts.")
            elif name in headers and name in ("to", "cc"):
                headers[name] += f", {value}"
            elif not name.startswith(_OUR_HEADERS):
                headers.setdefault(name, value)
        return headers

    def _sender(self, headers: dict[str, str]) -> tuple[str, str]:
        for header in ("from", "reply-to", "sender"):
            name, address = mailbox(headers.get(header, ""))
            if address:
                if (shown := ADDRESS.search(name)) and shown[0].lower() != address:
                    self._warn("The sender's name shows an address that is not the sender's.")
                    name = ""
                if header != "from":
                    self._warn(f"Its From header names nobody; {header.title()} was taken.")
                return name, address
        self._warn("It names no sender.")
        return clean_line(decode_header(headers.get("from", "")))[:200], ""

    def _original(self, folded: Folded, subject: str, sender: str) -> tuple[str, str]:
        """Return who wrote what the sender passes on, in the text or attached; "" if nobody."""
        if folded.forward:
            found = folded.forward.name, folded.forward.address
        else:
            found = attached_writer(self.message, subject=subject)
        return found if found[1] != sender else ("", "")

    def _date(self, value: str) -> datetime | None:
        if not value.strip():
            self._warn("It has no date.")
            return None
        sent_at = instant(value)
        if sent_at is None:
            self._warn("Its date cannot be read.")
        return sent_at

    def _note_defects(self) -> None:
        for part in walk(self.message):
            for defect in part.defects:
                if said := in_words(defect):
                    self._warn(said)

    # --- parts ---

    def _pieces(self, part: Message) -> list[_Piece]:
        """Return the body's pieces in order; everything else becomes a file."""
        kind = clean_line(part.get_content_type())
        if (seal := _SEALS.get(kind)) is not None:
            self._warn(seal)
        if kind == "multipart/alternative" and part.is_multipart():
            return self._one_of(children_of(part))
        if kind.startswith("multipart/") and part.is_multipart():
            return [piece for child in children_of(part) for piece in self._pieces(child)]
        if _is_body(part, kind):
            return self._text_piece(part, kind)
        content = content_of(part)
        self._keep_file(part, kind, content)
        return self._pieces_within(part, kind, content)

    def _pieces_within(self, part: Message, kind: str, content: bytes) -> list[_Piece]:
        """Read what a part that stays a file has within: a signed mail, the files of Outlook's."""
        if kind in _SMIME:
            seal = seal_of(content)
            if seal:
                self._warn(seal.warning)
            return self._pieces(_tree_within_bounds(seal.content)) if seal and seal.content else []
        self._take(open_part(part, kind, content))
        return []

    def _take(self, found: Opened) -> None:
        for warning in found.warnings:
            self._warn(warning)
        self.files.extend(found.files)
        piece = _Piece(found.text, found.html)
        # One invitation comes in two parts from some: for calendars, and for old programs.
        if (found.text.strip() or found.html) and piece not in self.spare:
            self.spare.append(piece)

    def _one_of(self, children: list[Message]) -> list[_Piece]:
        """The forms of one text: the first plain one is read, the last rich one is shown.

        One form may be in several pieces, with files in between.
        """
        forms = [self._pieces(child) for child in children]
        texts = ["\n\n".join(filter(str.strip, (piece.text for piece in form))) for form in forms]
        rich = [
            "\n".join(piece.as_html() for piece in form)
            for form in forms
            if any(piece.html for piece in form)
        ]
        text = next(filter(None, texts), "")
        return [_Piece(text, rich[-1] if rich else "")] if any(forms) else []

    def _text_piece(self, part: Message, kind: str) -> list[_Piece]:
        content = content_of(part)
        charset = parameter_of(part, "content-type", "charset")
        if kind == "text/plain":
            content = self._without_embedded(content)
        elif not charset:
            charset = charset_in_html(content)
        text, as_declared = decode(content, charset)
        if not as_declared:
            self._warn("Its letters do not fit the charset that it declares; they were guessed.")
        text = clean_text(text)
        if kind == "text/html":
            return [_Piece(html=text)]
        if parameter_of(part, "content-type", "format").lower() == "flowed":
            delsp = parameter_of(part, "content-type", "delsp").lower() == "yes"
            text = joined(text, delsp=delsp)
        if "\n>" not in text.replace("\n>From ", "\n"):  # not quoted: a mail folder's escape
            text = text.replace("\n>From ", "\nFrom ")
        return [_Piece(text=text)]

    def _without_embedded(self, content: bytes) -> bytes:
        content, files = take_out(content)
        content, armour, warning = unarmoured(content)
        self.files += files + armour
        if warning:
            self._warn(warning)
        return content

    def _keep_file(self, part: Message, kind: str, content: bytes) -> None:
        name = name_of(part, kind, content)
        if not content and not parameter_of(part, "content-disposition", "filename"):
            return
        disposition = part.get_content_disposition() or ""
        self.files.append(
            File(
                name=name,
                media_type=clean_line(kind)[:100],
                content=content,
                content_id=content_id_of(part),
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
        text = "\n\n".join(piece.as_text().strip("\n") for piece in pieces).strip("\n")
        text = text if text.strip() else ""
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
        # Nothing is left of an empty page either, but that has few tags.
        if not shown and (len(original) > MOST_CHARACTERS or original.count("<") > MOST_LEVELS):
            self._warn("Its HTML is too long or too deep to be shown; it is kept as a file.")
            self.files.append(File("message.html", "text/html", original.encode()))
        return shown


_SEALS = {"multipart/signed": SIGNED, "multipart/encrypted": ENCRYPTED}
_SMIME = ("application/pkcs7-mime", "application/x-pkcs7-mime")


def _is_body(part: Message, kind: str) -> bool:
    if kind not in ("text/plain", "text/html") and not kind.startswith("multipart/"):
        return False
    named = parameter_of(part, "content-disposition", "filename") or parameter_of(
        part, "content-type", "name"
    )
    return part.get_content_disposition() != "attachment" and not named
