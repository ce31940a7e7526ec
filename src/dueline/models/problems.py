"""Known problems: one cause behind many cases."""

from django.db import models

from dueline.models.agents import Agent


class Problem(models.Model):
    """What is wrong with the product, as colleagues know it. Customers read only what is sent."""

    title = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    created_by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    solved_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.title
