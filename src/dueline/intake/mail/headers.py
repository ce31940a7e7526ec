"""What the headers of a mail say: people, addresses, ids, instants."""

import re
from email.utils import getaddresses

from dueline.core.mail_text import clean_line
from dueline.intake.mail.decode import decode_header, read_bytes

_LONGEST_ADDRESS_LIST = 20_000
_MOST_IDS = 100

ADDRESS = re.compile(r"[^\s@<>\"(),:;\\\[\]]{1,64}@[^\s@<>\"(),:;\\]{1,189}")
_ANGLE = re.compile(r"<\s*([^<>\s]{3,254})\s*>\s*(?:\([^()]{0,200}\)\s*)?$")
_ID = re.compile(r"<[^<>\s]{1,400}>")


def mailbox(value: str) -> tuple[str, str]:
    """Return the name and the address (in lower case) of a From header; "" if there is none."""
    value = clean_line(read_bytes(value))[:2000]
    angle = _ANGLE.search(value)
    # `a@x.example <b@y.example>`: people see b, so b it is.
    if angle and "," not in re.sub(r'"[^"]*"', "", value):
        name, address = value[: angle.start()].strip().strip('"'), angle[1]
    else:
        name, address = next(iter(_pairs(value)), ("", ""))
    if not ADDRESS.fullmatch(address):
        found = ADDRESS.search(value)
        address = found[0] if found else ""
    return clean_line(decode_header(name)).strip("\"' ")[:200], address.lower()


def _pairs(value: str) -> list[tuple[str, str]]:
    try:
        return getaddresses([value[:_LONGEST_ADDRESS_LIST]])
    except (RecursionError, ValueError, IndexError, TypeError):
        return [("", address) for address in ADDRESS.findall(value[:_LONGEST_ADDRESS_LIST])]


def addresses(value: str) -> tuple[str, ...]:
    value = clean_line(read_bytes(value))
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
