"""Policies: what is promised. A version never changes; a change is a new version."""

from django.db import models

from dueline.models.agents import Agent


class Policy(models.Model):
    name = models.CharField(max_length=200, unique=True)

    def __str__(self) -> str:
        return self.name


class PolicyVersion(models.Model):
    """One published text of a policy. source: TOML, read by `core.policy.parse_policy`.

    acknowledged: golden cases that promise something else than before, by name: who took that on
    ("name", "agent"), when ("at"), what it promised ("was") and what it does now ("now").
    """

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    source = models.TextField()
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(  # null: by a command
        Agent, null=True, on_delete=models.PROTECT, related_name="+"
    )
    acknowledged = models.JSONField(default=dict)
    # Requests that arrive from here on are promised under it.
    holds_from = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["policy", "number"], name="policy_version_number")
        ]


class PolicyDraft(models.Model):
    """The next version in the making: one to a policy, until it is published or thrown away.

    source: TOML that can be read, always. version: grows with each change. acknowledged: as in
    PolicyVersion, with the "text" of the golden case: for that very text it holds.
    """

    policy = models.OneToOneField(Policy, on_delete=models.CASCADE, related_name="draft")
    source = models.TextField()
    version = models.PositiveIntegerField(default=1)
    begun_from = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="+")
    acknowledged = models.JSONField(default=dict)
    edited_by = models.ForeignKey(  # null: by a command
        Agent, null=True, on_delete=models.PROTECT, related_name="+"
    )
    edited_at = models.DateTimeField()
