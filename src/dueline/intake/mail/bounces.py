"""What a mail server says of a mail that it gives back: which one it was, and why.

Read from a report as it should be (RFC 3464); else from the words of the many servers that have
their own, by a library that knows them.
"""

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.message import Message

from flufl.bounce import all_failures

from dueline.core.mail_text import clean_line
from dueline.intake.mail.decode import decode
from dueline.intake.mail.headers import ids
from dueline.intake.mail.parts import children_of, content_of, headers_of, walk

_MOST_RETURNED = 100
_LONGEST_STATUS = 20_000
_LONGEST_RETURNED = 100_000
_LONGEST_WORDS = 200_000  # of a bounce in a server's own words; the library reads line by line
_LINES_READ = 3000
_MOST_PARTS = 20
_SERVER = re.compile(r"(?:mailer-?daemon|mail-?daemon|postmaster)@")
_MESSAGE_ID = re.compile(r"(?im)^[> \t]{0,8}message-id:[ \t]*(\S{1,400})")
_WHY = re.compile(r"(?m)^[^\n]{0,200}\b(?:[45]\d\d[ -]|[45]\.\d{1,3}\.\d{1,3})[^\n]{0,300}$")
# The library tells of every detector that it tries; nobody asked (i44).
logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class Returned:
    """ids: Message-IDs. because: why it was refused for good. delayed: why it is still tried.

    is_one: it says for which address a mail was refused or is late.
    """

    ids: tuple[str, ...] = ()
    because: str = ""
    delayed: str = ""
    is_one: bool = False


def may_be_returned(headers: Mapping[str, str], *, sender: str, mail_from: str | None) -> bool:
    """Whether a mail shows any sign of a mail server; people's mail is not looked through."""
    return (
        mail_from == ""
        or _SERVER.match(sender) is not None
        or "x-failed-recipients" in headers
        or "multipart/report" in headers.get("content-type", "").lower()
        or headers.get("auto-submitted", "").lower().startswith("auto-")
    )


def read_returned(message: Message, *, text: str, may_be: bool) -> Returned:
    """Return what a mail says of mail that did not arrive. text: its own words.

    That a mail says so proves nothing; whether it was ours is looked at elsewhere (i42).
    """
    parts = list(walk(message))
    found = tuple(_ids_in_parts(parts))[:_MOST_RETURNED]
    if not may_be:
        return Returned(found)
    statuses = [
        decode(content_of(part)[:_LONGEST_STATUS])[0]
        for part in parts
        if part.get_content_type() == "message/delivery-status"
    ]
    if statuses:
        status = "\n".join(statuses)
        because = _why(status, "failed", "refused it")
        delayed = _why(status, "delayed", "takes it later")
        return Returned(found, because, delayed, bool(because or delayed))
    if not found:  # some servers write the whole mail below their own words
        found = ids(" ".join(_MESSAGE_ID.findall(text[:_LONGEST_RETURNED])[:3]))
    return _in_own_words(message, parts, text, found)


def _ids_in_parts(parts: list[Message]) -> Iterator[str]:
    for part in parts:
        kind = part.get_content_type()
        if kind in ("message/rfc822", "message/global") and (inner := children_of(part)):
            yield from ids(dict(headers_of(inner[0])).get("message-id", ""))
        elif kind in ("text/rfc822-headers", "message/rfc822", "message/global"):
            headers = decode(content_of(part)[:_LONGEST_RETURNED])[0]
            yield from ids(" ".join(_MESSAGE_ID.findall(headers)[:3]))


def _why(status: str, action: str, words: str) -> str:
    """Return what was said of the first recipient with this fate; "" if there is none."""
    for recipient in re.split(r"\n[ \t\r]*\n", status):
        if not re.search(rf"(?im)^action:[ \t]*{action}\b", recipient):
            continue
        said = re.search(r"(?im)^diagnostic-code:(?:[^;\r\n]{0,40};)?([^\r\n]{1,400})", recipient)
        code = re.search(r"(?im)^status:[ \t]*([\d.]{1,20})", recipient)
        why = clean_line(said[1] if said else code[1] if code else "")
        return why or f"the other server {words}"
    return ""


def _in_own_words(
    message: Message, parts: list[Message], text: str, found: tuple[str, ...]
) -> Returned:
    sizes = [len(payload) for part in parts if isinstance(payload := part.get_payload(), str)]
    if sum(sizes) > _LONGEST_WORDS or text.count("\n") > _LINES_READ or len(parts) > _MOST_PARTS:
        return Returned(found)
    try:
        delayed, refused = all_failures(message)
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError):
        return Returned(found)
    said = _WHY.search(text[:_LONGEST_STATUS])
    why = clean_line(said[0]) if said else "the other server refused it"
    if refused:
        return Returned(found, because=why, is_one=True)
    return Returned(found, delayed=why if delayed else "", is_one=bool(delayed))
