"""Publishing calendars: always a new version, never a change to an old one."""

from datetime import datetime

from django.db import transaction

from dueline.core.calendars import parse_calendar
from dueline.models import Calendar, CalendarVersion


def publish_calendar(
    *, source: str, at: datetime, holds_from: datetime | None = None
) -> CalendarVersion:
    """Publish the next version of the calendar that the text names.

    holds_from: for requests that arrive from then on; None: from now.
    Raises Refusal("bad-calendar") when it cannot be read.
    """
    name = parse_calendar(source).name
    with transaction.atomic():
        calendar, _ = Calendar.objects.get_or_create(name=name)
        number = calendar.versions.count() + 1
        return CalendarVersion.objects.create(
            calendar=calendar,
            number=number,
            source=source,
            published_at=at,
            holds_from=holds_from or at,
        )
