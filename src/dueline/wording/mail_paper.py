"""The paper that mails are written on: paragraphs and a foot become a text, and HTML that says
the same words."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from dueline.wording.mail_html import draw_letter, put_before
from dueline.wording.markdown import Markdown

Paragraph = str | Markdown


@dataclass(frozen=True, slots=True)
class MailText:
    """html: "" for a mail in plain text alone."""

    subject: str
    text: str
    html: str = ""


@dataclass(frozen=True, slots=True)
class DeskFacts:
    """How the desk is called and reached. phones: "" where there is none."""

    name: str
    mail_address: str
    phone_office: str = ""
    phone_other: str = ""
    public_url: str = ""


def write(subject: str, paragraphs: Iterable[Paragraph], *, foot: Iterable[str] = ()) -> MailText:
    """Return a mail. Empty paragraphs and lines are left out; a foot is how we are reached."""
    kept = [paragraph for paragraph in paragraphs if _text_of(paragraph)]
    lines = [line for line in foot if line]
    # "-- " is what mail programs fold away and our own reader cuts off an answer.
    end = ["\n".join(["-- ", *lines])] if lines else []
    text = "\n\n".join([*map(_text_of, kept), *end]) + "\n"
    return MailText(subject, text, draw_letter(subject, kept, lines))


def signed(subject: str, desk: DeskFacts, paragraphs: Iterable[Paragraph]) -> MailText:
    """Return a letter that concerns no case: its paragraphs, and how to reach us."""
    return write(subject, paragraphs, foot=reach(desk))


def with_remark(mail: MailText, remark: str) -> MailText:
    """Return a mail that says one thing more, before all else."""
    html = put_before(mail.html, remark) if mail.html else ""
    return MailText(mail.subject, f"{remark}\n\n{mail.text}", html)


def reach(desk: DeskFacts, *lines: str) -> list[str]:
    """Return the foot of a letter: who we are and how to reach us. lines: what stands between."""
    return [desk.name, *lines, say_phones(desk), desk.mail_address]


def say_phones(desk: DeskFacts) -> str:
    if desk.phone_office and desk.phone_other:
        return _("%(office)s (office hours), %(other)s (all other hours)") % {
            "office": desk.phone_office,
            "other": desk.phone_other,
        }
    return desk.phone_office or desk.phone_other


def one_line(text: str) -> str:
    """Return a text in one line, without what only looks like a space or would break a header."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _text_of(paragraph: Paragraph) -> str:
    return paragraph.text.strip() if isinstance(paragraph, Markdown) else paragraph
