"""Writes `winmail.dat` as Outlook does (MS-OXTNEF), as far as the tests need it."""

import struct
from collections.abc import Sequence

_SIGNATURE = 0x223E9F78
_MESSAGE, _ATTACHMENT = 1, 2
_BODY, _MAPI, _VERSION, _CODEPAGE = 0x0002800C, 0x00069003, 0x00089006, 0x00069007
_RENDERING, _TITLE, _CONTENT, _ATTACHED = 0x00069002, 0x00018010, 0x0006800F, 0x00069005
_STRING, _UNICODE, _BINARY, _OBJECT = 0x001E, 0x001F, 0x0102, 0x000D
_HTML, _RTF, _LONG_NAME, _EMBEDDED = 0x1013, 0x1009, 0x3707, 0x3701
_TYPE, _CONTENT_ID = 0x370E, 0x3712
_MAIL_INTERFACE = bytes.fromhex("0703020000000000c000000000000046")


def winmail(
    *,
    body: str = "",
    html: bytes = b"",
    rtf: bytes = b"",
    files: Sequence[tuple[str, bytes]] = (),
    letters: Sequence[tuple[str, bytes]] = (),
    picture: tuple[str, str, bytes] | None = None,
    codepage: int = 1252,
) -> bytes:
    """Return a TNEF stream. rtf: packed. letters: names and streams of mails within.

    picture: its type, its content id, and itself.
    """
    out = struct.pack("<IH", _SIGNATURE, 7)
    out += _object(_MESSAGE, _VERSION, struct.pack("<I", 0x10000))
    out += _object(_MESSAGE, _CODEPAGE, struct.pack("<II", codepage, 0))
    if body:
        out += _object(_MESSAGE, _BODY, body.encode(f"cp{codepage}") + b"\0")
    properties = [(_BINARY, _HTML, html)] * bool(html) + [(_BINARY, _RTF, rtf)] * bool(rtf)
    if properties:
        out += _object(_MESSAGE, _MAPI, _mapi(properties))
    for name, content in files:
        out += _file(name, content)
    if picture:
        kind, content_id, content = picture
        told = [(_STRING, _TYPE, kind.encode() + b"\0")]
        told.append((_STRING, _CONTENT_ID, content_id.encode() + b"\0"))
        out += _file("picture", content, told)
    for name, letter in letters:
        out += _object(_ATTACHMENT, _RENDERING, bytes(14))
        inner = [(_UNICODE, _LONG_NAME, f"{name}\0".encode("utf-16-le"))]
        inner.append((_OBJECT, _EMBEDDED, _MAIL_INTERFACE + letter))
        out += _object(_ATTACHMENT, _ATTACHED, _mapi(inner))
    return out


def _file(name: str, content: bytes, told: Sequence[tuple[int, int, bytes]] = ()) -> bytes:
    short = name.encode("ascii", "replace")[:8] + b"\0"
    long_name = [(_UNICODE, _LONG_NAME, f"{name}\0".encode("utf-16-le"))]
    return (
        _object(_ATTACHMENT, _RENDERING, bytes(14))
        + _object(_ATTACHMENT, _TITLE, short)
        + _object(_ATTACHMENT, _CONTENT, content)
        + _object(_ATTACHMENT, _ATTACHED, _mapi([*long_name, *told]))
    )


def _object(level: int, attribute: int, content: bytes) -> bytes:
    head = struct.pack("<BII", level, attribute, len(content))
    return head + content + struct.pack("<H", sum(content) & 0xFFFF)


def _mapi(properties: Sequence[tuple[int, int, bytes]]) -> bytes:
    out = struct.pack("<I", len(properties))
    for kind, name, content in properties:
        padded = content + bytes(-len(content) % 4)
        out += struct.pack("<HHII", kind, name, 1, len(content)) + padded
    return out


def packed_rtf(rtf: bytes) -> bytes:
    """Return RTF in Outlook's compressed form, every letter spelled out (MS-OXRTFCP)."""
    pieces = [rtf[start : start + 8] for start in range(0, len(rtf), 8)]
    content = b"".join(b"\0" + piece for piece in pieces)
    return struct.pack("<II4sI", len(content) + 12, len(rtf), b"LZFu", 0) + content
