"""What closed cases take from the budgets of a contract."""

from django.db import models

from dueline.models.cases import Case, Event
from dueline.models.contracts import Contract


class Debit(models.Model):
    """One closing of a case. A case that was opened again counts as an incident once."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="debits")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="debits")
    closing = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="debit")
    incidents = models.PositiveIntegerField()
    minutes = models.PositiveIntegerField()
    at = models.DateTimeField()
