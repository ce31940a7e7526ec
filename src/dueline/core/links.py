"""Find the web addresses in plain text. `site/jinja.py` and `wording/` draw them as links."""

import re
from urllib.parse import urlsplit

# Only these protocols, and only what is written out: nothing is guessed to be an address.
_ADDRESS = re.compile(r"https?://[^\s<>\"]{1,2000}")
_ENDS_A_SENTENCE = ".,;:!?'"
_CLOSES = {")": "(", "]": "[", "}": "{"}


def pieces_of(text: str) -> list[tuple[str, bool]]:
    """Return a text in pieces, each with whether it is an address. One pass, whatever it holds."""
    pieces, end = [], 0
    for match in _ADDRESS.finditer(text):
        address = _without_sentence(match[0])
        pieces += [(text[end : match.start()], False), (address, True)]
        end = match.start() + len(address)
    return [*pieces, (text[end:], False)]


def _without_sentence(address: str) -> str:
    """Leave what ends the sentence, or the bracket around it, to the text."""
    while address[-1] in _ENDS_A_SENTENCE or (
        address[-1] in _CLOSES and _CLOSES[address[-1]] not in address
    ):
        address = address[:-1]
    return address


def is_web_address(text: str) -> bool:
    """Say whether a text is one web address and nothing else, so that it may become a link."""
    if not _ADDRESS.fullmatch(text):
        return False
    try:
        return bool(urlsplit(text).hostname)
    except ValueError:
        return False
