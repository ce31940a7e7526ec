"""The mail services that call us: which, by what address, and how that goes."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models.functions import Coalesce

from dueline.actions import audit, inbox
from dueline.actions._administration import administrators_only
from dueline.core.audience import Person
from dueline.core.errors import Refusal
from dueline.models import MailWebhook

SIGNS = (MailWebhook.Provider.MAILGUN,)  # their calls prove themselves by a key
_LONGEST_KEY = 200


def add_webhook(*, provider: str, signing_key: str, actor: Person, at: datetime) -> MailWebhook:
    """Let a service bring mail to an address that nobody can guess.

    signing_key: what Mailgun signs with; of Brevo the API key that opens files.
    Raises Refusal with the name of the field as its code.
    """
    administrators_only(actor)
    if provider not in MailWebhook.Provider.values:
        raise Refusal("provider", "Choose the mail service.")
    key = signing_key.strip()
    _check_key(provider, key)
    with transaction.atomic():
        webhook = MailWebhook.objects.create(
            provider=provider, secret=secrets.token_urlsafe(32), signing_key=key, created_at=at
        )
        audit.record("webhook", about=provider, actor=actor, at=at, id=webhook.pk, is_active=True)
    return webhook


def change_key(webhook_id: int, *, signing_key: str, actor: Person, at: datetime) -> None:
    """Store another key; what went wrong with the old one is forgotten."""
    administrators_only(actor)
    webhook = _webhook(webhook_id)
    key = signing_key.strip()
    _check_key(webhook.provider, key)
    with transaction.atomic():
        MailWebhook.objects.filter(pk=webhook_id).update(
            signing_key=key, failing_since=None, last_error=""
        )
        audit.record("webhook", about=webhook.provider, actor=actor, at=at, id=webhook_id, key=True)


def set_active(webhook_id: int, *, is_active: bool, actor: Person, at: datetime) -> None:
    """Open or shut the door. Shut, its address is answered like one that never was."""
    administrators_only(actor)
    webhook = _webhook(webhook_id)
    with transaction.atomic():
        MailWebhook.objects.filter(pk=webhook_id).update(
            is_active=is_active, failing_since=None, last_error=""
        )
        audit.record(
            "webhook",
            about=webhook.provider,
            actor=actor,
            at=at,
            id=webhook_id,
            is_active=is_active,
        )


def _check_key(provider: str, key: str) -> None:
    if provider in SIGNS and not key:
        raise Refusal("signing_key", "Write the key with which the service signs its calls.")
    if not key.isascii() or len(key) > _LONGEST_KEY:
        raise Refusal("signing_key", "This is no such key: it has letters and digits only.")


def _webhook(webhook_id: int) -> MailWebhook:
    webhook = MailWebhook.objects.filter(pk=webhook_id).first()
    if webhook is None:
        raise Refusal("not-found", "There is no such webhook.")
    return webhook


# --- what the door itself does -----------------------------------------------------------------


def keep(
    webhook_id: int, mails: Iterable[tuple[bytes, str, Sequence[str]]], *, at: datetime
) -> None:
    """Keep the mails of one call, all or none. mails: bytes, envelope's sender and recipients."""
    with transaction.atomic():
        for raw, mail_from, rcpt_to in mails:
            inbox.keep_raw(raw, door="webhook", mail_from=mail_from, rcpt_to=rcpt_to, at=at)
        MailWebhook.objects.filter(pk=webhook_id).update(
            last_success_at=at, failing_since=None, last_error=""
        )


def note_trouble(webhook_id: int, *, why: str, at: datetime) -> None:
    """Keep, for administrators, what is wrong with a door and since when."""
    MailWebhook.objects.filter(pk=webhook_id).update(
        failing_since=Coalesce("failing_since", at), last_error=why[:500]
    )
