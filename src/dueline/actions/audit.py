"""Keeping what was changed at the desk itself, as a part of the act that changes it."""

from datetime import datetime
from typing import Any

from dueline.core.audience import Person
from dueline.models import AuditEntry


def record(what: str, *, about: str, actor: Person, at: datetime, **facts: Any) -> None:
    """Add an entry. facts: JSON, and no secrets: what was and what is."""
    AuditEntry.objects.create(
        at=at,
        agent_id=actor.id if actor.is_agent else None,
        contact_id=actor.id if actor.is_contact else None,
        what=what,
        about=about[:200],
        facts=facts,
    )
