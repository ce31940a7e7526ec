"""My company: what a super-user sees and keeps, and what waits for their word."""

from datetime import timedelta

import pytest
from django.test import Client

from dueline.actions import colleagues, held_requests
from dueline.core.inbound import File
from dueline.models import (
    Account,
    Case,
    Contact,
    ContactChange,
    Contract,
    HeldRequest,
    Installation,
    Organization,
)
from tests.portal.conftest import NOW
from tests.world import MONDAY, PASSWORD

NORA = {"name": "Nora Ny", "email": "nora@northwind.example", "phone": "+47 1"}
FORM = {"priority": "normal", "subject": "Scanners stand still", "text": "All of them."}


def sign_in(person) -> Client:
    client = Client()
    client.post("/sign-in", {"email": person.email, "password": PASSWORD})
    return client


@pytest.fixture
def cleo(world) -> Client:
    return sign_in(world.cleo)


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
        arrived_at=MONDAY,
    )
    file = File("<script>.log", "text/html", b"<script>alert(1)</script>")
    held_requests.hold(row, files=[file], tells_sender=True, at=MONDAY)
    return row


def page_of(client, path="/company") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


# --- who finds it --------------------------------------------------------------------------------


def test_a_plain_contact_finds_no_company_page_and_no_link_to_it(world):
    dag = sign_in(world.dag)
    assert dag.get("/company").status_code == 404
    assert "/company" not in dag.get("/cases").content.decode()


def test_who_sees_all_cases_keeps_no_list_by_that(world):
    Contact.objects.filter(pk=world.dag.id).update(sees_company=True)
    assert sign_in(world.dag).get("/company").status_code == 404


def test_a_super_user_whose_days_are_over_finds_nothing_with_the_next_page(world, cleo):
    world.case(by=world.dag, at=MONDAY)
    assert cleo.get("/company").status_code == 200
    # The session asks the clock of the house itself: both days lie far back.
    Contact.objects.filter(pk=world.cleo.id).update(
        super_from="2020-01-01", super_until="2020-12-31", sees_company=False
    )
    assert cleo.get("/company").status_code == 404
    assert "Payment page down" not in cleo.get("/cases").content.decode()


def test_who_has_left_is_out_with_the_next_page(world, cleo):
    dag = sign_in(world.dag)
    assert dag.get("/cases").status_code == 200
    cleo.post(f"/company/colleagues/{world.dag.id}/leaving")
    assert dag.get("/cases").status_code == 302
    again = sign_in(world.dag)
    assert again.get("/cases").status_code == 302


# --- the list ------------------------------------------------------------------------------------


def test_a_colleague_is_added_and_stands_on_the_list(world, cleo):
    assert cleo.post("/company/colleagues", NORA)["Location"] == "/company"
    page = page_of(cleo)
    assert "Nora Ny" in page
    assert "Cleo Dahl added Nora Ny." in page


def test_what_is_wrong_is_said_at_the_form_and_what_was_typed_is_kept(world, cleo):
    answer = cleo.post("/company/colleagues", {**NORA, "email": world.eve.email})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "Somebody has this address already." in page
    assert "Nora Ny" in page
    assert world.contact(world.eve).organization_id == world.southgate.pk


def test_i58_fields_that_no_form_has_change_nothing(world, cleo):
    """A mass assignment: everything that a contact, an account or a company is made of."""
    fields = {
        field.name: "1"
        for model in (Contact, Account, Organization, Contract)
        for field in model._meta.concrete_fields
    }
    forged = {
        **fields,
        "organization": str(world.southgate.pk),
        "organization_id": str(world.southgate.pk),
        "is_super_user": "yes",
        "email": "taken@over.example",
        "left_at": "2026-01-01",
        "confirmed_until": "2099-01-01",
        "name": "Dag Ek",
        "phone": world.contact(world.dag).phone,
    }
    forged.pop("sees_company")
    forged.pop("is_escalation_contact")
    before = Contact.objects.filter(pk=world.dag.id).values().get()
    assert cleo.post(f"/company/colleagues/{world.dag.id}", forged).status_code == 302
    assert Contact.objects.filter(pk=world.dag.id).values().get() == before


def test_i58_who_is_added_with_forged_fields_is_a_plain_contact_of_the_own_company(world, cleo):
    forged = {**NORA, "organization": str(world.southgate.pk), "is_super_user": "yes"}
    cleo.post(
        "/company/colleagues", {**forged, "account": str(world.contact(world.eve).account_id)}
    )
    nora = Contact.objects.get(email="nora@northwind.example")
    assert (nora.organization_id, nora.is_super_user, nora.account_id) == (
        world.northwind.pk,
        False,
        None,
    )


def test_a_super_user_is_made_and_unmade(world, cleo):
    address = f"/company/colleagues/{world.dag.id}/super-user"
    cleo.post(address, {"super_from": "", "super_until": "2026-12-31"})
    assert "to 31 December 2026" in page_of(cleo)
    cleo.post(f"{address}/end")
    assert not Contact.objects.get(pk=world.dag.id).is_super_user


def test_a_full_contract_says_so_beside_the_colleague(world, cleo):
    Contract.objects.filter(organization=world.northwind).update(seats=1)
    answer = cleo.post(f"/company/colleagues/{world.dag.id}/super-user")
    assert answer.status_code == 400
    assert "The contract has 1 seats for super-users" in answer.content.decode()
    assert "1 of 1" in answer.content.decode()


def test_the_last_super_user_goes_only_with_a_tick(world, cleo):
    address = f"/company/colleagues/{world.cleo.id}/super-user/end"
    answer = cleo.post(address)
    assert answer.status_code == 409
    assert "is the last super-user" in answer.content.decode()
    assert 'name="even_the_last"' in answer.content.decode()
    assert Contact.objects.get(pk=world.cleo.id).is_super_user
    cleo.post(address, {"even_the_last": "yes"})
    assert not Contact.objects.get(pk=world.cleo.id).is_super_user


def test_the_page_asks_for_confirmation_when_it_is_due_and_one_click_gives_it(world, cleo):
    assert "still work with you?" not in page_of(cleo)
    Organization.objects.filter(pk=world.northwind.pk).update(confirmation_asked_at=MONDAY)
    assert "still work with you?" in page_of(cleo)
    cleo.post("/company/confirmation")
    assert "still work with you?" not in page_of(cleo)
    assert ContactChange.objects.get().what == "confirmed"


def test_a_day_that_is_none_is_refused(world, cleo):
    answer = cleo.post(
        f"/company/colleagues/{world.dag.id}/super-user", {"super_until": "next year"}
    )
    assert answer.status_code == 400
    assert "Write a day like" in answer.content.decode()


# --- the contract --------------------------------------------------------------------------------


def test_what_is_left_of_the_budgets_is_shown(world, cleo):
    assert "used" not in page_of(cleo)
    Contract.objects.filter(organization=world.northwind).update(incidents=20, minutes=600)
    page = page_of(cleo)
    assert "0 of 20 used" in page
    assert "0 min of 10 h used" in page


def test_without_a_contract_the_page_says_so(world, cleo):
    Contract.objects.filter(organization=world.northwind).update(ends_on="2026-01-31")
    assert "No contract covers today." in page_of(cleo)


# --- installations -------------------------------------------------------------------------------


def test_with_several_installations_the_form_asks_which(world, cleo):
    for product in ("Warehouse", "Till"):
        cleo.post("/company/installations", {"product": product, "environment": "production"})
    till = Installation.objects.get(product="Till")
    assert "Till, production" in page_of(cleo, "/help")
    cleo.post("/help", {**FORM, "installation": str(till.pk)})
    assert Case.objects.get().product == "Till"


def test_i21_an_installation_of_another_company_is_not_taken(world, cleo):
    eves = Installation.objects.create(organization=world.southgate, product="Secret")
    cleo.post("/help", {**FORM, "installation": str(eves.pk)})
    assert Case.objects.get().product == ""
    assert cleo.post(f"/company/installations/{eves.pk}/removal").status_code == 404


# --- requests that wait --------------------------------------------------------------------------


def test_a_plain_contacts_form_is_held_and_says_what_happens(world):
    dag = sign_in(world.dag)
    assert "super-users open cases" in page_of(dag, "/help")
    assert dag.post("/help", FORM)["Location"] == "/help/thanks"
    page = page_of(dag, "/help/thanks")
    assert "A super-user of your company has to vouch for it." in page
    assert not Case.objects.exists()
    held = HeldRequest.objects.get()
    assert (held.contact_id, held.channel, held.is_verified) == (world.dag.id, "web", True)
    assert held.text == "All of them."


def test_f1_the_same_form_sent_twice_is_held_once(world):
    dag = sign_in(world.dag)
    form = {**FORM, "once": "a-word-that-the-page-made"}
    assert dag.post("/help", form).status_code == dag.post("/help", form).status_code == 302
    assert HeldRequest.objects.count() == 1


def test_a_stranger_with_the_companys_mail_domain_is_held_without_naming_it(world, client):
    form = {**FORM, **NORA}
    client.post("/help", form)
    assert HeldRequest.objects.get().why == "unlisted"
    page = page_of(client, "/help/thanks")
    assert "Northwind" not in page
    assert "Cleo" not in page


def test_a_super_user_finds_the_request_and_vouches_with_one_click(world, cleo, held):
    assert "Waiting for your word" in page_of(cleo)
    page = page_of(cleo, f"/company/requests/{held.pk}")
    assert "All of them." in page
    answer = cleo.post(f"/company/requests/{held.pk}/vouching", follow=True)
    case = Case.objects.get()
    assert case.number in answer.content.decode()
    assert "vouched for the request, which had arrived 10:00 today" in answer.content.decode()
    assert "Waiting for your word" not in page_of(cleo)
    assert case.number in page_of(cleo)
    dag = sign_in(world.dag)
    assert dag.get(f"/cases/{case.number}").status_code == 200


def test_i27_the_link_of_the_mail_changes_nothing_by_itself(world, cleo, held):
    for path in ("", "/vouching", "/refusal"):
        cleo.get(f"/company/requests/{held.pk}{path}")
    assert not Case.objects.exists()
    held.refresh_from_db()
    assert held.state == "held"


def test_whoever_is_not_signed_in_comes_back_to_the_request(world, client, held):
    answer = client.get(f"/company/requests/{held.pk}")
    assert answer["Location"] == f"/sign-in?next=%2Fcompany%2Frequests%2F{held.pk}"


def test_a_request_is_declined_with_a_reason(world, cleo, held):
    address = f"/company/requests/{held.pk}/refusal"
    assert cleo.post(address).status_code == 400
    assert cleo.post(address, {"reason": "We know it."})["Location"] == "/company"
    page = page_of(cleo, f"/company/requests/{held.pk}")
    assert "We know it." in page
    assert "Vouch" not in page


def test_a_second_super_user_learns_that_it_is_decided(world, cleo, held):
    held_requests.vouch(held.pk, actor=world.cleo, at=NOW)
    answer = cleo.post(f"/company/requests/{held.pk}/vouching")
    assert answer.status_code == 409
    assert Case.objects.count() == 1


def test_i09_a_file_of_a_request_is_a_download_and_never_a_page(world, cleo, held):
    file = held.files.get()
    answer = cleo.get(f"/company/requests/{held.pk}/files/{file.pk}")
    assert answer.content == b"<script>alert(1)</script>"
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer["Content-Security-Policy"]


def test_who_must_confirm_first_is_led_to_the_list(world, cleo, held):
    until = NOW.date() - timedelta(days=15)
    Contact.objects.filter(pk=world.cleo.id).update(confirmed_until=until)
    answer = cleo.post(f"/company/requests/{held.pk}/vouching")
    assert answer.status_code == 409
    assert "/company#people" in answer.content.decode()
    cleo.post("/company/confirmation")
    assert cleo.post(f"/company/requests/{held.pk}/vouching").status_code == 302


def test_a_colleague_who_was_confirmed_by_adding_opens_no_case_by_that(world, cleo):
    """To be on the list is one thing, to be a super-user another."""
    colleagues.add_colleague(**NORA, sees_company=False, actor=world.cleo, at=NOW)
    client = Client()
    client.post("/help", {**FORM, **NORA})
    assert HeldRequest.objects.get().why == "not-super-user"
