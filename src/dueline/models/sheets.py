"""The emergency sheet: what one needs when the desk itself is down."""

from django.db import models


class EmergencySheet(models.Model):
    """One night's sheet. Its PDF lies in the store."""

    day = models.DateField(unique=True)  # of the desk
    made_at = models.DateTimeField()
    sha256 = models.CharField(max_length=64)
    open_critical = models.PositiveIntegerField()  # how many cases stand on it
    sent_to = models.JSONField(default=list)  # addresses

    class Meta:
        ordering = ["-day"]
