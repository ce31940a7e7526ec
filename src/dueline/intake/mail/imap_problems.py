"""What is wrong with a mailbox, in a sentence that its administrator can act on."""

import imaplib
import re
import socket
import ssl

from django.utils.translation import gettext as _
from imap_tools.errors import MailboxStarttlsError, UnexpectedCommandStatusError

from dueline.core.errors import TryLater
from dueline.intake.mail.imap import NoSuchFolder, Refused, SignInRefused
from dueline.models import Mailbox

# Of the library, and not the server's.
_OUR_WORDS = ("socket error", "unexpected", "System")
_COMMAND = re.compile(r"command: \w+ => ")


def is_of_the_world(error: Exception) -> bool:
    """Whether it is the server, the network or a setting; else it is a bug of ours."""
    return isinstance(
        error,
        OSError
        | imaplib.IMAP4.error
        | UnexpectedCommandStatusError
        | SignInRefused
        | NoSuchFolder
        | Refused
        | TryLater,
    )


def problem_of(error: Exception, mailbox: Mailbox) -> str:
    """Return what went wrong as a sentence, in the language that is active."""
    place = {"host": mailbox.imap_host, "port": mailbox.imap_port}
    match error:
        case TryLater():
            return str(error)
        case SignInRefused():
            return _sign_in(error, mailbox)
        case NoSuchFolder():
            named = ", ".join(f"“{name}”" for name in error.there_are)
            return _("The folder “%(name)s” does not exist. There are: %(folders)s.") % {
                "name": error.name,
                "folders": named,
            }
        case Refused():
            return _said(_("The server refused a command."), error.words)
        case OSError():
            return _network(error, place)
        case MailboxStarttlsError():
            return _no_starttls(place)
        case imaplib.IMAP4.abort():
            return _ended(error, place)
        case imaplib.IMAP4.error() if "TLS not supported" in str(error):
            return _no_starttls(place)
        case UnexpectedCommandStatusError() | imaplib.IMAP4.error():
            return _("%(host)s gave an answer that could not be understood.") % place
    return _("It failed: %(name)s.") % {"name": type(error).__name__}


def _sign_in(error: SignInRefused, mailbox: Mailbox) -> str:
    if "UNAVAILABLE" in error.words or "INUSE" in error.words:
        return _said(_("The server lets nobody in at present."), error.words)
    if "PRIVACYREQUIRED" in error.words:
        return _said(_("The server takes a password only when TLS or STARTTLS is on."), error.words)
    if mailbox.sign_in == Mailbox.SignIn.PASSWORD:
        sentence = _("The server refused the password of “%(name)s”.")
    else:
        sentence = _("The server refused the permission for “%(name)s”.")
    return _said(sentence % {"name": mailbox.imap_username or mailbox.address}, error.words)


def _said(sentence: str, words: str) -> str:
    return sentence + " " + _("It said: %(words)s") % {"words": words} if words else sentence


def _network(error: OSError, place: dict[str, object]) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        why = {"why": (error.verify_message or str(error)).rstrip(".")}
        return _("The certificate of %(host)s is not valid: %(why)s.") % {**place, **why}
    if isinstance(error, ssl.SSLError):
        return (
            _("%(host)s does not speak TLS on port %(port)s: try STARTTLS, or another port.")
            % place
        )
    if isinstance(error, socket.gaierror):
        if error.errno == socket.EAI_AGAIN:
            return _("The name server that should know %(host)s does not answer.") % place
        return _("No name server knows %(host)s.") % place
    if isinstance(error, ConnectionRefusedError):
        return _("Nothing listens on port %(port)s of %(host)s.") % place
    if isinstance(error, TimeoutError):
        return _("%(host)s did not answer in time.") % place
    if isinstance(error, ConnectionError):
        return _("The connection to %(host)s was cut.") % place
    return _("%(host)s cannot be reached: %(why)s.") % {
        **place,
        "why": error.strerror or type(error).__name__,
    }


def _ended(error: imaplib.IMAP4.abort, place: dict[str, object]) -> str:
    words = _COMMAND.sub("", str(error))
    if not words or words.startswith(_OUR_WORDS):
        return _("The connection to %(host)s was cut.") % place
    return _said(_("The server ended the connection."), words)


def _no_starttls(place: dict[str, object]) -> str:
    return _("%(host)s offers no STARTTLS on port %(port)s: try TLS, or another port.") % place
