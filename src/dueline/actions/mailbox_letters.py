"""The letters about mailboxes, to the desk's managers and administrators."""

from collections.abc import Sequence
from datetime import datetime

from dueline.actions.contract_letters import desk_facts_of, to_those_who_lead
from dueline.models import Desk, Mailbox
from dueline.wording import mailbox_mails as mails

_PAGE = "/console/settings/mail"


def fails(mailbox: Mailbox, *, at: datetime) -> None:
    """Say that no mail comes from a mailbox, since when, and why."""
    since = mailbox.failing_since or at
    to_those_who_lead(lambda: mails.fails(_facts(mailbox, since=since, at=at)), at=at)


def works_again(mailbox: Mailbox, *, since: datetime, at: datetime) -> None:
    to_those_who_lead(lambda: mails.works_again(_facts(mailbox, since=since, at=at)), at=at)


def left_behind(mailbox: Mailbox, *, count: int, whys: Sequence[str], at: datetime) -> None:
    """Say that mails stay on the server, and what each is."""
    facts = _facts(mailbox, since=at, at=at)
    to_those_who_lead(lambda: mails.left_behind(facts, count=count, whys=whys), at=at)


def _facts(mailbox: Mailbox, *, since: datetime, at: datetime) -> mails.MailboxFacts:
    desk = Desk.objects.get()
    return mails.MailboxFacts(
        desk=desk_facts_of(desk),
        address=mailbox.address,
        folder=mailbox.folder,
        why=mailbox.last_error,
        since=since,
        now=at,
        zone=desk.zone,
        url=f"{desk.public_url}{_PAGE}",
    )
