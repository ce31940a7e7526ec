"""Where the sender's own words end, and what they quote or sign with begins. Nothing is cut away.

Works line by line, so that it takes linear time whatever somebody sends (i45).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dueline.intake.mail import quote_words as words
from dueline.intake.mail.forwarded import Forward, find_forward, forward_of_announced
from dueline.intake.mail.quoted_headers import block_at, is_labelled
from dueline.intake.mail.signatures import signature_start

_LINES_READ = 3000
_LONGEST_LINE = 300  # nobody announces a quotation in a longer one
_MOST_WRAPPED = 4  # lines of one announcement
_MOST_ROUNDS = 5  # quotation, signature, quotation, … at the end of one mail
_DASHED = re.compile(r"[-_]{2,}\s*([^\s\-_].{0,60}?)\s*[-_]{2,}")
_RULE = re.compile(r"[_]{20,}|[-]{30,}")
_DATED = re.compile(r"\d{1,2}[:.]\d{2}\b|\b(?:19|20)\d{2}\b|\d{1,2}[./-]\d{1,2}[./-]\d{2}")
_ADDRESS = re.compile(r"[<(\[][^\s<>()\[\]]{1,64}@[^\s<>()\[\]]{1,190}[>)\]]")


@dataclass(frozen=True, slots=True)
class Folded:
    """A text, told apart.

    reply_text: what the sender wrote. signature: what they sign with, as far as it is folded.
    folded_from: where in the text the rest begins; None: all of it is meant to be read.
    forward: the mail that they pass on, which is never folded.
    """

    reply_text: str
    signature: str = ""
    folded_from: int | None = None
    forward: Forward | None = None

    @property
    def own_text(self) -> str:
        """What the sender wrote and signed with: their telephone number may stand in either."""
        return f"{self.reply_text}\n{self.signature}".strip()


def fold(text: str, *, subject: str = "") -> Folded:
    """Tell what the sender wrote from what they quote and sign with.

    Answers in between or below quoted lines are the sender's; then only what stands after the last
    of them is folded.
    """
    lines = text.split("\n")
    announced = _first_announcement(lines)
    forward = _forward(lines, announced, subject=subject)
    if forward:
        own, signature = _unsigned(lines, forward.line)
        return Folded(_own(lines, own), signature, forward=forward)
    end, signature = _unsigned(lines, len(lines))
    if announced and announced.start < end and _quotes_the_rest(lines, announced, end):
        end, signature = _unsigned(lines, announced.start)
    reply_text = _own(lines, end, announced=announced)
    while end < len(lines) and not lines[end].strip():
        end += 1
    if not reply_text or end == len(lines):
        return Folded(reply_text)
    return Folded(reply_text, signature, sum(len(line) + 1 for line in lines[:end]))


@dataclass(frozen=True, slots=True)
class _Announced:
    """The lines with which a quoted mail is announced, from and to."""

    start: int
    end: int


def _forward(lines: Sequence[str], announced: _Announced | None, *, subject: str) -> Forward | None:
    forward = find_forward(lines, subject=subject)
    if announced is None:
        return forward
    if forward and forward.line < announced.end:
        return Forward(min(forward.line, announced.start), forward.name, forward.address)
    said = " ".join(lines[announced.start : announced.end])
    return forward_of_announced(announced.start, said, subject=subject)


def _quotes_the_rest(lines: Sequence[str], announced: _Announced, end: int) -> bool:
    """Whether nothing below is the sender's: no answers between lines that are marked as quoted.

    Outlook marks no lines; what is marked further down is older, and not by the sender.
    """
    marked = _is_above_quoted(lines, announced.end)
    return not marked or not _any_quoted(lines[announced.start : end])


# --- from the end ------------------------------------------------------------------------------


def _unsigned(lines: Sequence[str], end: int) -> tuple[int, str]:
    """Return the line after the sender's last word before `end`, and their signature."""
    signatures: list[str] = []
    for _ in range(_MOST_ROUNDS):
        before = end
        end = _before_quoted(lines, end)
        start = signature_start(lines, end)
        signatures.extend(lines[start:end])
        end = start
        if end == before:
            break
    return end, "\n".join(signatures).strip()


def _before_quoted(lines: Sequence[str], end: int) -> int:
    """Leave out quoted lines at the end, and the words that announce them."""
    start, any_quoted = end, False
    while start and (first := lines[start - 1].lstrip()[:1]) in ("", ">"):
        any_quoted |= first == ">"
        start -= 1
    if not any_quoted:
        return start
    announced = _announcement_before(lines, start, is_above_quoted=True)
    if announced is not None:
        return announced
    return start - 1 if start and _names_original(lines[start - 1]) else start


def _any_quoted(lines: Sequence[str]) -> bool:
    return any(line.lstrip()[:1] == ">" for line in lines)


# --- from the top ------------------------------------------------------------------------------


def _first_announcement(lines: Sequence[str]) -> _Announced | None:
    for number, line in enumerate(lines[:_LINES_READ]):
        if len(line) > _LONGEST_LINE or not line.strip():
            continue
        if _names_original(line) or _is_rule(lines, number):
            return _Announced(number, _after_headers(lines, number + 1))
        if ":" not in line:
            continue
        if block := block_at(lines, number):
            return _Announced(number, block.end)
        if line.rstrip().endswith(":"):
            above = _is_above_quoted(lines, number + 1)
            start = _announcement_before(lines, number + 1, is_above_quoted=above)
            if start is not None:
                return _Announced(start, number + 1)
        # Yahoo on telephones goes on in the same line.
        elif _says_who_wrote_when([line.partition(":   ")[0] + ":"], is_above_quoted=False):
            return _Announced(number, number + 1)
    return None


def _after_headers(lines: Sequence[str], start: int) -> int:
    for number in range(start, min(start + 3, len(lines))):
        if block := block_at(lines, number):
            return block.end
    return start


def _names_original(line: str) -> bool:
    text = line[:100].strip(" \t*")
    dashed = _DASHED.fullmatch(text)
    return dashed is not None and dashed[1].casefold() in words.ORIGINAL


def _is_rule(lines: Sequence[str], number: int) -> bool:
    """Outlook's line, with the headers of a mail below it, in whatever language."""
    if not _RULE.fullmatch(lines[number].strip()):
        return False
    below = [line for line in lines[number + 1 : number + 8] if line.strip()][:3]
    return len(below) == 3 and all(map(is_labelled, below)) and "@" in "".join(below)


def _is_above_quoted(lines: Sequence[str], number: int) -> bool:
    below = [line for line in lines[number : number + 3] if line.strip()]
    return bool(below) and below[0].lstrip()[:1] == ">"


def _announcement_before(lines: Sequence[str], end: int, *, is_above_quoted: bool) -> int | None:
    """Return the line with which the announcement begins that ends before line `end`."""
    for start in range(end - 1, max(end - _MOST_WRAPPED, 0) - 1, -1):
        if _says_who_wrote_when(lines[start:end], is_above_quoted=is_above_quoted):
            return start
    is_short = end > 0 and len(lines[end - 1]) < 100
    wrote = words.WROTE.search(lines[end - 1]) if is_short and is_above_quoted else None
    # "Support wrote:", and quoted lines follow.
    return end - 1 if wrote and wrote.start() and lines[end - 1].rstrip().endswith(":") else None


def _says_who_wrote_when(lines: Sequence[str], *, is_above_quoted: bool) -> bool:
    """Whether lines are of the kind "On Mon, 23 Nov 2026 at 09:30 X <x@y> wrote:"."""
    text = " ".join(line.strip() for line in lines)
    if len(text) > 2 * _LONGEST_LINE or not text.rstrip("> \xa0").endswith(":"):
        return False
    if not words.WROTE.search(text) or not _DATED.search(text):
        return False
    says_who = _ADDRESS.search(text) is not None
    begins_so = words.WHEN.match(text.lstrip("> ")) or (len(lines) == 1 and _wrote_after_name(text))
    return bool(begins_so) and (is_above_quoted or says_who)


def _wrote_after_name(text: str) -> bool:
    """Finnish, and old programs: "X <x@y> kirjoitti 23.11.2026 kello 9.30:"."""
    wrote = words.WROTE.search(text)
    return wrote is not None and 0 < wrote.start() < 120


# --- what is the sender's own ------------------------------------------------------------------


def _own(lines: Sequence[str], end: int, *, announced: _Announced | None = None) -> str:
    skipped = range(announced.start, announced.end) if announced else range(0)
    own = [
        line
        for number, line in enumerate(lines[:end])
        if number not in skipped and line.lstrip()[:1] != ">"
    ]
    return "\n".join(own).strip()
