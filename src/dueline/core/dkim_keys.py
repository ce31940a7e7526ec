"""RSA keys of DKIM: what a PEM holds, and what stands in the name server for it (RFC 6376)."""

import base64
import binascii
import re
from dataclasses import dataclass

from dueline.core.errors import gettext_noop

_PEM = re.compile(
    r"-----BEGIN ((?:RSA )?PRIVATE KEY)-----([A-Za-z0-9+/=\s]+)-----END \1-----\s*", re.ASCII
)
_INTEGER, _BIT_STRING, _OCTET_STRING, _NULL, _OBJECT, _SEQUENCE = 2, 3, 4, 5, 6, 0x30
_RSA = bytes.fromhex("2a864886f70d010101")  # 1.2.840.113549.1.1.1
FEWEST_BITS = 1024  # verifiers need not take shorter ones (RFC 8301)


class KeyRefused(ValueError):
    """words: a sentence, for translators too."""

    def __init__(self, words: str) -> None:
        self.words = words
        super().__init__(words)


@dataclass(frozen=True, slots=True)
class PublicKey:
    modulus: int
    exponent: int

    @property
    def bits(self) -> int:
        return self.modulus.bit_length()

    @property
    def record(self) -> str:
        """What to publish as TXT at `selector._domainkey.domain`."""
        return f"v=DKIM1; k=rsa; p={base64.b64encode(self._der()).decode()}"

    def _der(self) -> bytes:
        numbers = _sequence(_integer(self.modulus), _integer(self.exponent))
        algorithm = _sequence(_told(_OBJECT, _RSA), _told(_NULL, b""))
        return _sequence(algorithm, _told(_BIT_STRING, b"\0" + numbers))


def read_key(pem: str) -> PublicKey:
    """Return the public half of a private RSA key, PKCS #1 or #8. Raises KeyRefused."""
    found = _PEM.fullmatch(pem.strip())
    if not found:
        raise KeyRefused(gettext_noop("This is no private RSA key in PEM, without a passphrase."))
    try:
        key = _numbers(base64.b64decode(found[2], validate=False), found[1])
    except (IndexError, ValueError, binascii.Error) as error:
        raise KeyRefused(
            gettext_noop("This is no private RSA key in PEM, without a passphrase.")
        ) from error
    if key.bits < FEWEST_BITS:
        raise KeyRefused(gettext_noop("This key is too short: nobody would believe it."))
    return key


def _numbers(der: bytes, kind: str) -> PublicKey:
    parts = _parts(_content(der, _SEQUENCE))
    if kind == "PRIVATE KEY":
        if _parts(parts[1][1])[0] != (_OBJECT, _RSA):
            raise ValueError("not of RSA")
        parts = _parts(_content(parts[2][1], _SEQUENCE))
    modulus, exponent = parts[1], parts[2]
    if modulus[0] != _INTEGER or exponent[0] != _INTEGER:
        raise ValueError("not an RSA key")
    return PublicKey(int.from_bytes(modulus[1], "big"), int.from_bytes(exponent[1], "big"))


# --- DER, as much of it as such a key needs ----------------------------------------------------


def _content(der: bytes, kind: int) -> bytes:
    ((found, content), *_) = _parts(der)
    if found != kind:
        raise ValueError("not what stands there")
    return content


def _parts(der: bytes) -> list[tuple[int, bytes]]:
    found, at = [], 0
    while at < len(der):
        kind, length, at = der[at], der[at + 1], at + 2
        if length & 0x80:
            size = length & 0x7F
            length, at = int.from_bytes(der[at : at + size], "big"), at + size
        if at + length > len(der):
            raise ValueError("broken off")
        found.append((kind, der[at : at + length]))
        at += length
    return found


def _told(kind: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes((kind, size)) + content
    long = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((kind, 0x80 | len(long))) + long + content


def _integer(value: int) -> bytes:
    return _told(_INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def _sequence(*parts: bytes) -> bytes:
    return _told(_SEQUENCE, b"".join(parts))
