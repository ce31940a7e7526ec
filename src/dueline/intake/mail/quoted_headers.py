"""The few header lines that mail programs put above what they quote or forward."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dueline.intake.mail import quote_words as words

_LINES_OF_A_BLOCK = 16
_QUOTE_MARKS = re.compile(r"(?:[ \t]{0,3}>){0,9}")
# "From: x", "*From:* x", "De : x".
_LABELLED = re.compile(r"[*_\s]{0,4}([^\W\d_][^:*\n]{0,24}?)[*_\s]{0,4}:[*_\s]{0,4}(.*)", re.DOTALL)
_KINDS = {
    label: kind
    for kind, labels in {
        "other": words.OTHER,
        "to": words.TO,
        "date": words.DATE,
        "subject": words.SUBJECT,
        "from": words.FROM,
    }.items()
    for label in labels
}


@dataclass(frozen=True, slots=True)
class Block:
    """sender: as it stands behind "From:", perhaps wrapped. end: the line after it."""

    sender: str
    end: int
    is_finnish: bool


def block_at(lines: Sequence[str], start: int) -> Block | None:
    """Return the block of header lines that begins at a line, if one does.

    It says who wrote, and two more of: when, to whom, about what. A person's own list of times
    ("From: 10:00, To: 12:00") has neither an address nor a date.
    """
    kind, _, _ = _labelled(lines[start])
    if kind not in ("from", "subject", "date"):
        return None
    found: dict[str, str] = {}
    labels: set[str] = set()
    last = ""
    end = start
    for number, line in enumerate(lines[start : start + _LINES_OF_A_BLOCK], start):
        kind, value, label = _labelled(line)
        if kind in ("from", "date") and kind in found:
            break  # that is the next block
        if kind and kind not in found:
            found[kind], last, end = value, kind, number + 1
            labels.add(label)
        elif not _bare(line):
            if len(found) >= 3:
                break
        elif last in ("from", "to", "other") and len(found[last]) < 2000:
            found[last] += " " + _bare(line)
            end = number + 1
        else:
            break
    if "from" not in found or len(found.keys() & {"date", "to", "subject"}) < 2:
        return None
    if "@" not in found["from"] and "date" not in found:
        return None
    return Block(found["from"], end, is_finnish=bool(labels & words.FINNISH))


def is_labelled(line: str) -> bool:
    """Whether a line looks like a header, in whatever language."""
    return _LABELLED.match(_bare(line)) is not None


def _labelled(line: str) -> tuple[str, str, str]:
    """Return the kind of a header line, its value, and its label; "" if it is none of ours."""
    match = _LABELLED.match(_bare(line)) if ":" in line[:60] else None
    if not match:
        return "", "", ""
    label = match[1].replace("\xa0", " ").strip().casefold()
    return _KINDS.get(label, ""), match[2].strip(" \t*"), label


def _bare(line: str) -> str:
    line = line[:300]
    marks = _QUOTE_MARKS.match(line)
    return line[marks.end() if marks else 0 :].strip()
