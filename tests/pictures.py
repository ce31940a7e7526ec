"""Small pictures, and bombs that call themselves small."""

import struct
import zlib
from io import BytesIO

from PIL import Image


def png(width: int = 8, height: int = 6) -> bytes:
    return _saved("PNG", width, height)


def jpeg(width: int = 8, height: int = 6) -> bytes:
    return _saved("JPEG", width, height)


def gif(width: int = 8, height: int = 6) -> bytes:
    return _saved("GIF", width, height)


def webp(width: int = 8, height: int = 6) -> bytes:
    return _saved("WEBP", width, height)


def bomb(width: int, height: int) -> bytes:
    """Return a PNG of a few bytes that unpacks to `width` times `height` points."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(b"\0" * 100_000))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    crc = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", crc)


def _saved(kind: str, width: int, height: int) -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), (11, 107, 98)).save(out, kind)
    return out.getvalue()
