"""Closed cases take from the budget of their contract; a used-up budget stops nothing."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from dueline.actions import cases, messages, silence
from dueline.models import Contract, Debit, OutboxItem
from dueline.queries.contracts import Budget, allowance_of
from tests.world import MONDAY

MINUTE = timedelta(minutes=1)


@pytest.fixture
def contract(world):
    Contract.objects.filter(organization=world.northwind).update(incidents=5, minutes=600)
    return Contract.objects.get(organization=world.northwind)


def closed(world, *, minutes=None, by=None, at=MONDAY):
    case = world.case(by=by, at=at)
    cases.resolve(case.pk, text="Solved.", actor=world.asta, at=at + MINUTE, minutes=minutes)
    cases.close(case.pk, actor=world.asta, at=at + 2 * MINUTE)
    return case


def used(contract):
    allowance = allowance_of(contract.pk)
    return allowance.incidents.used, allowance.minutes.used


def told(address="cleo@northwind.example"):
    found = OutboxItem.objects.filter(to_address=address, subject__contains="budget")
    return list(found.order_by("id").values_list("subject", flat=True))


def test_a_case_that_is_only_resolved_takes_nothing(world, contract):
    case = world.case()
    cases.resolve(case.pk, text="Solved.", actor=world.asta, at=MONDAY, minutes=30)
    assert used(contract) == (0, 0)


def test_a_case_without_a_contract_takes_nothing(world):
    Contract.objects.all().update(ends_on="2026-01-31")
    closed(world, minutes=30)
    assert not Debit.objects.exists()


def test_a_closed_case_takes_one_incident_and_the_minutes_that_were_stated(world, contract):
    closed(world, minutes=45)
    closed(world)
    assert used(contract) == (2, 45)


def test_a_case_that_the_customer_closes_counts_as_well(world, contract):
    case = world.case()
    cases.close(case.pk, actor=world.cleo, at=MONDAY)
    assert used(contract) == (1, 0)


def test_a_case_that_the_machine_closes_in_silence_counts_as_well(world, contract):
    case = world.case()
    messages.ask_customer(case.pk, text="Which?", actor=world.asta, at=MONDAY)
    for days in range(1, 60):
        silence.sweep(at=MONDAY + timedelta(days=days))
    case.refresh_from_db()
    assert case.state == "closed"
    assert used(contract) == (1, 0)


def test_a_case_that_is_opened_again_is_one_incident_and_all_its_minutes(world, contract):
    case = closed(world, minutes=45)
    at = MONDAY + 10 * MINUTE
    cases.reopen(case.pk, reason="Again.", actor=world.cleo, at=at)
    cases.resolve(case.pk, text="Now.", actor=world.asta, at=at + MINUTE, minutes=20)
    cases.close(case.pk, actor=world.asta, at=at + 2 * MINUTE)
    assert used(contract) == (1, 65)


def test_the_budget_of_another_company_is_untouched(world, contract):
    closed(world, by=world.eve, minutes=10)
    assert used(contract) == (0, 0)


def test_people_are_told_once_at_eighty_and_once_at_a_hundred_percent(world, contract):
    seen = []
    for n in range(7):
        closed(world, at=MONDAY + n * timedelta(hours=1))
        seen.append(len(told()))
    assert seen == [0, 0, 0, 1, 2, 2, 2]
    assert told() == [
        "Northwind has used 80 % of a budget",
        "Northwind has used 100 % of a budget",
    ]
    assert len(told("ada@desk.example")) == 2


def test_a_budget_that_jumps_over_both_steps_is_told_once(world, contract):
    closed(world, minutes=700)
    assert told() == ["Northwind has used 100 % of a budget"]
    mail = OutboxItem.objects.get(subject__contains="budget", to_address="cleo@northwind.example")
    assert "11 h 40 min of the 10 h of work" in mail.text


def test_over_budget_the_next_case_opens_as_ever(world, contract):
    for n in range(6):
        closed(world, at=MONDAY + n * timedelta(hours=1))
    assert allowance_of(contract.pk).incidents.is_over
    assert world.case(at=MONDAY + timedelta(hours=9)).contract_id == contract.pk


def test_what_was_taken_cannot_be_rewritten(world, contract):
    closed(world)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Debit.objects.update(minutes=0)


@pytest.mark.parametrize(
    ("budget", "percent", "left"),
    [
        (Budget(0, None), 0, 0),
        (Budget(9, None), 0, 0),
        (Budget(0, 0), 100, 0),
        (Budget(4, 5), 80, 1),
        (Budget(6, 5), 120, 0),
        (Budget(79, 99), 79, 20),
    ],
)
def test_what_is_left_of_a_budget(budget, percent, left):
    assert (budget.percent, budget.left) == (percent, left)
