"""Signed and encrypted mail. Nothing is checked and nothing deciphered here: it is told apart."""

import re
from dataclasses import dataclass

from dueline.core.inbound import File

SIGNED = "It is signed; the signature was not checked."
ENCRYPTED = (
    "It is encrypted and nobody here can read it: ask the sender to send it again without that."
)

# Object identifiers (RFC 5652), as they stand in the bytes.
_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_ENVELOPED = (
    bytes.fromhex("06092a864886f70d010703"),
    bytes.fromhex("060b2a864886f70d0109100117"),  # authEnvelopedData
)
_DATA = bytes.fromhex("06092a864886f70d010701")

_ARMOUR = re.compile(
    rb"^-----BEGIN PGP SIGNED MESSAGE-----[ \t]*\r?\n(?:[A-Za-z-]{1,40}:[^\r\n]{0,200}\r?\n)*\r?\n",
    re.MULTILINE,
)
_SIGNATURE = re.compile(rb"^-----BEGIN PGP SIGNATURE-----", re.MULTILINE)
_SIGNATURE_END = re.compile(rb"^-----END PGP SIGNATURE-----[ \t]*(?:\r?\n|$)", re.MULTILINE)
_CIPHER = re.compile(rb"^-----BEGIN PGP MESSAGE-----", re.MULTILINE)
_CIPHER_END = re.compile(rb"^-----END PGP MESSAGE-----", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Seal:
    """What an S/MIME part is. content: the mail inside a signed one, b"" if it is not found."""

    warning: str
    content: bytes = b""


def seal_of(part: bytes) -> Seal | None:
    """Return what application/pkcs7-mime holds, None if it is neither signed nor encrypted."""
    head = part[:200]
    if any(each in head for each in _ENVELOPED):
        return Seal(ENCRYPTED)
    if _SIGNED_DATA in head:
        return Seal(SIGNED, _signed_content(part))
    return None


def _signed_content(part: bytes) -> bytes:
    """Return the octets within SignedData: behind the second mention of what kind of data it is."""
    at = part.find(_DATA)
    if at < 0 or at > 2000:
        return b""
    position = at + len(_DATA)
    if part[position : position + 1] != b"\xa0":  # [0] EXPLICIT: there is content
        return b""
    position, _ = _length(part, position + 1)
    return b"".join(_octets(part, position))


def _octets(part: bytes, position: int) -> list[bytes]:
    """Return the pieces of an OCTET STRING; long ones come in several (BER)."""
    tag = part[position : position + 1]
    start, length = _length(part, position + 1)
    if tag == b"\x04" and length is not None:
        return [part[start : start + length]]
    if tag != b"\x24":
        return []
    end = len(part) if length is None else start + length
    pieces: list[bytes] = []
    while start < end and part[start : start + 1] == b"\x04":
        begins, size = _length(part, start + 1)
        if size is None:
            break
        pieces.append(part[begins : begins + size])
        start = begins + size
    return pieces


def _length(part: bytes, position: int) -> tuple[int, int | None]:
    """Return where the content begins and how long it is (None: until its end is marked)."""
    first = part[position] if position < len(part) else 0
    if first == 0x80:
        return position + 1, None
    if first < 0x80:
        return position + 1, first
    size = first & 0x7F
    return position + 1 + size, int.from_bytes(part[position + 1 : position + 1 + size], "big")


def unarmoured(content: bytes) -> tuple[bytes, list[File], str]:
    """Return a text without the armour of PGP around it, the armour as files, and a warning."""
    if b"-----BEGIN PGP " not in content:
        return content, [], ""
    if cipher := _CIPHER.search(content):
        end = _CIPHER_END.search(content, cipher.end())
        block = content[cipher.start() : end.end() if end else len(content)]
        return content, [File("encrypted.asc", "application/pgp-encrypted", block)], ENCRYPTED
    begin = _ARMOUR.search(content)
    signature = _SIGNATURE.search(content, begin.end()) if begin else None
    if not begin or not signature:
        return content, [], ""
    end = _SIGNATURE_END.search(content, signature.end())
    after = end.end() if end else len(content)
    said = re.sub(rb"(?m)^- ", b"", content[begin.end() : signature.start()])
    file = File("signature.asc", "application/pgp-signature", content[signature.start() : after])
    return content[: begin.start()] + said + content[after:], [file], SIGNED
