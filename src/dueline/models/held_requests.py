"""Requests that wait for a super-user's word: kept whole, until a case comes of them."""

from django.db import models

from dueline.core.priorities import Priority
from dueline.models.agents import Agent
from dueline.models.cases import Case
from dueline.models.contacts import Contact
from dueline.models.inbox import InboxItem
from dueline.models.organizations import Installation, Organization


class HeldRequest(models.Model):
    """Everything that a request said, so that a case can be opened for its sender later.

    organization: in whose name it came. contact: its sender, if the desk knew them.
    """

    class State(models.TextChoices):
        HELD = "held"
        OPENED = "opened"  # somebody vouched for it
        DECLINED = "declined"  # a super-user said no, and the sender was told why
        DISMISSED = "dismissed"  # an engineer saw that it calls for nothing

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="held_requests"
    )
    contact = models.ForeignKey(
        Contact, null=True, on_delete=models.PROTECT, related_name="held_requests"
    )
    why = models.CharField(max_length=20)  # core.entitlement.Held
    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    channel = models.CharField(max_length=10)
    subject = models.TextField()
    text = models.TextField()
    folded_from = models.PositiveIntegerField(null=True)
    html = models.TextField(blank=True)
    priority = models.CharField(max_length=8, choices=[(p.value, p.value) for p in Priority])
    escalation_reason = models.TextField(blank=True)
    call_back_phone = models.CharField(max_length=40, blank=True)
    missing = models.JSONField(default=list)  # particulars to ask for
    # The address was proved: by a sign-in, or because a contact of the company wrote from it.
    is_verified = models.BooleanField()
    by_machine = models.BooleanField(default=False)  # a machine wrote it, and is told nothing
    installation = models.ForeignKey(Installation, null=True, on_delete=models.SET_NULL)
    inbox_item = models.OneToOneField(
        InboxItem, null=True, on_delete=models.PROTECT, related_name="held_request"
    )
    arrived_at = models.DateTimeField()

    state = models.CharField(max_length=10, choices=State, default=State.HELD)
    decided_at = models.DateTimeField(null=True)
    decided_by_contact = models.ForeignKey(
        Contact, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_by_agent = models.ForeignKey(
        Agent, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.TextField(blank=True)  # why it was declined or dismissed
    case = models.OneToOneField(
        Case, null=True, on_delete=models.PROTECT, related_name="held_request"
    )

    class Meta:
        indexes = [
            models.Index(fields=["organization", "id"], name="held_by_company"),
            models.Index(
                fields=["id"], name="held_requests_waiting", condition=models.Q(state="held")
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="held", decided_at__isnull=True)
                | (~models.Q(state="held") & models.Q(decided_at__isnull=False)),
                name="held_until_decided",
            ),
            models.CheckConstraint(
                condition=models.Q(state="opened") | models.Q(case__isnull=True),
                name="only_what_was_vouched_for_is_a_case",
            ),
        ]


class HeldFile(models.Model):
    """A file of a held request. The bytes lie in the store, as those of an `Attachment`."""

    request = models.ForeignKey(HeldRequest, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    content_id = models.CharField(max_length=200, blank=True)
    is_inline = models.BooleanField(default=False)
