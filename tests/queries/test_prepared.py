"""Statements that are written once."""

from typing import NamedTuple

import pytest
from django.db import connection
from django.db.models import Exists, OuterRef
from django.test.utils import CaptureQueriesContext

from dueline.actions import messages
from dueline.models import Case, Contact, Event, Message
from dueline.queries.prepared import Prepared
from tests.world import MONDAY


class Seen(NamedTuple):
    id: int
    kind: str
    recorded_at: object
    agent: str | None
    facts: dict
    has_text: bool


COLUMNS = ("id", "kind", "recorded_at", "agent__name", "facts", "has_text")


def written(case_id):
    return (
        Event.objects.filter(case_id=case_id)
        .annotate(has_text=Exists(Message.objects.filter(pk=OuterRef("message_id"))))
        .order_by("id")
        .values_list(*COLUMNS)
    )


def test_a_prepared_statement_returns_what_the_orm_returns_for_each_argument(world):
    cases = [world.case(), world.case(priority="critical"), world.case(by=world.eve)]
    messages.reply(cases[1].pk, text="We are on it.", actor=world.asta, at=MONDAY)
    events = Prepared(Seen, written)
    for case in cases:
        assert events(case.pk) == list(map(Seen._make, written(case.pk)))
    assert events(0) == []


class Named(NamedTuple):
    name: str


def test_texts_are_arguments_too_and_never_part_of_the_statement(world):
    by_name = Prepared(
        Named,
        lambda email, name: Contact.objects.filter(email=email, name=name).values_list("name"),
    )
    assert by_name("eve@southgate.example", "Eve Moss") == [Named("Eve Moss")]
    assert by_name("eve@southgate.example", "Dag Ek") == []
    assert by_name("' OR 1=1 --", "Eve Moss") == []


class Numbered(NamedTuple):
    id: int


def test_what_is_not_an_argument_stays_as_it_was_written(world):
    case, other = world.case(), world.case(by=world.eve)
    new = Prepared(
        Numbered,
        lambda contact_id: Case.objects.filter(contact_id=contact_id, state="new").values_list(
            "id"
        ),
    )
    assert new(world.cleo.id) == [(case.pk,)]
    assert new(world.eve.id) == [(other.pk,)]
    assert new(None) == []


def test_the_orm_is_asked_once(world):
    case, asked = world.case(), []

    def build(case_id):
        asked.append(case_id)
        return written(case_id)

    events = Prepared(Seen, build)
    with CaptureQueriesContext(connection) as statements:
        events(case.pk)
        events(case.pk)
    assert (len(asked), len(statements)) == (1, 2)


def test_a_queryset_that_does_not_fit_its_row_is_noticed(world):
    case = world.case()
    with pytest.raises(TypeError):
        Prepared(Named, written)(case.pk)
