"""A telephone system tells of a recording: kept at once, one case, whoever says it again."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.db import DatabaseError

from dueline.actions import inbox
from dueline.core.instants import now
from dueline.intake import read_inbox
from dueline.intake.phone import voicemail_door
from dueline.intake.phone.signatures import sign_generic
from dueline.models import Case, InboxItem, PhoneCall, PhoneWebhook, RawItem, Voicemail
from tests import recordings

pytestmark = pytest.mark.django_db
KEY = "a key that nobody guesses"


def webhook(provider: str = "generic") -> PhoneWebhook:
    return PhoneWebhook.objects.create(
        provider=provider, secret=f"secret-{provider}", signing_key=KEY, created_at=now()
    )


def generic(client, body: bytes, *, key: str = KEY, ago=timedelta(0), kind="application/json"):
    return client.post(
        "/hooks/voicemail/secret-generic",
        body,
        content_type=kind,
        headers={"X-Dueline-Signature": sign_generic(body, key=key, at=now() - ago)},
    )


def told(**more) -> dict[str, object]:
    said = {"id": "rec-1", "from": "070-123 45 67", "to": "+46130000001", "duration": 31}
    said["hung_up_at"] = (now() - timedelta(minutes=3)).isoformat()
    return {**said, **more}


def twilio(client, *, key: str = KEY, **fields: str):
    form = {
        "AccountSid": "AC11111111111111111111111111111111",
        "CallSid": "CA1",
        "RecordingSid": "RE1",
        "RecordingUrl": "https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE1",
        "RecordingDuration": "31",
        **fields,
    }
    address = "/hooks/voicemail/secret-twilio"
    signed = f"http://desk.example{address}" + "".join(k + form[k] for k in sorted(form))
    mac = hmac.new(key.encode(), signed.encode(), hashlib.sha1).digest()
    return client.post(
        address,
        urlencode(form).encode(),
        content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": base64.b64encode(mac).decode()},
    )


def read_all() -> None:
    while read_inbox.read_next(at=now()):
        pass


# --- who is refused -------------------------------------------------------------------------------


def test_an_address_that_was_given_to_nobody_is_not_found(client, world):
    assert generic(client, b"{}").status_code == 404
    shut = webhook()
    PhoneWebhook.objects.filter(pk=shut.pk).update(is_active=False)
    assert generic(client, b"{}").status_code == 404


def test_a_forged_call_is_refused_and_administrators_see_it(client, world):
    hook = webhook()
    body = json.dumps(told()).encode()
    assert generic(client, body, key="somebody else's").status_code == 401
    assert client.post("/hooks/voicemail/secret-generic", body, "text/json").status_code == 401
    hook.refresh_from_db()
    assert hook.failing_since
    assert "signed" in hook.last_error
    assert not InboxItem.objects.exists()
    assert generic(client, body).status_code == 204  # … until a good one comes
    hook.refresh_from_db()
    assert (hook.failing_since, hook.last_error) == (None, "")


def test_a_copy_that_is_played_again_later_is_refused(client, world):
    webhook()
    body = json.dumps(told()).encode()
    assert generic(client, body, ago=timedelta(minutes=6)).status_code == 401
    assert not InboxItem.objects.exists()


def test_a_call_of_twilio_with_another_key_or_another_address_is_refused(client, world):
    webhook("twilio")
    assert twilio(client, key="another").status_code == 401
    assert not InboxItem.objects.exists()


def test_what_is_too_large_is_refused(client, world, monkeypatch):
    webhook()
    monkeypatch.setattr(voicemail_door, "LARGEST", 100)
    assert generic(client, b"x" * 101).status_code == 413


def test_a_telephone_system_that_brings_no_voicemails_is_told_so(client, world):
    PhoneWebhook.objects.create(provider="zoom", secret="z", signing_key=KEY, created_at=now())
    assert client.post("/hooks/voicemail/z", b"{}", "application/json").status_code == 400


def test_what_could_not_be_kept_is_told_again(client, world, monkeypatch):
    webhook()
    body = json.dumps(told()).encode()

    def fail(*args, **named):
        raise DatabaseError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(inbox, "keep_raw", fail)
        assert generic(client, body).status_code == 503
    assert generic(client, body).status_code == 204
    assert InboxItem.objects.count() == 1


# --- what becomes of it ---------------------------------------------------------------------------


def test_a_voicemail_is_kept_before_it_is_read_and_becomes_a_case(client, world):
    hook = webhook()
    body = json.dumps(told(recording_url="https://pbx.example/1.wav", keyed="1")).encode()
    answer = generic(client, body)
    assert (answer.status_code, answer.content) == (204, b"")
    item = InboxItem.objects.get()
    assert (item.door, item.state) == ("phone", "received")
    assert bytes(RawItem.objects.get().bytes).endswith(b"\r\n\r\n" + body)

    read_all()
    item.refresh_from_db()
    assert (item.state, item.reason) == ("taken", "A voicemail.")
    row = Voicemail.objects.get()
    assert (row.source, row.recording_id) == (f"webhook {hook.pk}", "rec-1")
    assert (row.from_number, row.seconds, row.keyed) == ("+46701234567", 31, "1")
    assert (row.audio, row.audio_url) == ("waiting", "https://pbx.example/1.wav")
    assert row.hung_up_is_told
    case = Case.objects.get()
    assert case.contact.name == "Cleo Dahl"
    callback = case.commitments.get(kind="callback")
    assert callback.started_at == row.hung_up_at


def test_a_recording_that_comes_with_the_call_is_kept_at_once(client, world):
    webhook()
    sound = recordings.wav(seconds=1)
    body = json.dumps(told(audio=base64.b64encode(sound).decode())).encode()
    assert generic(client, body).status_code == 204
    read_all()
    row = Voicemail.objects.get()
    assert row.audio == "kept"
    assert (row.attachment.name, row.attachment.size) == ("voicemail.wav", len(sound))
    assert row.attachment.media_type == "audio/wav"


def test_a_recording_may_come_as_a_file_of_a_form(client, world):
    webhook()
    sound = recordings.wav(seconds=1)
    fields = "".join(
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in told(id="rec-2").items()
    ).encode()
    head = b'--b\r\nContent-Disposition: form-data; name="audio"; filename="../x.exe"\r\n\r\n'
    body = fields + head + sound + b"\r\n--b--\r\n"
    assert generic(client, body, kind="multipart/form-data; boundary=b").status_code == 204
    read_all()
    row = Voicemail.objects.get()
    assert (row.recording_id, row.seconds, row.attachment.name) == ("rec-2", 31, "voicemail.wav")


def test_f24_a_telephone_system_that_repeats_itself_tells_of_one_recording(client, world):
    webhook()
    first = json.dumps(told(recording_url="https://pbx.example/1.wav")).encode()
    assert [generic(client, first).status_code for _ in range(3)] == [204] * 3
    assert InboxItem.objects.get().times_received == 3
    read_all()
    again = json.dumps(told(recording_url="https://pbx.example/2.wav", name="Cleo")).encode()
    assert generic(client, again).status_code == 204
    read_all()
    assert sorted(InboxItem.objects.values_list("state", flat=True)) == ["duplicate", "taken"]
    assert Voicemail.objects.count() == Case.objects.count() == 1
    assert Case.objects.get().commitments.filter(kind="callback").count() == 1


def test_a_stated_priority_counts_and_nonsense_does_not(client, world):
    webhook()
    generic(client, json.dumps(told(priority="critical")).encode())
    more = told(id="rec-2", **{"from": "+46851234500"})
    nonsense = {
        "priority": "apocalyptic",
        "duration": "long",
        "hung_up_at": "yesterday",
        "keyed": [],
    }
    generic(client, json.dumps({**more, **nonsense}).encode())
    read_all()
    clear, odd = Voicemail.objects.order_by("id")
    assert (clear.stated_priority, clear.stated_by) == ("critical", "header")
    assert (odd.stated_priority, odd.seconds, odd.keyed) == ("", None, "")
    assert not odd.hung_up_is_told
    assert odd.audio == "missing"  # nobody said where it lies


@pytest.mark.parametrize(
    "body",
    [b"", b"no json", b"[]", b"{}", b'{"id": ""}', b"[" * 100_000, b'{"id":"a","audio":"~"}'],
)
def test_what_cannot_be_read_is_held_and_never_lost(body, client, world):
    webhook()
    assert generic(client, body).status_code == 204
    read_all()
    item = InboxItem.objects.get()
    assert item.state == "held"
    assert "could not be read" in item.reason
    assert not Case.objects.exists()


# --- Twilio ---------------------------------------------------------------------------------------


def test_twilio_tells_of_a_recording_by_its_action(client, world):
    hook = webhook("twilio")
    answer = twilio(client, From="+46701234567", To="+46130000001", Digits="hangup")
    assert (answer.status_code, answer.content) == (204, b"")
    read_all()
    row = Voicemail.objects.get()
    assert (row.source, row.recording_id, row.keyed) == (f"webhook {hook.pk}", "RE1", "")
    assert row.from_number == "+46701234567"
    assert row.audio_url.endswith("/Recordings/RE1")


def test_a_status_of_twilio_names_no_caller_and_the_call_does(client, world):
    hook = webhook("twilio")
    began = (now() - timedelta(minutes=2)).replace(microsecond=0)
    PhoneCall.objects.create(
        webhook=hook, call_id="CA1", from_number="+46701234567", rang_at=began, changed_at=began
    )
    started = began.strftime("%a, %d %b %Y %H:%M:%S +0000")
    twilio(client, RecordingStatus="completed", RecordingStartTime=started)
    read_all()
    row = Voicemail.objects.get()
    assert row.from_number == "+46701234567"
    assert row.hung_up_at == began + timedelta(seconds=31)


def test_twilio_says_that_a_recording_has_begun_and_nothing_comes_of_it(client, world):
    webhook("twilio")
    assert twilio(client, RecordingStatus="in-progress").status_code == 204
    assert not InboxItem.objects.exists()


def test_a_recording_that_twilio_could_not_make_is_still_a_call_that_waits(client, world):
    webhook("twilio")
    twilio(client, RecordingStatus="absent", From="+46701234567")
    read_all()
    row = Voicemail.objects.get()
    assert (row.audio, row.case.contact.name) == ("missing", "Cleo Dahl")


@pytest.mark.parametrize("number", ["+266696687", "anonymous", "+7378742833"])
def test_a_caller_who_withholds_the_number_is_a_stranger(number, client, world):
    webhook("twilio")
    twilio(client, From=number)
    read_all()
    assert Voicemail.objects.get().from_number == ""
