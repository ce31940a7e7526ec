"""Settings: who finds them, and what they change."""

import re

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from dueline.actions import agents, contacts, contracts, desk, organizations
from dueline.console.settings_urls import urlpatterns
from dueline.core.errors import Refusal
from dueline.models import (
    Account,
    Agent,
    AuditEntry,
    Contact,
    Contract,
    Desk,
    Installation,
    Organization,
    OutboxItem,
)
from dueline.queries.cases import visible_to
from tests.world import MONDAY, PASSWORD, World

ADDRESSES = [
    "/console/" + re.sub(r"<int:\w+>|<slug:\w+>", "1", str(pattern.pattern))
    for pattern in urlpatterns
]
DESK = {
    "name": "Lighthouse",
    "zone": "Europe/Oslo",
    "mail_address": "help@desk.example",
    "public_url": "https://help.desk.example/",
    "phone_office": "1",
    "phone_other": "2",
    "smtp_host": "smtp.desk.example",
    "smtp_port": "2525",
    "smtp_security": "none",
    "smtp_username": "desk",
    "smtp_password": "secret",
}
PERSON = {"name": "Nils Ny", "email": "Nils@desk.example", "tier": "2"}
SOMEBODY = contacts.Particulars("N", "n@n.example", "", is_super_user=True, sees_company=True)
CONTACT = {"name": "Nora Ny", "email": "Nora@northwind.example", "phone": "+47 1"}


@pytest.fixture
def ada(world: World, enter) -> Client:
    return enter(world.ada)


@pytest.mark.long  # `tests/access` walks the same addresses
@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("who", ["asta", "tove", "cleo", "eve"])
def test_only_an_administrator_finds_the_settings(world, enter, address, who):
    client = enter(getattr(world, who))
    assert client.get(address).status_code == 404
    assert client.post(address, {**DESK, **PERSON}).status_code == 404


@pytest.mark.long  # `tests/access` walks the same addresses
@pytest.mark.parametrize("address", ADDRESSES)
def test_a_stranger_is_asked_to_sign_in(world, address):
    assert Client().post(address, DESK)["Location"].startswith("/sign-in")


def test_i17_the_acts_themselves_refuse_whoever_is_no_administrator(world):
    tried = [
        lambda who: desk.change_desk(desk.Facts.read(DESK), actor=who, at=MONDAY),
        lambda who: desk.send_test_mail(actor=who, at=MONDAY),
        lambda who: agents.add_agent(
            name="N", email="n@n.example", tier=1, is_administrator=True, actor=who, at=MONDAY
        ),
        lambda who: agents.change_agent(
            1, name="N", tier=1, is_administrator=True, actor=who, at=MONDAY
        ),
        lambda who: agents.invite_again(1, actor=who, at=MONDAY),
        lambda who: agents.set_active(1, is_active=False, actor=who, at=MONDAY),
        lambda who: organizations.add_organization(name="N", actor=who, at=MONDAY),
        lambda who: organizations.rename_organization(1, name="N", actor=who, at=MONDAY),
        lambda who: contracts.add_contract(
            1, plan="extended", starts_on=MONDAY.date(), ends_on=None, actor=who, at=MONDAY
        ),
        lambda who: contracts.end_contract(1, ends_on=None, actor=who, at=MONDAY),
        lambda who: contacts.add_contact(1, SOMEBODY, actor=who, at=MONDAY),
        lambda who: contacts.change_contact(1, SOMEBODY, actor=who, at=MONDAY),
        lambda who: contacts.let_go(1, actor=who, at=MONDAY),
        lambda who: contracts.set_limits(1, contracts.Limits(), actor=who, at=MONDAY),
    ]
    for act in tried:
        for who in (world.asta, world.cleo):
            with pytest.raises(Refusal) as refused:
                act(who)
            assert refused.value.code == "not-found"


# --- the desk ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", ""),
        ("name", "x" * 201),
        ("zone", "Mars"),
        ("mail_address", "x"),
        ("public_url", "ftp://x"),
        ("smtp_port", "0"),
        ("smtp_security", "magic"),
    ],
)
def test_what_cannot_be_is_refused_and_what_was_typed_is_kept(ada, field, typed):
    answer = ada.post("/console/settings", {**DESK, field: typed})
    assert answer.status_code == 400
    assert "help@desk.example" in answer.content.decode() or field == "mail_address"
    assert Desk.objects.get().name == "Harbour Support"


def test_the_desk_is_changed_and_the_password_never_shown(ada):
    assert ada.post("/console/settings", DESK).status_code == 302
    stored = Desk.objects.get()
    assert (stored.name, stored.zone, stored.smtp_port) == ("Lighthouse", "Europe/Oslo", 2525)
    assert stored.public_url == "https://help.desk.example"
    assert stored.smtp_password == "secret"
    assert "secret" not in ada.get("/console/settings").content.decode()


def test_an_empty_password_leaves_the_stored_one(ada):
    ada.post("/console/settings", DESK)
    ada.post("/console/settings", {**DESK, "smtp_password": ""})
    assert Desk.objects.get().smtp_password == "secret"
    ada.post("/console/settings", {**DESK, "smtp_username": "", "smtp_password": ""})
    assert Desk.objects.get().smtp_password == ""


def test_a_test_mail_goes_to_who_asked_and_into_the_outbox(world, ada):
    ada.post("/console/settings/test-mail", {"to": "somebody@elsewhere.example"})
    assert OutboxItem.objects.get().to_address == world.ada.email


# --- people --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "typed"),
    [("name", " "), ("email", "nils"), ("email", "ASTA@desk.example"), ("tier", "3")],
)
def test_a_colleague_with_something_wrong_is_not_added(ada, field, typed):
    before = Agent.objects.count()
    answer = ada.post("/console/settings/people", {**PERSON, field: typed})
    assert answer.status_code == 400
    assert Agent.objects.count() == before


def test_a_colleague_is_invited_by_mail_and_by_a_link_that_is_shown_once(ada):
    page = ada.post("/console/settings/people", PERSON).content.decode()
    path = re.search(r"http://desk\.example(/invite/[\w-]+)", page)[1]
    assert path in OutboxItem.objects.get(purpose="invite").text
    assert path not in ada.get("/console/settings/people").content.decode()
    newcomer = Client()
    assert newcomer.post(path, {"password": "a walk in the hills"}).status_code == 302
    agent = Agent.objects.get(name="Nils Ny")
    assert (agent.tier, agent.is_administrator) == (2, False)
    assert newcomer.get("/console/settings").status_code == 404


def test_who_is_shut_out_is_out_with_the_next_page(world, ada, enter):
    asta = enter(world.asta)
    assert asta.get("/console/queue").status_code == 200
    ada.post(f"/console/settings/people/{world.asta.id}/activity", {"is_active": "no"})
    assert asta.get("/console/queue").status_code == 302
    refused = ada.post(f"/console/settings/people/{world.asta.id}/invitation")
    assert refused.status_code == 409
    ada.post(f"/console/settings/people/{world.asta.id}/activity", {"is_active": "yes"})
    assert asta.get("/console/queue").status_code == 200


def test_the_last_administrator_stays(world, ada):
    address = f"/console/settings/people/{world.ada.id}"
    assert ada.post(f"{address}/activity", {"is_active": "no"}).status_code == 409
    demoted = {"name": "Ada", "tier": "1", "own_password": PASSWORD}
    assert ada.post(address, demoted).status_code == 409
    assert Account.objects.get(email=world.ada.email).is_active
    assert Agent.objects.get(pk=world.ada.id).is_administrator


def test_rights_that_were_taken_are_gone_with_the_next_page(world, ada, enter):
    asta = f"/console/settings/people/{world.asta.id}"
    raised = {"name": "Asta Lind", "tier": "1", "is_administrator": "yes"}
    ada.post(asta, {**raised, "own_password": PASSWORD})
    second = enter(world.asta)
    assert second.get("/console/settings").status_code == 200
    ada.post(asta, {"name": "Asta Lind", "tier": "2", "own_password": PASSWORD})
    assert second.get("/console/settings").status_code == 404


@pytest.mark.parametrize("own_password", ["", "a wrong one"])
def test_i57_a_role_changes_only_for_an_administrator_who_proves_to_be_one(
    world, ada, own_password
):
    asta = f"/console/settings/people/{world.asta.id}"
    changed = {"name": "Asta Lind", "tier": "1", "is_manager": "yes", "own_password": own_password}
    assert ada.post(asta, changed).status_code == 409
    newcomer = {**PERSON, "is_administrator": "yes", "own_password": own_password}
    assert ada.post("/console/settings/people", newcomer).status_code == 400
    assert not Agent.objects.get(pk=world.asta.id).is_manager
    assert not AuditEntry.objects.exists()


def test_i57_a_change_of_roles_is_kept_and_cannot_be_changed_afterwards(world, ada):
    asta = f"/console/settings/people/{world.asta.id}"
    changed = {"name": "Asta Lind", "tier": "1", "is_manager": "yes", "own_password": PASSWORD}
    assert ada.post(asta, changed).status_code == 302
    assert Agent.objects.get(pk=world.asta.id).is_manager
    entry = AuditEntry.objects.get()
    assert (entry.agent_id, entry.about) == (world.ada.id, "Asta Lind")
    assert entry.facts["now"]["manager"]
    assert not entry.facts["was"]["manager"]
    page = ada.get("/console/settings/people").content.decode()
    assert "Last changes of rights" in page
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.update(about="Nobody")


def test_a_new_name_alone_needs_no_password(world, ada):
    asta = f"/console/settings/people/{world.asta.id}"
    assert ada.post(asta, {"name": "Asta Lindh", "tier": "1"}).status_code == 302
    assert Agent.objects.get(pk=world.asta.id).name == "Asta Lindh"


# --- companies -----------------------------------------------------------------------------------


def test_two_companies_cannot_have_one_name(world, ada):
    assert ada.post("/console/settings/companies", {"name": " Northwind "}).status_code == 400
    assert ada.post("/console/settings/companies", {"name": ""}).status_code == 400
    address = f"/console/settings/companies/{world.southgate.pk}"
    assert ada.post(address, {"company": "Northwind"}).status_code == 400
    assert Organization.objects.count() == 2


def test_a_company_with_its_people_and_its_contract(world, ada):
    address = ada.post("/console/settings/companies", {"name": "Eastbay"})["Location"]
    ada.post(f"{address}/contacts", {**CONTACT, "sees_company": "yes"})
    ada.post(f"{address}/contracts", {"plan": "extended", "starts_on": "2026-01-01"})
    page = ada.get(address).content.decode()
    assert "Nora Ny" in page
    assert "Extended" in page
    assert "Eastbay" in ada.get("/console/settings/companies").content.decode()
    nora = Contact.objects.get(email="nora@northwind.example")
    assert (nora.sees_company, nora.is_super_user) == (True, False)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("plan", "golden"),
        ("starts_on", ""),
        ("starts_on", "yesterday"),
        ("ends_on", "2025-01-01"),
        ("calendar", "99"),
    ],
)
def test_a_contract_with_something_wrong_is_refused(world, ada, field, typed):
    form = {"plan": "standard", "starts_on": "2026-01-01", "ends_on": ""}
    address = f"/console/settings/companies/{world.northwind.pk}/contracts"
    assert ada.post(address, {**form, field: typed}).status_code == 400
    assert Contract.objects.count() == 2


def test_a_contract_ends_and_running_cases_keep_what_they_were_promised(world, ada):
    case = world.case()
    contract = Contract.objects.get(organization=world.northwind)
    address = f"/console/settings/companies/{world.northwind.pk}/contracts/{contract.pk}"
    assert ada.post(address, {"ends_on": "2025-12-31"}).status_code == 400
    ada.post(address, {"ends_on": "2026-06-30"})
    later = world.case()
    assert (case.plan, later.plan) == ("extended", "standard")
    case.refresh_from_db()
    assert case.plan == "extended"


def test_a_sixth_super_user_on_a_contract_with_five_seats_is_refused_with_the_reason(world, ada):
    contract = Contract.objects.get(organization=world.northwind)
    address = f"/console/settings/companies/{world.northwind.pk}"
    ada.post(f"{address}/contracts/{contract.pk}/limits", {"seats": "5"})
    for n in range(4):  # Cleo has the first seat
        person = {"name": f"Nora {n}", "email": f"n{n}@northwind.example", "is_super_user": "yes"}
        assert ada.post(f"{address}/contacts", person).status_code == 302
    sixth = {**CONTACT, "is_super_user": "yes"}
    answer = ada.post(f"{address}/contacts", sixth)
    assert answer.status_code == 400
    assert "5 seats for super-users, and all of them are taken" in answer.content.decode()
    assert not Contact.objects.filter(email="nora@northwind.example").exists()
    dag = {"name": "Dag Ek", "email": world.dag.email, "is_super_user": "yes"}
    assert ada.post(f"{address}/contacts/{world.dag.id}", dag).status_code == 400
    assert ada.post(f"{address}/contacts", CONTACT).status_code == 302


def test_a_seat_is_free_again_when_its_holder_has_left(world, ada):
    contract = Contract.objects.get(organization=world.northwind)
    address = f"/console/settings/companies/{world.northwind.pk}"
    ada.post(f"{address}/contracts/{contract.pk}/limits", {"seats": "1"})
    form = {**CONTACT, "is_super_user": "yes"}
    assert ada.post(f"{address}/contacts", form).status_code == 400
    ada.post(f"{address}/contacts/{world.cleo.id}/leaving")
    assert ada.post(f"{address}/contacts", form).status_code == 302


@pytest.mark.parametrize("typed", ["five", "-1", "1.5", "10000000"])
def test_limits_that_are_no_whole_numbers_are_refused(world, ada, typed):
    contract = Contract.objects.get(organization=world.northwind)
    address = f"/console/settings/companies/{world.northwind.pk}/contracts/{contract.pk}/limits"
    assert ada.post(address, {"seats": typed}).status_code == 400
    contract.refresh_from_db()
    assert contract.seats is None


def test_hours_of_work_are_kept_as_minutes_and_empty_means_no_limit(world, ada):
    contract = Contract.objects.get(organization=world.northwind)
    address = f"/console/settings/companies/{world.northwind.pk}/contracts/{contract.pk}/limits"
    ada.post(address, {"incidents": "20", "hours": "12"})
    contract.refresh_from_db()
    assert (contract.seats, contract.incidents, contract.minutes) == (None, 20, 720)
    page = ada.get(address.rpartition("/contracts")[0]).content.decode()
    assert "0 of 20 used" in page
    assert "0 min of 12 h used" in page


def test_what_the_desk_changes_about_people_is_on_record(world, ada):
    address = f"/console/settings/companies/{world.northwind.pk}"
    form = {"name": "Dag Ek", "email": world.dag.email, "phone": world.contact(world.dag).phone}
    ada.post(
        f"{address}/contacts/{world.dag.id}",
        {**form, "is_super_user": "yes", "super_until": "2027-01-31"},
    )
    page = ada.get(address).content.decode()
    assert "Ada Sund made Dag Ek a super-user. Until 2027-01-31." in page
    assert not OutboxItem.objects.exists()  # the desk need not be told what it did itself


def test_i21_an_installation_is_removed_only_below_its_own_company(world, ada):
    address = f"/console/settings/companies/{world.northwind.pk}/installations"
    ada.post(address, {"product": "Warehouse", "version": "6.2", "environment": "production"})
    one = Installation.objects.get()
    wrong = f"/console/settings/companies/{world.southgate.pk}/installations/{one.pk}/removal"
    assert ada.post(wrong).status_code == 404
    assert ada.post(address, {"product": ""}).status_code == 400
    again = {"product": "Warehouse", "version": "6.2", "environment": "production"}
    assert ada.post(address, again).status_code == 400
    ada.post(f"{address}/{one.pk}/removal")
    assert not Installation.objects.exists()


def test_i21_a_person_is_changed_only_below_the_own_company(world, ada):
    wrong = f"/console/settings/companies/{world.southgate.pk}/contacts/{world.cleo.id}"
    assert ada.post(wrong, CONTACT).status_code == 404
    assert Contact.objects.get(pk=world.cleo.id).name == "Cleo Dahl"
    contract = Contract.objects.get(organization=world.northwind)
    wrong = f"/console/settings/companies/{world.southgate.pk}/contracts/{contract.pk}"
    assert ada.post(wrong, {"ends_on": "2026-06-30"}).status_code == 404


def test_a_contact_of_another_company_cannot_be_taken_over(world, ada):
    address = f"/console/settings/companies/{world.southgate.pk}/contacts"
    answer = ada.post(address, {**CONTACT, "email": world.cleo.email})
    assert answer.status_code == 400
    assert Contact.objects.get(pk=world.cleo.id).organization_id == world.northwind.pk


def test_who_wrote_before_and_belonged_nowhere_is_taken_in(world, ada):
    stranger = contacts.find_or_create(
        name="nora", email="nora@northwind.example", phone="", at=MONDAY
    )
    ada.post(f"/console/settings/companies/{world.northwind.pk}/contacts", CONTACT)
    stranger.refresh_from_db()
    assert (stranger.name, stranger.organization_id) == ("Nora Ny", world.northwind.pk)


def test_sight_of_the_company_is_given_and_taken(world, ada):
    world.case(by=world.cleo)
    address = f"/console/settings/companies/{world.northwind.pk}/contacts/{world.dag.id}"
    form = {"name": "Dag Ek", "email": world.dag.email, "phone": ""}

    def seen() -> int:
        return visible_to(Contact.objects.get(pk=world.dag.id).as_person()).count()

    assert seen() == 0
    ada.post(address, {**form, "sees_company": "yes"})
    assert seen() == 1
    ada.post(address, form)
    assert seen() == 0


def test_the_way_in_follows_the_address_and_old_sessions_end(world, ada, enter):
    dag = enter(world.dag)
    address = f"/console/settings/companies/{world.northwind.pk}/contacts/{world.dag.id}"
    ada.post(address, {"name": "Dag Ek", "email": "dag.ek@northwind.example", "phone": ""})
    assert Account.objects.filter(email="dag.ek@northwind.example").exists()
    assert not Account.objects.filter(email=world.dag.email).exists()
    assert dag.get("/cases").status_code == 302
