"""What closed cases take from their contracts. A budget that is used up stops nothing."""

from datetime import datetime

from django.db.models import F

from dueline.actions import contract_letters
from dueline.actions._change import Change
from dueline.core.events import Event, Kind
from dueline.models import Contract, Debit
from dueline.queries.contracts import Budget, allowance_of
from dueline.queries.desk import day_at
from dueline.queries.entries import super_users
from dueline.wording.times import say_minutes

_TOLD_AT = (100, 80)  # percent


def debit(change: Change, closing: Event) -> None:
    """Take a closed case from the budget of its contract (inside the act that closes it).

    One incident, however often the case is opened again, and the minutes that engineers stated
    when they resolved it since the last closing.
    """
    contract_id = change.case.contract_id
    if contract_id is None:
        return
    # Written first: of two cases that are closed at once, the second counts the first.
    Contract.objects.filter(pk=contract_id).update(incidents_told=F("incidents_told"))
    before = list(Debit.objects.filter(case=change.case).values_list("closing_id", flat=True))
    counted_to = max(before, default=0)
    Debit.objects.create(
        contract_id=contract_id,
        case=change.case,
        closing_id=closing.id,
        incidents=0 if before else 1,
        minutes=sum(
            event.facts.get("minutes", 0)
            for event in change.events
            if event.kind is Kind.RESOLVED and event.id > counted_to
        ),
        at=change.at,
    )
    _tell(contract_id, at=change.at)


def _tell(contract_id: int, *, at: datetime) -> None:
    allowance = allowance_of(contract_id)
    budgets = {"incidents": allowance.incidents, "minutes": allowance.minutes}
    for what, budget in budgets.items():
        percent = next((step for step in _TOLD_AT if budget.percent >= step), 0)
        told = Contract.objects.filter(pk=contract_id, **{f"{what}_told__lt": percent})
        if percent and told.update(**{f"{what}_told": percent}):
            _send(contract_id, what, budget, percent, at=at)


def _send(contract_id: int, what: str, budget: Budget, percent: int, *, at: datetime) -> None:
    contract = Contract.objects.select_related("organization").get(pk=contract_id)
    say = say_minutes if what == "minutes" else str
    contract_letters.budget_reached(
        contract,
        what=what,
        percent=percent,
        used=lambda: say(budget.used),
        limit=lambda: say(budget.limit or 0),
        super_users=super_users(contract.organization_id, on=day_at(at)),
        at=at,
    )
