"""The history of a company's list: who changed what, and when."""

from datetime import datetime

from dueline.core.audience import Person
from dueline.models import Contact, ContactChange
from dueline.wording.contact_changes import Changed


def record(
    what: str,
    *,
    organization_id: int,
    actor: Person,
    at: datetime,
    contact: Contact | None = None,
    **facts: str,
) -> Changed:
    """Add one line to the history (inside the act under way). what: see `say_change`."""
    ContactChange.objects.create(
        organization_id=organization_id,
        contact=contact,
        by_contact_id=actor.id if actor.is_contact else None,
        by_agent_id=actor.id if actor.is_agent else None,
        at=at,
        what=what,
        facts=facts,
    )
    return Changed(what, actor.name, contact.name if contact else "", facts)
