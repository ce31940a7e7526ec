"""The doors through which requests arrive in writing, and who reads what came through each.

What comes by any of these is kept raw first (`actions.inbox.keep_raw`) and read later, by the
worker. The web form and the call desk join at the act: a person has filled them in.

To add one, see docs/howto/add-a-channel.md.
"""

from collections.abc import Callable, Mapping

from dueline.core.inbound import Inbound
from dueline.intake.mail.child import Reader, Unreadable
from dueline.intake.mail.trust import Checker
from dueline.intake.phone import voicemails

__all__ = ["READERS", "SURE_DOORS", "Unreadable", "close", "look"]

_mail = Reader()
_checker = Checker()
look = _checker.look


def _by_envelope(raw: bytes, mail_from: str, region: str) -> Inbound:
    return _mail.read(raw, mail_from=mail_from, region=region)


def _by_headers(raw: bytes, mail_from: str, region: str) -> Inbound:
    # Nobody may have told the envelope's sender: then a null sender is not meant.
    return _mail.read(raw, mail_from=mail_from or None, region=region)


def _by_phone(raw: bytes, mail_from: str, region: str) -> Inbound:
    return voicemails.read(raw, region=region)


# door → read what came: (bytes, envelope's sender, region of telephone numbers). Raises Unreadable.
READERS: Mapping[str, Callable[[bytes, str, str], Inbound]] = {
    "smtp": _by_envelope,
    "lmtp": _by_envelope,
    "pipe": _by_headers,
    "imap": _by_headers,
    "upload": _by_headers,  # a recording, with what an engineer says of it as headers
    "webhook": _by_headers,  # of some services nothing is heard about the envelope
    "phone": _by_phone,
}
# Doors at which it was known who came: what they brought is no mail that could be checked.
SURE_DOORS = frozenset({"phone", "upload"})


def close() -> None:
    """End what the readers keep running between two mails."""
    _mail.close()
    _checker.close()
