"""The telephone: who calls, and the voicemails they leave."""

from django.db import models

from dueline.models.agents import Agent
from dueline.models.attachments import Attachment
from dueline.models.cases import Case, Event
from dueline.models.contacts import Contact
from dueline.models.inbox import InboxItem


class ContactNumber(models.Model):
    """A telephone number of a contact in the one spelling that can be compared."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="numbers")
    number = models.CharField(max_length=20)  # E.164

    class Meta:
        indexes = [models.Index(fields=["number"], name="contact_number")]
        constraints = [
            models.UniqueConstraint(fields=["contact", "number"], name="contact_number_once")
        ]


class PhoneWebhook(models.Model):
    """A telephone system that tells us of calls. secret: a part of the address it calls."""

    class Provider(models.TextChoices):
        GENERIC = "generic"  # our own JSON, for any system that can be taught to send it
        TWILIO = "twilio"
        ZOOM = "zoom"  # Zoom Phone

    provider = models.CharField(max_length=10, choices=Provider)
    name = models.CharField(max_length=100, blank=True)
    secret = models.CharField(max_length=64, unique=True)
    signing_key = models.CharField(max_length=200)  # with which its calls are signed
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    last_success_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    class Meta:
        ordering = ["provider", "id"]


class TakenCallback(models.Model):
    """A signed message that a telephone system has sent: a second one like it does nothing."""

    webhook = models.ForeignKey(PhoneWebhook, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)  # SHA-256 of what was signed
    taken_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["webhook", "digest"], name="callback_taken_once")
        ]


class PhoneCall(models.Model):
    """A call as the telephone system tells of it. What it came to is an event of a case.

    from_number, to_number: E.164 where they are real numbers, else as they were told.
    """

    class State(models.TextChoices):
        RINGING = "ringing"
        ANSWERED = "answered"
        ENDED = "ended"  # after it was answered
        MISSED = "missed"

    class Direction(models.TextChoices):
        IN = "in"
        OUT = "out"

    webhook = models.ForeignKey(PhoneWebhook, null=True, on_delete=models.SET_NULL)
    call_id = models.CharField(max_length=200)  # of the telephone system
    direction = models.CharField(max_length=3, choices=Direction, default=Direction.IN)
    from_number = models.CharField(max_length=60, blank=True)  # empty: withheld
    to_number = models.CharField(max_length=60, blank=True)
    caller_name = models.CharField(max_length=200, blank=True)  # as the telephone system says it
    extension = models.CharField(max_length=40, blank=True)  # that rings, or that answered
    agent = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="+")
    contact = models.ForeignKey(Contact, null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.RINGING)
    rang_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    recording_url = models.CharField(max_length=1000, blank=True)  # for colleagues alone
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="calls")
    event = models.ForeignKey(Event, null=True, on_delete=models.PROTECT, related_name="+")
    set_aside_at = models.DateTimeField(null=True)  # nothing came of it, somebody said
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["state", "-id"], name="call_by_state"),
            models.Index(fields=["-id"], name="call_by_id"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["webhook", "call_id"], name="phone_call_once")
        ]

    @property
    def number(self) -> str:
        """The number of the other side."""
        return self.from_number if self.direction == self.Direction.IN else self.to_number

    @property
    def seconds(self) -> int | None:
        """How long they talked. None: they did not, or still do."""
        if self.answered_at is None or self.ended_at is None:
            return None
        return max(0, int((self.ended_at - self.answered_at).total_seconds()))


class Voicemail(models.Model):
    """What somebody said to a machine. One for each recording, however often it is told of.

    item: what arrived and was kept raw (a mail, a call of a webhook, an upload).
    """

    class Audio(models.TextChoices):
        KEPT = "kept"
        WAITING = "waiting"  # it lies elsewhere, and is fetched
        MISSING = "missing"  # it could not be had

    item = models.OneToOneField(InboxItem, on_delete=models.PROTECT, related_name="voicemail")
    source = models.CharField(max_length=100)  # the telephone system, or a webhook's id
    recording_id = models.CharField(max_length=200)  # its own name for the recording
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="voicemails")
    event = models.ForeignKey(Event, null=True, on_delete=models.PROTECT, related_name="+")
    from_number = models.CharField(max_length=60, blank=True)  # E.164, or as told; empty: withheld
    to_number = models.CharField(max_length=60, blank=True)
    caller_name = models.CharField(max_length=200, blank=True)
    hung_up_at = models.DateTimeField()
    hung_up_is_told = models.BooleanField(default=True)  # False: when it arrived here
    seconds = models.PositiveIntegerField(null=True)
    stated_priority = models.CharField(max_length=8, blank=True)  # empty: nothing was stated
    stated_by = models.CharField(max_length=10, blank=True)  # "keypad", "header", "person"
    keyed = models.CharField(max_length=20, blank=True)  # the keys that were pressed

    audio = models.CharField(max_length=7, choices=Audio, default=Audio.KEPT)
    audio_url = models.CharField(max_length=1000, blank=True)
    audio_tries = models.PositiveSmallIntegerField(default=0)
    audio_next_at = models.DateTimeField(null=True)
    audio_error = models.TextField(blank=True)
    claim = models.PositiveIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True)
    attachment = models.OneToOneField(
        Attachment, null=True, on_delete=models.SET_NULL, related_name="voicemail"
    )
    # What a browser can play, where it cannot play the recording itself; and its loudest points.
    playable_sha256 = models.CharField(max_length=64, blank=True)
    peaks = models.JSONField(default=list)  # 0 … 100 each
    transcript = models.TextField(blank=True)  # by a machine: a suggestion
    heard_at = models.DateTimeField(null=True)
    heard_by = models.ForeignKey(Agent, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [
            models.Index(
                fields=["audio_next_at"],
                name="voicemail_to_fetch",
                condition=models.Q(audio_next_at__isnull=False),
            ),
            models.Index(fields=["case", "id"], name="voicemail_by_case"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["source", "recording_id"], name="voicemail_once")
        ]
