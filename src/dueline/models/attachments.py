"""Files. The bytes lie in the store under their own SHA-256; the name is only a label."""

from django.db import models

from dueline.models.cases import Message, Note


class Attachment(models.Model):
    message = models.ForeignKey(
        Message, null=True, on_delete=models.PROTECT, related_name="attachments"
    )
    note = models.ForeignKey(Note, null=True, on_delete=models.PROTECT, related_name="attachments")
    name = models.CharField(max_length=200)  # cleaned at intake: no path, no control character
    media_type = models.CharField(max_length=100)  # as claimed; never believed
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    content_id = models.CharField(max_length=200, blank=True)
    is_inline = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(message__isnull=True) ^ models.Q(note__isnull=True),
                name="attachment_has_one_place",
            )
        ]
