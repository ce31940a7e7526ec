"""Trying a mailbox before it is stored: what is found there, or what is wrong."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dueline.intake.mail import imap
from dueline.intake.mail.imap_problems import is_of_the_world, problem_of
from dueline.models import Mailbox


@dataclass(frozen=True, slots=True)
class Trial:
    """is_well: mail would be fetched. said: sentences, the first one the most important."""

    is_well: bool
    said: tuple[str, ...]


def try_mailbox(mailbox: Mailbox) -> Trial:
    """Connect with what was typed, look around, and change nothing there."""
    try:
        seen = imap.look(mailbox)
    except Exception as error:
        if not is_of_the_world(error):
            raise
        return Trial(False, (problem_of(error, mailbox),))
    wrong = _cannot_mark(mailbox, seen)
    return Trial(not wrong, (*wrong, *_found(mailbox, seen)))


def _cannot_mark(mailbox: Mailbox, seen: imap.Seen) -> tuple[str, ...]:
    """A mail that cannot be marked is fetched once all the same; what is left there grows."""
    named = {"name": mailbox.done_folder, "folders": ", ".join(f"“{n}”" for n in seen.folders[:20])}
    moves = mailbox.afterwards == Mailbox.Afterwards.MOVE
    if moves and mailbox.done_folder not in seen.folders:
        return (_("The folder “%(name)s” does not exist. There are: %(folders)s.") % named,)
    if seen.is_read_only:
        return (_("The folder can only be read: mails cannot be marked as seen or moved in it."),)
    return ()


def _found(mailbox: Mailbox, seen: imap.Seen) -> tuple[str, ...]:
    place = {"host": mailbox.imap_host, "port": mailbox.imap_port, "name": mailbox.folder}
    connected = _("Signed in at %(host)s, port %(port)s.") % place
    folder = ngettext(
        "The folder “%(name)s” is there and holds %(mails)s mail; unread: %(unread)s.",
        "The folder “%(name)s” is there and holds %(mails)s mails; unread: %(unread)s.",
        seen.mails,
    ) % {**place, "mails": seen.mails, "unread": seen.unread}
    news = (
        _("The server tells of new mail at once (IDLE).")
        if seen.idles
        else _("The server does not tell of new mail (no IDLE): it is asked every minute.")
    )
    return connected, folder, news, *_afterwards(mailbox, seen)


def _afterwards(mailbox: Mailbox, seen: imap.Seen) -> tuple[str, ...]:
    if mailbox.afterwards != Mailbox.Afterwards.MOVE:
        return (_("Fetched mails are marked as seen."),) if not seen.is_read_only else ()
    if mailbox.done_folder in seen.folders and not seen.is_read_only:
        return (_("Fetched mails are moved to “%(name)s”.") % {"name": mailbox.done_folder},)
    return ()
