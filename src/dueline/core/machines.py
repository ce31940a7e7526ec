"""Whether a machine wrote a mail, of which kind, and by what sign it is known."""

import re
from collections.abc import Mapping

from dueline.core.inbound import Machine
from dueline.core.mail_text import clean_line

_SERVERS = frozenset({"mailer-daemon", "postmaster", "mail-daemon", "maildaemon"})
_NO_REPLY = re.compile(r"^(no|do-?not|donot)[._-]?reply|^noreply|-noreply$")


def machine_class(
    headers: Mapping[str, str], *, sender: str, mail_from: str | None
) -> tuple[Machine, str]:
    """Return what kind of machine wrote a mail, and the header that says so.

    headers: names in lower case, without our own. sender: the address in From.
    mail_from: the envelope's sender; "" is the null sender, None is unknown.
    Sources: RFC 3834 (Auto-Submitted), RFC 3464 (delivery reports), RFC 2919 (List-Id).
    """
    submitted = headers.get("auto-submitted", "").lower().split(";")[0].strip()
    precedence = headers.get("precedence", "").lower().strip()
    local = sender.split("@")[0]
    if _is_report(headers.get("content-type", "")):
        return Machine.BOUNCE, "a delivery report"
    if local in _SERVERS or "x-failed-recipients" in headers:
        return Machine.BOUNCE, "written by a mail server"
    if submitted == "auto-replied" or _answers_by_itself(headers, precedence):
        return Machine.AUTO_REPLY, "an automatic reply"
    if "list-id" in headers or precedence in ("list", "bulk", "junk"):
        return Machine.BULK, "sent over a list or to many"
    if submitted.startswith("auto-") and not _was_forwarded_by_a_rule(headers):
        return Machine.AUTOMATIC, f"Auto-Submitted: {clean_line(submitted)[:40]}"
    if mail_from == "":
        return Machine.AUTOMATIC, "its envelope has no sender"
    if _NO_REPLY.search(local):
        return Machine.AUTOMATIC, "nobody reads the sender's address"
    if _wants_no_reply(headers):
        return Machine.AUTOMATIC, "it asks for no automatic reply"
    return Machine.NONE, ""


def _is_report(content_type: str) -> bool:
    kind = content_type.lower().replace(" ", "").replace('"', "")
    return kind.startswith("multipart/report") and (
        "report-type=delivery-status" in kind or "report-type=disposition" in kind
    )


def _answers_by_itself(headers: Mapping[str, str], precedence: str) -> bool:
    return (
        precedence in ("auto_reply", "auto-reply")
        or "x-autoreply" in headers
        or "x-autorespond" in headers
        or headers.get("x-auto-reply-from", "") != ""
    )


def _was_forwarded_by_a_rule(headers: Mapping[str, str]) -> bool:
    # Exchange marks what a mailbox rule passes on as auto-generated; a person wrote it.
    source = headers.get("x-ms-exchange-generated-message-source", "").lower()
    return "rules agent" in source or "x-ms-exchange-inbox-rules-loop" in headers


def _wants_no_reply(headers: Mapping[str, str]) -> bool:
    wishes = re.split(r"[,\s]+", headers.get("x-auto-response-suppress", "").lower())
    return bool({"all", "autoreply", "oof"} & set(wishes))
