"""Telephone numbers: the one spelling that can be compared, the one for reading, and the link."""

import re
from urllib.parse import quote, urlsplit

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat

# What a telephone system says where the caller does not want to be known.
_WITHHELD = frozenset(
    {"anonymous", "unknown", "unavailable", "private", "restricted", "withheld", "blocked"}
    | {"hidden", "none", "null"}
)
_LONGEST = 200
_SCHEME = re.compile(r"(?:tel|sip|sips|callto):", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"<([^<>]*)>")  # a display name stands before it
_NUMBER_LIKE = re.compile(r"[+(]?[0-9(][0-9()/. -]*")
# Whoever is called behind a switchboard: the number is that of the house.
_BEHIND = re.compile(r"(?:,|;| *ext\.?| *x| *ankn\.?) *[0-9]{1,6}$", re.IGNORECASE)
_E164 = re.compile(r"\+[1-9][0-9]{4,14}")
# Without + or 0 it could be an extension or an order number; with so many digits it is neither.
_FEWEST_WITHOUT_PLUS = 9

DIAL_SCHEMES = ("tel", "sip", "sips", "https", "http")
DIALS_AS_SHIPPED = "tel:{number}"
_PLACE = "{number}"


def normal(number: str, region: str) -> str:
    """Return a number as E.164; what is none, as it was written; "" for a caller who is withheld.

    number: as people, telephone systems and SIP write it: "+46 (0)70-123 45 67", "0046701234567",
    "tel:…", "sip:0701234567@pbx;user=phone", "Cleo <sip:…>".
    region: two letters (ISO 3166) in which a national number is read, like "SE".
    """
    written = _bare(number)
    if written.casefold() in _WITHHELD:
        return ""
    parsed = _read(written, region)
    if parsed is None:
        return written
    return phonenumbers.format_number(parsed, PhoneNumberFormat.E164)


def spoken(number: str, region: str) -> str:
    """Return a number as it is read aloud: "+46 70 123 45 67"; what is none, as it was written."""
    written = _bare(number)
    parsed = _read(written, region)
    if parsed is None:
        return written
    return phonenumbers.format_number(parsed, PhoneNumberFormat.INTERNATIONAL)


def is_real(number: str) -> bool:
    """Say whether a number, made `normal`, is one that the whole world can call."""
    return _E164.fullmatch(number) is not None


def dial_link(number: str, *, region: str, address: str = "") -> str:
    """Return what a click on a number opens. "": it is no number that can be called.

    address: with {number} in it; "": `tel:`. See `is_dial_address`.
    """
    called = normal(number, region)
    if not is_real(called):
        return ""
    address = address or DIALS_AS_SHIPPED
    # In a web address + would be read as a space.
    is_web = urlsplit(address).scheme in ("http", "https")
    return address.replace(_PLACE, quote(called, safe="") if is_web else called)


def is_dial_address(address: str) -> bool:
    """Say whether `address` may stand in a page as what numbers are links to.

    One {number}, and one of `DIAL_SCHEMES`: no script, and of a web address never the host.
    """
    if address.count(_PLACE) != 1 or not address.isascii() or not address.isprintable():
        return False
    if any(char in address for char in " \"'<>\\`"):
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    if parts.scheme not in DIAL_SCHEMES:
        return False
    is_web = parts.scheme in ("http", "https")
    return not is_web or bool(parts.hostname and _PLACE not in parts.netloc)


def _bare(number: str) -> str:
    """Return what stands between scheme, display name, host and parameters."""
    text = " ".join(number[:_LONGEST].split())
    if found := _IN_BRACKETS.search(text):
        text = found[1].strip()
    scheme = _SCHEME.match(text)
    text = text[scheme.end() :] if scheme else text
    if scheme or "@" in text:
        text = text.partition(";")[0].partition("@")[0].replace("%2B", "+").replace("%2b", "+")
    return text.strip()


def _read(written: str, region: str) -> PhoneNumber | None:
    written = _BEHIND.sub("", written).lstrip("(")
    if not _NUMBER_LIKE.fullmatch(written):
        return None
    parsed = _parsed(written, region)
    if parsed and phonenumbers.is_valid_number(parsed):
        return parsed
    # Some systems leave the + away: 46701234567.
    digits = "".join(filter(str.isdigit, written))
    is_whole = len(digits) >= _FEWEST_WITHOUT_PLUS and written[0] not in "+0"
    abroad = _parsed(f"+{digits}", region) if is_whole else None
    if abroad and phonenumbers.is_valid_number(abroad):
        return abroad
    # A range that the tables do not know yet is still a number, where it is written as one.
    if parsed and written[0] in "+0" and phonenumbers.is_possible_number(parsed):
        return parsed
    return None


def _parsed(written: str, region: str) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(written, region)
    except NumberParseException:
        return None
