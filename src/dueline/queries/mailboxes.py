"""The mailboxes and webhooks as administrators see them: without their secrets."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count

from dueline.models import Account, Case, Desk, Mailbox, MailWebhook

_TEXTS = (
    "address",
    "name",
    "product",
    "language",
    "signature",
    "imap_host",
    "imap_port",
    "imap_security",
    "imap_username",
    "sign_in",
    "oauth_tenant",
    "oauth_client_id",
    "folder",
    "afterwards",
    "done_folder",
)


class MailboxPage(NamedTuple):
    """One mailbox. typed: what its form shows, by column; never a secret."""

    id: int
    typed: dict[str, str]
    is_active: bool
    has_password: bool
    has_client_secret: bool
    is_connected: bool
    cases: int
    last_success_at: datetime | None
    failing_since: datetime | None
    last_error: str


def mailbox_page(mailbox_id: int) -> MailboxPage | None:
    box = Mailbox.objects.filter(pk=mailbox_id).first()
    if box is None:
        return None
    return MailboxPage(
        id=box.pk,
        typed={name: str(getattr(box, name)) for name in _TEXTS},
        is_active=box.is_active,
        has_password=bool(box.imap_password),
        has_client_secret=bool(box.oauth_client_secret),
        is_connected=bool(box.oauth_refresh_token),
        cases=Case.objects.filter(mailbox=box).count(),
        last_success_at=box.last_success_at,
        failing_since=box.failing_since,
        last_error=box.last_error,
    )


class MailboxRow(NamedTuple):
    """One mailbox in a list."""

    id: int
    address: str
    name: str
    product: str
    language: str
    imap_host: str
    is_active: bool


def mailbox_list() -> list[MailboxRow]:
    return [MailboxRow(*row) for row in Mailbox.objects.values_list(*MailboxRow._fields)]


class WebhookRow(NamedTuple):
    id: int
    provider: str
    secret: str
    has_key: bool
    is_active: bool
    last_success_at: datetime | None
    failing_since: datetime | None
    last_error: str


def webhook_rows() -> list[WebhookRow]:
    """Return the webhooks with the secrets of their addresses. For administrators only."""
    return [
        WebhookRow(
            id=hook.pk,
            provider=hook.provider,
            secret=hook.secret,
            has_key=bool(hook.signing_key),
            is_active=hook.is_active,
            last_success_at=hook.last_success_at,
            failing_since=hook.failing_since,
            last_error=hook.last_error,
        )
        for hook in MailWebhook.objects.all()
    ]


def company_domains() -> Sequence[str]:
    """Return the domains of the addresses with which colleagues sign in, in lower case.

    An address of the desk on one of these lets whoever reads its mail prove to other services that
    they belong to the company (i31).
    """
    emails = Account.objects.filter(agent__isnull=False).values_list("email", flat=True)
    return sorted({email.rpartition("@")[2].lower() for email in emails})


def is_on_company_domain(address: str) -> bool:
    return address.rpartition("@")[2].lower() in company_domains()


def mail_settings() -> dict[str, object]:
    """Return what the pages about senders and about mail out show, by column.

    dkim_key: never to a page; what may be shown of it is drawn from it.
    """
    row = Desk.objects.values(
        "trusted_authserv_id",
        "checks_senders",
        "clamd_address",
        "undo_seconds",
        "dkim_domain",
        "dkim_selector",
        "dkim_key",
        "smtp_host",
    ).get()
    return dict(row)


def cases_by_mailbox() -> dict[int, int]:
    rows = Case.objects.filter(mailbox__isnull=False).values("mailbox").annotate(n=Count("id"))
    return {row["mailbox"]: row["n"] for row in rows}
