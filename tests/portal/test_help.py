"""Asking for help by the web form: nothing is lost, nobody is flooded."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dueline.core.case_numbers import case_number
from dueline.models import Attachment, Case, Contact, Contract, Event, Message, OutboxItem
from dueline.portal.files import clean_name
from dueline.portal.views import help
from dueline.queries.policies import promises_now
from tests.portal.conftest import NOW
from tests.world import MONDAY, PASSWORD, utc

FORM = {
    "name": "Nils Ny",
    "email": "nils@newcomer.example",
    "phone": "+46 70 000 00 01",
    "priority": "normal",
    "subject": "Printer on fire",
    "text": "It burns since ten. Secret words: copper lantern.",
}


@pytest.fixture
def customer(world, client) -> Client:
    client.post("/sign-in", {"email": world.cleo.email, "password": PASSWORD})
    return client


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", ""),
        ("email", "nils"),
        ("email", ""),
        ("phone", ""),
        ("phone", "0" * 41),
        ("priority", "urgent"),
        ("priority", ""),
        ("text", "x" * 100_001),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_is_kept(world, client, field, typed):
    answer = client.post("/help", {**FORM, field: typed})
    assert answer.status_code == 400
    assert "copper lantern" in answer.content.decode() or field == "text"
    assert "Printer on fire" in answer.content.decode()
    assert not Case.objects.exists()


def test_high_without_a_reason_is_refused(world, customer):
    answer = customer.post("/help", {**FORM, "priority": "high"})
    assert answer.status_code == 400
    assert not Case.objects.exists()


def test_high_with_a_reason_is_an_escalation_that_states_it(world, customer):
    customer.post("/help", {**FORM, "priority": "high", "reason": "The shop is shut."})
    case = Case.objects.get()
    assert case.priority == "high"
    assert Event.objects.get(case=case, kind="opened").facts["reason"] == "The shop is shut."


def test_a_strangers_request_becomes_a_case_with_everything_that_was_written(world, client):
    assert client.post("/help", FORM)["Location"] == "/help/thanks"
    case = Case.objects.get()
    assert (case.subject, case.priority, case.channel) == ("Printer on fire", "normal", "web")
    assert case.contact.name == "Nils Ny"
    assert case.organization is None
    assert case.plan == "standard"
    assert "copper lantern" in Message.objects.get().text


def test_the_number_and_the_promise_are_shown_at_once_and_only_to_who_asked(world, client):
    client.post("/help", FORM)
    shown = client.get("/help/thanks").content.decode()
    assert case_number(Case.objects.get().pk) in shown
    assert "An engineer answers you by" in shown
    assert Client().get("/help/thanks")["Location"] == "/help"


def test_i26_who_asked_as_a_stranger_does_not_see_the_case(world, client):
    client.post("/help", {**FORM, "email": world.cleo.email})
    number = case_number(Case.objects.get().pk)
    assert client.get(f"/cases/{number}").status_code == 302


def test_i38_a_stranger_is_acknowledged_without_a_word_of_the_form(world, client):
    client.post("/help", FORM)
    mail = OutboxItem.objects.get(purpose="acknowledgement")
    assert mail.to_address == "nils@newcomer.example"
    for written in ("copper lantern", "Printer", "Nils", "70 000 00 01"):
        assert written not in mail.subject + mail.text + mail.to_name


def test_i38_the_fourth_request_in_an_hour_is_a_case_but_sends_no_mail(world, client):
    for _ in range(4):
        assert client.post("/help", FORM).status_code == 302
    assert Case.objects.count() == 4
    assert OutboxItem.objects.filter(purpose="acknowledgement").count() == 3


def test_i38_one_network_cannot_flood_many_addresses(world, client):
    for n in range(22):
        client.post("/help", {**FORM, "email": f"victim{n}@elsewhere.example"})
    assert Case.objects.count() == 22
    assert OutboxItem.objects.filter(purpose="acknowledgement").count() == 20


def test_i38_a_network_is_stopped_after_thirty_requests_but_keeps_what_it_typed(world, client):
    for _ in range(30):
        client.post("/help", FORM)
    answer = client.post("/help", FORM)
    assert answer.status_code == 429
    assert "copper lantern" in answer.content.decode()
    assert "+46 13 000 00 0" in answer.content.decode()  # the telephone is open
    assert Case.objects.count() == 30


def test_i38_a_customer_who_is_signed_in_is_not_held_up_by_strangers(world, client):
    for _ in range(31):
        client.post("/help", FORM)
    client.post("/sign-in", {"email": world.cleo.email, "password": PASSWORD})
    assert client.post("/help", FORM).status_code == 302


def test_a_machine_that_fills_in_every_field_opens_no_case(world, client):
    answer = client.post("/help", {**FORM, "website": "https://spam.example"})
    assert answer.status_code == 400
    assert not Case.objects.exists()


def test_i32_a_request_that_nobody_vouched_for_says_so(world, client):
    client.post("/help", {**FORM, "email": world.cleo.email})
    assert "the address is not verified" in Message.objects.get().text
    client.post("/sign-in", {"email": world.cleo.email, "password": PASSWORD})
    client.post("/help", FORM)
    assert "not verified" not in Message.objects.latest("id").text


def test_a_strangers_word_does_not_change_what_we_know_of_a_customer(world, client):
    client.post("/help", {**FORM, "email": world.cleo.email})
    contact = Contact.objects.get(pk=world.cleo.id)
    assert (contact.name, contact.phone) == ("Cleo Dahl", "+46701234567")
    text = Message.objects.get().text
    assert "Nils Ny" in text
    assert "+46 70 000 00 01" in text


def test_a_customer_is_who_the_session_says_and_not_who_the_form_says(world, customer):
    customer.post("/help", {**FORM, "email": world.eve.email, "name": "Eve"})
    assert Case.objects.get().contact_id == world.cleo.id
    assert Case.objects.get().plan == "extended"


def test_a_call_back_is_a_promise_of_its_own(world, customer):
    answer = customer.post("/help", {**FORM, "wants_call": "yes", "phone": ""})
    assert answer.status_code == 400
    customer.post("/help", {**FORM, "wants_call": "yes"})
    case = Case.objects.get()
    assert case.commitments.get(kind="callback").due_at is not None
    assert Event.objects.get(case=case, kind="call_back_asked").facts["phone"] == FORM["phone"]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\log.txt", "log.txt"),
        ("re\u202eport\r\nX: y.log", "re port X: y.log"),
        ("  ", "file"),
        ("..", "file"),
        ("a" * 300 + ".log", "a" * 196 + ".log"),
    ],
)
def test_i13_the_name_of_a_file_is_a_label_without_path_or_line_break(sent, kept):
    assert clean_name(sent) == kept


def test_files_stand_in_the_case_under_their_names(world, customer):
    file = SimpleUploadedFile("report.log", b"many bytes", content_type="text/html")
    customer.post("/help", {**FORM, "files": [file]})
    stored = Attachment.objects.get()
    assert (stored.name, stored.size) == ("report.log", 10)
    assert stored.message.case == Case.objects.get()


def test_too_many_files_are_refused_and_the_text_is_kept(world, customer):
    files = [SimpleUploadedFile(f"{n}.log", b"x") for n in range(11)]
    answer = customer.post("/help", {**FORM, "files": files})
    assert answer.status_code == 400
    assert "copper lantern" in answer.content.decode()
    assert not Attachment.objects.exists()


def test_a_colleague_is_sent_to_the_console(world, client):
    client.post("/sign-in", {"email": world.asta.email, "password": PASSWORD})
    assert client.get("/help")["Location"] == "/"


def test_each_priority_says_what_it_promises_at_this_very_hour(world):
    # Monday 10:00 in Stockholm, the extended plan.
    said = {p.priority: p.response_by for p in promises_now(world.northwind.pk, at=MONDAY)}
    assert said == {
        "critical": utc("2026-11-23T10:00"),
        "high": utc("2026-11-23T13:00"),
        "normal": utc("2026-11-24T09:00"),
        "low": None,
    }


def test_without_a_contract_the_policys_own_plan_is_promised(world):
    at = utc("2026-11-20T15:30")  # Friday 16:30: half an hour is left of the week
    said = {p.priority: p.response_by for p in promises_now(None, at=at)}
    assert said["critical"] == utc("2026-11-23T07:30")
    assert said["normal"] == utc("2026-11-23T16:00")


def test_what_the_form_promises_is_what_the_case_gets(world, customer):
    promised = {p.priority: p.response_by for p in promises_now(world.northwind.pk, at=NOW)}
    for priority in ("critical", "normal"):
        customer.post("/help", {**FORM, "priority": priority})
        due_at = Case.objects.latest("id").commitments.get(kind="response").due_at
        assert due_at == promised[priority]


# --- outside hours, outside any contract ---------------------------------------------------------

SATURDAY = utc("2026-11-21T11:00")  # noon in Stockholm


def form_at(at, client, monkeypatch) -> str:
    monkeypatch.setattr(help, "now", lambda: at)
    answer = client.get("/help")
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_in_office_hours_nothing_is_said_of_the_next_opening(world, client, customer, monkeypatch):
    for visitor in (Client(), customer):
        assert "We open again" not in form_at(MONDAY, visitor, monkeypatch)


def test_on_saturday_the_form_says_when_the_desk_opens_next(world, monkeypatch):
    eve = Client()
    eve.post("/sign-in", {"email": world.eve.email, "password": PASSWORD})
    page = form_at(SATURDAY, eve, monkeypatch)
    assert "We open again Monday 08:00" in page


def test_over_a_holiday_it_is_later(world, client, monkeypatch):
    """Christmas Eve and Day of 2026 are a Thursday and a Friday."""
    page = form_at(utc("2026-12-23T18:00"), client, monkeypatch)
    assert "We open again Monday 08:00" in page


def test_a_stranger_is_told_that_nothing_is_known_of_a_contract(world, client, monkeypatch):
    page = form_at(SATURDAY, client, monkeypatch)
    assert "We open again Monday 08:00" in page
    assert "We do not know yet who you are." in page


def test_a_customer_whose_contract_has_ended_is_told_before_sending(world, customer, monkeypatch):
    Contract.objects.filter(organization=world.northwind).update(ends_on="2026-06-30")
    page = form_at(MONDAY, customer, monkeypatch)
    assert "Your company’s contract does not cover today." in page
    assert "handle it on the plan Standard" in page
    customer.post("/help", FORM)
    text = OutboxItem.objects.get(purpose="acknowledgement").text
    assert "contract does not cover this day" in text
    assert "on the plan Standard" in text


def test_urgent_on_the_form_names_the_number_to_call(world, customer, monkeypatch):
    assert "Begin with “Urgent” and call us" in form_at(MONDAY, customer, monkeypatch)
    customer.post("/help", {**FORM, "subject": "Urgent: payment page down"})
    page = customer.get("/help/thanks").content.decode()
    assert "You wrote that it is urgent" in page
    assert "+46 13 000 00 0" in page
