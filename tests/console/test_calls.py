from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from dueline.models import Case, Contact

pytestmark = pytest.mark.django_db
ADDRESS = "/console/calls/new"


@pytest.fixture
def asta(world, enter):
    return enter(world.asta)


def typed(**more):
    said = {"subject": "Printer on fire", "text": "It burns.", "priority": "normal"}
    return {**said, "reached": "yes", **more}


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ({"subject": " "}, "Say in one line"),
        ({"reached": ""}, "Say whether you spoke"),
        ({"priority": "huge"}, "Ask the caller how bad it is."),
        ({"name": "", "phone": ""}, "Ask for the caller’s name"),
        ({"happened_at": "yesterday"}, "This is not a time."),
        ({"happened_at": "2099-01-01T10:00"}, "has not happened yet"),
        ({"priority": "high", "reason": ""}, "High is an escalation"),
        ({"reached": "no", "phone": ""}, "Which number shall be called back?"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_is_kept(asta, missing, said):
    response = asta.post(ADDRESS, typed(**{"name": "Noa Vik", **missing}))

    page = response.content.decode()
    assert response.status_code == 400
    assert said in page
    assert "It burns.</textarea>" in page
    assert not Case.objects.exists()


def test_a_call_answered_directly_meets_the_response_and_names_the_number(world, asta):
    response = asta.post(ADDRESS, typed(contact=world.cleo.id), follow=True)

    case = Case.objects.get()
    assert case.commitments.get(kind="response").state == "met"
    assert (case.contact_id, case.channel) == (world.cleo.id, "phone")
    assert f"Tell the caller the Case Number: {case.number}" in response.content.decode()


def test_a_call_that_nobody_answered_owes_a_call_back(world, asta):
    asta.post(ADDRESS, typed(contact=world.cleo.id, reached="no"))

    case = Case.objects.get()
    assert case.state == "new"
    assert case.commitments.get(kind="callback").state == "running"


def test_the_clocks_count_from_when_the_call_was(world, asta, now):
    called_at = now - timedelta(minutes=40)
    local = called_at.astimezone(ZoneInfo("Europe/Stockholm"))

    asta.post(
        ADDRESS,
        typed(
            contact=world.cleo.id,
            priority="critical",
            reached="no",
            happened_at=local.strftime("%Y-%m-%dT%H:%M:%S"),
        ),
    )

    case = Case.objects.get()
    assert case.commitments.get(kind="response").due_at == called_at + timedelta(minutes=60)


def test_an_unknown_caller_is_written_down(asta):
    asta.post(
        ADDRESS, typed(name="Noa Vik", phone="+46 8 123 45 67", email="Noa@Elsewhere.example")
    )

    contact = Contact.objects.get(name="Noa Vik")
    assert contact.email == "noa@elsewhere.example"
    assert contact.organization is None


@pytest.mark.parametrize("text", ["cleo", "northwind", "Dahl north", "070 123 45 67"])
def test_a_caller_is_found_by_name_company_or_number(asta, text):
    part = asta.get(ADDRESS, {"q": text}, headers={"HX-Request": "true"}).content.decode()

    assert "Cleo Dahl" in part
    assert "Eve Moss" not in part
    assert "<html" not in part


def test_a_caller_that_is_gone_must_be_chosen_again(asta):
    assert asta.post(ADDRESS, typed(contact="9999")).status_code == 400


def test_f1_a_call_that_is_sent_twice_opens_one_case(world, asta):
    form = typed(contact=world.cleo.id, once="a word of the page")

    first, second = asta.post(ADDRESS, form), asta.post(ADDRESS, form)

    assert first["Location"] == second["Location"]
    assert Case.objects.count() == 1
