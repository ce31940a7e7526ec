"""What arrived, byte for byte, and what became of it."""

from django.db import models


class InboxItem(models.Model):
    """One thing that arrived by mail. Its bytes are in `RawItem`, so that lists stay light."""

    class State(models.TextChoices):
        RECEIVED = "received"  # kept; nobody has read it yet
        TAKEN = "taken"  # it is a case, or a message of one
        RECORDED = "recorded"  # read, and nothing more was called for (a machine's mail)
        DUPLICATE = "duplicate"  # the same message came before
        HELD = "held"  # a person must look

    sha256 = models.CharField(max_length=64, unique=True)
    door = models.CharField(max_length=8)  # "smtp", "lmtp", "pipe", "imap", "webhook"
    mail_from = models.TextField(blank=True)  # the envelope's sender; empty: a bounce
    rcpt_to = models.JSONField(default=list)
    received_at = models.DateTimeField()
    times_received = models.PositiveIntegerField(default=1)
    # The mailbox it was fetched from or sent to; null: the desk's own address.
    mailbox = models.ForeignKey("Mailbox", null=True, on_delete=models.SET_NULL)
    peer = models.CharField(max_length=45, blank=True)  # the address that brought it, if not ours
    helo = models.CharField(max_length=255, blank=True)  # the name it gave
    rank = models.PositiveSmallIntegerField(default=0)  # 0 is read first; a storm waits behind
    # Who said that it belongs to no storm; it is read once more.
    released_by = models.ForeignKey("Agent", null=True, on_delete=models.SET_NULL)

    state = models.CharField(max_length=10, choices=State, default=State.RECEIVED)
    reason = models.TextField(blank=True)  # why held, recorded or duplicate: a sentence
    mail_id = models.TextField(blank=True)  # the Message-ID it came with
    digest = models.CharField(max_length=64, blank=True)  # of what the sender wrote
    sender = models.TextField(blank=True)  # until it is read: as far as one sees at a glance
    subject = models.TextField(blank=True)
    machine = models.CharField(max_length=12, blank=True)  # core.inbound.Machine
    warnings = models.JSONField(default=list)  # sentences
    # What SPF, DKIM, DMARC and ARC say of its sender, and who found it out (core.trust: as_facts);
    # besides, as "name", how the sender calls themselves.
    trust = models.JSONField(default=dict)
    # Who wrote what the sender only forwards.
    original_name = models.TextField(blank=True)
    original_address = models.TextField(blank=True)
    case = models.ForeignKey("Case", null=True, on_delete=models.PROTECT)

    # A worker's lease: `claim` grows with each, and is checked again when the work is stored.
    claim = models.PositiveIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["rank", "id"], name="inbox_to_read", condition=models.Q(state="received")
            ),
            models.Index(fields=["id"], name="inbox_held", condition=models.Q(state="held")),
            models.Index(fields=["mail_id"], name="inbox_by_mail_id"),
            # Not a partial one of what is to be read: SQLite would not see that it fits.
            models.Index(fields=["sender", "state"], name="inbox_by_sender"),
        ]


class RawItem(models.Model):
    item = models.OneToOneField(
        InboxItem, primary_key=True, on_delete=models.CASCADE, related_name="raw"
    )
    bytes = models.BinaryField()
