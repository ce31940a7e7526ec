"""Customers who do not give up: they send again until the desk has said yes, and remember it."""

import http.cookies
import re
import smtplib
import subprocess
import time
import urllib.parse
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from http.client import HTTPConnection, HTTPException
from random import Random

from tests.processes import DUELINE

DESK = "support@desk.example"
_PATIENCE = 90.0  # seconds


@dataclass
class Sent:
    """One thing that a customer sent, and the desk's yes to it.

    token: a word that is nowhere else. raw: of a mail, its bytes. answers_case: of an answer by
    mail, the case in which it belongs.
    """

    token: str
    sender: str
    raw: bytes = b""
    is_held: bool = False
    answers_case: int | None = None
    file: bytes = b""
    by_pipe: bool = False
    accepted: bool = False
    tries: int = 0
    complaints: list[str] = field(default_factory=list)

    @property
    def is_mail(self) -> bool:
        return bool(self.raw)


def write_mail(
    random: Random, token: str, sender: str, *, reply_to: str = "", in_reply_to: str = ""
) -> Sent:
    """Return a mail that is yet to be sent: a request, or with reply_to an answer."""
    message = EmailMessage(policy=SMTP)
    message["From"] = f"Kund {token} <{sender}>"
    message["To"] = reply_to or DESK
    message["Subject"] = f"Problem {token}" if not reply_to else "SV: din fråga"
    message["Message-ID"] = f"<{token}@northwind.example>"
    message["Date"] = "Mon, 23 Nov 2026 09:00:00 +0100"
    if in_reply_to:
        message["In-Reply-To"] = in_reply_to
    message.set_content(f"Hej!\n\nSedan i går: {token} åäö.\nTelefon: 070-123 45 67\n")
    content = b""
    if random.random() < 0.3:
        content = token.encode() + random.randbytes(random.choice((100, 300_000)))
        message.add_attachment(
            content, maintype="application", subtype="octet-stream", filename="spår.bin"
        )
    return Sent(token=token, sender=sender, raw=message.as_bytes(), file=content)


def send_mail(sent: Sent, port: int, recipient: str = DESK) -> None:
    """Do what a customer's mail server does: try until the desk says 250."""
    deadline = time.monotonic() + _PATIENCE
    while not sent.accepted and time.monotonic() < deadline:
        sent.tries += 1
        try:
            with smtplib.SMTP("127.0.0.1", port, timeout=20) as smtp:
                smtp.sendmail(sent.sender, [recipient], sent.raw)
                sent.accepted = True
        except (OSError, smtplib.SMTPException) as error:
            # An error after the 250 (the goodbye) changes nothing: it was accepted.
            sent.complaints.append(repr(error))
            time.sleep(0.1)


def pipe_mail(sent: Sent, environment: dict[str, str]) -> None:
    """Do what a local mail server does: run the pipe until it exits with 0."""
    deadline = time.monotonic() + _PATIENCE
    while not sent.accepted and time.monotonic() < deadline:
        sent.tries += 1
        command = [*DUELINE, "mail", "receive", "--sender", sent.sender, "--recipient", DESK]
        done = subprocess.run(command, input=sent.raw, env=environment, capture_output=True)
        sent.accepted = done.returncode == 0
        if not sent.accepted:
            sent.complaints.append(f"exit {done.returncode}: {done.stderr!r}")


def fill_form(sent: Sent, port: int) -> None:
    """Fill in the form once, and send that same form until an answer comes."""
    deadline = time.monotonic() + _PATIENCE
    page: tuple[str, str] | None = None
    while not sent.accepted and time.monotonic() < deadline:
        sent.tries += 1
        try:
            page = page or _form(port)
            _post(sent, port, *page)
        except (OSError, HTTPException) as error:
            sent.complaints.append(repr(error))
            time.sleep(0.1)


def _form(port: int) -> tuple[str, str]:
    """Return the form's hidden fields, urlencoded, and the cookies that go with them."""
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", "/help")
    answer = connection.getresponse()
    text = answer.read().decode()
    if answer.status != 200:
        raise HTTPException(f"the form: {answer.status}")
    cookies = http.cookies.SimpleCookie()
    for value in answer.headers.get_all("Set-Cookie") or []:
        cookies.load(value)
    hidden = {}
    for tag in re.findall(r"<input[^>]*type=\"?hidden[^>]*>", text):
        facts = dict(re.findall(r"(name|value)=\"([^\"]*)\"", tag))
        hidden[facts["name"]] = facts.get("value", "")
    cookie = "; ".join(f"{one.key}={one.value}" for one in cookies.values())
    return urllib.parse.urlencode(hidden), cookie


def _post(sent: Sent, port: int, hidden: str, cookie: str) -> None:
    fields = {
        "name": f"Kund {sent.token}",
        "email": sent.sender,
        "phone": "070-123 45 67",
        "priority": "normal",
        "subject": f"Problem {sent.token}",
        "text": f"Sedan i går: {sent.token} åäö.",
    }
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(
        "POST",
        "/help",
        body=hidden + "&" + urllib.parse.urlencode(fields),
        headers={
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": cookie,
            "Origin": f"http://127.0.0.1:{port}",
            "Referer": f"http://127.0.0.1:{port}/help",
        },
    )
    answer = connection.getresponse()
    body = answer.read()
    if answer.status in (302, 303):
        sent.accepted = True
    elif answer.status < 500:
        raise AssertionError(f"the form was refused: {answer.status} {body[:2000]!r}")
    else:
        raise HTTPException(f"the form: {answer.status}")
