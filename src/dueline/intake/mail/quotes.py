"""Where the sender's own words end and what they quote begins. Nothing is ever cut away."""

import re
import warnings
from functools import lru_cache

from mailparser_reply.parser import EmailMessage

# "no" is not among the library's languages; its Danish rules fit Norwegian.
_LANGUAGES = ("en", "sv", "da", "de", "fr", "nl")
_LINES_READ = 3000
_QUOTED = re.compile(r"[ \t]*>")
_FORWARDED = re.compile(
    r"^-{2,} ?(?:Forwarded message|Vidarebefordrat meddelande|Videresendt melding|"
    r"Videresendt besked|Weitergeleitete Nachricht) ?-{2,}$",
    re.IGNORECASE,
)
_RULE = re.compile(
    r"^_{20,}$|^-{5,} ?(?:Ursprungligt meddelande|Opprinnelig melding|"
    r"Oprindelig meddelelse|Ursprüngliche Nachricht|Original Message) ?-{5,}$",
    re.IGNORECASE,
)


def split_reply(text: str) -> tuple[str, int | None]:
    """Return what the sender added, and where in `text` the quoted rest begins (None: nowhere).

    Answers written in between or below the quoted lines belong to the sender; then nothing but
    quoted lines at the very end is folded.
    """
    lines = text.split("\n")
    head = lines[:_LINES_READ]
    first = _header_line(head)
    whole = first is not None and not _answers_below(head[first:])
    fold = first if whole else _trailing_quote(lines)
    if fold is None or not any(line.strip() for line in lines[:fold]):
        return _own_lines(lines, skip=first), None
    return "\n".join(lines[:fold]).strip(), sum(len(line) + 1 for line in lines[:fold])


def _header_line(lines: list[str]) -> int | None:
    """Return the line with which a quoted message is announced ("Den … skrev …:")."""
    found = [i for i, line in enumerate(lines) if _RULE.match(line.strip())][:1]
    # Nobody announces a quotation in a line of 300 letters; it keeps the expressions quick.
    match = _announcement().search("\n".join(line.strip()[:300] for line in lines))
    if match and match[0].strip():
        at = match.start() + len(match[0]) - len(match[0].lstrip("\n"))
        found.append(match.string.count("\n", 0, at))
    first = min(found, default=None)
    if first and any(_FORWARDED.match(line.strip()) for line in lines[max(0, first - 2) : first]):
        return None  # what somebody forwards is what they want to be read
    return first


@lru_cache(maxsize=1)
def _announcement() -> re.Pattern[str]:
    with warnings.catch_warnings():
        # The library hands a flag to re.sub where its count belongs, and Python 3.13 complains.
        warnings.simplefilter("ignore", DeprecationWarning)
        return EmailMessage(text="", languages=list(_LANGUAGES)).HEADER_REGEX


def _answers_below(lines: list[str]) -> bool:
    """Whether unquoted words follow on quoted lines: an answer in between or below."""
    quoted = [i for i, line in enumerate(lines) if _QUOTED.match(line)]
    if not quoted:
        return False
    return any(line.strip() for line in lines[quoted[0] :] if not _QUOTED.match(line))


def _trailing_quote(lines: list[str]) -> int | None:
    start = len(lines)
    while start and (not lines[start - 1].strip() or _QUOTED.match(lines[start - 1])):
        start -= 1
    quoted = any(_QUOTED.match(line) for line in lines[start:])
    return start if quoted else None


def _own_lines(lines: list[str], *, skip: int | None) -> str:
    own = [line for i, line in enumerate(lines) if i != skip and not _QUOTED.match(line)]
    return "\n".join(own).strip()
