"""Mailboxes on a real server, and what of them has arrived."""

from dueline.models import InboxItem, Mailbox
from tests.mail_servers import PASSWORD, Dovecot
from tests.world import MONDAY


def a_mailbox(port: int, user: str, **more) -> Mailbox:
    values = {
        "address": f"{user}@desk.example",
        "imap_host": "127.0.0.1",
        "imap_port": port,
        "imap_security": "none",
        "imap_username": user,
        "imap_password": PASSWORD,
        "created_at": MONDAY,
    }
    return Mailbox.objects.create(**{**values, **more})


def mail(number: int, *, text: str = "Nere") -> bytes:
    return (
        f"From: Cleo Dahl <cleo@northwind.example>\r\nTo: support@desk.example\r\n"
        f"Subject: Nummer {number}\r\nMessage-ID: <{number}@northwind.example>\r\n\r\n{text}\r\n"
    ).encode()


def deliver(server: Dovecot, user: str, *numbers: int) -> None:
    for number in numbers:
        server.deliver(mail(number), f"{user}@desk.example")


def kept() -> list[int]:
    """Return the numbers of the mails that are here, one for each item."""
    raws = InboxItem.objects.order_by("id").values_list("raw__bytes", flat=True)
    return [int(bytes(raw).split(b"Message-ID: <")[1].split(b"@")[0]) for raw in raws]
