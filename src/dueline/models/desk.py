"""The desk itself: one row of settings."""

from datetime import time

from django.db import models

from dueline.models.calendars import Calendar
from dueline.models.policies import Policy


class Desk(models.Model):
    """What the administrator set up. There is one row, with id 1."""

    class Security(models.TextChoices):
        NONE = "none"
        STARTTLS = "starttls"
        TLS = "tls"

    name = models.CharField(max_length=200)
    zone = models.CharField(max_length=64)  # IANA
    language = models.CharField(max_length=10, default="en")
    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT)  # office hours
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT)
    mail_address = models.EmailField()  # where requests arrive and answers come from
    phone_office = models.CharField(max_length=40, blank=True)  # called in office hours
    phone_other = models.CharField(max_length=40, blank=True)  # called the rest of the time
    public_url = models.CharField(max_length=200)  # http://host:port, no slash at the end
    smtp_host = models.CharField(max_length=200, blank=True)  # empty: nothing leaves the house
    smtp_port = models.PositiveIntegerField(default=587)
    smtp_security = models.CharField(max_length=8, choices=Security, default=Security.STARTTLS)
    smtp_username = models.CharField(max_length=200, blank=True)
    smtp_password = models.CharField(max_length=200, blank=True)
    # Senders. trusted_authserv_id: whose Authentication-Results are believed: that of our own
    # mail server; empty: none, and the desk looks itself where it may ask the name servers.
    trusted_authserv_id = models.CharField(max_length=200, blank=True)
    checks_senders = models.BooleanField(default=True)
    # Mail out: DKIM (an RSA key as PEM), the pause in which a reply can be undone, and
    # since when everything is held.
    dkim_domain = models.CharField(max_length=200, blank=True)
    dkim_selector = models.CharField(max_length=100, blank=True)
    dkim_key = models.TextField(blank=True)
    undo_seconds = models.PositiveSmallIntegerField(default=20)
    outbox_held_at = models.DateTimeField(null=True)
    # Where clamd listens: "host:port" or the path of its socket; empty: nothing is scanned.
    clamd_address = models.CharField(max_length=200, blank=True)
    # The telephone. dial_address: what a number becomes a link to ("tel:{number}" if empty);
    # keypad: {"1": "critical", …}, what the keys say that a caller presses.
    dial_address = models.CharField(max_length=200, blank=True)
    keypad = models.JSONField(default=dict)
    # From which addresses ("@pbx.example": whole domains) a mail may bring a voicemail.
    voicemail_senders = models.JSONField(default=list)
    # Turns speech into text, if somebody set one up: a service that speaks OpenAI's protocol.
    speech_url = models.CharField(max_length=200, blank=True)
    speech_key = models.CharField(max_length=200, blank=True)
    speech_model = models.CharField(max_length=100, blank=True)
    # Who is woken by a Critical case, and by a part of the desk that stands still (null: the same).
    critical_chain = models.ForeignKey(
        "PagingChain", null=True, on_delete=models.PROTECT, related_name="+"
    )
    watch_chain = models.ForeignKey(
        "PagingChain", null=True, on_delete=models.PROTECT, related_name="+"
    )
    # The last day on which those who lead were told of nights with nobody on call.
    nights_told_on = models.DateField(null=True)
    # Called every minute while all goes well: whoever stands outside notices when it stops.
    ping_url = models.CharField(max_length=500, blank=True)
    # The emergency sheet: at what time of the night, and to whom besides those who lead.
    sheet_at = models.TimeField(default=time(3, 30))
    sheet_to = models.JSONField(default=list)  # addresses
    set_up_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_desk")]


class Heartbeat(models.Model):
    """When a part of the process tree was last seen alive."""

    name = models.CharField(max_length=20, primary_key=True)
    beat_at = models.DateTimeField()
