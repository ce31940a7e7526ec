import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dueline.actions import contacts
from dueline.actions.contact_numbers import add_number
from dueline.core.errors import Refusal
from dueline.models import ContactNumber
from dueline.queries.callers import callers_of, who_calls
from tests.world import MONDAY

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("number", ["", "anonymous", "204", "+46 8 555 555 55", "Cleo"])
def test_nobody_has_a_number_that_was_never_told(world, number):
    assert who_calls(number, at=MONDAY) == []


@pytest.mark.parametrize(
    "number", ["+46701234567", "0046701234567", "070-123 45 67", "sip:+46701234567@pbx.example"]
)
def test_a_caller_is_known_in_any_spelling_with_what_is_open(world, number):
    own, colleagues = world.case(subject="Hers"), world.case(world.dag, subject="His")
    world.case(world.eve, subject="Another company's")

    (cleo,) = who_calls(number, at=MONDAY)

    assert (cleo.name, cleo.organization, cleo.plan) == ("Cleo Dahl", "Northwind", "extended")
    assert cleo.is_super_user
    assert cleo.is_covered
    assert [case.id for case in cleo.cases] == [own.pk, colleagues.pk]
    assert cleo.open_cases == 2


def test_two_people_with_one_number_are_both_told_of(world):
    add_number(world.dag.id, number="070-123 45 67", actor=world.asta, at=MONDAY)

    assert [one.name for one in who_calls("+46701234567", at=MONDAY)] == ["Cleo Dahl", "Dag Ek"]


def test_somebody_without_a_company_has_the_cases_of_their_own(world):
    noa = contacts.find_or_create(name="Noa", email="", phone="08-123 456 78", at=MONDAY)
    contacts.find_or_create(name="Kim", email="", phone="08-123 456 79", at=MONDAY)
    case = world.case(noa.as_person())

    (found,) = who_calls("+46812345678", at=MONDAY)

    assert (found.organization, found.is_covered) == ("", False)
    assert [row.id for row in found.cases] == [case.pk]
    assert found.open_cases == 1
    assert who_calls("+46812345679", at=MONDAY)[0].open_cases == 0


def test_who_has_left_is_not_taken_for_the_caller(world):
    contacts.let_go(world.dag.id, actor=world.ada, at=MONDAY)

    assert who_calls("+46709876543", at=MONDAY) == []


def test_a_list_of_calls_costs_as_few_statements_as_one_call(world):
    for person in (world.cleo, world.dag, world.eve):
        world.case(person)
    numbers = ["+46701234567", "070 987 65 43", "08-512 345 00"]

    with CaptureQueriesContext(
        connection,
    ) as for_one:
        callers_of(numbers[:1], at=MONDAY)
    with CaptureQueriesContext(connection) as for_all:
        found = callers_of(numbers, at=MONDAY)

    assert [found[number][0].name for number in numbers] == ["Cleo Dahl", "Dag Ek", "Eve Moss"]
    assert len(for_all) == len(for_one) <= 9


def test_a_caller_is_found_among_twenty_thousand_numbers_in_a_fifth_of_a_second(world):
    ContactNumber.objects.bulk_create(
        [
            ContactNumber(contact_id=world.dag.id, number=f"+4670{n:07}")
            for n in range(2_000_000, 2_020_000)
        ],
        batch_size=5000,
    )
    world.case()
    who_calls("+46701234567", at=MONDAY)  # the first one writes the statements

    began = time.perf_counter()
    assert len(who_calls("070-123 45 67", at=MONDAY)) == 1
    assert time.perf_counter() - began < 0.2


# --- how the desk learns numbers ----------------------------------------------------------------


def numbers_of(person):
    return set(ContactNumber.objects.filter(contact=person.id).values_list("number", flat=True))


def test_an_administrator_who_changes_a_number_is_known_by_the_new_one_alone(world):
    contacts.change_contact(
        world.dag.id,
        contacts.Particulars("Dag Ek", "dag@northwind.example", "08-555 666 77"),
        actor=world.ada,
        at=MONDAY,
    )

    assert numbers_of(world.dag) == {"+46855566677"}


def test_more_numbers_are_kept_beside_the_first_until_they_are_taken_away(world):
    def change(*more):
        contacts.change_contact(
            world.dag.id,
            contacts.Particulars(
                "Dag Ek", "dag@northwind.example", "+46709876543", more_numbers=more
            ),
            actor=world.ada,
            at=MONDAY,
        )

    change("08-555 666 77", "+47 22 33 44 55", "")
    assert numbers_of(world.dag) == {"+46709876543", "+46855566677", "+4722334455"}
    change("+47 22 33 44 55")
    assert numbers_of(world.dag) == {"+46709876543", "+4722334455"}
    with pytest.raises(Refusal, match="no telephone number"):
        change("the reception")
    assert numbers_of(world.dag) == {"+46709876543", "+4722334455"}


def test_a_number_that_is_no_number_is_kept_as_written_and_finds_nobody(world):
    contact = contacts.find_or_create(name="Kim", email="", phone="ext. 204", at=MONDAY)

    assert contact.phone == "ext. 204"
    assert not ContactNumber.objects.filter(contact=contact).exists()


def test_a_number_that_came_with_a_request_is_known_at_once(world):
    contact = contacts.find_or_create(
        name="Kim", email="kim@northwind.example", phone="", at=MONDAY
    )
    contacts.find_or_create(
        name="Kim", email="kim@northwind.example", phone="070 555 66 77", at=MONDAY
    )

    assert numbers_of(contact.as_person()) == {"+46705556677"}


def test_only_the_desk_gives_somebody_a_number(world):
    with pytest.raises(Refusal):
        add_number(world.cleo.id, number="+46705556677", actor=world.eve, at=MONDAY)
