"""A mail as a signature sees it, for dkimpy. Its own ways need a dozen times the size of a mail,
and quadratic time for a long row of spaces. Imports no Django."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from dkim.canonicalization import ALGORITHMS, Relaxed, correct_empty_body, strip_trailing_lines

_HEAD_ENDS = re.compile(rb"\n\r?\n")
_SPACES = re.compile(rb"[\t ]+")
_PIECE = 1024 * 1024


def opened(raw: bytes, kind: Callable[..., Any], **options: Any) -> Any:
    """Return dkimpy's `DKIM` or `ARC` of a mail. Raises its DKIMException on an odd header."""
    end = _HEAD_ENDS.search(raw)
    head, body = (raw[: end.start() + 1], raw[end.end() :]) if end else (raw, b"")
    signed = kind(head, **options)
    signed.body = _with_whole_line_ends(body)
    return signed


def _with_whole_line_ends(body: bytes) -> bytes:
    if body.count(b"\n") == body.count(b"\r\n"):
        return body
    return body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


class _Relaxed(Relaxed):
    """RFC 6376, 3.4.4, a megabyte at a time."""

    @staticmethod
    def canonicalize_body(body: bytes) -> bytes:
        text = b"".join(map(_relaxed, _pieces(body)))
        return bytes(correct_empty_body(strip_trailing_lines(text)))


def _pieces(body: bytes) -> Iterator[bytes]:
    """Yield pieces that end where a line does."""
    start = 0
    while start < len(body):
        end = body.find(b"\r\n", start + _PIECE)
        end = len(body) if end < 0 else end + 2
        yield body[start:end]
        start = end


def _relaxed(piece: bytes) -> bytes:
    *lines, rest = piece.split(b"\r\n")  # only what ends with a line end is a line
    return _SPACES.sub(b" ", b"\r\n".join([*(line.rstrip(b"\t ") for line in lines), rest]))


ALGORITHMS[Relaxed.name] = _Relaxed
