"""The mails about mailboxes that cannot be fetched, and that can again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dueline.wording.mail_paper import DeskFacts, MailText, signed
from dueline.wording.times import say_dated


@dataclass(frozen=True, slots=True)
class MailboxFacts:
    """why: a sentence, as the mailbox's page shows it. zone: the desk's. url: of that page."""

    desk: DeskFacts
    address: str
    folder: str
    why: str
    since: datetime
    now: datetime
    zone: str
    url: str


def fails(facts: MailboxFacts) -> MailText:
    """Say that the mail of a mailbox has not been fetched for a while, and why."""
    words = _words(facts)
    return signed(
        _("No mail comes from %(address)s") % words,
        facts.desk,
        [
            _("Since %(time)s no mail could be fetched from the mailbox %(address)s.") % words,
            facts.why,
            _(
                "What is sent to it waits on its server. We go on trying; once it works again "
                "you are told, and what waited is taken in."
            )
            + f"\n{facts.url}",
        ],
    )


def works_again(facts: MailboxFacts) -> MailText:
    """Say that mail is fetched again, and what that means for the requests that waited."""
    words = _words(facts)
    return signed(
        _("Mail comes from %(address)s again") % words,
        facts.desk,
        [
            _("The mailbox %(address)s works again. It had not since %(time)s.") % words,
            _(
                "What waited on its server has been fetched. Its clocks count from when we got "
                "it: look at whether somebody has waited for long."
            ),
        ],
    )


def left_behind(facts: MailboxFacts, *, count: int, whys: Sequence[str]) -> MailText:
    """Say that mails cannot be fetched and stay on the server. whys: a sentence for each."""
    words = {**_words(facts), "count": count, "folder": facts.folder}
    return signed(
        ngettext(
            "A mail to %(address)s could not be fetched",
            "%(count)s mails to %(address)s could not be fetched",
            count,
        )
        % words,
        facts.desk,
        [
            ngettext(
                "A mail stays unread in the folder “%(folder)s” of the mailbox %(address)s. "
                "All others are taken in.",
                "%(count)s mails stay unread in the folder “%(folder)s” of the mailbox "
                "%(address)s. All others are taken in.",
                count,
            )
            % words,
            "\n".join(f"– {why}" for why in whys),
            _(
                "Please read it there and answer its sender. Once it has left the folder, it "
                "is not mentioned any more."
            )
            + f"\n{facts.url}",
        ],
    )


def _words(facts: MailboxFacts) -> dict[str, object]:
    time = say_dated(facts.since, now=facts.now, zone=facts.zone)
    return {"address": facts.address, "time": time}
