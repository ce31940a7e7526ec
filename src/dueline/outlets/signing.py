"""DKIM: the desk's signature under its mails, by which other servers know that they are its own.

A mail that cannot be signed leaves without: to wait for somebody to mend a key would break
promises, and an unsigned mail is still a mail. The page of the doors says what is wrong.
"""

from dataclasses import dataclass, field

import dkim

from dueline.core.errors import Refusal

# What a stranger may not change on the way. Absent ones are left out.
_HEADERS = (
    "from",
    "to",
    "cc",
    "reply-to",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "auto-submitted",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "mime-version",
    "content-type",
)


@dataclass(frozen=True, slots=True)
class Signature:
    """Where the public key stands (`selector._domainkey.domain`), and the private one as PEM."""

    domain: str
    selector: str
    key: str = field(repr=False)


def sign(content: bytes, signature: Signature) -> bytes:
    """Return a whole mail with its signature on top. Raises Refusal("dkim_key") where none can be
    made; `content` may leave as it is then."""
    if "PRIVATE KEY" not in signature.key:
        raise Refusal("dkim_key", "The key is no private key in PEM form.")
    present = {line.partition(b":")[0].decode().lower() for line in _head(content)}
    try:
        header = dkim.sign(
            content,
            selector=signature.selector.encode("idna"),
            domain=signature.domain.encode("idna"),
            privkey=signature.key.strip().encode("ascii"),
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=[name for name in _HEADERS if name in present],
        )
    # The library reads the key with its own hands, and stumbles in many ways over a wrong one.
    except (dkim.DKIMException, ValueError, TypeError, IndexError, KeyError) as error:
        raise Refusal(
            "dkim_key", "The key cannot sign: %(why)s. It must be an RSA key.", why=_said(error)
        ) from error
    return bytes(header) + content


def why_not(signature: Signature) -> Refusal | None:
    """Return what stands in the way of signing, or None."""
    try:
        sign(_PROBE, signature)
    except Refusal as refusal:
        return refusal
    return None


_PROBE = b"From: desk@desk.example\r\nSubject: Probe\r\n\r\nProbe\r\n"


def _head(content: bytes) -> list[bytes]:
    lines = content.partition(b"\r\n\r\n")[0].split(b"\r\n")
    return [line for line in lines if not line.startswith((b" ", b"\t"))]


def _said(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
