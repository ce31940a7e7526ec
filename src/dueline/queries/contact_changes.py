"""The history of a company's list of people."""

from dataclasses import dataclass
from datetime import datetime

from dueline.models import ContactChange
from dueline.wording.contact_changes import Changed


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """by_customer: a super-user did it, and not the desk."""

    at: datetime
    changed: Changed
    by_customer: bool


def company_changes(organization_id: int, *, most: int = 50) -> list[ChangeRow]:
    """Return what was changed last, the newest first. The caller has asked who may read it."""
    rows = ContactChange.objects.filter(organization_id=organization_id).order_by("-id")
    return [
        ChangeRow(at, Changed(what, customer or agent or "", name or "", facts), bool(customer))
        for at, what, facts, name, customer, agent in rows.values_list(
            "at", "what", "facts", "contact__name", "by_contact__name", "by_agent__name"
        )[:most]
    ]
