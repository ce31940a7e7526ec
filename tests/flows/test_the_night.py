"""A voicemail at ten past two in the night, through the doors that everybody has.

The telephone system calls its webhook, the pages leave for a real service on this machine, and
Bo, Asta and the customer do what they do on pages. Only the clock is wound.
"""

import base64
import json
import re

import pytest
from django.core.management import call_command

from dueline.cli.main import main
from dueline.core.case_numbers import case_number
from dueline.core.events import Kind
from dueline.intake.phone.signatures import sign_generic
from dueline.models import (
    Agent,
    Case,
    Commitment,
    Contact,
    Event,
    Page,
    PageAttempt,
    Paging,
    PagingChain,
    PhoneWebhook,
    Voicemail,
)
from tests import recordings
from tests.flows.clock import Clock, stop_the_clock
from tests.world import PASSWORD, utc

pytestmark = pytest.mark.django_db(transaction=True)

# A Saturday, 02:10 in Stockholm.
HUNG_UP = utc("2026-11-28T01:10")
KEY = "a key that nobody guesses"


@pytest.fixture
def clock(monkeypatch) -> Clock:
    return stop_the_clock(monkeypatch, HUNG_UP)


@pytest.fixture
def desk(world, receiver, second_receiver):
    """Bo is on call and has two telephones; after five minutes it is Asta's turn."""
    desk = world.desk
    rota = world.rota(world.bo)
    chain = PagingChain.objects.create(name="Nights", rounds=2, created_at=HUNG_UP)
    chain.steps.create(position=1, whom="rota", rota=rota, wait_minutes=5)
    chain.steps.create(position=2, whom="agent", agent_id=world.asta.id, wait_minutes=5)
    desk.critical_chain = chain
    desk.keypad = {"1": "critical"}
    desk.save()
    reached_at(world.bo, receiver.address, "Telephone", 1)
    reached_at(world.asta, second_receiver.address, "Telephone", 1)
    PhoneWebhook.objects.create(
        provider="generic", secret="telephone", signing_key=KEY, created_at=HUNG_UP
    )
    return desk


def reached_at(person, address, label, position):
    Agent.objects.get(pk=person.id).destinations.create(
        address=address, label=label, position=position, created_at=HUNG_UP, confirmed_at=HUNG_UP
    )


def leaves_a_voicemail(client, clock, **told):
    """Cleo's telephone system writes her number as nobody else would."""
    said = {
        "id": "recording-1",
        "from": "0046 (0)70-123 45 67",
        "to": "+46 13 000 00 01",
        "hung_up_at": HUNG_UP.isoformat(),
        "duration": 31,
        "keyed": "1",
        "audio": base64.b64encode(recordings.wav(seconds=2)).decode(),
        **told,
    }
    body = json.dumps(said).encode()
    return client.post(
        "/hooks/voicemail/telephone",
        body,
        content_type="application/json",
        headers={"X-Dueline-Signature": sign_generic(body, key=KEY, at=clock.at)},
    )


def promise(kind: str) -> Commitment:
    return Commitment.objects.get(kind=kind, ordinal=1)


def kinds(case: Case) -> list[str]:
    return list(Event.objects.filter(case=case).order_by("id").values_list("kind", flat=True))


def signs_in(client, person):
    client.post("/sign-in", {"email": person.email, "password": PASSWORD})


def calls_back(client, case, *, reached, at):
    answer = client.post(
        f"/console/cases/{case_number(case.pk)}/calls",
        {
            "reached": reached,
            "direction": "out",
            "phone": "+46701234567",
            "happened_at": "",
            "summary": "She reboots the gateway now.",
        },
    )
    assert answer.status_code == 302, answer.content.decode()


def link_in(call) -> str:
    return re.search(r"http://desk\.example(/page/[\w-]+)", call.text)[1]


def test_a_voicemail_in_the_night_wakes_one_then_the_other_and_is_called_back(
    client, clock, desk, world, receiver, second_receiver, capsys
):
    # 02:10:20: the telephone system tells of it.
    clock.wind(seconds=20)
    assert leaves_a_voicemail(client, clock).status_code == 204
    clock.work()
    case = Case.objects.get()
    assert (case.contact_id, case.priority, case.opened_at) == (world.cleo.id, "critical", HUNG_UP)
    due_at = utc("2026-11-28T02:10")
    assert (promise("callback").started_at, promise("callback").due_at) == (HUNG_UP, due_at)
    assert promise("response").due_at == due_at

    # Bo is paged within the minute, and the page says nothing that is nobody's business.
    (call,) = receiver.calls
    assert case_number(case.pk) in call.text
    for secret in ("Northwind", "Cleo", "Dahl", "+4670", "gateway"):
        assert secret not in call.text
    paged = Event.objects.get(case=case, kind=Kind.PAGED)
    assert (paged.happened_at - HUNG_UP).total_seconds() <= 60
    assert promise("response").state == "running"

    # A second call of the same webhook is nothing new.
    assert leaves_a_voicemail(client, clock).status_code == 204
    clock.work()
    assert Case.objects.count() == Voicemail.objects.count() == len(receiver.calls) == 1

    # Nobody acknowledges for five minutes, not a second less: Asta is next.
    started_at = Paging.objects.get().started_at
    clock.wind(to=started_at)
    clock.wind(minutes=4, seconds=59)
    clock.work()
    assert second_receiver.calls == []
    clock.wind(seconds=1)
    clock.work()
    assert (len(receiver.calls), len(second_receiver.calls)) == (1, 1)

    # Her telephone looks at the link, which changes nothing; she presses the button.
    link = link_in(second_receiver.calls[0])
    clock.wind(seconds=40)
    assert client.get(link).status_code == 200
    assert Paging.objects.get().state == "running"
    client.post(link)
    paging = Paging.objects.get()
    assert (paging.state, paging.acknowledged_by_id) == ("acknowledged", world.asta.id)
    assert (paging.acknowledged_by_way, paging.acknowledged_at) == ("link", clock.at)
    # An acknowledgement is neither a response nor a call back.
    assert {promise(kind).state for kind in ("callback", "response")} == {"running"}
    clock.wind(minutes=10)
    clock.work()
    assert (len(receiver.calls), len(second_receiver.calls)) == (1, 1)

    # 02:27: she reads the list, listens, and calls.
    signs_in(client, world.asta)
    listed = client.get("/console/call-backs").content.decode()
    assert case_number(case.pk) in listed
    assert "Cleo Dahl" in listed
    calls_back(client, case, reached="yes", at=clock.at)
    spoke_at = clock.at
    for kind in ("callback", "response"):
        assert (promise(kind).state, promise(kind).met_at) == ("met", spoke_at)
    clock.wind(minutes=3)
    client.post(f"/console/cases/{case_number(case.pk)}/activation")
    assert promise("activation").state == "met"
    assert Paging.objects.get().state == "ended"
    clock.wind(hours=1)
    clock.work()
    assert (len(receiver.calls), len(second_receiver.calls)) == (1, 1)

    # The evidence is whole: every step, its instant and its author, and every clock adds up.
    steps = [
        "opened", "call_back_asked", "paging_started", "paged", "paged", "page_acknowledged",
        "call_logged", "activated", "paging_ended",
    ]  # fmt: skip
    told = [kind for kind in kinds(case) if kind in steps]
    assert sorted(told) == sorted(steps)
    who = Event.objects.filter(case=case, kind=Kind.PAGED).order_by("id")
    assert [event.facts["agent"] for event in who] == [world.bo.id, world.asta.id]
    page = client.get(f"/console/cases/{case_number(case.pk)}").content.decode()
    assert "Bo" in page
    assert "acknowledged" in page
    assert main(["commitments", "check"]) == 0
    capsys.readouterr()
    assert main(["case", "show", case_number(case.pk)]) == 0
    shown = capsys.readouterr().out
    assert "paged" in shown
    assert "page_acknowledged" in shown


def test_who_does_not_answer_is_tried_again_and_the_attempts_satisfy_nothing(
    client, clock, desk, world, receiver, second_receiver
):
    clock.wind(seconds=20)
    assert leaves_a_voicemail(client, clock).status_code == 204
    clock.work()
    case = Case.objects.get()
    clock.wind(minutes=2)
    client.post(link_in(receiver.calls[0]))
    signs_in(client, world.bo)
    for minutes, reached in ((5, "no"), (15, "message"), (20, "no")):
        clock.wind(minutes=minutes)
        calls_back(client, case, reached=reached, at=clock.at)
        clock.work()
        assert promise("callback").state == "running"
    listed = client.get("/console/call-backs").content.decode()
    assert listed.count("Bo") >= 3  # each attempt, and by whom
    # 03:10 passes: missed at that very instant, whenever it was looked at.
    clock.wind(to=utc("2026-11-28T02:10:01"))
    clock.work()
    assert promise("callback").state == promise("response").state == "missed"
    clock.wind(minutes=20)
    calls_back(client, case, reached="yes", at=clock.at)
    assert (promise("callback").state, promise("callback").met_at) == ("missed", clock.at)
    attempts = Event.objects.filter(case=case, kind=Kind.CALL_LOGGED).order_by("id")
    assert [bool(event.facts["reached"]) for event in attempts] == [False, False, False, True]
    assert main(["commitments", "check"]) == 0


def test_with_the_service_down_the_next_way_and_the_next_person_are_tried(
    client, clock, desk, world, receiver, second_receiver
):
    receiver.stop()
    reached_at(world.bo, receiver.as_form, "Second telephone", 2)
    clock.wind(seconds=20)
    assert leaves_a_voicemail(client, clock).status_code == 204
    clock.work()
    case = Case.objects.get()
    # Both of Bo's ways were tried, in order, and Asta did not have to wait for the five minutes.
    bo = PageAttempt.objects.filter(page__agent_id=world.bo.id).order_by("id")
    assert [attempt.label for attempt in bo][:2] == ["Telephone", "Second telephone"]
    assert {attempt.outcome for attempt in bo} == {"failed"}
    clock.work(seconds=45)
    assert len(second_receiver.calls) == 1
    paged = Event.objects.get(case=case, kind=Kind.PAGED)
    assert (paged.happened_at - HUNG_UP).total_seconds() <= 120
    failed = Event.objects.filter(case=case, kind=Kind.PAGE_FAILED).first()
    assert failed.facts["agent"] == world.bo.id
    # Whoever leads is told that pages do not get through.
    signs_in(client, world.ada)
    page = client.get(f"/console/cases/{case_number(case.pk)}").content.decode()
    assert "Bo" in page
    client.post(link_in(second_receiver.calls[0]))
    assert Paging.objects.get().state == "acknowledged"
    assert not Page.objects.filter(state="waiting").exists()


def test_nothing_of_the_night_is_seen_from_the_other_side(
    client, clock, desk, world, receiver, second_receiver
):
    clock.wind(seconds=20)
    assert leaves_a_voicemail(client, clock).status_code == 204
    clock.work()
    case = Case.objects.get()
    number = case_number(case.pk)
    signs_in(client, world.cleo)
    page = client.get(f"/cases/{number}").content.decode()
    assert "03:10" in page  # by when she is called back
    for internal in ("paged", "Nights", "on call", "acknowledge", "keyed"):
        assert internal not in page
    signs_in(client, world.eve)
    recording = case.voicemails.get().attachment
    assert client.get(f"/cases/{number}").status_code == 404
    assert client.get(f"/files/{recording.pk}").status_code == 404
    client.post("/sign-out")
    for address in (f"/files/{recording.pk}", "/console/call-backs", f"/cases/{number}"):
        assert client.get(address).status_code in (302, 404)
    assert Contact.objects.get(pk=world.cleo.id).phone == "+46701234567"
    call_command("check")
