"""Contracts: which organization is promised what, and for how long."""

from django.db import models

from dueline.models.calendars import Calendar
from dueline.models.organizations import Organization


class Contract(models.Model):
    """plan: a plan of the desk's policy. calendar: null means the desk's office hours."""

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="contracts"
    )
    plan = models.CharField(max_length=50)
    calendar = models.ForeignKey(Calendar, null=True, on_delete=models.PROTECT)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)  # the last day that is covered
    # What it allows; null: no limit.
    seats = models.PositiveIntegerField(null=True)  # super-users
    incidents = models.PositiveIntegerField(null=True)  # cases that were closed
    minutes = models.PositiveIntegerField(null=True)  # of an engineer's work
    # The greatest percent of each budget of which people were told.
    incidents_told = models.PositiveSmallIntegerField(default=0)
    minutes_told = models.PositiveSmallIntegerField(default=0)
    # How many days before its end people were told last; null: not yet.
    end_told = models.PositiveSmallIntegerField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="contract_ends_after_it_starts",
            )
        ]
