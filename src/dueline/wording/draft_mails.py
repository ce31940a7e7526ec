"""What the desk writes to a colleague about a letter of theirs that did not leave."""

from django.utils.translation import gettext as _

from dueline.wording.mail_paper import MailText, one_line, write


def not_sent(*, number: str, subject: str, why: str, url: str) -> MailText:
    """why: a whole sentence, in the reader's language."""
    facts = {"number": number, "subject": one_line(subject)}
    paragraphs = (
        _("What you wrote in %(number)s was not sent: “%(subject)s”.") % facts,
        why,
        _("Your text is kept. Read the case, and send it or discard it."),
        url,
    )
    return write(_("[%(number)s] Not sent") % facts, paragraphs)
