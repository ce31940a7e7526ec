"""What was changed at the desk itself."""

from datetime import datetime
from typing import Any, NamedTuple

from dueline.models import AuditEntry


class Entry(NamedTuple):
    """One change, with who did it. For administrators only."""

    at: datetime
    agent: str | None
    contact: str | None
    what: str
    about: str
    facts: dict[str, Any]


def role_changes(*, most: int = 20) -> list[Entry]:
    """Return the last changes of what colleagues may do, the newest first."""
    rows = AuditEntry.objects.filter(what__in=["role", "activity"]).order_by("-id")
    columns = ("at", "agent__name", "contact__name", "what", "about", "facts")
    return [Entry(*row) for row in rows.values_list(*columns)[:most]]
