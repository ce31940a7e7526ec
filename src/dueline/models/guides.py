"""The Support Guide on paper, as it was handed out: every edition is kept."""

from django.db import models

from dueline.models.calendars import CalendarVersion
from dueline.models.policies import PolicyVersion


class GuideEdition(models.Model):
    """One PDF. plan: "" for all plans in one. number: within plan and language.

    said: the SHA-256 of all that it says; sha256: of the PDF in the file store.
    """

    plan = models.CharField(max_length=50, blank=True)
    language = models.CharField(max_length=10)
    number = models.PositiveIntegerField()
    policy_version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="+")
    calendar_version = models.ForeignKey(
        CalendarVersion, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()
    said = models.CharField(max_length=64, db_index=True)
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "language", "number"], name="guide_edition_number"
            )
        ]
