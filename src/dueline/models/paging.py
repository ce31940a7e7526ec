"""Waking people: where they are reached, in which order, and what became of every page."""

from django.db import models

from dueline.models.agents import Agent
from dueline.models.cases import Case
from dueline.models.on_call import Rota


class PageDestination(models.Model):
    """One way to reach one agent. The first by position is tried first.

    address: for APPRISE a secret address that names a service and its keys
    ("ntfys://…", "twilio://…"); for MAIL an e-mail address. may_stay_inside: it may lead into the
    house's own network, for an administrator wrote it.
    """

    class Kind(models.TextChoices):
        APPRISE = "apprise"
        MAIL = "mail"

    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="destinations")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.APPRISE)
    label = models.CharField(max_length=100)  # "my telephone": what logs and pages show of it
    address = models.TextField()
    is_active = models.BooleanField(default=True)
    may_stay_inside = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)  # its owner said that a test arrived
    last_success_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    class Meta:
        ordering = ["agent", "position", "id"]


class PagingChain(models.Model):
    """Whom to page, one step after another, until somebody acknowledges."""

    name = models.CharField(max_length=100, unique=True)
    rounds = models.PositiveSmallIntegerField(default=3)  # how often it is gone through
    # While the desk is open its people are there: then only what nobody took up is paged.
    outside_hours_only = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)  # grows with every change
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class PagingStep(models.Model):
    class Whom(models.TextChoices):
        ROTA = "rota"  # who is on at that instant
        AGENT = "agent"
        EVERYONE = "everyone"  # all of Tier One who can be paged
        MANAGERS = "managers"

    chain = models.ForeignKey(PagingChain, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()  # 1 is the first
    whom = models.CharField(max_length=8, choices=Whom)
    rota = models.ForeignKey(Rota, null=True, on_delete=models.PROTECT)
    agent = models.ForeignKey(Agent, null=True, on_delete=models.PROTECT)
    wait_minutes = models.PositiveSmallIntegerField(default=5)  # for an acknowledgement

    class Meta:
        ordering = ["chain", "position"]
        constraints = [
            models.UniqueConstraint(fields=["chain", "position"], name="paging_step_once")
        ]


class Paging(models.Model):
    """One chain under way, with its steps as they stood when it began.

        RUNNING → acknowledge → ACKNOWLEDGED → ENDED (activated, or no longer needed)
           ↘ all rounds gone through → EXHAUSTED

    occasion: what it is for; each occasion of a case is paged about once.
    case null: about the desk itself, of which a part stands still.
    """

    class State(models.TextChoices):
        RUNNING = "running"
        ACKNOWLEDGED = "acknowledged"
        ENDED = "ended"
        EXHAUSTED = "exhausted"

    class Why(models.TextChoices):
        CRITICAL = "critical"  # opened as Critical, or raised to it
        NOT_ACTIVATED = "not_activated"  # acknowledged, and then nothing by the due time
        REOPENED = "reopened"
        BY_HAND = "by_hand"
        PART = "part"  # a part of the desk stands still

    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="pagings")
    why = models.CharField(max_length=14, choices=Why)
    occasion = models.CharField(max_length=100)  # "opened:17", "due:activation:1", …
    said = models.CharField(max_length=200, blank=True)  # what a page says of it, besides
    chain_name = models.CharField(max_length=100)
    # [{"whom", "rota", "agent", "wait_minutes"}, …] as the chain stood.
    steps = models.JSONField()
    rounds = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State, default=State.RUNNING)
    steps_taken = models.PositiveSmallIntegerField(default=0)  # over all rounds
    # When the next step is due, or (acknowledged) when the silence is looked at again.
    next_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(
        Agent, null=True, on_delete=models.PROTECT, related_name="+"
    )
    acknowledged_by_way = models.CharField(max_length=8, blank=True)  # "link", "reply", "console"
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=40, blank=True)  # a code

    class Meta:
        indexes = [
            models.Index(
                fields=["next_at"],
                name="paging_sweep",
                condition=models.Q(next_at__isnull=False),
            ),
            models.Index(fields=["case", "-id"], name="paging_by_case"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["case", "occasion"], name="paging_once"),
        ]


class Page(models.Model):
    """One person paged by one step, and where the attempts to reach them stand."""

    class State(models.TextChoices):
        WAITING = "waiting"
        CLAIMED = "claimed"
        SENT = "sent"  # a service took it
        FAILED = "failed"  # no destination took it
        CANCELLED = "cancelled"  # acknowledged before it left

    paging = models.ForeignKey(Paging, on_delete=models.PROTECT, related_name="pages")
    step = models.PositiveSmallIntegerField()  # counted over all rounds, from 0
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="pages")
    token = models.CharField(max_length=64, unique=True)  # of the link that acknowledges
    code = models.CharField(max_length=8)  # what a text message answers with
    created_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    claim = models.PositiveIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["state", "next_try_at", "id"], name="page_by_state"),
            models.Index(fields=["code"], name="page_by_code"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["paging", "step", "agent"], name="page_once"),
        ]


class PageAttempt(models.Model):
    """One try at one destination. Rows are added, and completed once."""

    class Outcome(models.TextChoices):
        BEGUN = "begun"  # if the worker died here, nobody knows whether it left
        SENT = "sent"
        FAILED = "failed"

    page = models.ForeignKey(Page, on_delete=models.PROTECT, related_name="attempts")
    destination = models.ForeignKey(PageDestination, null=True, on_delete=models.SET_NULL)
    label = models.CharField(max_length=100)  # of the destination as it was called
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=6, choices=Outcome, default=Outcome.BEGUN)
    said = models.TextField(blank=True)  # by the service; no secrets

    class Meta:
        ordering = ["id"]


class Alarm(models.Model):
    """A part of the desk that stands still, from when it was noticed until it goes again."""

    part = models.CharField(max_length=20)  # the name of its `Heartbeat`
    since = models.DateTimeField()  # when it was last seen alive
    noticed_at = models.DateTimeField()
    noticed_by = models.CharField(max_length=20)  # the part that noticed
    told_at = models.DateTimeField(null=True)
    said = models.TextField(blank=True)  # what became of the telling
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["part"], condition=models.Q(ended_at__isnull=True), name="alarm_once"
            ),
        ]
