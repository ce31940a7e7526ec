"""Who watches a case: people of the customer's, and colleagues."""

from django.db import models

from dueline.models.agents import Agent
from dueline.models.cases import Case
from dueline.models.contacts import Contact


class Watcher(models.Model):
    """One person who sees a case and hears of it. by_merge: leaves when the merge is undone."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="watchers")
    contact = models.ForeignKey(
        Contact, null=True, on_delete=models.CASCADE, related_name="watched"
    )
    agent = models.ForeignKey(Agent, null=True, on_delete=models.CASCADE, related_name="watched")
    by_merge = models.ForeignKey(Case, null=True, on_delete=models.CASCADE, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(contact__isnull=True) ^ models.Q(agent__isnull=True),
                name="watcher_is_one_person",
            ),
            models.UniqueConstraint(fields=["case", "contact"], name="contact_watches_once"),
            models.UniqueConstraint(fields=["case", "agent"], name="agent_watches_once"),
        ]
