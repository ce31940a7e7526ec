"""Files. The bytes lie in the store under their own SHA-256; the name is only a label."""

from django.db import models

from dueline.models.cases import Message, Note, Question, QuestionEntry

_PLACES = ("message", "note", "question", "entry")


def _only(place: str) -> models.Q:
    return models.Q(**{f"{other}__isnull": other != place for other in _PLACES})


class Attachment(models.Model):
    class Scan(models.TextChoices):
        """What a virus scanner said."""

        NONE = "none"  # nobody looked
        CLEAN = "clean"
        FOUND = "found"
        FAILED = "failed"  # it could not be looked at

    message = models.ForeignKey(
        Message, null=True, on_delete=models.PROTECT, related_name="attachments"
    )
    note = models.ForeignKey(Note, null=True, on_delete=models.PROTECT, related_name="attachments")
    question = models.ForeignKey(
        Question, null=True, on_delete=models.PROTECT, related_name="attachments"
    )
    entry = models.ForeignKey(
        QuestionEntry, null=True, on_delete=models.PROTECT, related_name="attachments"
    )
    name = models.CharField(max_length=200)  # cleaned at intake: no path, no control character
    media_type = models.CharField(max_length=100)  # as claimed; never believed
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    content_id = models.CharField(max_length=200, blank=True)
    is_inline = models.BooleanField(default=False)
    scan = models.CharField(max_length=8, choices=Scan, default=Scan.NONE)
    scan_said = models.CharField(max_length=200, blank=True)  # the name of what was found

    class Meta:
        indexes = [
            models.Index(fields=["id"], name="files_to_scan", condition=models.Q(scan="none")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=_only("message") | _only("note") | _only("question") | _only("entry"),
                name="attachment_has_one_place",
            )
        ]
