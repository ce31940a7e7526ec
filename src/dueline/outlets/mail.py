"""Mail out by SMTP: an outbox row becomes a message, and the message goes to the desk's server.

Every value in it came from somebody else, so it is built by the library from parsed objects, and a
line break in a header raises (i50, i37).
"""

import re
import select
import smtplib
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy

from dueline.core.crash_points import crash_point
from dueline.core.errors import GiveUp, Refusal, TryLater
from dueline.outlets.signing import Signature, sign

TIMEOUT = 20.0  # seconds for each whole answer of the server …
SLOWEST_ANSWER = 300.0  # … but for the last one: it may look through the whole message first
_SLICE = 10.0  # how often we show a sign of life while waiting for that
_CHUNK = 64 * 1024  # must go out within TIMEOUT: 3 kB a second are enough
_LONGEST_ANSWER = 64 * 1024
# Not our mail's fault: the server wants something of whoever set it up.
_NOT_SET_UP = {530, 534, 535, 538}


class ServerDown(TryLater):
    """The server cannot be reached or will not serve us at all: every mail waits."""


class AnswerLost(TryLater):
    """The whole mail went out, and the answer never came: it may have arrived."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail goes. security: "none", "starttls" or "tls". trusted: for tests."""

    host: str
    port: int
    security: str
    username: str = ""
    password: str = field(default="", repr=False)
    trusted: ssl.SSLContext | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class File:
    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail to one address.

    auto_submitted: what RFC 3834 calls it: "" (a person wrote it), "auto-replied" or
    "auto-generated". reply_to: "" where an answer goes to the sender's own address. return_path:
    where a bounce goes; "": to where an answer goes. shown_to, shown_cc: (name, address) of all who
    get it together; empty: it is shown as written to this one alone. unsubscribe_url: takes a POST
    that ends such mail for good.
    """

    from_name: str
    from_address: str
    to_name: str
    to_address: str
    subject: str
    text: str
    mail_id: str
    written_at: datetime
    reply_to: str = ""
    return_path: str = ""
    in_reply_to: str = ""
    references: str = ""
    auto_submitted: str = ""
    files: tuple[File, ...] = ()
    html: str = ""
    shown_to: tuple[tuple[str, str], ...] = ()
    shown_cc: tuple[tuple[str, str], ...] = ()
    unsubscribe_url: str = ""


# --- the message -------------------------------------------------------------------------------


class _Policy(EmailPolicy):
    """The library's SMTP policy, without two of its faults.

    It would encode a Message-ID or an address of a page that is longer than a line, and no mail
    program knows it then; and it loses spaces between the encoded words of a long subject.
    """

    def fold(self, name: str, value: str) -> str:
        if name.lower() in ("message-id", "in-reply-to", "references", "list-unsubscribe"):
            return f"{name}: " + "\r\n ".join(str(value).split()) + "\r\n"
        if name.lower() == "subject" and not str(value).isascii():
            words = Header(str(value), "utf-8", header_name=name).encode(linesep="\r\n")
            return f"{name}: {words}\r\n"
        return super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode("ascii")


# 7bit: the next server need not offer 8BITMIME.
_POLICY = _Policy(linesep="\r\n", cte_type="7bit", header_factory=SMTP.header_factory)
_MEDIA_TYPE = re.compile(r"(?!multipart|message)([a-z0-9.+-]{1,60})/([a-z0-9.+-]{1,60})")


def build(letter: Letter) -> EmailMessage:
    """Return the message of a letter. Raises ValueError when a header would break a line."""
    message = EmailMessage(policy=_POLICY)
    message["From"] = _address(letter.from_name, letter.from_address)
    shown = letter.shown_to or ((letter.to_name, letter.to_address),)
    message["To"] = tuple(_address(*one) for one in shown)
    if letter.shown_cc:
        message["Cc"] = tuple(_address(*one) for one in letter.shown_cc)
    if letter.reply_to:
        message["Reply-To"] = _address(letter.from_name, letter.reply_to)
    message["Subject"] = _whole(letter.subject)
    message["Date"] = letter.written_at
    message["Message-ID"] = _whole(letter.mail_id)
    if letter.in_reply_to:
        message["In-Reply-To"] = _whole(letter.in_reply_to)
        message["References"] = _whole(letter.references)
    if letter.auto_submitted:
        message["Auto-Submitted"] = letter.auto_submitted
        message["X-Auto-Response-Suppress"] = "All"  # what Exchange heeds instead
    if letter.unsubscribe_url:
        message["List-Unsubscribe"] = f"<{_whole(letter.unsubscribe_url)}>"
        if letter.unsubscribe_url.startswith("https:"):  # RFC 8058 knows no other
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(letter.text)
    if letter.html:
        message.add_alternative(letter.html, subtype="html")
    for file in letter.files:
        main, sub = _media_type(file.media_type)
        message.add_attachment(file.content, maintype=main, subtype=sub, filename=_whole(file.name))
    return message


def _address(name: str, address: str) -> Address:
    local, _, domain = address.rpartition("@")
    if not local.isascii():
        raise ValueError("an address with letters beyond a–z before the @")
    # A domain in another script has a spelling that every server knows.
    ascii_domain = domain if domain.isascii() else domain.encode("idna").decode("ascii")
    return Address(display_name=_whole(name), username=_whole(local), domain=_whole(ascii_domain))


def _whole(value: str) -> str:
    if any(character in value for character in "\r\n\0"):
        raise ValueError("a line break in the header of an outgoing mail")
    return value


def _media_type(claimed: str) -> tuple[str, str]:
    match = _MEDIA_TYPE.fullmatch(claimed.lower())
    return (match[1], match[2]) if match else ("application", "octet-stream")


# --- the conversation --------------------------------------------------------------------------


def send(
    letter: Letter,
    server: Server,
    *,
    still_ours: Callable[[], bool],
    begin: Callable[[], bool],
    signature: Signature | None = None,
) -> bool:
    """Give a letter to the server. False: the lease was lost on the way, and nothing was sent.

    still_ours: prolongs the lease; asked between all steps. begin: stores that from here the mail
    may have left; called before the first byte of it. Raises GiveUp, TryLater, ServerDown or
    AnswerLost.
    """
    try:
        message = build(letter)
        content = _signed(message.as_bytes(), signature)
    except (ValueError, UnicodeError) as error:
        raise GiveUp(f"The mail cannot be written: {error}") from error
    with _connected(server) as smtp:
        _greet(smtp, server)
        if not still_ours():
            return False
        return_path = letter.return_path or _return_path(message)
        _address_it(smtp, _recipient(letter), return_path=return_path, size=len(content))
        if not begin():
            return False
        return _transmit(smtp, content, still_ours=still_ours)


def _signed(content: bytes, signature: Signature | None) -> bytes:
    if signature is None:
        return content
    try:
        return sign(content, signature)
    except Refusal:
        return content  # late is worse than unsigned, and a page says what is wrong with the key


@contextmanager
def _connected(server: Server) -> Iterator[smtplib.SMTP]:
    smtp = _connect(server)
    try:
        yield smtp
        # No waiting for the answer to it: nothing that comes now may undo that the mail is sent.
        with suppress(OSError, smtplib.SMTPException):
            smtp.putcmd("QUIT")
    finally:
        smtp.close()


def _connect(server: Server) -> smtplib.SMTP:
    try:
        if server.security == "tls":
            return _HiddenClient(server.host, server.port, timeout=TIMEOUT, context=_tls(server))
        return _Client(server.host, server.port, timeout=TIMEOUT)
    except (OSError, smtplib.SMTPException) as error:
        raise ServerDown(_said(error)) from error


def _tls(server: Server) -> ssl.SSLContext:
    return server.trusted or ssl.create_default_context()


def _greet(smtp: smtplib.SMTP, server: Server) -> None:
    """Say hello, hide from listeners and sign in. No failure here is the mail's own."""
    try:
        smtp.ehlo_or_helo_if_needed()
        if server.security == "starttls":
            smtp.starttls(context=_tls(server))
            smtp.ehlo()
        if server.username:
            smtp.login(server.username, server.password)
    except (OSError, smtplib.SMTPException) as error:
        raise ServerDown(_said(error)) from error


def _recipient(letter: Letter) -> str:
    """Return the envelope's recipient, whoever else is shown in the head of the mail."""
    return _address(letter.to_name, letter.to_address).addr_spec


def _address_it(smtp: smtplib.SMTP, to_address: str, *, return_path: str, size: int) -> None:
    """Give the envelope and ask for the word to go on. Up to here, nothing of the mail is sent."""
    options = [f"size={size}"] if smtp.has_extn("size") else []
    try:
        _demand(smtp.mail(return_path, options), 250)
        _demand(smtp.rcpt(to_address), 250, 251)
        _demand(smtp.docmd("DATA"), 354)
    except (OSError, smtplib.SMTPException) as error:
        raise TryLater(_said(error)) from error


def _return_path(message: EmailMessage) -> str:
    """Return the envelope's sender of a letter that names none: where an answer goes.

    It is never the null path: an acknowledgement to a mistyped address must be seen to bounce. No
    loop comes of it, because mail without a sender is never answered here (i41).
    """
    header = message["Reply-To"] or message["From"]
    return str(header.addresses[0].addr_spec)


def _transmit(smtp: smtplib.SMTP, content: bytes, *, still_ours: Callable[[], bool]) -> bool:
    content = smtplib._quote_periods(content)  # type: ignore[attr-defined]
    try:
        for start in range(0, len(content), _CHUNK):
            if not still_ours():
                return False  # the connection closes without the final dot: nothing was sent
            smtp.send(content[start : start + _CHUNK])
        crash_point("mail.before-dot")
        if not still_ours():
            return False
        smtp.send(b".\r\n" if content.endswith(b"\r\n") else b"\r\n.\r\n")
    except (OSError, smtplib.SMTPException) as error:
        raise TryLater(_said(error)) from error
    crash_point("mail.after-dot")
    try:
        answer = _read_answer(smtp, within=SLOWEST_ANSWER, meanwhile=still_ours)
    except (OSError, smtplib.SMTPException) as error:
        raise AnswerLost(_said(error)) from error
    _demand(answer, 250)
    return True


class _InTime:
    """Waits for a whole answer, and not for each byte of it: a server that sends one byte a second
    would keep us for hours, and our lease on the mail would be long gone."""

    def getreply(self) -> tuple[int, bytes]:
        return _read_answer(self, within=TIMEOUT)  # type: ignore[arg-type]


class _Client(_InTime, smtplib.SMTP):
    pass


class _HiddenClient(_InTime, smtplib.SMTP_SSL):
    pass


def _read_answer(
    smtp: smtplib.SMTP, *, within: float, meanwhile: Callable[[], object] = lambda: None
) -> tuple[int, bytes]:
    """Return code and text of the server's next answer.

    meanwhile: a sign of life, called every few seconds; whatever it says, the answer is awaited.
    """
    started_at = time.monotonic()
    said = b""
    while not _LAST_LINE.search(said):
        left = started_at + within - time.monotonic()
        if left <= 0 or len(said) > _LONGEST_ANSWER:
            smtp.close()
            raise TimeoutError("the server did not finish its answer in time")
        if not _is_readable(smtp, within=min(left, _SLICE)):
            meanwhile()
            continue
        assert smtp.sock is not None  # noqa: S101
        read = smtp.sock.recv(4096)
        if not read:
            smtp.close()
            raise smtplib.SMTPServerDisconnected("the server cut the line")
        said += read
        meanwhile()
    lines = [line[4:].strip() for line in said.splitlines()]
    return int(said.splitlines()[-1][:3]), b"\n".join(lines)


def _is_readable(smtp: smtplib.SMTP, *, within: float) -> bool:
    assert smtp.sock is not None  # noqa: S101
    if isinstance(smtp.sock, ssl.SSLSocket) and smtp.sock.pending():
        return True
    return bool(select.select([smtp.sock], [], [], within)[0])


# "250-" goes on, "250 " or "250" ends. What is no answer at all never ends, and times out.
_LAST_LINE = re.compile(rb"(?:\A|\n)\d{3}(?: [^\n]*)?\r?\n\Z")


def _demand(answer: tuple[int, bytes], *wanted: int) -> None:
    code, said = answer
    if code in wanted:
        return
    why = f"{code} {said.decode('utf-8', 'replace')}"
    if code in _NOT_SET_UP:
        raise ServerDown(why)
    if 500 <= code < 600:
        raise GiveUp(why)
    raise TryLater(why)


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error
        said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
        return f"{error.smtp_code} {said}"
    return str(error) or type(error).__name__
