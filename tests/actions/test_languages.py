"""A mail is worded for the one who gets it, whoever's act wrote it."""

from datetime import timedelta

import pytest
from django.utils import translation

from dueline.actions import accounts, cases, clocks, messages, outbox
from dueline.actions.languages import choose_language
from dueline.core.audience import Person
from dueline.core.errors import Refusal
from dueline.models import Account, Agent, Contact, Desk, OutboxItem
from tests.world import MONDAY, World


def chooses(person: Person, language: str) -> None:
    people = Agent.objects if person.is_agent else Contact.objects
    people.filter(pk=person.id).update(language=language)


def last_letter(*, to: str) -> str:
    letter = OutboxItem.objects.filter(to_address=to).latest("id")
    return f"{letter.subject}\n{letter.text}"


@pytest.mark.parametrize("language", ["xx", "svenska", "sv-SE"])
def test_nobody_reads_in_a_language_that_is_not_spoken_here(world: World, language: str) -> None:
    with pytest.raises(Refusal, match="Choose a language"):
        choose_language(language, actor=world.cleo)
    assert world.contact(world.cleo).language == ""


def test_the_desk_itself_chooses_no_language(world: World) -> None:
    with pytest.raises(Refusal, match="no such person"):
        choose_language("sv", actor=Person(kind="desk", id=None, name="Desk"))


def test_everybody_chooses_for_themselves_alone(world: World) -> None:
    choose_language("nb", actor=world.cleo)
    choose_language("sv", actor=world.asta)
    assert dict(Contact.objects.values_list("name", "language")) == {
        "Cleo Dahl": "nb",
        "Dag Ek": "",
        "Eve Moss": "",
    }
    assert Agent.objects.get(pk=world.asta.id).language == "sv"
    choose_language("", actor=world.cleo)
    assert world.contact(world.cleo).language == ""


def test_a_customer_without_a_choice_is_written_to_in_the_language_of_the_desk(
    world: World,
) -> None:
    Desk.objects.update(language="sv")
    with translation.override("nb"):
        world.case(world.cleo)
    assert "Vi har tagit emot ditt ärende." in last_letter(to="cleo@northwind.example")


def test_a_customer_is_written_to_in_their_own_language_by_every_letter(world: World) -> None:
    chooses(world.cleo, "nb")
    case = world.case(world.cleo, priority="critical")
    letter = last_letter(to="cleo@northwind.example")
    assert "Vi har mottatt henvendelsen din." in letter
    assert "registrert med prioriteten Kritisk" in letter
    assert "mandag 23. november kl. 11:00 (CET)" in letter
    assert "Kontortiden vår: mandag til fredag 08:00–17:00." in letter
    later = MONDAY + timedelta(minutes=1)
    with translation.override("sv"):  # the engineer's page
        messages.reply(case.pk, text="We look.", actor=world.asta, at=later)
        assert "svarer du bare på denne e-posten" in last_letter(to="cleo@northwind.example")
        messages.ask_customer(case.pk, text="Which one?", actor=world.asta, at=later)
        assert "trenger vi noe fra deg" in last_letter(to="cleo@northwind.example")
        cases.resolve(case.pk, text="It works.", actor=world.asta, at=later)
        assert "Vi anser sak" in last_letter(to="cleo@northwind.example")


def test_one_letter_to_two_engineers_is_worded_for_each(world: World) -> None:
    chooses(world.bo, "nb")
    chooses(world.asta, "sv")
    world.case(world.cleo, priority="critical")
    clocks.sweep(at=MONDAY + timedelta(hours=2))
    assert "missat: Payment page down" in last_letter(to="asta@desk.example")
    assert "prioritet Kritisk." in last_letter(to="asta@desk.example")
    assert "brutt løfte: Payment page down" in last_letter(to="bo@desk.example")
    assert "missed" not in last_letter(to="bo@desk.example")


def test_managers_and_escalation_contacts_read_of_a_miss_in_their_own_language(
    world: World,
) -> None:
    Agent.objects.filter(pk=world.bo.id).update(is_manager=True, language="sv")
    Contact.objects.filter(pk=world.dag.id).update(is_escalation_contact=True, language="nb")
    case = world.case(world.cleo, priority="critical")
    cases.own(case.pk, actor=world.asta, at=MONDAY)
    clocks.sweep(at=MONDAY + timedelta(minutes=90, seconds=1))
    assert "Ett löfte till Cleo Dahl" in last_letter(to="bo@desk.example")
    assert "Vi har lovet bedriften deres noe" in last_letter(to="dag@northwind.example")
    assert "prioritet Kritisk." in last_letter(to="dag@northwind.example")


def test_an_engineer_reads_that_the_customer_wrote_in_their_own_language(world: World) -> None:
    chooses(world.asta, "nb")
    chooses(world.cleo, "sv")
    case = world.case(world.cleo)
    cases.own(case.pk, actor=world.asta, at=MONDAY)
    messages.receive(
        case.pk,
        contact=world.contact(world.cleo),
        actor=world.cleo,
        text="It stopped.",
        channel="mail",
        happened_at=MONDAY,
        at=MONDAY,
    )
    assert "kunden skrev: Payment page down" in last_letter(to="asta@desk.example")
    assert "og svar her" in last_letter(to="asta@desk.example")


def test_an_engineer_reads_of_a_lost_mail_in_their_own_language(world: World) -> None:
    chooses(world.asta, "nb")
    case = world.case(world.cleo)
    cases.own(case.pk, actor=world.asta, at=MONDAY)
    item = OutboxItem.objects.get(to_address="cleo@northwind.example")
    OutboxItem.objects.filter(pk=item.pk).update(state="sent")
    outbox.come_back(item, why="550 no such user", at=MONDAY)
    assert "nådde ikke cleo@northwind.example" in last_letter(to="asta@desk.example")


def asks_for_link(email: str) -> None:
    accounts.mail_sign_in_link(email=email, computer="198.51.100.1", then="", at=MONDAY)


def test_a_sign_in_link_comes_in_the_language_of_the_page_unless_its_reader_has_chosen(
    world: World,
) -> None:
    with translation.override("sv"):
        asks_for_link(world.dag.email)
    assert "loggar in dig" in last_letter(to="dag@northwind.example")
    chooses(world.cleo, "nb")
    with translation.override("sv"):
        asks_for_link(world.cleo.email)
    assert "logger deg inn" in last_letter(to="cleo@northwind.example")


def test_an_invitation_comes_in_the_language_of_the_desk_or_of_who_was_here_before(
    world: World,
) -> None:
    Desk.objects.update(language="sv")
    account = Account.objects.get(agent=world.asta.id)
    accounts.mail_invite(account, name="Asta Lind", at=MONDAY)
    assert "Välj ditt lösenord" in last_letter(to="asta@desk.example")
    chooses(world.asta, "nb")
    accounts.mail_invite(Account.objects.get(agent=world.asta.id), name="Asta Lind", at=MONDAY)
    assert "Velg passordet ditt" in last_letter(to="asta@desk.example")


def test_a_language_that_is_spoken_no_more_gives_way_to_that_of_the_desk(world: World) -> None:
    chooses(world.cleo, "fr")
    world.case(world.cleo)
    assert "We have received your request." in last_letter(to="cleo@northwind.example")
