"""Calendars: when the desk is open. A version never changes; a change is a new version."""

from django.db import models

from dueline.models.agents import Agent


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
    # Null: the desk itself, or nobody wrote it down yet.
    published_by = models.ForeignKey(Agent, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["calendar", "number"], name="calendar_version_number")
        ]


class CalendarDraft(models.Model):
    """What a calendar may become. Nothing counts by it until it is published.

    version: grows with every change, so that nobody publishes what they have not seen.
    discarded_at: it can be brought back until the next draft takes its place.
    """

    calendar = models.OneToOneField(Calendar, on_delete=models.CASCADE, related_name="draft")
    source = models.TextField()
    edited_by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    edited_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
    discarded_at = models.DateTimeField(null=True)
