"""Keys of DKIM, against what OpenSSL says of them."""

import base64
import shutil
import subprocess

import pytest

from dueline.core.dkim_keys import KeyRefused, read_key

needs_openssl = pytest.mark.skipif(not shutil.which("openssl"), reason="needs OpenSSL")


def openssl(*words: str, given: bytes = b"") -> bytes:
    return subprocess.run(["openssl", *words], input=given, capture_output=True, check=True).stdout


@pytest.mark.parametrize(
    "pem",
    [
        "",
        "not a key",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----",
    ],
)
def test_what_is_no_private_key_is_refused(pem):
    with pytest.raises(KeyRefused, match="no private RSA key"):
        read_key(pem)


@needs_openssl
def test_a_key_of_another_kind_and_one_that_is_too_short_are_refused():
    with pytest.raises(KeyRefused, match="no private RSA key"):
        read_key(openssl("genpkey", "-algorithm", "ed25519").decode())
    with pytest.raises(KeyRefused, match="too short"):
        read_key(openssl("genrsa", "512").decode())


@needs_openssl
@pytest.mark.parametrize("form", ["pkcs1", "pkcs8"])
def test_the_record_holds_the_public_half_as_openssl_writes_it(form):
    pem = openssl("genrsa", "2048")
    if form == "pkcs1":
        pem = openssl("rsa", "-traditional", given=pem)
        assert b"BEGIN RSA PRIVATE KEY" in pem

    key = read_key(f"\n{pem.decode()}\n")

    public = base64.b64encode(openssl("rsa", "-pubout", "-outform", "DER", given=pem)).decode()
    assert key.bits == 2048
    assert key.record == f"v=DKIM1; k=rsa; p={public}"
