"""A language that nobody speaks: every text is ‹ẃŕàþþéð›, so that what lies bare was forgotten."""

import re
from collections.abc import Iterable
from functools import cache
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

CODE = "qps"
_TOP = Path(__file__).resolve().parents[2]
_LETTERS = str.maketrans("aeinouyzcrstwgACEINOUYZRSW", "àéíñóúýžçŕšťŵğÀÇÉÍÑÓÚÝŽŔŠŴ")
_PLACE = re.compile(r"(%\(\w+\)s)")


def wrapped(text: str) -> str:
    """Return a text as the pseudo-language says it. Its places, and the spaces around it, stay."""
    bare = text.strip(" ")
    before, after = text[: text.index(bare)], text[text.index(bare) + len(bare) :]
    said = "".join(
        part if _PLACE.fullmatch(part) else part.translate(_LETTERS) for part in _PLACE.split(bare)
    )
    return f"{before}‹{said}›{after}"


@cache
def catalog() -> bytes:
    """Return the compiled texts of the product: those that a catalogue of ours asks for.

    The checks hold every catalogue to what the source says now.
    """
    said = Catalog(locale="en")
    with (_TOP / "src/dueline/locale/sv/LC_MESSAGES/django.po").open("rb") as file:
        texts = read_po(file)
    for text in texts:
        if text.id:
            forms = tuple(map(wrapped, text.id)) if text.pluralizable else wrapped(text.id)
            said.add(text.id, forms, context=text.context)
    compiled = BytesIO()
    write_mo(compiled, said)
    return compiled.getvalue()


# --- looking for what was forgotten -------------------------------------------------------------

_SAID = re.compile(r"‹[^‹›]*›")
_WORD = re.compile(r"[^\W\d_]{3,}")
# Names of things that are called the same in every language.
_NAMES = re.compile(
    r"Dueline|dueline|CES?T|[A-Z][a-z]+/[A-Z]\w+|\b\d+ min\b|\S+@\S+|https?://\S+|ISO|SMTP"
    r"|smtp.example.com|STARTTLS|English|Svenska|Norsk bokmål|Pseudo|Ctrl|Enter"
)


class _Words(HTMLParser):
    """What a reader reads: text between tags, and the attributes that are read out or shown."""

    READ = ("title", "placeholder", "aria-label", "alt")

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._inside: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag in ("script", "style", "pre", "option", "textarea", "svg"):
            self._inside.append(tag)
        self.texts += [value for name, value in attrs if name in self.READ and value]

    def handle_endtag(self, tag):
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data):
        if not self._inside and data.strip():
            self.texts.append(" ".join(data.split()))


def words_of(page: str) -> str:
    """Return what a page of HTML gives to read, a piece on each line."""
    reader = _Words()
    reader.feed(page)
    return "\n".join(reader.texts)


def left_over(text: str, data: Iterable[str]) -> list[str]:
    """Return the lines that nobody translated and nobody typed. data: the longest first."""
    for typed in data:
        text = text.replace(typed, "")
    while (shorter := _SAID.sub("", text)) != text:
        text = shorter
    return [line for line in _NAMES.sub("", text).splitlines() if _WORD.search(line)]
