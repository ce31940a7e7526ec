"""Web addresses in plain text become links. Everything else of the text stays text (i05)."""

import re

from markupsafe import Markup, escape

# Only these protocols, and only what is written out: nothing is guessed to be an address.
_ADDRESS = re.compile(r"https?://[^\s<>\"]{1,2000}")
_ENDS_A_SENTENCE = ".,;:!?'"
_CLOSES = {")": "(", "]": "[", "}": "{"}
_LINK = Markup('<a href="{0}" rel="noopener noreferrer nofollow">{0}</a>')


def linked(text: str) -> Markup:
    """Return a text with its addresses as links. One pass over it, whatever it holds."""
    if "://" not in text:
        return escape(text)
    pieces, end = [], 0
    for match in _ADDRESS.finditer(text):
        address = _without_sentence(match[0])
        pieces += [escape(text[end : match.start()]), _LINK.format(address)]
        end = match.start() + len(address)
    return Markup("").join([*pieces, escape(text[end:])])


def _without_sentence(address: str) -> str:
    """Leave what ends the sentence, or the bracket around it, to the text."""
    while address[-1] in _ENDS_A_SENTENCE or (
        address[-1] in _CLOSES and _CLOSES[address[-1]] not in address
    ):
        address = address[:-1]
    return address
