"""What the readers of telephone systems have in common."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


class Unclear(Exception):
    """A call was signed well and cannot be read. field: which part of it; "": all of it."""

    def __init__(self, field: str, said: str) -> None:
        super().__init__(said)
        self.field = field


def parse_time(text: str) -> datetime | None:
    """Return a time that was written as ISO 8601 or as in a mail's header; None: it is none."""
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = parse(text)
            found = found if found.tzinfo else found.replace(tzinfo=UTC)
            return found.astimezone(UTC).replace(microsecond=0)
        except (ValueError, OverflowError, TypeError, IndexError):
            continue
    return None
