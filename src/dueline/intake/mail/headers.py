"""What the headers of a mail say: people, addresses, ids, instants."""

import re
from datetime import UTC, datetime
from email.utils import getaddresses, parsedate_to_datetime

from dueline.core.mail_text import clean_line
from dueline.intake.mail.decode import decode_header, read_bytes

_LONGEST_ADDRESS_LIST = 20_000
_MOST_IDS = 100

ADDRESS = re.compile(r"[^\s@<>\"(),:;\\\[\]]{1,64}@[^\s@<>\"(),:;\\]{1,189}")
_ANGLE = re.compile(r"<\s*([^<>\s]{3,254})\s*>\s*(?:\([^()]{0,200}\)\s*)?$")
_ID = re.compile(r"<[^<>\s]{1,400}>")

# Zones that programs still name, and that the library takes for UTC.
_ZONES = {
    "BST": "+0100",
    "WEST": "+0100",
    "WET": "+0000",
    "CET": "+0100",
    "MET": "+0100",
    "MEZ": "+0100",
    "CEST": "+0200",
    "MEST": "+0200",
    "MESZ": "+0200",
    "EET": "+0200",
    "EEST": "+0300",
    "MSK": "+0300",
    "JST": "+0900",
}


def mailbox(value: str) -> tuple[str, str]:
    """Return the name and the address (in lower case) of a From header; "" if there is none."""
    value = clean_line(read_bytes(value))[:2000]
    angle = _ANGLE.search(value)
    # `a@x.example <b@y.example>`: people see b, so b it is.
    if angle and "," not in re.sub(r'"[^"]*"', "", value):
        name, address = _unquoted(value[: angle.start()].strip()), angle[1]
    else:
        name, address = next(iter(_pairs(value)), ("", ""))
    if not ADDRESS.fullmatch(address):
        found = ADDRESS.search(value)
        address = found[0] if found else ""
        name = name or (value[: found.start()].strip(' <("') if found else "")
    return clean_line(decode_header(name)).strip("\"' ")[:200], address.lower()


def _unquoted(name: str) -> str:
    quoted = re.fullmatch(r'"(.*)"', name)
    return re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else name.strip('"')


def _pairs(value: str) -> list[tuple[str, str]]:
    try:
        return getaddresses([value[:_LONGEST_ADDRESS_LIST]])
    except (RecursionError, ValueError, IndexError, TypeError):
        return [("", address) for address in ADDRESS.findall(value[:_LONGEST_ADDRESS_LIST])]


def addresses(value: str) -> tuple[str, ...]:
    # Outlook's way to part addresses; a group ends in one, too, and then nothing follows.
    value = re.sub(r";(?=\s*[^\s;,])", ",", clean_line(read_bytes(value)))
    found = (clean_line(address) for _, address in _pairs(value))
    return tuple(address for address in found if ADDRESS.fullmatch(address))


def mail_id(value: str) -> str:
    """Return the Message-ID as it was given, also an odd one: it only has to be the same again."""
    value = clean_line(read_bytes(value))[:500]
    found = re.search(r"<[^<>]{1,490}>", value)
    return found[0] if found else value


def ids(value: str) -> tuple[str, ...]:
    return tuple(_ID.findall(clean_line(read_bytes(value)))[-_MOST_IDS:])


def envelope(mail_from: str | None, headers: dict[str, str]) -> str | None:
    if mail_from is not None:
        return mail_from.strip("<> ")
    returned = headers.get("return-path")
    return None if returned is None else returned.strip().strip("<> ")


def instant(value: str) -> datetime | None:
    """Return the instant that a Date header names, in UTC; None if it names none."""
    value = re.sub(r"\([^()]{0,100}\)", " ", clean_line(value)[:200]).strip()
    named = re.search(r"\b([A-Z]{3,4})$", value)
    if named and (zone := _ZONES.get(named[1])):
        value = value[: named.start(1)] + zone
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            found = read(re.sub(r"\b(?:GMT|UTC)(?=[+-]\d{4}$)", "", value))
            aware = found if found.tzinfo else found.replace(tzinfo=UTC)
            return aware.astimezone(UTC)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return None
