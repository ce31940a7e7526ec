"""Parts that hold more than their type says: they stay files, and what is in them is read, too."""

import re
from email.message import Message

from dueline.core.mail_text import clean_line, clean_text
from dueline.intake.mail import tnef
from dueline.intake.mail.decode import decode
from dueline.intake.mail.invitations import open_invitation
from dueline.intake.mail.opened import Opened
from dueline.intake.mail.parts import parameter_of

ELSEWHERE = "A file of it lies elsewhere and was not fetched."
IN_PIECES = "It is one piece of a mail that was sent in several."
_LONGEST = 1_000_000
_TNEF = ("application/ms-tnef", "application/vnd.ms-tnef")
_CALENDARS = ("text/calendar", "application/ics")
_TEXTS = ("text/plain", "text/markdown", "text/x-markdown", "text/enriched", "text/richtext")


def open_part(part: Message, kind: str, content: bytes) -> Opened:
    """Return what is found in a part that is kept as a file: nothing, in most."""
    # Gateways that do not know its type call it something else; its first bytes are its own.
    if kind in _TNEF or content.startswith(tnef.SIGNATURE):
        return tnef.open_winmail(content)
    if kind in _CALENDARS:
        return open_invitation(content)
    if kind == "message/external-body":
        return Opened(_where(part), warnings=(ELSEWHERE,))
    if kind == "message/partial":
        return Opened(warnings=(IN_PIECES,))
    if kind in _TEXTS and part.get_content_disposition() != "attachment":
        return Opened(_plain(part, kind, content))
    return Opened()


def _where(part: Message) -> str:
    told = (
        parameter_of(part, "content-type", name) for name in ("url", "site", "directory", "name")
    )
    return "A file lies elsewhere: " + clean_line("/".join(filter(None, told)))[:1000]


def _plain(part: Message, kind: str, content: bytes) -> str:
    """Return text of a kind that programs seldom send, or that has a name of its own."""
    charset = parameter_of(part, "content-type", "charset")
    text = clean_text(decode(content[:_LONGEST], charset)[0])
    if kind in ("text/enriched", "text/richtext"):
        return re.sub(r"<[^<>]{1,60}>", "", text)
    return text
