"""Mail addresses as people type them."""

from collections.abc import Iterable
from email.policy import default as parser

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from dueline.core.errors import Refusal

_LONGEST = 254  # what a column holds, and what SMTP allows
_LONGEST_TEXT = 10_000


def is_address(text: str) -> bool:
    """Say whether a text could be a mail address."""
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= _LONGEST


def read_addresses(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the addresses that texts hold, lower-case and each once: "Bo Ek <bo@x.example>, …".

    Read by the mail library's own grammar, never cut out of a text (i37). What was said beside an
    address is left out, so that no name that somebody chose reaches a header (i50).
    Raises Refusal("bad-address").
    """
    found: dict[str, None] = {}
    for text in texts:
        for piece in _pieces(text):
            found.update(dict.fromkeys(_addresses_in(piece)))
    return tuple(found)


def _pieces(text: str) -> list[str]:
    if len(text) > _LONGEST_TEXT:
        raise Refusal("bad-address", "These are too many addresses.")
    # People write one to a line, or with a semicolon between; a header knows the comma alone.
    return [piece for line in text.replace(";", "\n").splitlines() if (piece := line.strip())]


def _addresses_in(piece: str) -> list[str]:
    header = parser.header_factory("to", piece)
    addresses = [address.addr_spec.lower() for address in header.addresses]
    odd = [defect for defect in header.defects if "empty element" not in str(defect)]
    if odd or any(not (text.isascii() and is_address(text)) for text in addresses):
        raise Refusal("bad-address", "“%(text)s” is no mail address.", text=piece[:80])
    return addresses
