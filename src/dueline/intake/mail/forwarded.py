"""Mail that somebody only passes on: where it begins, and who wrote it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import Message

from dueline.intake.mail import quote_words as words
from dueline.intake.mail.headers import mailbox
from dueline.intake.mail.parts import children_of, headers_of, walk
from dueline.intake.mail.quoted_headers import Block, block_at

_LINES_READ = 3000
_DASHED = re.compile(r"[-_=]{2,}\s*([^\s\-_=].{0,60}?)\s*[-_=]{2,}")
_LINES_TO_BLOCK = 5  # between the announcement and the first header line
_OUTLOOK = re.compile(r"\s*\[(?:mailto:)?([^\s\[\]]{3,254})\]\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Forward:
    """line: with which it begins. name, address: of who wrote it; "" where it does not say."""

    line: int
    name: str = ""
    address: str = ""


def find_forward(lines: Sequence[str], *, subject: str) -> Forward | None:
    """Return where a forwarded mail begins in a text.

    Some programs say so in a line of their own. Outlook writes the same block of headers above an
    answer and above what it forwards; there the subject tells.
    """
    for number, line in enumerate(lines[:_LINES_READ]):
        if _announces(line):
            return _from_block(number, _next_block(lines, number + 1))
        if is_forwarding(subject) and ":" in line[:60] and (block := block_at(lines, number)):
            is_answer = block.is_finnish and _may_be_finnish_answer(subject)
            return None if is_answer else _from_block(number, block)
    return None


def forward_of_announced(line: int, announcement: str, *, subject: str) -> Forward | None:
    """Return what is forwarded below "On Monday X <x@y> wrote:", if the subject says that it is."""
    wrote = words.WROTE.search(announcement)
    is_answer = "kirjoitti" in announcement and _may_be_finnish_answer(subject)
    if not wrote or is_answer or not is_forwarding(subject):
        return None
    who = _NAMED.search(announcement)
    return Forward(line, *writer(words.WROTE.sub("", who[0]))) if who else Forward(line)


_NAMED = re.compile(r"(?:[^\W\d_]|[ .'-]){0,80}<[^<>\s]{3,254}>")


def _may_be_finnish_answer(subject: str) -> bool:
    return subject.strip()[:2].lower() == "vs"


def is_forwarding(subject: str) -> bool:
    """Whether a subject begins as that of a forwarded mail: "Fwd:", "VB:", "WG:", …"""
    return words.FORWARDS.match(subject.strip()) is not None


def attached_writer(message: Message, *, subject: str) -> tuple[str, str]:
    """Return who wrote the mail that is attached to one which says that it forwards."""
    if not is_forwarding(subject):
        return "", ""
    for part in walk(message):
        if part.get_content_type() in ("message/rfc822", "message/global"):
            inner = children_of(part)
            return mailbox(dict(headers_of(inner[0])).get("from", "")) if inner else ("", "")
    return "", ""


def writer(value: str) -> tuple[str, str]:
    """Return the name and the address of a quoted From line."""
    value = _OUTLOOK.sub(r" <\1>", value[:1000])
    name, address = mailbox(value.replace("<mailto:", "<"))
    return ("" if name.lower() == address else name), address


def _announces(line: str) -> bool:
    text = line.strip(" \t*")
    if not 8 <= len(text) <= 100:
        return False
    if dashed := _DASHED.fullmatch(text):
        return dashed[1].casefold() in words.FORWARDED
    return text.endswith(":") and text.rstrip(" \xa0:").casefold() in words.FORWARD_BEGINS


def _next_block(lines: Sequence[str], start: int) -> Block | None:
    following = range(start, min(start + _LINES_TO_BLOCK, len(lines)))
    return next(filter(None, (block_at(lines, number) for number in following)), None)


def _from_block(line: int, block: Block | None) -> Forward:
    return Forward(line, *writer(block.sender)) if block else Forward(line)
