"""The mail services that hand over mail by calling us, each read by django-anymail's own view.

Of those views only the checks are used, and how they put text and files together. Their signal is
never sent, and neither a whole mail nor a header is parsed here: that is for the reader's child
process, which has bounds.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.policy import SMTP
from email.utils import formataddr
from typing import Any
from urllib.parse import quote

import requests
from anymail.exceptions import AnymailConfigurationError, AnymailWebhookValidationFailure
from anymail.inbound import AnymailInboundMessage
from anymail.webhooks.base import AnymailBaseWebhookView
from anymail.webhooks.brevo import BrevoInboundWebhookView
from anymail.webhooks.mailgun import MailgunInboundWebhookView
from anymail.webhooks.mailjet import MailjetInboundWebhookView
from anymail.webhooks.postmark import PostmarkInboundWebhookView
from anymail.webhooks.sendgrid import SendGridInboundWebhookView

from dueline.core.errors import TryLater
from dueline.intake.mail.calls import Call, Unreadable
from dueline.intake.mail.decode import decode
from dueline.intake.mail.limits import LARGEST_MAIL
from dueline.models.mailboxes import MailWebhook

Provider = MailWebhook.Provider

# Services try again for hours, none of them for a day: what is older is somebody else's copy.
_OLDEST_SIGNATURE = timedelta(days=1)
_LONGEST_NAME = 200
_SECONDS = 10
_NAME = re.compile(r"[!-9;-~]{1,100}")  # of a header (RFC 5322, 2.2)
_FOLD = re.compile(r"\r?\n[ \t]+")


# What a call that is built in some unforeseen way makes the reading of it raise.
_UNUSUAL = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    Unreadable,
    ValueError,
)


class Forged(Exception):
    """The call does not prove that it comes from the service."""


class NoMail(Exception):
    """The service told of something else: the address stands in the wrong place there."""


@dataclass(frozen=True, slots=True)
class Brought:
    """One mail, with what the service says of its envelope ("" and () where it says nothing)."""

    raw: bytes
    mail_from: str = ""
    rcpt_to: tuple[str, ...] = ()


def read_call(provider: str, call: Call, *, key: str, at: datetime) -> list[Brought]:
    """Return the mails that a call brings; one that cannot be read is brought as the call itself.

    key: what the service signs with, or opens its files to. Raises Forged, NoMail, TryLater.
    """
    view = _VIEWS[provider](key)
    _check(view, call, at=at)
    try:
        taken = _TAKEN_APART[provider](call)
        if taken.whole:
            return [Brought(taken.whole, *taken.mails[0].envelope)]
        messages = [event.message for event in view.parse_events(taken.rest)]
        return [
            _built(message, head, seed=call.body)
            for message, head in zip(messages, taken.mails, strict=True)
        ]
    except AnymailConfigurationError as error:
        raise NoMail from error
    except _UNUSUAL:
        return [Brought(call.body)]


def _check(view: AnymailBaseWebhookView, call: Call, *, at: datetime) -> None:
    try:
        view.run_validators(call)
        if isinstance(view, _Mailgun) and call.content_type != "application/json":
            signed_at = datetime.fromtimestamp(int(str(call.POST["timestamp"])), tz=at.tzinfo)
            if abs(at - signed_at) > _OLDEST_SIGNATURE:
                raise Forged
    except (AnymailWebhookValidationFailure, OSError, *_UNUSUAL) as error:
        raise Forged from error


# --- what a service says of a mail -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Head:
    """The headers of a mail as the service gives them, and its envelope."""

    headers: tuple[tuple[str, str], ...]
    sender: Any = ""
    recipients: Any = ()

    @property
    def envelope(self) -> tuple[str, tuple[str, ...]]:
        several = self.recipients if isinstance(self.recipients, list) else [self.recipients]
        told = tuple(one.strip("<> ") for one in several if isinstance(one, str) and one)
        return (self.sender.strip("<> ") if isinstance(self.sender, str) else ""), told


@dataclass(frozen=True, slots=True)
class _TakenApart:
    """whole: the mail byte for byte, where the service was told to hand it over so.

    Otherwise django-anymail puts text and files together. rest: the call without the headers: the
    standard library needs minutes for some of them, and here nobody would stop it.
    """

    mails: list[_Head]
    rest: Call
    whole: bytes | None = None


def _mailgun(call: Call) -> _TakenApart:
    form = call.POST
    headers = json.loads(form.get("message-headers", "[]"))
    head = _Head(_pairs(headers), form.get("sender"), form.get("recipient"))
    is_mail = form.get("event", "inbound") == "inbound"
    whole = call.bytes_of("body-mime") if is_mail else None
    return _TakenApart([head], call.with_fields({"message-headers": "[]"}), whole)


def _sendgrid(call: Call) -> _TakenApart:
    form = call.POST
    said = json.loads(form.get("envelope", "{}"))
    lines = _FOLD.sub(" ", form.get("headers", "")).splitlines()
    headers = [line.partition(":")[::2] for line in lines]
    head = _Head(_pairs(headers), said.get("from"), said.get("to"))
    rest = {"headers": "", "charsets": "{}", **_in_utf8(call, ("text", "html"))}
    if "headers" not in form:
        del rest["headers"]
    return _TakenApart([head], call.with_fields(rest), call.bytes_of("email"))


def _in_utf8(call: Call, names: tuple[str, ...]) -> dict[str, str]:
    charsets = json.loads(call.POST.get("charsets", "{}"))
    fields = {name: call.bytes_of(name) for name in names}
    return {
        name: decode(content, str(charsets.get(name, "")))[0]
        for name, content in fields.items()
        if content is not None
    }


def _postmark(call: Call) -> _TakenApart:
    told = json.loads(call.body)
    headers = [(header["Name"], header["Value"]) for header in told.get("Headers", [])]
    is_told = bool(headers) and headers[0][0].lower() == "return-path"
    sender = headers.pop(0)[1] if is_told else ""
    for name, field in (("Date", "Date"), ("Reply-To", "ReplyTo"), ("Subject", "Subject")):
        headers.append((name, told.get(field, "")))
    for name, field in (("From", "FromFull"), ("To", "ToFull"), ("Cc", "CcFull")):
        headers.append((name, _people(told.get(field))))
    head = _Head(_pairs(headers), sender, told.get("OriginalRecipient"))
    whole = told.get("RawEmail") if told.get("RecordType", "Inbound") == "Inbound" else None
    light = dict.fromkeys(("FromFull", "ToFull", "CcFull", "BccFull", "Date", "ReplyTo"))
    files = [{**file, "Name": _short(file.get("Name"))} for file in told.get("Attachments", [])]
    light |= {"Headers": [], "Subject": "", "Attachments": files}
    return _TakenApart(
        [head],
        call.with_body(json.dumps({**told, **light}).encode()),
        whole.encode("utf-8", "surrogatepass") if whole else None,
    )


def _people(told: Any) -> str:
    several = told if isinstance(told, list) else [told] if told else []
    return ", ".join(formataddr((_short(one.get("Name")), one["Email"])) for one in several)


def _mailjet(call: Call) -> _TakenApart:
    told = json.loads(call.body)
    head = _Head(_spread(told.get("Headers", {})), told.get("Sender"), told.get("Recipient"))
    parts = [
        {**part, "Headers": {name: _short(v) for name, v in part.get("Headers", {}).items()}}
        for part in told.get("Parts", [])
    ]
    rest = json.dumps({**told, "Headers": {}, "Parts": parts}).encode()
    return _TakenApart([head], call.with_body(rest))


def _brevo(call: Call) -> _TakenApart:
    told = json.loads(call.body)
    heads, items = [], []
    for one in told.get("items", []):
        headers = one.get("Headers", {})
        sender, recipient = headers.get("Return-Path"), headers.get("Delivered-To")
        heads.append(_Head(_spread(headers), sender, recipient))
        files = [{**file, "Name": _short(file.get("Name"))} for file in one.get("Attachments", [])]
        items.append({**one, "Headers": {}, "Attachments": files})
    rest = {**told, "items": items} if "items" in told else told
    return _TakenApart(heads, call.with_body(json.dumps(rest).encode()))


_TAKEN_APART: Mapping[str, Callable[[Call], _TakenApart]] = {
    Provider.MAILGUN: _mailgun,
    Provider.POSTMARK: _postmark,
    Provider.SENDGRID: _sendgrid,
    Provider.MAILJET: _mailjet,
    Provider.BREVO: _brevo,
}


def _spread(headers: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """headers: by name, each with its value or with a list of them."""
    return _pairs(
        (name, value)
        for name, values in headers.items()
        for value in (values if isinstance(values, list) else [values])
    )


def _pairs(headers: Iterable[Any]) -> tuple[tuple[str, str], ...]:
    """Return the headers that may stand before the parts that are put together here."""
    found: dict[int, tuple[str, str]] = {}
    for number, (name, value) in enumerate(headers):
        if not isinstance(value, str):
            raise TypeError("a header is no text")
        own = name.lower().startswith("content-") or name.lower() == "mime-version"
        if value.strip() and not own and _NAME.fullmatch(name):
            found[number] = (name, " ".join(value.split()))
    return tuple(found.values())


def _short(text: Any) -> str:
    return str(text or "")[:_LONGEST_NAME]


def _built(message: AnymailInboundMessage, head: _Head, *, seed: bytes) -> Brought:
    """Put together what the service has taken apart: the same bytes for the same call."""
    mark = hashlib.sha256(seed).hexdigest()[:24]
    multiparts = (part for part in message.walk() if part.get_content_maintype() == "multipart")
    for number, part in enumerate(multiparts):
        part.set_boundary(f"=_{mark}_{number}")
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.headers)
    for name in {*message.keys()} - {"MIME-Version", "Content-Type"}:
        del message[name]
    raw = lines.encode("utf-8", "replace") + message.as_bytes(policy=SMTP)
    return Brought(raw, *head.envelope)


# --- django-anymail's views ------------------------------------------------------------------


class _Mailgun(MailgunInboundWebhookView):
    def __init__(self, key: str) -> None:
        super().__init__(webhook_signing_key=key)


# The other services sign nothing: what proves a call is the secret in the address it goes to.


class _Postmark(PostmarkInboundWebhookView):
    warn_if_no_basic_auth = False

    def __init__(self, key: str) -> None:
        super().__init__()


class _SendGrid(SendGridInboundWebhookView):
    warn_if_no_basic_auth = False

    def __init__(self, key: str) -> None:
        # Not the parent's: it warns, for each call, that nobody tries it with the service any more.
        AnymailBaseWebhookView.__init__(self)


class _Mailjet(MailjetInboundWebhookView):
    warn_if_no_basic_auth = False

    def __init__(self, key: str) -> None:
        super().__init__()


class _Brevo(BrevoInboundWebhookView):
    warn_if_no_basic_auth = False

    def __init__(self, key: str) -> None:
        super().__init__(api_key=key)

    def _fetch_attachment(self, attachment: Mapping[str, str]) -> Any:
        """Fetch a file, in bounded time and size, from the one host that holds them."""
        token = quote(attachment["DownloadToken"], safe="")
        headers = {"api-key": self.api_key}
        try:
            with requests.get(
                f"{self.api_url}inbound/attachments/{token}",
                headers=headers,
                timeout=_SECONDS,
                allow_redirects=False,
                stream=True,
            ) as answer:
                if answer.status_code != 200:
                    raise TryLater(f"Brevo did not hand over a file ({answer.status_code}).")
                content = answer.raw.read(LARGEST_MAIL + 1, decode_content=True)
        except requests.RequestException as error:
            raise TryLater("Brevo did not hand over a file.") from error
        return AnymailInboundMessage.construct_attachment(
            content_type=answer.headers.get("Content-Type") or attachment["ContentType"],
            content=content,
            filename=attachment.get("Name"),
            content_id=attachment.get("ContentID"),
        )


_VIEWS: Mapping[str, Callable[[str], AnymailBaseWebhookView]] = {
    Provider.MAILGUN: _Mailgun,
    Provider.POSTMARK: _Postmark,
    Provider.SENDGRID: _SendGrid,
    Provider.MAILJET: _Mailjet,
    Provider.BREVO: _Brevo,
}
