"""Calendars: when the desk is open. A version never changes; a change is a new version."""

from django.db import models


class Calendar(models.Model):
    name = models.CharField(max_length=200, unique=True)

    def __str__(self) -> str:
        return self.name


class CalendarVersion(models.Model):
    """One published text of a calendar. source: TOML, read by `core.calendars.parse_calendar`.

    Holidays stand in the text as dates: a new release of the holidays package moves nothing.
    """

    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    source = models.TextField()
    published_at = models.DateTimeField()
    # Requests that arrive from here on are promised under it.
    holds_from = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["calendar", "number"], name="calendar_version_number")
        ]
