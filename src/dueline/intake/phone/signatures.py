"""What proves that a call comes from the telephone system whose key is stored here.

Each provider signs in its own way. `check` returns a digest of what was signed: a second message
with the same digest is the same message, whoever sent it again.
"""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit, urlunsplit

# A signed message that is older than this is somebody's copy. A system that tries again signs anew.
OLDEST = timedelta(minutes=5)


class Forged(Exception):
    """The call does not prove that it comes from the telephone system; the text says why."""


@dataclass(frozen=True, slots=True)
class SignedCall:
    """A call as it came.

    url: as the telephone system wrote it, with the desk's public name. headers: names in lower
    case. form: the fields of a form, each name as often as it came; empty for any other content.
    """

    url: str
    headers: Mapping[str, str]
    body: bytes
    form: Sequence[tuple[str, str]] = field(default=())


def check(provider: str, call: SignedCall, *, key: str, at: datetime) -> str:
    """Return the digest of what was signed. Raises Forged."""
    checks = CHECKS.get(provider)
    if checks is None or not key:
        raise Forged("Nothing is known with which it could be checked.")
    return hashlib.sha256(checks(call, key, at)).hexdigest()


def sign_generic(body: bytes, *, key: str, at: datetime) -> str:
    """Return the header "X-Dueline-Signature" for a body that leaves now."""
    stamp = str(int(at.timestamp()))
    return f"t={stamp},v1={_hex(key, _stamped(stamp, body))}"


_GENERIC = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})")


def _generic(call: SignedCall, key: str, at: datetime) -> bytes:
    """Our own: HMAC-SHA256 over the time and the body, "t=1764122400,v1=<hex>".

    Or as Standard Webhooks, where the call has its headers.
    """
    if "webhook-signature" in call.headers:
        return _standard(call, key, at)
    found = _GENERIC.fullmatch(call.headers.get("x-dueline-signature", "").strip())
    if found is None:
        raise Forged("It is not signed: the header X-Dueline-Signature is missing or broken.")
    signed = _stamped(found[1], call.body)
    _compare(_hex(key, signed), found[2])
    refuse_old(int(found[1]), at=at)
    return signed


def _stamped(stamp: str, body: bytes) -> bytes:
    return stamp.encode() + b"." + body


_STANDARD_KEY = "whsec_"


def new_key() -> str:
    """Return a key for a generic telephone system, as Standard Webhooks writes one."""
    return _STANDARD_KEY + base64.b64encode(secrets.token_bytes(32)).decode()


def sign_standard(body: bytes, *, id_: str, key: str, at: datetime) -> dict[str, str]:
    """Return the headers of Standard Webhooks for a body that leaves now."""
    stamp = str(int(at.timestamp()))
    mac = _standard_mac(f"{id_}.{stamp}.".encode() + body, key)
    return {"webhook-id": id_, "webhook-timestamp": stamp, "webhook-signature": f"v1,{mac}"}


def _standard(call: SignedCall, key: str, at: datetime) -> bytes:
    """Standard Webhooks: HMAC-SHA256 over "id.time.body", base64, one of several "v1,…".

    The id is what is taken once: who tries again signs the same id with another time.
    https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
    """
    id_, stamp = (call.headers.get(f"webhook-{name}", "") for name in ("id", "timestamp"))
    if not id_ or not (stamp.isascii() and stamp.isdigit()):
        raise Forged("It is not signed: the header webhook-id or webhook-timestamp is missing.")
    signed = f"{id_}.{stamp}.".encode("utf-8", "replace") + call.body
    ours = f"v1,{_standard_mac(signed, key)}"
    theirs = call.headers["webhook-signature"].split()[:_MOST_SIGNATURES]
    if not any(hmac.compare_digest(ours.encode(), one.encode()) for one in theirs):
        raise Forged("It is not signed with the key that is stored here.")
    refuse_old(int(stamp[:12]), at=at)
    return b"id:" + id_.encode("utf-8", "replace")


_MOST_SIGNATURES = 10


def _standard_mac(signed: bytes, key: str) -> str:
    # A key that is not in base64 counts as it is written.
    secret = key.encode()
    if key.startswith(_STANDARD_KEY):
        with suppress(ValueError):
            secret = base64.b64decode(key.removeprefix(_STANDARD_KEY), validate=True)
    return base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()


def _zoom(call: SignedCall, key: str, at: datetime) -> bytes:
    """Zoom: HMAC-SHA256 over "v0:time:body", "v0=<hex>" in x-zm-signature.

    https://developers.zoom.us/docs/api/webhooks/#verify-webhook-events
    """
    stamp = call.headers.get("x-zm-request-timestamp", "")
    theirs = call.headers.get("x-zm-signature", "")
    if not theirs or not (stamp.isascii() and stamp.isdigit()):
        raise Forged(
            "It is not signed: the header x-zm-signature or x-zm-request-timestamp is missing."
        )
    signed = b"v0:" + stamp.encode() + b":" + call.body
    _compare(f"v0={_hex(key, signed)}", theirs)
    refuse_old(int(stamp[:12]), at=at)
    return signed


def answer_zoom(plain_token: str, *, key: str) -> dict[str, str]:
    """Return what Zoom wants to hear before it calls an address, and every 72 hours.

    https://developers.zoom.us/docs/api/webhooks/#validate-your-webhook-endpoint
    """
    return {"plainToken": plain_token, "encryptedToken": _hex(key, plain_token.encode())}


def _twilio(call: SignedCall, key: str, at: datetime) -> bytes:
    """Twilio: HMAC-SHA1 over its address and the sorted fields of the form.

    Twilio says no time: that a message is taken once is for the caller to see to.
    https://www.twilio.com/docs/usage/security
    """
    signature = call.headers.get("x-twilio-signature", "")
    fields = "".join(name + value for name, value in sorted(set(call.form)))
    for url in _with_and_without_port(call.url):
        signed = (url + fields).encode("utf-8", "surrogatepass")
        mac = base64.b64encode(hmac.new(key.encode(), signed, hashlib.sha1).digest())
        if hmac.compare_digest(mac, signature.encode("utf-8", "replace")):
            return signed
    raise Forged("It is not signed with the key that is stored here.")


def _with_and_without_port(url: str) -> list[str]:
    """Twilio signs the address with its port at times, and without it at others."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    default = 443 if parts.scheme == "https" else 80
    port = parts.port or default
    bare = urlunsplit(parts._replace(netloc=host))
    return list(dict.fromkeys([url, bare, urlunsplit(parts._replace(netloc=f"{host}:{port}"))]))


# provider → check a call: (call, key, now) → what was signed. Raises Forged.
CHECKS: dict[str, Callable[[SignedCall, str, datetime], bytes]] = {
    "generic": _generic,
    "twilio": _twilio,
    "zoom": _zoom,
}


def refuse_old(stamp: int, *, at: datetime) -> None:
    """stamp: seconds since 1970, as a call says it was signed. Raises Forged."""
    try:
        signed_at = datetime.fromtimestamp(stamp, tz=UTC)
    except (OverflowError, ValueError, OSError) as error:
        raise Forged("It does not say when it was signed.") from error
    if abs(at - signed_at) > OLDEST:
        raise Forged("It was signed too long ago, or one of the two clocks is wrong.")


def _hex(key: str, signed: bytes) -> str:
    return hmac.new(key.encode(), signed, hashlib.sha256).hexdigest()


def _compare(ours: str, theirs: str) -> None:
    if not hmac.compare_digest(ours.encode(), theirs.encode()):
        raise Forged("It is not signed with the key that is stored here.")
