"""Who changed what at the desk itself. Rows are only ever added (a trigger refuses updates)."""

from django.db import models

from dueline.models.agents import Agent
from dueline.models.contacts import Contact


class AuditEntry(models.Model):
    """One change of rights, rules or people.

    what: a code ("role", …). about: whom or what it concerns, as it was called then. facts: what
    was and what is. agent and contact both null: the desk itself.
    """

    at = models.DateTimeField()
    agent = models.ForeignKey(Agent, null=True, on_delete=models.PROTECT, related_name="+")
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=24)
    about = models.CharField(max_length=200)
    facts = models.JSONField(default=dict)
