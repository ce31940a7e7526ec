"""Whether a machine wrote a mail, of which kind, and by what sign it is known.

Headers come first, since they are meant for machines. A subject or a text alone never makes a
machine of anybody: people write about automatic replies and codes, too. Each class is told with
the sign that it was known by, so that everybody can see why a mail was taken as it was.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from dueline.core import machine_words as words
from dueline.core.inbound import File, Machine
from dueline.core.mail_text import clean_line

_TEXT_READ = 5000  # letters in which a code would stand
_CALENDAR_READ = 20_000
_SERVERS = frozenset({"mailer-daemon", "mail-daemon", "maildaemon", "mailerdaemon"})
_NO_REPLY = re.compile(r"^(?:no|do-?not|nao|ne-?pas)[._-]?(?:reply|repondre)|[._-]no-?reply$")


@dataclass(frozen=True, slots=True)
class Sign:
    """What a mail shows of who wrote it.

    headers: names in lower case, without our own. sender: the address in From.
    mail_from: the envelope's sender; "" is the null sender, None is unknown.
    text: the sender's own words, without what they quote. is_returned: its words are those with
    which mail servers give mail back (see `intake.mail.bounces`).
    """

    headers: Mapping[str, str]
    sender: str
    mail_from: str | None = None
    subject: str = ""
    text: str = ""
    files: Sequence[File] = ()
    is_returned: bool = False

    def header(self, name: str) -> str:
        return self.headers.get(name, "").lower().strip()

    @property
    def local(self) -> str:
        return self.sender.split("@")[0]

    @property
    def submitted(self) -> str:
        """What RFC 3834 calls it: "auto-replied", "auto-generated", …"""
        return re.split(r"[;(\s]", self.header("auto-submitted"))[0]

    @property
    def precedence(self) -> str:
        return self.header("precedence")

    @property
    def has_null_sender(self) -> bool:
        return self.mail_from == ""


def machine_class(sign: Sign) -> tuple[Machine, str]:
    """Return what kind of machine wrote a mail, and what says so.

    Sources: RFC 3834 (Auto-Submitted), RFC 3464 (delivery reports), RFC 8098 (read receipts),
    RFC 5965 (complaints), RFC 7489 (DMARC reports), RFC 2919 (List-Id), RFC 5546 (calendars).
    """
    for machine, because in _BY_KIND:
        if said := because(sign):
            return machine, said
    return Machine.NONE, ""


# --- reports -----------------------------------------------------------------------------------


def _report_type(sign: Sign) -> str:
    kind = sign.header("content-type").replace(" ", "").replace('"', "")
    found = re.search(r"report-type=([a-z-]{1,40})", kind)
    return found[1] if kind.startswith("multipart/report") and found else ""


def _receipt(sign: Sign) -> str:
    if _report_type(sign).startswith("disposition"):
        return "it says that a mail was read, or deleted"
    return ""


def _report(sign: Sign) -> str:
    if _report_type(sign) == "feedback-report":
        return "a complaint by a recipient’s mail provider"
    if _report_type(sign) == "tlsrpt" or "tls-report-domain" in sign.headers:
        return "a report about encryption between mail servers"
    if words.DMARC_SUBJECT.match(sign.subject) and any(
        words.DMARC_FILE.fullmatch(file.name.lower()) for file in sign.files
    ):
        return "a report about who sends mail in our name"
    return ""


def _bounce(sign: Sign) -> str:
    if _report_type(sign) == "delivery-status":
        return "a delivery report"
    if "x-failed-recipients" in sign.headers or sign.local in _SERVERS:
        return "written by a mail server"
    if sign.local == "postmaster":
        # People have this address, too: a mail server shows itself by a second sign.
        is_one = sign.has_null_sender or sign.submitted.startswith("auto-") or sign.is_returned
        return "written by a mail server" if is_one else ""
    if sign.is_returned and (sign.has_null_sender or sign.submitted.startswith("auto-")):
        return "a mail server gives a mail back in words of its own"
    return ""


# --- answers by themselves ---------------------------------------------------------------------


def _auto_reply(sign: Sign) -> str:
    if sign.submitted == "auto-replied":
        return "Auto-Submitted: auto-replied"
    for header in words.ANSWERS_BY_ITSELF:
        if sign.header(header) not in ("", "no", "false", "none"):
            return f"an automatic reply, by its header {header.title()}"
    if sign.precedence in ("auto_reply", "auto-reply"):
        return "an automatic reply, by its header Precedence"
    if words.AUTOMATIC_SUBJECT.match(sign.subject) and (second := _second_sign(sign)):
        return f"an automatic reply, by its subject and {second}"
    return ""


def _second_sign(sign: Sign) -> str:
    """Return what besides the subject tells an automatic reply from somebody who writes of one."""
    if sign.has_null_sender:
        return "an envelope without a sender"
    if sign.submitted.startswith("auto-"):
        return "Auto-Submitted"
    if "x-ms-exchange-inbox-rules-loop" in sign.headers or _is_by_a_rule(sign):
        return "a mark of Exchange"
    if _asks_for_no_reply(sign):
        return "X-Auto-Response-Suppress"
    if sign.precedence in ("bulk", "junk", "list"):
        return "Precedence"
    return "a sender that nobody reads" if _NO_REPLY.search(sign.local) else ""


def _calendar(sign: Sign) -> str:
    """The answer to an invitation that its calendar wrote; with words of a person it is a mail."""
    for file in sign.files:
        if file.media_type != "text/calendar" and not file.name.lower().endswith(".ics"):
            continue
        told = file.content[:_CALENDAR_READ].decode("utf-8", "replace")
        if not re.search(r"(?m)^METHOD:REPLY\b", told) or re.search(r"(?m)^COMMENT[:;]", told):
            continue
        if not sign.text.strip() or (len(sign.text) < 400 and words.ACCEPTS.search(sign.text)):
            return "the answer of a calendar to an invitation"
    return ""


# --- other services ----------------------------------------------------------------------------


def _code(sign: Sign) -> str:
    """A code or link by which somebody proves that they read our mail (i31)."""
    if not (_NO_REPLY.search(sign.local) or words.SECURITY_SENDER.search(sign.local)) and not (
        sign.submitted.startswith("auto-") or _is_to_many(sign) or sign.has_null_sender
    ):
        return ""
    told = f"{sign.subject}\n{sign.text[:_TEXT_READ]}"
    if words.CODE.search(told) and words.DIGITS.search(told):
        return "another service sends a code that proves an address"
    if words.PROOF.search(told):
        return "another service asks to prove an address, or to sign in"
    return ""


def _bulk(sign: Sign) -> str:
    return "sent over a list or to many" if _is_to_many(sign) else ""


def _is_to_many(sign: Sign) -> bool:
    return (
        "list-id" in sign.headers
        or "list-unsubscribe" in sign.headers
        or sign.precedence in ("list", "bulk", "junk")
    )


def _automatic(sign: Sign) -> str:
    by_rule = _is_by_a_rule(sign)
    if sign.submitted.startswith("auto-") and not by_rule:
        return f"Auto-Submitted: {clean_line(sign.submitted)[:40]}"
    if sign.has_null_sender and not by_rule:
        return "its envelope has no sender"
    if _NO_REPLY.search(sign.local):
        return "nobody reads the sender’s address"
    if _asks_for_no_reply(sign) and not by_rule:
        return "it asks for no automatic reply"
    return ""


def _is_by_a_rule(sign: Sign) -> bool:
    """Whether a mailbox rule passed it on, and marked what a person wrote as generated."""
    source = sign.header("x-ms-exchange-generated-message-source")
    return (
        "rules agent" in source
        or "x-ms-exchange-inbox-rules-loop" in sign.headers
        or "resent-from" in sign.headers
    )


def _asks_for_no_reply(sign: Sign) -> bool:
    wishes = re.split(r"[,\s]+", sign.header("x-auto-response-suppress"))
    return bool({"all", "autoreply", "oof"} & set(wishes))


# The first that finds its sign counts.
_BY_KIND: tuple[tuple[Machine, Callable[[Sign], str]], ...] = (
    (Machine.RECEIPT, _receipt),
    (Machine.REPORT, _report),
    (Machine.BOUNCE, _bounce),
    (Machine.AUTO_REPLY, _auto_reply),
    (Machine.CALENDAR, _calendar),
    (Machine.CODE, _code),
    (Machine.BULK, _bulk),
    (Machine.AUTOMATIC, _automatic),
)
