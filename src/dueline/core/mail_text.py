"""What a mail's own words say: who writes, how to call them, how bad it is.

Nothing here guesses: a severity counts where the customer labelled it.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence

import phonenumbers

from dueline.core.inbound import Particulars
from dueline.core.priorities import Priority


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# English, Swedish, Norwegian and Danish, German.
_PRIORITY_WORDS = {
    "critical": Priority.CRITICAL,
    "kritisk": Priority.CRITICAL,
    "kritiskt": Priority.CRITICAL,
    "kritisch": Priority.CRITICAL,
    "high": Priority.HIGH,
    "hög": Priority.HIGH,
    "høy": Priority.HIGH,
    "høj": Priority.HIGH,
    "hoch": Priority.HIGH,
    "normal": Priority.NORMAL,
    "normalt": Priority.NORMAL,
    "low": Priority.LOW,
    "låg": Priority.LOW,
    "lav": Priority.LOW,
    "niedrig": Priority.LOW,
    "gering": Priority.LOW,
}
_PRIORITY_LABELS = _words(
    "priority prio severity prioritet allvarlighet allvarlighetsgrad alvorlighet alvorlighed "
    "alvorlighetsgrad priorität prioritaet schweregrad dringlichkeit"
)
_PHONE_LABELS = _words(
    "phone telephone tel mobile mobil mob cell telefon telefonnummer mobiltelefon mobilnummer "
    "tlf tfn handy rufnummer telefonnr mobilnr"
)
# What may stand beside such a word in a label: "My phone number", "Prioritet på ärendet".
_FILLERS = _words(
    "my your our mitt min ditt vårt the of case issue level number no nr nummer office work direct "
    "direkt contact kontakt på ärendet nivå"
)
# Whole labels, not words: "Company name" is not the name of the person.
_NAME_LABELS = frozenset(
    {"name", "namn", "navn", "your name", "my name", "full name", "contact", "contact person"}
    | {"kontakt", "kontaktperson", "kontaktnamn", "ansprechpartner", "caller"}
)
# "*Telefon*: 070 …", "- Prio = hög", "Tel.nr: …". The label is a few words, never a sentence.
_LABELLED = re.compile(r"^[ \t*_•#-]{0,8}([^\W\d_][^:=\n]{0,28})[:=]([^\n]{1,200})", re.MULTILINE)
_WORD = re.compile(r"[^\W\d_]+")

_LINES_READ = 400  # particulars stand at the top or in the signature
_SIGNATURE_LINES = 12


def particulars(*, subject: str, text: str, region: str) -> Particulars:
    """Return what the sender tells in labelled lines, or in a signature.

    text: without what was quoted: the names in there are somebody else's.
    region: two letters (ISO 3166) in which a national telephone number is read, like "SE".
    """
    lines = _lines(text)
    labelled = [*_labels("\n".join(lines)), *_labels(subject)]
    return Particulars(
        name=_first(_name(value) for label, value in labelled if " ".join(label) in _NAME_LABELS),
        phone=_first(
            _phone(value, region) for label, value in labelled if _is_label(label, _PHONE_LABELS)
        )
        or _phone_in_signature(lines, region),
        priority=next(
            filter(
                None,
                (
                    _priority(value)
                    for label, value in labelled
                    if _is_label(label, _PRIORITY_LABELS)
                ),
            ),
            None,
        ),
    )


def _lines(text: str) -> list[str]:
    lines = [line[:300] for line in text.split("\n") if line.strip()]
    if len(lines) > _LINES_READ:
        lines = lines[: _LINES_READ // 2] + lines[-_LINES_READ // 2 :]
    return lines


def _labels(text: str) -> Iterator[tuple[list[str], str]]:
    """Yield the words of each label, which is short, and what stands behind it."""
    for match in _LABELLED.finditer(text):
        label = [word.casefold() for word in _WORD.findall(match[1])]
        if len(label) <= 3:
            yield label, match[2].strip(" \t*_")


def _is_label(label: list[str], words: frozenset[str]) -> bool:
    meant = {*label} - _FILLERS
    return bool(meant) and meant <= words


def _first(values: Iterator[str]) -> str:
    return next((value for value in values if value), "")


def _name(value: str) -> str:
    if "@" in value or not _WORD.search(value):
        return ""
    return clean_line(value)[:100]


def _priority(value: str) -> Priority | None:
    # A form that was sent back unfilled offers all of them: "Critical / High / Normal / Low".
    words = [word.casefold() for word in _WORD.findall(value)]
    found = {_PRIORITY_WORDS[word] for word in words if word in _PRIORITY_WORDS}
    if len(found) == 1 and words[0] in _PRIORITY_WORDS:
        return found.pop()
    return None


def _phone(value: str, region: str) -> str:
    number = _number_in(value, region, phonenumbers.Leniency.POSSIBLE)
    if number:
        return number
    as_written = re.match(r"[+(]?[\d][\d\s()/.-]{4,24}", value)
    return as_written[0].strip(" .-/(") if as_written else ""


def _phone_in_signature(lines: Sequence[str], region: str) -> str:
    for line in reversed(lines[-_SIGNATURE_LINES:]):
        number = _number_in(line, region, phonenumbers.Leniency.VALID)
        if number:
            return number
    return ""


def _number_in(text: str, region: str, leniency: int) -> str:
    """Return the first telephone number as E.164. An order number starts with neither + nor 0."""
    for match in phonenumbers.PhoneNumberMatcher(text[:300], region, leniency, max_tries=20):
        if match.raw_string.lstrip("(").startswith(("+", "0")):
            return phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
    return ""


# --- Names and lines that come from headers -------------------------------------------------

# Line breaks and other controls could split a header or a log line of ours; "format" characters
# turn the reading direction round, so that `fdp.exe` is shown as `exe.pdf`.
_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")


def clean_line(text: str) -> str:
    """Return `text` as one visible line: no control character, no change of direction."""
    if text.isascii() and text.isprintable():
        return text.strip()
    return "".join(
        " " if char in "\t\r\n" else char
        for char in text.replace("\r\n", "\n")
        if char in "\t\r\n" or unicodedata.category(char) not in _UNSEEN
    ).strip()


def clean_text(text: str) -> str:
    """Return `text` with \\n line ends and without what a database or a terminal chokes on."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROLS.sub("", text)


_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff]")


def file_name(name: str, *, fallback: str = "file") -> str:
    """Return a file's name as it may be shown and offered for download: a label, never a path."""
    last = re.split(r"[/\\]", clean_line(unicodedata.normalize("NFC", name[:2000])))[-1]
    last = _NOT_IN_NAMES.sub("_", last).strip(" .")
    if not last:
        return fallback
    if _RESERVED.match(last):
        last = f"_{last}"
    if len(last) <= 200:
        return last
    stem, dot, ending = last.rpartition(".")
    return f"{stem[: 199 - len(ending)]}.{ending}" if dot and len(ending) <= 20 else last[:200]


# What systems forbid in names, and the letters that only look like a path's slash.
_NOT_IN_NAMES = re.compile(r'[<>:"|?*\u2044\u2215\u29f8\uff0f\uff3c]')
# What Windows takes for a device, whatever ending it has.
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)", re.IGNORECASE)
