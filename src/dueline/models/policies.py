"""Policies: what is promised. A version never changes; a change is a new version."""

from django.db import models


class Policy(models.Model):
    name = models.CharField(max_length=200, unique=True)

    def __str__(self) -> str:
        return self.name


class PolicyVersion(models.Model):
    """One published text of a policy. source: TOML, read by `core.policy.parse_policy`."""

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    source = models.TextField()
    published_at = models.DateTimeField()
    # Requests that arrive from here on are promised under it.
    holds_from = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["policy", "number"], name="policy_version_number")
        ]
