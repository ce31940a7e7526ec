"""The call desk: who calls, and what comes of it."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dueline.actions import contact_numbers, messages, phone_calls, phone_webhooks
from dueline.core.calls import CallState, Told
from dueline.core.errors import Refusal
from dueline.intake.phone.signatures import new_key
from dueline.models import Case, Contact, ContactNumber, Event, PhoneCall

pytestmark = pytest.mark.django_db

DESK = "/console/calls"
CLEO, STRANGER = "+46701234567", "+46855555555"


@pytest.fixture
def asta(world, enter):
    return enter(world.asta)


@pytest.fixture
def ring(world, now):
    """Let a telephone ring: `ring(number, "ringing", …) -> PhoneCall`."""
    webhook = phone_webhooks.add_webhook(
        provider="generic", signing_key=new_key(), actor=world.ada, at=now
    )

    def tell(number=CLEO, *states, call="c1", ago=60, **more):
        for n, state in enumerate(states or ("ringing",)):
            at = now - timedelta(seconds=max(ago - 10 * n, 0))
            told = Told(call, CallState(state), at, from_number=number, **more)
            digest = f"{call}-{state}-{ago}"
            phone_calls.take(webhook.pk, [told], digest=digest, at=now)
        return PhoneCall.objects.get(call_id=call)

    return tell


def page_of(client, address=DESK):
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


# --- who calls ----------------------------------------------------------------------------------


def test_while_nobody_calls_the_page_says_so(asta):
    assert "No telephone rings" in page_of(asta)


def test_a_call_shows_who_it_is_with_company_contract_and_open_cases(world, asta, ring, now):
    hers = world.case(subject="Payment page down", priority="critical", at=now)
    theirs = world.case(world.dag, subject="Export stops", at=now)
    world.case(world.eve, subject="Southgate's own", at=now)

    call = ring()
    page = page_of(asta)

    for said in ("Rings", "Cleo Dahl", "Northwind", "Extended", "super-user", "+46 70 123 45 67"):
        assert said in page
    for case in (hers, theirs):
        assert f"/console/cases/{case.number}?write=call&amp;call={call.pk}#write" in page
    assert "Response" in page
    assert "Southgate" not in page
    assert f"/console/calls/new?call={call.pk}&amp;contact={world.cleo.id}" in page


def test_two_people_with_one_number_are_both_shown_until_somebody_says_who_it_was(
    world, asta, ring, now
):
    contact_numbers.add_number(world.dag.id, number=CLEO, actor=world.asta, at=now)
    call = ring()
    page = page_of(asta)
    assert "Several people have this number:" in page
    assert "Cleo Dahl" in page
    assert "Dag Ek" in page

    asta.post(f"{DESK}/{call.pk}/caller", {"contact": world.dag.id})

    page = page_of(asta)
    assert "Dag Ek" in page
    assert "Cleo Dahl" not in page


def test_a_stranger_is_shown_as_one_and_somebody_says_who_it_is(world, asta, ring):
    call = ring(STRANGER, caller_name="DAG")
    page = page_of(asta)
    assert "Nobody we know." in page
    assert f"{DESK}/{call.pk}/caller" in page
    assert "Dag Ek" in page_of(asta, f"{DESK}/{call.pk}/caller?q=Dag")

    asta.post(f"{DESK}/{call.pk}/caller", {"contact": world.dag.id})

    assert ContactNumber.objects.filter(contact=world.dag.id, number=STRANGER).exists()
    assert "Dag Ek" in page_of(asta)


def test_a_stranger_becomes_a_new_contact_with_the_number(asta, ring):
    call = ring(STRANGER)
    assert asta.post(f"{DESK}/{call.pk}/caller", {"name": " "}).status_code == 400

    asta.post(f"{DESK}/{call.pk}/caller", {"name": "Noa Vik", "email": "noa@elsewhere.example"})

    noa = Contact.objects.get(name="Noa Vik")
    assert (noa.phone, noa.email) == (STRANGER, "noa@elsewhere.example")
    assert ContactNumber.objects.filter(contact=noa, number=STRANGER).exists()


def test_a_withheld_number_belongs_to_nobody_and_what_is_said_holds_for_the_call(world, asta, ring):
    call = ring("anonymous")
    assert "The caller does not say who it is." in page_of(asta)

    asta.post(f"{DESK}/{call.pk}/caller", {"contact": world.dag.id})

    call.refresh_from_db()
    assert call.contact_id == world.dag.id
    assert ContactNumber.objects.filter(contact=world.dag.id).count() == 1


def test_the_page_is_drawn_anew_only_when_something_has_happened(asta, ring, now, monkeypatch):
    monkeypatch.setattr("dueline.console.access.now", lambda: now)
    ring()
    first = asta.get(DESK, headers={"HX-Request": "true"})
    again = {"HX-Request": "true", "If-None-Match": first["ETag"]}
    assert asta.get(DESK, headers=again).status_code == 304
    ring(CLEO, "answered")
    assert asta.get(DESK, headers=again).status_code == 200


def test_a_telephone_system_that_fell_silent_leaves_no_call_that_rings_for_ever(asta, ring):
    call = ring(ago=600)

    page = page_of(asta)

    assert "No telephone rings" in page
    assert "Missed, to call back" in page
    assert f"{DESK}/{call.pk}/setting-aside" in page


def test_a_list_of_calls_costs_as_few_statements_as_one(
    world, asta, ring, now, django_assert_max_num_queries
):
    numbers = [CLEO, "+46709876543", "+46851234500", STRANGER]
    for n in range(12):
        ring(numbers[n % 4], "ringing", "missed", call=f"c{n}")
    for person in (world.cleo, world.dag, world.eve):
        world.case(person, at=now)
    page_of(asta)

    with django_assert_max_num_queries(20):
        assert page_of(asta).count('class="call is-missed"') == 12


def test_every_page_says_that_a_telephone_rings_and_asks_the_database_for_nothing_more(asta, ring):
    with CaptureQueriesContext(connection) as silent:
        quiet = asta.get("/console/queue")
    assert "Dueline-Rings" not in quiet
    assert 'id="rings" role="status" hidden' in quiet.content.decode()

    ring(ago=5)
    with CaptureQueriesContext(connection) as ringing:
        page = asta.get("/console/queue")
    assert page["Dueline-Rings"] == "yes"
    assert 'id="rings" role="status">' in page.content.decode()
    assert len(ringing) == len(silent)

    ring(CLEO, "answered", ago=3)
    assert "Dueline-Rings" not in asta.get("/console/queue")


# --- what comes of it ---------------------------------------------------------------------------


def test_a_case_that_is_opened_from_the_call_begins_when_it_rang(world, asta, ring, now):
    call = ring(CLEO, "ringing", "answered", ago=300)
    form = page_of(asta, f"{DESK}/new?call={call.pk}&contact={world.cleo.id}")
    assert f'name="call" value="{call.pk}"' in form
    assert 'value="yes" checked' in form

    told = {"call": call.pk, "contact": world.cleo.id, "reached": "yes", "priority": "normal"}
    local = call.rang_at.astimezone(ZoneInfo("Europe/Stockholm"))
    told |= {"subject": "Printer", "happened_at": local.strftime("%Y-%m-%dT%H:%M:%S")}
    asta.post(f"{DESK}/new", told)

    case = Case.objects.get()
    call.refresh_from_db()
    opened, logged = case.events.get(kind="opened"), case.events.get(kind="call_logged")
    assert opened.happened_at == logged.happened_at == call.rang_at
    assert logged.recorded_at > logged.happened_at
    assert (call.case_id, call.event_id, call.agent_id) == (case.pk, logged.pk, world.asta.id)
    assert case.commitments.get(kind="response").state == "met"


@pytest.mark.parametrize(
    ("states", "reached"),
    [(["ringing"], "yes"), (["ringing", "answered"], "yes"), (["ringing", "missed"], "no")],
)
def test_the_form_knows_already_whether_they_spoke(world, asta, ring, now, states, reached):
    call = ring(CLEO, *states)

    form = page_of(asta, f"{DESK}/new?call={call.pk}&contact={world.cleo.id}")

    assert f'name="reached" value="{reached}" checked' in form


def test_whoever_logs_a_missed_call_in_a_case_logs_the_call_back(world, asta, ring, now):
    call, case = ring(CLEO, "ringing", "missed"), world.case(at=now - timedelta(hours=1))

    page = page_of(asta, f"/console/cases/{case.number}?write=call&call={call.pk}")

    assert 'name="direction" value="out" checked' in page
    assert f'name="phone" type="tel" value="{CLEO}"' in page
    assert 'type="datetime-local" step="1" value=""' in page
    assert 'name="reached" value="no" required checked' not in page


def test_how_long_they_talked_is_known_from_the_telephone_system_when_it_has_ended(
    world, asta, ring, now
):
    call = ring(CLEO, "ringing", "answered", ago=300)
    case = world.case(at=now - timedelta(hours=1))
    asta.post(
        f"/console/cases/{case.number}/calls",
        {"call": call.pk, "reached": "yes", "direction": "in", "summary": "It burns."},
    )
    assert "spoke with the customer ·" not in page_of(asta, f"/console/cases/{case.number}")

    ring(CLEO, "ended", ago=155, recording_url="https://pbx.example/1.wav")

    page = page_of(asta, f"/console/cases/{case.number}")
    assert "spoke with the customer · 2 min 15 s" in page
    assert 'href="https://pbx.example/1.wav"' in page
    assert "Not logged yet" not in page_of(asta)


def test_a_missed_call_stays_until_it_is_logged_or_set_aside(world, asta, ring, now):
    first, second = ring(call="c1"), ring(call="c2")
    ring(CLEO, "missed", call="c1")
    ring(CLEO, "missed", call="c2")
    assert page_of(asta).count("then log it in a case") == 2
    case = world.case(at=now - timedelta(hours=1))

    asta.post(
        f"/console/cases/{case.number}/calls",
        {"call": first.pk, "reached": "yes", "direction": "out"},
    )
    assert page_of(asta).count("then log it in a case") == 1
    asta.post(f"{DESK}/{second.pk}/setting-aside")
    assert page_of(asta).count("then log it in a case") == 0
    again = asta.post(f"{DESK}/{second.pk}/setting-aside", follow=True)
    assert "Somebody has dealt with this call already." in again.content.decode()


def test_of_two_who_log_the_same_call_the_second_is_told(world, asta, ring, now):
    call, case = ring(), world.case(at=now - timedelta(hours=1))
    form = {"call": call.pk, "reached": "yes", "direction": "in"}
    asta.post(f"/console/cases/{case.number}/calls", form)

    answer = asta.post(f"/console/cases/{case.number}/calls", form)

    assert "Somebody has logged this call already." in answer.content.decode()
    assert case.events.filter(kind="call_logged").count() == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"reached": ""}, "Say whether you spoke with the customer."),
        ({"duration": "long"}, "Write how long it took"),
        ({"duration": "2000"}, "A call takes a day at most."),
        ({"recording": "javascript:alert(1)"}, "A recording is an address"),
        ({"recording": "ftp://pbx.example/1.wav"}, "A recording is an address"),
        ({"recording": "https://pbx.example/a b"}, "A recording is an address"),
    ],
)
def test_what_is_odd_about_a_logged_call_is_said_and_nothing_is_stored(
    world, asta, now, typed, said
):
    case = world.case(at=now - timedelta(hours=1))
    form = {"reached": "yes", "direction": "out", "summary": "We spoke.", **typed}

    page = asta.post(f"/console/cases/{case.number}/calls", form).content.decode()

    assert said in page
    assert "We spoke.</textarea>" in page
    assert not case.events.filter(kind="call_logged").exists()


def test_a_call_is_logged_with_duration_and_recording_that_colleagues_alone_see(
    world, asta, enter, now
):
    case = world.case(at=now - timedelta(hours=1))
    form = {"reached": "yes", "direction": "out", "duration": "4:30"}
    form["recording"] = "https://pbx.example/secret.wav"

    asta.post(f"/console/cases/{case.number}/calls", form)

    page = page_of(asta, f"/console/cases/{case.number}")
    assert "4 min 30 s" in page
    assert "https://pbx.example/secret.wav" in page
    assert "secret.wav" not in page_of(enter(world.cleo), f"/cases/{case.number}")
    assert "secret.wav" not in str(list(Event.objects.values_list("facts", flat=True)))


def test_three_attempts_meet_nothing_and_are_listed_beside_the_call_back(world, asta, now):
    at = now - timedelta(hours=2)
    case = world.case(at=at, priority="critical", call_back_phone="070-123 45 67", channel="phone")
    for n, came_of_it in enumerate(("no", "message", "no")):
        answer = asta.post(
            f"/console/cases/{case.number}/calls",
            {"reached": came_of_it, "direction": "out", "summary": f"Attempt {n}"},
        )
        assert answer.status_code == 302

    callback = case.commitments.get(kind="callback")
    assert callback.met_at is None
    assert case.commitments.get(kind="response").met_at is None
    page = page_of(asta, f"/console/cases/{case.number}")
    assert "Tried 3 times, without contact:" in page
    assert "Asta Lind: left a message" in page
    assert page.count("Asta Lind: no answer") == 2


def test_whoever_left_a_message_has_not_spoken_with_the_customer(world, now):
    case = world.case(at=now - timedelta(hours=1))
    with pytest.raises(Refusal, match="Either you spoke"):
        messages.log_call(
            case.pk,
            reached=True,
            left_message=True,
            direction="out",
            happened_at=now,
            actor=world.asta,
            at=now,
        )


# --- click to call ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "link"),
    [
        ("", "tel:+46701234567"),
        ("sip:{number}@pbx.example", "sip:+46701234567@pbx.example"),
        ("https://phone.example/?to={number}", "https://phone.example/?to=%2B46701234567"),
    ],
)
def test_a_number_is_a_link_that_calls_it(world, asta, ring, now, address, link):
    world.desk.dial_address = address
    world.desk.save()
    case = world.case(at=now)
    ring()

    assert f'href="{link}"' in page_of(asta)
    assert f'href="{link}"' in page_of(asta, f"/console/cases/{case.number}")
    assert f'href="{link}"' in page_of(asta, "/console/search?q=Cleo")
