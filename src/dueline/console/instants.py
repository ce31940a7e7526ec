"""Instants that a person types into a form, on the clock of their own wall."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from dueline.core.errors import Refusal


def read_instant(text: str, *, zone: str, at: datetime) -> datetime:
    """Return what a `datetime-local` field says. Empty: just now.

    Raises Refusal("bad-time").
    """
    if not text.strip():
        return at
    try:
        local = datetime.fromisoformat(text.strip()).replace(tzinfo=ZoneInfo(zone))
        return local.astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError) as error:
        raise Refusal(
            "bad-time", _("This is not a time. Write it like 2026-11-23 09:12.")
        ) from error


def spell_local(at: datetime, *, zone: str) -> str:
    """Write an instant as a `datetime-local` field reads it."""
    return at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")
