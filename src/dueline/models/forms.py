"""Forms that were sent: the same one, sent again, is done once."""

from django.db import models

from dueline.models.cases import Case
from dueline.models.held_requests import HeldRequest


class SentForm(models.Model):
    """key: the SHA-256 of the word that the page put into the form when it was drawn."""

    key = models.CharField(max_length=64, unique=True)
    # The answer that it got.
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT)
    held = models.ForeignKey(HeldRequest, null=True, on_delete=models.PROTECT)
    sent_at = models.DateTimeField()
