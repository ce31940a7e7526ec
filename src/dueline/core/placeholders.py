"""Places in a text for what differs from case to case: `{contact.first_name}`.

A closed list, filled in one pass with plain texts. It is no template language: nothing is looked
up, computed or called (i52), and what is filled in cannot become markup.
"""

import re
from collections.abc import Mapping

from dueline.core.errors import Refusal

PLACEHOLDERS = (
    "contact.first_name",
    "contact.name",
    "case.number",
    "case.subject",
    "company.name",
    "agent.name",
    "desk.name",
    "desk.phone",
    "promise.next",
)
# A backslash before the brace keeps it as it is, as everywhere in Markdown.
_PLACE = re.compile(r"(?<!\\)\{([A-Za-z][A-Za-z0-9_.]{0,40})\}")


def unknown_in(text: str) -> tuple[str, ...]:
    """Return the names in braces that nothing stands for, each once."""
    names = dict.fromkeys(_PLACE.findall(text))
    return tuple(name for name in names if name not in PLACEHOLDERS)


def check(text: str) -> None:
    """Raise Refusal("text") for a text with a placeholder that nothing stands for."""
    unknown = unknown_in(text)
    if unknown:
        raise Refusal(
            "text",
            "There is no {%(unknown)s}. What can stand in braces: %(known)s.",
            unknown=unknown[0],
            known=", ".join(f"{{{name}}}" for name in PLACEHOLDERS),
        )


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return a text with its placeholders filled in, each value as text and in one line.

    What is not among the values stays as it is. A brace within a value fills nothing.
    """

    def value_of(place: re.Match[str]) -> str:
        value = values.get(place[1])
        return place[0] if value is None else _as_text(value)

    return _PLACE.sub(value_of, text)


# What Markdown would read as more than a letter, and no more: the plain mail shows the backslash.
_MARKUP = re.compile(
    r"\\(?=[!-/:-@\[-`{-~]|$)"  # a backslash that would hide the next sign
    r"|[*`<\[\]]"
    r"|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])"
    r"|&(?=#?[A-Za-z0-9]{1,40};)"
    r"|:(?=//)"
    r"|^(?:[#>=~+-](?=[#>=~+ -]|$)|\d{1,9}(?=[.)](?: |$)))"
)


def _as_text(value: str) -> str:
    line = " ".join("".join(c if c.isprintable() else " " for c in value).split())
    return _MARKUP.sub(_escaped, line)


def _escaped(found: re.Match[str]) -> str:
    # A number at the beginning is a list by the dot behind it; the dot comes next in the text.
    return f"{found[0]}\\" if found[0].isdigit() else f"\\{found[0]}"
