"""What leaves the house: one row per recipient, and its fate in plain sight."""

from django.db import models

from dueline.models.cases import Case, Message


class OutboxItem(models.Model):
    class State(models.TextChoices):
        WAITING = "waiting"
        CLAIMED = "claimed"  # a worker has it; nothing was sent yet
        TRANSMITTING = "transmitting"  # if the worker dies now, nobody knows whether it left
        SENT = "sent"
        FAILED = "failed"  # refused for good
        DOUBTFUL = "doubtful"  # two transmissions were cut off: a person decides
        CANCELLED = "cancelled"  # taken back by a person while it waited

    class Purpose(models.TextChoices):
        ACKNOWLEDGEMENT = "acknowledgement"
        REPLY = "reply"
        LETTER = "letter"  # to a customer, by machine: a reminder, a merge, an extension
        NOTICE = "notice"  # to an agent
        PAGE = "page"  # wakes an agent, and may be answered
        SHEET = "sheet"  # the emergency sheet
        SIGN_IN = "sign_in"
        INVITE = "invite"

    purpose = models.CharField(max_length=16, choices=Purpose)
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="outbox")
    message = models.ForeignKey(Message, null=True, on_delete=models.PROTECT, related_name="outbox")
    to_name = models.CharField(max_length=200, blank=True)
    to_address = models.EmailField()
    subject = models.TextField()
    text = models.TextField()
    html = models.TextField(blank=True)  # the same once more; empty: plain text alone
    # Whom the mail shows as its sender; empty: the desk.
    from_name = models.CharField(max_length=200, blank=True)
    from_address = models.EmailField(blank=True)
    # Whom it shows as its readers ([name, address] each); empty: `to_address` alone.
    shown_to = models.JSONField(default=list)
    shown_cc = models.JSONField(default=list)
    unsubscribe_url = models.CharField(max_length=500, blank=True)
    # A file that belongs to no message: its name, and its bytes in the store.
    file_name = models.CharField(max_length=200, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    mail_id = models.CharField(
        max_length=200, unique=True
    )  # its Message-ID: the same on every attempt
    reply_to = models.CharField(max_length=254, blank=True)
    in_reply_to = models.TextField(blank=True)
    references = models.TextField(blank=True)
    created_at = models.DateTimeField()

    state = models.CharField(max_length=12, choices=State, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    cut_off = models.PositiveIntegerField(default=0)  # transmissions that ended in a crash
    next_try_at = models.DateTimeField()
    claim = models.PositiveIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            # Not a partial one of the undelivered states: SQLite would not see that a query
            # whose states are parameters asks for just these.
            models.Index(fields=["state", "next_try_at", "id"], name="outbox_by_state"),
            models.Index(fields=["case", "id"], name="outbox_by_case"),
        ]
