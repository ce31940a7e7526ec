"""What engineers see and do of requests that wait, of contracts, and of urgent cases."""

from datetime import timedelta

import pytest

from dueline.actions import cases, held_requests
from dueline.core.priorities import Priority
from dueline.models import Case, Contact, Contract, Event, HeldRequest, Installation
from tests.world import utc

ARRIVED = utc("2026-11-16T09:00")


@pytest.fixture
def asta(world, enter):
    return enter(world.asta)


@pytest.fixture
def held(world) -> HeldRequest:
    row = HeldRequest(
        organization=world.northwind,
        contact=world.contact(world.dag),
        why="not-super-user",
        name="Dag Ek",
        email=world.dag.email,
        channel="mail",
        subject="Scanners stand still",
        text="All of them.",
        priority="normal",
        is_verified=True,
        arrived_at=ARRIVED,
    )
    held_requests.hold(row, files=(), tells_sender=True, at=ARRIVED)
    return row


def page_of(client, path) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_what_waits_stands_in_the_inbox_with_its_reason(asta, held):
    page = page_of(asta, "/console/inbox")
    assert "Scanners stand still" in page
    assert "The sender is no super-user" in page
    assert "Nothing is held" not in page


def test_an_engineer_cannot_vouch_without_saying_who_confirmed_it(asta, held):
    answer = asta.post(f"/console/requests/{held.pk}/vouching", {"confirmed_by": " "})
    assert answer.status_code == 400
    assert "Say who of the company confirmed it" in answer.content.decode()
    assert not Case.objects.exists()


def test_an_engineer_vouches_after_a_call_and_both_times_are_on_the_case(asta, held):
    answer = asta.post(
        f"/console/requests/{held.pk}/vouching",
        {"confirmed_by": "Cleo Dahl, on the telephone"},
        follow=True,
    )
    page = answer.content.decode()
    assert "(Confirmed by: Cleo Dahl, on the telephone)" in page
    assert "It was held since" in page
    assert Case.objects.get().opened_at == ARRIVED


def test_an_engineer_dismisses_with_a_reason(asta, held):
    address = f"/console/requests/{held.pk}/dismissal"
    assert asta.post(address, {"reason": ""}).status_code == 400
    asta.post(address, {"reason": "Advertising."})
    assert "Scanners stand still" not in page_of(asta, "/console/inbox")
    assert asta.post(address, {"reason": "Again."}).status_code == 409


def test_i61_who_confirmed_it_is_said_to_colleagues_alone(world, asta, enter, held):
    asta.post(f"/console/requests/{held.pk}/vouching", {"confirmed_by": "zwickelnote"})
    page = page_of(enter(world.cleo), f"/cases/{Case.objects.get().number}")
    assert "vouched for the request" in page
    assert "zwickelnote" not in page


def test_a_case_without_a_contract_says_so_in_the_queue_and_on_its_page(world, asta):
    covered = world.case(subject="Covered", at=ARRIVED)
    assert "no contract" not in page_of(asta, "/console/queue?show=team")
    Contract.objects.filter(organization=world.southgate).update(ends_on="2026-01-31")
    case = world.case(by=world.eve, subject="Uncovered", at=ARRIVED)
    assert "no contract" in page_of(asta, "/console/queue?show=team")
    assert "handled as" in page_of(asta, f"/console/cases/{case.number}")
    assert "handled as" not in page_of(asta, f"/console/cases/{covered.number}")


def test_a_case_says_that_its_contact_is_no_super_user(world, asta):
    case = world.case(by=world.dag, at=ARRIVED)
    assert "The contact is no super-user" in page_of(asta, f"/console/cases/{case.number}")
    Contact.objects.filter(pk=world.cleo.id).update(is_super_user=False)
    case = world.case(by=world.dag, at=ARRIVED)
    assert "The company has no super-user" in page_of(asta, f"/console/cases/{case.number}")


def test_what_is_left_of_the_contract_stands_beside_the_case(world, asta):
    Contract.objects.filter(organization=world.northwind).update(incidents=4)
    case = world.case(at=ARRIVED)
    assert "0 of 4 used" in page_of(asta, f"/console/cases/{case.number}")


def test_the_minutes_of_a_solution_are_a_whole_number_or_nothing(world, asta):
    case = world.case(at=ARRIVED)
    address = f"/console/cases/{case.number}/resolution"
    assert asta.post(address, {"text": "Solved.", "minutes": "an hour"}).status_code == 400
    asta.post(address, {"text": "Solved.", "minutes": "90"})
    assert Event.objects.get(case=case, kind="resolved").facts["minutes"] == 90


def test_cases_are_found_by_what_they_are_about(world, asta):
    for product, environment in (("Warehouse", "production"), ("Till", "test")):
        one = Installation.objects.create(
            organization=world.northwind, product=product, environment=environment
        )
        cases.open_case(
            contact=world.contact(world.cleo),
            subject=f"About the {product}",
            text="x",
            priority=Priority.NORMAL,
            channel="web",
            happened_at=ARRIVED,
            at=ARRIVED,
            actor=world.cleo,
            installation=one,
        )
    page = page_of(asta, "/console/cases?product=Till")
    assert "About the Till" in page
    assert "About the Warehouse" not in page
    assert "About the Warehouse" in page_of(asta, "/console/cases?environment=production")
    assert "No case is like this" in page_of(asta, "/console/cases?version=9")


# --- calls ---------------------------------------------------------------------------------------


def test_a_caller_who_is_no_super_user_is_marked_where_the_plan_wants_one(world, asta):
    assert "though the plan wants one" in page_of(asta, "/console/calls/new?q=Dag")
    assert "though the plan wants one" not in page_of(asta, "/console/calls/new?q=Cleo")
    Contract.objects.all().delete()
    assert "though the plan wants one" not in page_of(asta, "/console/calls/new?q=Dag")


def test_a_call_about_something_urgent_makes_that_case_critical_and_opens_no_other(world, asta):
    case = world.case(subject="Urgent: payment page down", at=ARRIVED)
    world.case(by=world.eve, subject="Urgent, but on a standard plan", at=ARRIVED)
    page = page_of(asta, "/console/calls/new?q=Cleo")
    assert f'name="joins" value="{case.number}"' in page
    assert "on a standard plan" not in page
    answer = asta.post(
        "/console/calls/new",
        {"contact": world.cleo.id, "joins": case.number, "reached": "yes", "subject": "Down"},
        follow=True,
    )
    assert case.number in answer.content.decode()
    case.refresh_from_db()
    assert case.priority == "critical"
    assert Case.objects.count() == 2
    assert "joins" not in page_of(asta, "/console/calls/new?q=Cleo")


def test_a_call_before_the_urgent_request_arrived_is_refused(world, asta):
    case = world.case(subject="Urgent: payment page down", at=ARRIVED)
    answer = asta.post(
        "/console/calls/new",
        {"joins": case.number, "reached": "yes", "happened_at": "2026-11-16T08:00"},
    )
    assert answer.status_code == 400
    case.refresh_from_db()
    assert case.priority == "normal"


# --- another contract ----------------------------------------------------------------------------


def test_open_cases_stay_under_their_contract_until_an_administrator_re_bases_them(
    world, enter, now
):
    ada = enter(world.ada)
    at = now - timedelta(hours=1)
    case = world.case(at=at)
    world.case(by=world.eve, at=at)
    address = f"/console/settings/companies/{world.northwind.pk}"
    assert "keeps what it was promised" not in page_of(ada, address)
    contract = Contract.objects.create(
        organization=world.northwind, plan="standard", starts_on=now.date(), created_at=now
    )
    assert "1 open case keeps what it was promised" in page_of(ada, address)
    assert ada.post(f"{address}/rebase", {"reason": " "}).status_code == 400
    ada.post(f"{address}/rebase", {"reason": "The new contract of today."})
    case.refresh_from_db()
    assert (case.contract_id, case.plan) == (contract.pk, "standard")
    assert case.events.get(kind="rebased").agent_id == world.ada.id
    assert "keeps what it was promised" not in page_of(ada, address)
