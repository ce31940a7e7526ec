"""The telephone systems that call us: which, by what address, and how that goes."""

import secrets
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models.functions import Coalesce

from dueline.actions import audit
from dueline.actions._administration import administrators_only
from dueline.core.audience import Person
from dueline.core.errors import Refusal
from dueline.models import PhoneWebhook, TakenCallback

_LONGEST_KEY = 200


def add_webhook(
    *, provider: str, signing_key: str, actor: Person, at: datetime, name: str = ""
) -> PhoneWebhook:
    """Let a telephone system tell of calls at an address that nobody can guess.

    signing_key: with which it signs. name: which one it is, where there are several of a kind.
    Raises Refusal with the name of the field as its code.
    """
    administrators_only(actor)
    if provider not in PhoneWebhook.Provider.values:
        raise Refusal("provider", "Choose the telephone system.")
    key = _checked_key(signing_key)
    with transaction.atomic():
        webhook = PhoneWebhook.objects.create(
            provider=provider,
            name=" ".join(name.split())[:100],
            secret=secrets.token_urlsafe(32),
            signing_key=key,
            created_at=at,
        )
        _record(webhook, actor=actor, at=at, is_active=True)
    return webhook


def change_key(webhook_id: int, *, signing_key: str, actor: Person, at: datetime) -> None:
    """Store another key; what went wrong with the old one is forgotten."""
    administrators_only(actor)
    webhook, key = _webhook(webhook_id), _checked_key(signing_key)
    with transaction.atomic():
        PhoneWebhook.objects.filter(pk=webhook_id).update(
            signing_key=key, failing_since=None, last_error=""
        )
        _record(webhook, actor=actor, at=at, key=True)


def set_active(webhook_id: int, *, is_active: bool, actor: Person, at: datetime) -> None:
    """Open or shut the door. Shut, its address is answered like one that never was."""
    administrators_only(actor)
    webhook = _webhook(webhook_id)
    with transaction.atomic():
        PhoneWebhook.objects.filter(pk=webhook_id).update(
            is_active=is_active, failing_since=None, last_error=""
        )
        _record(webhook, actor=actor, at=at, is_active=is_active)


def _record(webhook: PhoneWebhook, *, actor: Person, at: datetime, **facts: bool) -> None:
    audit.record(
        "phone-webhook", about=webhook.provider, actor=actor, at=at, id=webhook.pk, **facts
    )


def _checked_key(signing_key: str) -> str:
    key = signing_key.strip()
    if not key:
        raise Refusal("signing_key", "Write the key with which the telephone system signs.")
    if not (key.isascii() and key.isprintable()) or len(key) > _LONGEST_KEY:
        raise Refusal("signing_key", "This is no such key: it has letters, digits and signs only.")
    return key


def _webhook(webhook_id: int) -> PhoneWebhook:
    webhook = PhoneWebhook.objects.filter(pk=webhook_id).first()
    if webhook is None:
        raise Refusal("not-found", "There is no such webhook.")
    return webhook


# --- what the doors themselves do ---------------------------------------------------------------


def take_once(webhook_id: int, *, digest: str, at: datetime) -> None:
    """Remember that a signed message was taken, in the transaction that stores what it says.

    Raises Refusal("replayed") for one that was taken before. It counts as a success of the door.
    """
    try:
        with transaction.atomic():
            TakenCallback.objects.create(webhook_id=webhook_id, digest=digest, taken_at=at)
    except IntegrityError as error:
        raise Refusal("replayed", "This message was taken before.") from error
    PhoneWebhook.objects.filter(pk=webhook_id).update(
        last_success_at=at, failing_since=None, last_error=""
    )


def note_trouble(webhook_id: int, *, why: str, at: datetime) -> None:
    """Keep, for administrators, what is wrong with a door and since when."""
    PhoneWebhook.objects.filter(pk=webhook_id).update(
        failing_since=Coalesce("failing_since", at), last_error=why[:500]
    )
