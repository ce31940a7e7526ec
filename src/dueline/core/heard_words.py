"""What a machine's reading of a voicemail may mean: suggestions to whoever listens, no facts."""

import re
from dataclasses import dataclass

from dueline.core.priorities import Priority

_CRITICAL = (
    r"\b(?:critical|production (?:is|has been|went)? ?down|everything is down|standstill"
    r"|kritisk\w*|(?:allt|alt) (?:står|ligger nere|ligger nede)|produk[st]jonen (?:står|ligger)"
    r"|produktionen (?:står|ligger))\b"
)
_URGENT = r"\b(?:urgent(?:ly)?|brådskande|akut\w*|haster)\b"
_NOT = re.compile(r"\b(?:not|isn't|is not|inte|ikke|no)\W+(?:\w+\W+){0,2}$", re.IGNORECASE)
_STATED = (
    (re.compile(_CRITICAL, re.IGNORECASE), Priority.CRITICAL),
    (re.compile(_URGENT, re.IGNORECASE), Priority.HIGH),
)
_WORD = r"[A-ZÅÄÖÆØÉÜ][\w’'-]{1,30}"
_NAMED = re.compile(
    r"\b(?:[Mm]y name is|[Tt]his is|[Ii]t's|[Jj]ag heter|[Mm]itt namn är|[Dd]et här är|[Dd]et är"
    rf"|[Jj]eg heter|[Nn]avnet mitt er|[Dd]ette er)\s+({_WORD}(?:\s+{_WORD}){{0,3}})"
)
LONGEST = 20_000  # letters of a transcript


@dataclass(frozen=True, slots=True)
class Suggested:
    """What may have been said. name "": none was understood."""

    priority: Priority | None = None
    name: str = ""


def suggested_by(transcript: str) -> Suggested:
    """Return what the words of a transcript suggest. Nothing of it may be set by a machine."""
    text = transcript[:LONGEST]
    named = _NAMED.search(text)
    return Suggested(_priority(text), named[1] if named else "")


def _priority(text: str) -> Priority | None:
    for pattern, priority in _STATED:
        for found in pattern.finditer(text):
            if not _NOT.search(text[max(0, found.start() - 40) : found.start()]):
                return priority
    return None
