"""DKIM: the signature under our mails, as a stranger's server checks it."""

import base64
import subprocess
from pathlib import Path

import dkim
import pytest

from dueline.outlets.mail_delivery import deliver_next
from dueline.outlets.signing import Signature, why_not

PEM = Path(__file__).with_name("dkim.pem")
KEY = PEM.read_text()
ED25519 = """-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIIGKLwUrWXxsbVUEZrk/Ng9LXyyHg6bD6d0L1OFaVUXC
-----END PRIVATE KEY-----
"""
NAME = b"s1._domainkey.desk.example."


@pytest.fixture(scope="module")
def record() -> bytes:
    """What stands in the name server: the public half of the key."""
    command = ["openssl", "pkey", "-in", str(PEM), "-pubout", "-outform", "DER"]
    der = subprocess.run(command, check=True, capture_output=True).stdout
    return b"v=DKIM1; k=rsa; p=" + base64.b64encode(der)


@pytest.fixture
def signing(desk):
    def signing(key: str = KEY, **changes: str) -> None:
        values = {"domain": "desk.example", "selector": "s1", "key": key, **changes}
        for name, value in values.items():
            setattr(desk.desk, f"dkim_{name}", value)
        desk.desk.save()

    return signing


@pytest.fixture
def case(desk):
    return desk.case(acknowledge=False)


def test_a_stranger_s_server_finds_the_signature_right(case, write, sink, clock, signing, record):
    signing()
    write(case, "Hej,\n.\nen punkt.\n\n\n", html="<p>åäö</p>" + "x" * 2000)
    deliver_next()
    content = sink.taken[0].content
    asked = []

    def names(name, timeout=5):
        asked.append(name)
        return record if name == NAME else None

    assert dkim.verify(content, dnsfunc=names)
    assert asked == [NAME]
    for what in (b"Subject:", b"en punkt", b"Message-ID:"):
        assert not dkim.verify(content.replace(what, what + b" x"), dnsfunc=names)


def test_what_could_be_added_on_the_way_is_signed_where_it_stands(
    case, write, sink, clock, signing
):
    signing()
    write(case)
    deliver_next()
    signed = str(sink.taken[0].message["DKIM-Signature"]).replace(" ", "").lower()
    assert "d=desk.example;" in signed
    for header in ("from", "to", "subject", "reply-to", "message-id", "date"):
        assert header in signed.partition("h=")[2].partition(";")[0].split(":")


@pytest.mark.parametrize(
    "key",
    [
        "not a key",
        KEY.replace("\n", "\nAAAA", 3),
        "-----BEGIN PRIVATE KEY-----\n!!!\n-----END PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----",
        ED25519,
        KEY[:400],
        "-----BEGIN PRIVATE KEY-----\nå\n-----END PRIVATE KEY-----",
    ],
)
def test_with_a_wrong_key_mail_leaves_unsigned_and_a_page_says_why(
    case, write, sink, clock, signing, key
):
    signing(key)
    write(case)
    deliver_next()
    assert len(sink.taken) == 1
    assert sink.taken[0].message["DKIM-Signature"] is None
    refusal = why_not(Signature("desk.example", "s1", key))
    assert refusal is not None
    assert refusal.code == "dkim_key"
    assert key not in refusal.text


def test_a_right_key_has_nothing_in_its_way():
    assert why_not(Signature("desk.example", "s1", KEY)) is None
    assert KEY[40:80] not in repr(Signature("desk.example", "s1", KEY))


def test_a_desk_that_signs_nothing_sends_as_before(case, write, sink, clock, signing):
    signing(domain="")
    write(case)
    deliver_next()
    assert sink.taken[0].message["DKIM-Signature"] is None
