"""The people of the desk."""

from django.db import models

from dueline.core.audience import Person
from dueline.models.accounts import Account


class Agent(models.Model):
    """Somebody who works at the desk: Tier One owns cases, Tier Two answers questions."""

    class Tier(models.IntegerChoices):
        ONE = 1
        TWO = 2

    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="agent")
    name = models.CharField(max_length=200)
    tier = models.PositiveSmallIntegerField(choices=Tier, default=Tier.ONE)
    is_administrator = models.BooleanField(default=False)
    # Told of promises that are long overdue, where the policy says so.
    is_manager = models.BooleanField(default=False)
    language = models.CharField(max_length=10, blank=True)  # empty: as the browser asks
    signature = models.TextField(blank=True)  # Markdown; under what they write to customers
    phone = models.CharField(max_length=40, blank=True)  # where colleagues reach them
    extension = models.CharField(max_length=40, blank=True)  # their telephone at the desk
    # Quiet hours: outside of these, notices wait. Null: at any hour. Pages never wait.
    working_hours = models.ForeignKey("Calendar", null=True, on_delete=models.PROTECT)
    # Away from the first to the last of these days, while the deputy is told instead.
    away_from = models.DateField(null=True)
    away_until = models.DateField(null=True)
    deputy = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def as_person(self) -> Person:
        """account: best read with select_related."""
        return Person(
            kind="agent",
            id=self.pk,
            name=self.name,
            email=self.account.email,
            tier=self.tier,
            is_administrator=self.is_administrator,
            is_manager=self.is_manager,
            language=self.language,
        )
