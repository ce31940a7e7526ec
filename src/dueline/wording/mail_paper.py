"""The paper that mails are written on: how paragraphs and a foot become a text."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class MailText:
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class DeskFacts:
    """How the desk is called and reached. phones: "" where there is none."""

    name: str
    mail_address: str
    phone_office: str = ""
    phone_other: str = ""
    public_url: str = ""


def signed(desk: DeskFacts, paragraphs: Iterable[str]) -> str:
    """Return a letter that concerns no case: its paragraphs, and how to reach us."""
    return join([*paragraphs, signature(desk)])


def signature(desk: DeskFacts, *lines: str) -> str:
    # "-- " is what mail programs fold away and our own reader cuts off an answer.
    reach = [desk.name, *lines, say_phones(desk), desk.mail_address]
    return "\n".join(["-- ", *(line for line in reach if line)])


def say_phones(desk: DeskFacts) -> str:
    if desk.phone_office and desk.phone_other:
        return _("%(office)s (office hours), %(other)s (all other hours)") % {
            "office": desk.phone_office,
            "other": desk.phone_other,
        }
    return desk.phone_office or desk.phone_other


def join(paragraphs: Iterable[str]) -> str:
    return "\n\n".join(part for part in paragraphs if part) + "\n"


def one_line(text: str) -> str:
    """Return a text in one line, without what only looks like a space or would break a header."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
