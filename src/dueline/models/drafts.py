"""What an engineer is writing, and what waits to be said: nothing of it has happened yet."""

from django.db import models

from dueline.models.agents import Agent
from dueline.models.cases import Case


class Draft(models.Model):
    """A public text before it is sent. It becomes a `Message` by the act that it names, or nothing.

    sends_at: when the worker does the act (undo and "send later" are the same thing with another
    pause); null: it is still being written.
    """

    class Act(models.TextChoices):
        REPLY = "reply"
        ASK = "ask"  # asks the customer for more; the case waits for them
        RESOLVE = "resolve"

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="drafts")
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="drafts")
    act = models.CharField(max_length=8, choices=Act, default=Act.REPLY)
    text = models.TextField(blank=True)  # Markdown
    cc = models.JSONField(default=list)  # addresses
    minutes = models.PositiveIntegerField(null=True)  # of work, with a solution
    case_version = models.PositiveIntegerField()  # of the case as its writer saw it
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    sends_at = models.DateTimeField(null=True)
    unless_customer_writes = models.BooleanField(default=False)
    # Why it was not sent after all (a sentence): the customer wrote, the case was closed, …
    stopped_because = models.TextField(blank=True)
    claim = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "agent"], name="one_draft_each"),
        ]
        indexes = [
            models.Index(
                fields=["sends_at"],
                name="drafts_to_send",
                condition=models.Q(sends_at__isnull=False),
            ),
        ]


class DraftFile(models.Model):
    """A file of a draft. The bytes lie in the store, as those of an `Attachment`."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)


class ReplyTemplate(models.Model):
    """A text that is written often, with places for what differs (see `core.placeholders`)."""

    name = models.CharField(max_length=100)
    language = models.CharField(max_length=10, blank=True)  # empty: for any
    text = models.TextField()  # Markdown with placeholders
    is_active = models.BooleanField(default=True)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["name", "language"]
        constraints = [
            models.UniqueConstraint(fields=["name", "language"], name="template_once"),
        ]
