"""Telephone systems that tell of calls: the doors, from outside."""

import base64
import hashlib
import hmac
import json
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client

from dueline.actions import phone_webhooks
from dueline.intake.phone.signatures import new_key, sign_generic, sign_standard
from dueline.models import Agent, Case, PhoneCall, PhoneWebhook

pytestmark = pytest.mark.django_db

CLEO = "+46701234567"


@pytest.fixture
def now():
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def hook(world, now):
    """A door for a provider: `hook("zoom")`."""

    def add(provider="generic", key=""):
        return phone_webhooks.add_webhook(
            provider=provider,
            signing_key=key or {"generic": new_key()}.get(provider, "a-token-of-theirs"),
            actor=world.ada,
            at=now,
        )

    return add


def address(webhook, what="calls"):
    return f"/hooks/phone/{webhook.secret}/{what}"


def headers_of(said):
    return {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in said.items()}


def tell(webhook, sent_at, /, *, key="", id_="", **said):
    """Tell of a call in our own words, signed as Standard Webhooks."""
    body = json.dumps({"call": "c1", "state": "ringing", "from": "070-123 45 67", **said}).encode()
    headers = sign_standard(
        body, id_=id_ or f"msg_{time.monotonic_ns()}", key=key or webhook.signing_key, at=sent_at
    )
    return send(webhook, body, headers)


def send(webhook, body, headers, content_type="application/json"):
    return Client().post(address(webhook), body, content_type, **headers_of(headers))


# --- forgeries and replays ----------------------------------------------------------------------


def test_an_address_that_nobody_was_given_is_not_there(world, hook, now):
    assert Client().post("/hooks/phone/a-guess/calls").status_code == 404
    shut = hook()
    phone_webhooks.set_active(shut.pk, is_active=False, actor=world.ada, at=now)
    assert tell(shut, now).status_code == 404


@pytest.mark.parametrize("provider", ["generic", "twilio", "zoom"])
def test_a_call_without_a_signature_is_refused_and_administrators_read_why(hook, provider):
    webhook = hook(provider)

    answer = send(webhook, b"{}", {})

    assert (answer.status_code, answer.json()["error"]) == (401, "not-signed")
    webhook.refresh_from_db()
    assert "signed" in webhook.last_error
    assert webhook.failing_since is not None
    assert webhook.signing_key not in answer.content.decode() + webhook.last_error
    assert webhook.secret not in answer.content.decode() + webhook.last_error
    assert not PhoneCall.objects.exists()


def test_another_key_an_old_call_and_a_changed_body_are_refused(hook, now):
    webhook = hook()
    body = b'{"call": "c1", "state": "ringing"}'
    good = sign_standard(body, id_="m1", key=webhook.signing_key, at=now)

    assert tell(webhook, now, key=new_key()).status_code == 401
    assert tell(webhook, now - timedelta(minutes=6)).status_code == 401
    assert tell(webhook, now + timedelta(minutes=6)).status_code == 401
    assert send(webhook, body + b" ", good).status_code == 401
    assert send(webhook, body, {**good, "webhook-id": "m2"}).status_code == 401
    assert not PhoneCall.objects.exists()
    assert send(webhook, body, good).status_code == 200


def test_a_message_is_taken_once_and_its_copy_is_refused(hook, now):
    webhook = hook()
    assert tell(webhook, now, id_="msg_1").status_code == 200

    answer = tell(webhook, now, id_="msg_1", state="ended")

    assert (answer.status_code, answer.json()["error"]) == (409, "replayed")
    assert PhoneCall.objects.get().state == "ringing"
    webhook.refresh_from_db()
    assert webhook.failing_since is None


def test_who_guesses_on_is_told_to_wait_and_the_telephone_system_is_heard_all_the_same(hook, now):
    webhook = hook()
    answers = [send(webhook, b"{}", {}).status_code for _ in range(62)]

    assert (answers[0], answers[-1]) == (401, 429)
    assert tell(webhook, now).status_code == 200


def test_a_body_without_end_is_refused(hook):
    assert send(hook(), b"x" * 70_000, {}).status_code == 413


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"call": ""}, "call"),
        ({"call": ["c1"]}, "call"),
        ({"state": "dancing"}, "state"),
        ({"state": None}, "state"),
        ({"direction": "up"}, "direction"),
        ({"at": "yesterday"}, "at"),
        ({"at": "2026-11-26T01:20:00"}, "at"),
        ({"at": 10**30}, "at"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "at"),
        ({"seconds": -1}, "seconds"),
        ({"recording": "javascript:alert(1)"}, "recording"),
        ({"extension": "1" * 41}, "extension"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_field(hook, now, said, field):
    webhook = hook()

    answer = tell(webhook, now, **said)

    assert answer.status_code == 400
    assert answer.json()["field"] == field
    assert not PhoneCall.objects.exists()
    webhook.refresh_from_db()
    assert webhook.last_error == answer.json()["says"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"[" * 50_000, b"\xff"])
def test_what_is_no_json_object_is_refused(hook, now, body):
    webhook = hook()
    headers = sign_standard(body, id_="m1", key=webhook.signing_key, at=now)

    assert send(webhook, body, headers).status_code == 400


# --- our own words ------------------------------------------------------------------------------


def test_a_call_is_told_of_from_its_first_ring_to_its_end(world, hook, now):
    Agent.objects.filter(pk=world.asta.id).update(extension="204")
    webhook = hook()
    rang_at = now - timedelta(seconds=100)

    tell(webhook, now, at=rang_at.isoformat(), name="Cleo D", extension="204", to="013-00 00 00")
    call = PhoneCall.objects.get()
    assert (call.state, call.rang_at, call.from_number) == ("ringing", rang_at, CLEO)
    assert (call.to_number, call.caller_name, call.agent_id) == (
        "+4613000000",
        "Cleo D",
        world.asta.id,
    )

    tell(webhook, now, state="answered", at=(rang_at + timedelta(seconds=5)).isoformat())
    tell(webhook, now, state="ended", at=now.isoformat(), recording="https://pbx.example/1.wav")
    call.refresh_from_db()
    assert (call.state, call.seconds, call.rang_at) == ("ended", 95, rang_at)
    assert (call.recording_url, call.caller_name) == ("https://pbx.example/1.wav", "Cleo D")
    assert not Case.objects.exists()


def test_what_arrives_late_moves_no_call_backwards(hook, now):
    webhook = hook()
    tell(webhook, now, state="ended", at=now.isoformat(), seconds="60")
    tell(webhook, now, state="answered", at=(now - timedelta(seconds=60)).isoformat())
    tell(webhook, now, state="ringing", at=(now - timedelta(seconds=70)).isoformat())

    call = PhoneCall.objects.get()
    assert (call.state, call.seconds) == ("ended", 60)
    assert call.rang_at == now - timedelta(seconds=70)


def test_a_withheld_caller_has_no_number(hook, now):
    tell(hook(), now, **{"from": "anonymous"})

    assert PhoneCall.objects.get().from_number == ""


def test_a_simple_signature_of_the_time_and_the_body_is_enough(hook, now):
    webhook = hook()
    body = b'{"call": "c1", "state": "ringing"}'
    header = {"X-Dueline-Signature": sign_generic(body, key=webhook.signing_key, at=now)}

    assert send(webhook, body, header).status_code == 200
    assert send(webhook, body, header).status_code == 409


# --- Twilio -------------------------------------------------------------------------------------


def twilio(webhook, *, key="", host="http://desk.example", **said):
    """As Twilio computes it: the address and the sorted fields, by a way of our own."""
    form = {"CallSid": "CA1", "From": CLEO, "To": "+4613000000", "Direction": "inbound", **said}
    signed = host + address(webhook) + "".join(f"{name}{form[name]}" for name in sorted(form))
    mac = hmac.new((key or webhook.signing_key).encode(), signed.encode(), hashlib.sha1)
    signature = base64.b64encode(mac.digest()).decode()
    return send(
        webhook,
        urlencode(form),
        {"X-Twilio-Signature": signature},
        "application/x-www-form-urlencoded",
    )


def test_twilio_is_not_believed_with_another_key_or_another_address(hook):
    webhook = hook("twilio")

    assert twilio(webhook, key="another", CallStatus="ringing").status_code == 401
    assert twilio(webhook, host="http://10.0.0.7:8000", CallStatus="ringing").status_code == 401
    webhook.refresh_from_db()
    assert "begins with http://desk.example." in webhook.last_error
    assert not PhoneCall.objects.exists()


def test_a_call_of_twilio_rings_is_answered_and_ends(hook, now):
    webhook = hook("twilio")
    stamp = "%a, %d %b %Y %H:%M:%S +0000"

    assert twilio(webhook, CallStatus="ringing", CallerName="CLEO D").status_code == 204
    assert twilio(webhook, CallStatus="in-progress").status_code == 204
    last = {"CallStatus": "completed", "CallDuration": "95", "Timestamp": now.strftime(stamp)}
    assert twilio(webhook, **last).status_code == 204
    assert twilio(webhook, **last).status_code == 409
    assert twilio(webhook, CallStatus="ringing", SequenceNumber="0").status_code == 204

    call = PhoneCall.objects.get()
    assert (call.state, call.from_number, call.caller_name) == ("ended", CLEO, "CLEO D")
    assert call.seconds == 95


@pytest.mark.parametrize("status", ["no-answer", "busy", "failed", "canceled"])
def test_a_call_that_twilio_could_not_put_through_is_missed(hook, status):
    webhook = hook("twilio")
    twilio(webhook, CallStatus="ringing")
    twilio(webhook, CallStatus=status)

    assert PhoneCall.objects.get().state == "missed"


def test_the_telephones_that_ring_for_one_caller_are_one_call_of_twilio(hook):
    webhook = hook("twilio")
    legs = [
        {"CallSid": f"CA{n}", "ParentCallSid": "CA1", "Direction": "outbound-dial"} for n in (2, 3)
    ]
    for leg in legs:
        twilio(webhook, CallStatus="ringing", **leg)
    twilio(webhook, CallStatus="in-progress", **legs[1])
    twilio(webhook, CallStatus="no-answer", **legs[0])

    call = PhoneCall.objects.get()
    assert (call.call_id, call.state, call.direction) == ("CA1", "answered", "in")


def test_a_call_of_ours_goes_out_and_a_withheld_number_of_twilio_is_none(hook):
    webhook = hook("twilio")
    twilio(webhook, CallStatus="ringing", Direction="outbound-api")
    twilio(webhook, CallStatus="ringing", CallSid="CA2", From="+266696687")

    ours, theirs = PhoneCall.objects.order_by("id")
    assert (ours.direction, theirs.direction) == ("out", "in")
    assert theirs.from_number == ""


@pytest.mark.parametrize("said", [{"CallSid": ""}, {"CallStatus": "dancing"}, {}])
def test_what_twilio_says_of_something_else_is_refused(hook, said):
    assert twilio(hook("twilio"), **said).status_code == 400


# --- Zoom Phone ---------------------------------------------------------------------------------


def zoom(webhook, event, at, *, key="", **facts):
    payload = {
        "account_id": "A1",
        "object": {
            "call_id": "z1",
            "caller": {"phone_number": CLEO, "name": "Cleo"},
            "callee": {"phone_number": "+4613000000", "extension_number": 204},
            **facts,
        },
    }
    return zoom_sends(webhook, {"event": event, "payload": payload}, at, key=key)


def zoom_sends(webhook, said, at, *, key=""):
    """As Zoom computes it: v0, the time and the body, by a way of our own."""
    body = json.dumps(said).encode()
    stamp = str(int(at.timestamp()))
    mac = hmac.new((key or webhook.signing_key).encode(), digestmod=hashlib.sha256)
    for part in (b"v0:", stamp.encode(), b":", body):
        mac.update(part)
    headers = {"x-zm-signature": f"v0={mac.hexdigest()}", "x-zm-request-timestamp": stamp}
    return send(webhook, body, headers)


def test_zoom_is_not_believed_with_another_key_or_long_after(hook, now):
    webhook = hook("zoom")

    assert zoom(webhook, "phone.callee_ringing", now, key="another").status_code == 401
    late = zoom(webhook, "phone.callee_ringing", now - timedelta(minutes=6))
    assert late.status_code == 401
    assert "too long ago" in late.json()["says"]
    assert not PhoneCall.objects.exists()


def test_zoom_finds_out_that_the_address_is_ours(hook, now):
    webhook = hook("zoom")
    said = {"event": "endpoint.url_validation", "payload": {"plainToken": "qgg8vlvZRS6UYooatFL8Aw"}}

    answer = zoom_sends(webhook, said, now).json()

    mac = hmac.new(b"a-token-of-theirs", b"qgg8vlvZRS6UYooatFL8Aw", hashlib.sha256)
    assert answer == {"plainToken": "qgg8vlvZRS6UYooatFL8Aw", "encryptedToken": mac.hexdigest()}
    assert zoom_sends(webhook, said, now, key="another").status_code == 401


def test_a_call_of_zoom_rings_is_answered_and_ends(hook, now):
    webhook = hook("zoom")
    rang, answered = now - timedelta(seconds=100), now - timedelta(seconds=95)
    times = {
        "ringing_start_time": rang.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "answer_start_time": answered.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "call_end_time": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    zoom(webhook, "phone.callee_ringing", now, **dict(list(times.items())[:1]))
    zoom(webhook, "phone.callee_answered", now, **dict(list(times.items())[:2]))
    assert zoom(webhook, "phone.callee_ended", now, **times).status_code == 200
    assert zoom(webhook, "phone.callee_ended", now, **times).status_code == 409

    call = PhoneCall.objects.get()
    assert (call.state, call.rang_at, call.seconds) == ("ended", rang, 95)
    assert (call.from_number, call.extension, call.direction) == (CLEO, "204", "in")


def test_a_call_of_zoom_that_nobody_took_is_missed_and_one_of_ours_goes_out(hook, now):
    webhook = hook("zoom")
    zoom(webhook, "phone.callee_missed", now)
    zoom(webhook, "phone.caller_ended", now, call_id="z2")

    missed, ours = PhoneCall.objects.order_by("id")
    assert (missed.state, missed.direction) == ("missed", "in")
    assert (ours.state, ours.direction) == ("missed", "out")


def test_what_zoom_tells_of_something_else_is_taken_and_does_nothing(hook, now):
    assert zoom(hook("zoom"), "meeting.started", now).json() == {"taken": 0}
    assert not PhoneCall.objects.exists()


# --- who calls? ---------------------------------------------------------------------------------


def ask(webhook, number, **headers):
    return Client().get(address(webhook, "caller"), {"number": number}, headers=headers)


def bearer(webhook):
    return {"Authorization": f"Bearer {webhook.signing_key}"}


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer x"}, {"Authorization": "Basic"}])
def test_a_stranger_learns_nothing_of_a_number(hook, headers):
    answer = ask(hook(), CLEO, **headers)

    assert answer.status_code == 401
    assert "Cleo" not in answer.content.decode()


def test_the_key_of_a_service_opens_no_list_of_customers(hook):
    webhook = hook("twilio")

    assert ask(webhook, CLEO, **bearer(webhook)).status_code == 403


@pytest.mark.parametrize("number", [CLEO, "0046701234567", "070-1234567", f"sip:{CLEO}@pbx"])
def test_a_switchboard_learns_who_calls_whatever_the_spelling(world, hook, number):
    case, webhook = world.case(), hook()

    began = time.perf_counter()
    answer = ask(webhook, number, **bearer(webhook)).json()

    assert time.perf_counter() - began < 0.2
    assert answer["known"]
    assert (answer["name"], answer["company"]) == ("Cleo Dahl", "Northwind")
    assert (answer["plan"], answer["open_cases"]) == ("Extended", 1)
    assert answer["url"] == f"http://desk.example/console/cases/{case.number}"


def test_a_number_that_nobody_has_is_not_known(hook):
    webhook = hook()
    answer = ask(webhook, "08-555 55 55", **bearer(webhook)).json()

    assert not answer.pop("known")
    assert answer == {
        "name": "",
        "company": "",
        "plan": "",
        "has_contract": False,
        "open_cases": 0,
        "url": "",
        "callers": [],
    }


def test_a_signed_question_is_answered_and_another_one_with_its_signature_is_not(hook, now):
    webhook = hook()
    query = urlencode({"number": CLEO}).encode()
    headers = sign_standard(query, id_="m1", key=webhook.signing_key, at=now)

    assert ask(webhook, CLEO, **headers).json()["name"] == "Cleo Dahl"
    assert ask(webhook, "+46709876543", **headers).status_code == 401


def test_a_provider_that_can_be_chosen_can_be_read_or_is_not_offered():
    from dueline.intake.phone.signatures import CHECKS
    from dueline.intake.phone.webhooks import READERS

    assert set(READERS) <= set(CHECKS)
    assert set(READERS) <= set(PhoneWebhook.Provider.values)
