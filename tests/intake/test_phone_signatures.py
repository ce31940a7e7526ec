import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from dueline.intake.phone.signatures import (
    Forged,
    SignedCall,
    check,
    sign_generic,
    sign_standard,
)
from tests.world import MONDAY

KEY = "a key that nobody guesses"
URL = "https://desk.example/hooks/voicemail/secret"


def generic(body: bytes, signature: str) -> SignedCall:
    return SignedCall(URL, {"x-dueline-signature": signature}, body)


def test_a_generic_call_is_believed_when_it_is_signed_with_our_key():
    call = generic(b"{}", sign_generic(b"{}", key=KEY, at=MONDAY))
    first = check("generic", call, key=KEY, at=MONDAY)
    assert first == check("generic", call, key=KEY, at=MONDAY + timedelta(minutes=4))
    other = generic(b"[]", sign_generic(b"[]", key=KEY, at=MONDAY))
    assert first != check("generic", other, key=KEY, at=MONDAY)


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "t=1,v1=",
        sign_generic(b"{}", key="another key", at=MONDAY),
        sign_generic(b"[]", key=KEY, at=MONDAY),
        sign_generic(b"{}", key=KEY, at=MONDAY).replace("t=1", "t=2"),
        sign_generic(b"{}", key=KEY, at=MONDAY - timedelta(minutes=6)),
        sign_generic(b"{}", key=KEY, at=MONDAY + timedelta(minutes=6)),
    ],
)
def test_a_generic_call_is_refused_without_a_fresh_signature_of_ours(signature):
    with pytest.raises(Forged):
        check("generic", generic(b"{}", signature), key=KEY, at=MONDAY)


# From Twilio's own page about security.
TWILIO_URL = "https://example.com/myapp.php?foo=1&bar=2"
TWILIO_FORM = (
    ("CallSid", "CA1234567890ABCDE"),
    ("Caller", "+14158675310"),
    ("Digits", "1234"),
    ("From", "+14158675310"),
    ("To", "+18005551212"),
)
TWILIO_SIGNATURE = "L/OH5YylLD5NRKLltdqwSvS0BnU="


def twilio(url: str, form: tuple[tuple[str, str], ...], signature: str) -> SignedCall:
    return SignedCall(url, {"x-twilio-signature": signature}, b"", form)


def test_twilios_own_example_is_believed():
    call = twilio(TWILIO_URL, TWILIO_FORM, TWILIO_SIGNATURE)
    assert check("twilio", call, key="12345", at=MONDAY)


def test_twilio_may_sign_the_port_that_goes_without_saying():
    signed = URL.replace("desk.example", "desk.example:443") + "a1"
    mac = base64.b64encode(hmac.new(KEY.encode(), signed.encode(), hashlib.sha1).digest())
    assert check("twilio", twilio(URL, (("a", "1"),), mac.decode()), key=KEY, at=MONDAY)


@pytest.mark.parametrize(
    ("url", "form", "key"),
    [
        (TWILIO_URL.replace("foo=1", "foo=2"), TWILIO_FORM, "12345"),
        (TWILIO_URL, (*TWILIO_FORM, ("RecordingUrl", "https://evil.example/")), "12345"),
        (TWILIO_URL, TWILIO_FORM, "54321"),
        (TWILIO_URL, TWILIO_FORM, ""),
    ],
)
def test_a_call_of_twilio_is_refused_when_anything_of_it_was_changed(url, form, key):
    with pytest.raises(Forged):
        check("twilio", twilio(url, form, TWILIO_SIGNATURE), key=key, at=MONDAY)


def test_a_provider_of_whom_nothing_is_known_proves_nothing():
    with pytest.raises(Forged):
        check("nobody", SignedCall(URL, {}, b""), key=KEY, at=MONDAY)


# From the specification of Standard Webhooks and the tests of its libraries.
STANDARD_KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
STANDARD_BODY = b'{"test": 2432232314}'
STANDARD_AT = datetime.fromtimestamp(1614265330, tz=UTC)
STANDARD_HEADERS = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}


def standard(**changed: str) -> str:
    headers = {**STANDARD_HEADERS, **{f"webhook-{name}": said for name, said in changed.items()}}
    call = SignedCall(URL, headers, STANDARD_BODY)
    return check("generic", call, key=STANDARD_KEY, at=STANDARD_AT)


def test_the_example_of_standard_webhooks_is_believed_and_written_alike():
    said = sign_standard(
        STANDARD_BODY, id_=STANDARD_HEADERS["webhook-id"], key=STANDARD_KEY, at=STANDARD_AT
    )
    assert said == STANDARD_HEADERS
    assert standard() == standard(signature=f"v1,old= v2,x {said['webhook-signature']}")


@pytest.mark.parametrize(
    "changed",
    [
        {"id": ""},
        {"id": "msg_2"},
        {"timestamp": ""},
        {"timestamp": "1614265331"},
        {"timestamp": "9" * 400},
        {"signature": ""},
        {"signature": "v1,"},
        {"signature": STANDARD_HEADERS["webhook-signature"].removeprefix("v1,")},
    ],
)
def test_a_changed_call_of_standard_webhooks_is_refused(changed):
    with pytest.raises(Forged):
        standard(**changed)
