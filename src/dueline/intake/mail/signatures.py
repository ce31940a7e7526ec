"""Where a signature begins at the end of what somebody wrote.

Only what is certain counts: a name and a greeting are the sender's own words, and stay.
"""

import re
from collections.abc import Sequence

from dueline.intake.mail import quote_words as words

_MOST_LINES = 30
_CONTACT = re.compile(r"@|\bwww\.|https?://|(?:\+|\b0)[\d ()./-]{6,}\d")
_REQUEST = re.compile(
    r"[?!]$|^p\.?\s?s\b|prio|severity|allvarlig|alvorlig|dringlich", re.IGNORECASE
)
_LINK = re.compile(r"<[^<>\s]{1,300}>|https?://\S{1,300}")


def signature_start(lines: Sequence[str], end: int) -> int:
    """Return the line at which the signature before line `end` begins; `end` if there is none."""
    start = end = _before_blank(lines, end)
    for find in (_delimited, _sent_with, _disclaimer, _after_greeting):
        start = _before_blank(lines, find(lines, start))
    return start


def _before_blank(lines: Sequence[str], end: int) -> int:
    while end and not lines[end - 1].strip():
        end -= 1
    return end


def _delimited(lines: Sequence[str], end: int) -> int:
    """The line "-- ", as it was agreed upon (RFC 3676)."""
    for number in range(end - 1, max(end - _MOST_LINES, 0) - 1, -1):
        if lines[number][:4].rstrip(" \xa0") == "--" and len(lines[number]) <= 4:
            return number
    return end


def _sent_with(lines: Sequence[str], end: int) -> int:
    """ "Sent from my iPhone", "Get Outlook for iOS", by themselves at the end."""
    start = end
    while start:
        text = lines[start - 1].strip(" \t*_.") if len(lines[start - 1]) <= 400 else ""
        said = _LINK.sub("", text).strip(" ()")
        is_link_alone = bool(text) and not said
        if not (is_link_alone or _names_a_program(said)):
            break
        start = _before_blank(lines, start - 1)
    # A link alone is no signature: it must have stood below such a line.
    tried = (_LINK.sub("", line[:400]).strip(" *_.()") for line in lines[start:end])
    return start if any(map(_names_a_program, tried)) else end


def _names_a_program(text: str) -> bool:
    if not text or len(text) > 100 or len(text.split()) > 9:
        return False
    return bool(words.SENT_WITH.match(text) and words.DEVICE.search(text))


def _disclaimer(lines: Sequence[str], end: int) -> int:
    """The lawyers' paragraph, which says that it is secret and for whom."""
    start = end
    while start and end - start < _MOST_LINES and lines[start - 1].strip():
        start -= 1
    paragraph = " ".join(lines[start:end])[:4000]
    speaks_so = all(p.search(paragraph) for p in (words.SECRET, words.THIS_MAIL, words.MEANT_FOR))
    if not speaks_so or len(paragraph) < 80:
        return end
    upper = _before_blank(lines, start)
    # A line drawn above it belongs to it.
    return upper - 1 if upper and not lines[upper - 1].strip(" \t-_*=") else start


def _after_greeting(lines: Sequence[str], end: int) -> int:
    """What stands below "Best regards" and the name: firm, title, numbers, addresses."""
    for number in range(end - 1, max(end - _MOST_LINES, 0) - 1, -1):
        if names := _greets(lines[number]):
            start = _after_name(lines, number + 1, end) if names == 1 else number + 1
            block = [line.strip() for line in lines[start:end] if line.strip()]
            return start if _is_contact_block(block) else end
    return end


def _greets(line: str) -> int:
    """Return 1 for a greeting, 2 for one with the name behind it, 0 for anything else."""
    text = line[:80].strip(" \t*,.!/").casefold()
    if len(line) > 60 or not text:
        return 0
    if text in words.CLOSINGS:
        return 1
    greeting = max((one for one in words.CLOSINGS if text.startswith(one)), key=len, default="")
    name = text[len(greeting) :]
    is_name = name[:1] in (" ", ",") and len(name.split()) <= 4 and not _CONTACT.search(name)
    return 2 if greeting and is_name else 0


def _after_name(lines: Sequence[str], start: int, end: int) -> int:
    """Skip the name, which is the first line that is not empty."""
    while start < end and not lines[start].strip():
        start += 1
    return min(start + 1, end)


def _is_contact_block(block: Sequence[str]) -> bool:
    if not 1 <= len(block) <= 14:
        return False
    for line in block:
        is_sentence = len(line.split()) > 10 and line.endswith(".")
        if len(line) > 120 or is_sentence or _REQUEST.search(line):
            return False
    return any(_CONTACT.search(line) for line in block)
