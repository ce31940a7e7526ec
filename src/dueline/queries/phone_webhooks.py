"""The telephone systems that call us, as administrators see them."""

from datetime import datetime
from typing import NamedTuple

from dueline.models import Agent, Desk, PhoneWebhook


class PhoneWebhookRow(NamedTuple):
    id: int
    provider: str
    name: str
    secret: str
    is_active: bool
    last_success_at: datetime | None
    failing_since: datetime | None
    last_error: str


def phone_webhook_rows() -> list[PhoneWebhookRow]:
    """Return the webhooks with the secrets of their addresses, without their keys."""
    return [
        PhoneWebhookRow._make(row)
        for row in PhoneWebhook.objects.values_list(*PhoneWebhookRow._fields)
    ]


def dial_address() -> str:
    return Desk.objects.values_list("dial_address", flat=True).first() or ""


class Telephone(NamedTuple):
    agent_id: int
    name: str
    extension: str


def telephones() -> list[Telephone]:
    """Return the agents, with the telephone that each of them has."""
    rows = Agent.objects.filter(account__is_active=True).order_by("name", "id")
    return [Telephone._make(row) for row in rows.values_list("id", "name", "extension")]
