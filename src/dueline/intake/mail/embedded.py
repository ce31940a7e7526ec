"""Files that older programs write into the text itself: uuencode and yEnc."""

import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass

from dueline.core.inbound import File
from dueline.core.mail_text import file_name
from dueline.intake.mail.decode import decode

_MOST_FILES = 100


def take_out(content: bytes) -> tuple[bytes, list[File]]:
    """Return a text without the files that are written into it, and these."""
    files: list[File] = []
    if b"begin " in content:
        content = _without(content, _UU, files)
    if b"=ybegin " in content:
        content = _without(content, _YENC, files)
    return content, files


def _without(content: bytes, form: "_Form", files: list[File]) -> bytes:
    rest: list[bytes] = []
    position = 0
    for _ in range(_MOST_FILES):
        begin = form.begin.search(content, position)
        end = form.end.search(content, begin.end()) if begin else None
        if not begin or not end:
            break
        found = form.read(content[begin.end() : end.start()].lstrip(b"\r\n"))
        if found is None:  # a sentence that begins with "begin"
            rest.append(content[position : begin.end()])
            position = begin.end()
            continue
        rest.append(content[position : begin.start()])
        files.append(File(file_name(decode(begin[1])[0]), "application/octet-stream", found))
        position = end.end()
    return b"".join(rest) + content[position:]


def _from_uu(lines: bytes) -> bytes | None:
    try:
        return b"".join(binascii.a2b_uu(_uu_line(line)) for line in lines.splitlines())
    except binascii.Error:
        return None


def _uu_line(line: bytes) -> bytes:
    # Some programs add a letter of their own behind what the first letter says.
    length = ((line[0] - 32) & 63) if line else 0
    return line[: 1 + (length + 2) // 3 * 4]


def _from_y(lines: bytes) -> bytes | None:
    lines = re.sub(rb"^=ypart [^\r\n]{0,200}\r?\n", b"", lines)
    joined = lines.replace(b"\r", b"").replace(b"\n", b"")
    plain, *escaped = joined.split(b"=")
    pieces = (bytes([(piece[0] - 64) % 256]) + piece[1:] for piece in escaped if piece)
    return (plain + b"".join(pieces)).translate(_Y_TABLE)


_Y_TABLE = bytes((byte - 42) % 256 for byte in range(256))


@dataclass(frozen=True, slots=True)
class _Form:
    """read: what stands between begin and end, as bytes; None if it is something else."""

    begin: re.Pattern[bytes]
    end: re.Pattern[bytes]
    read: Callable[[bytes], bytes | None]


_UU = _Form(
    re.compile(rb"^begin [0-7]{3,4} ([^\r\n]{1,200})\r?$", re.MULTILINE),
    re.compile(rb"^(?:`|[ ]|)\r?\nend[ \t]*(?:\r?\n|\Z)", re.MULTILINE),
    _from_uu,
)
_YENC = _Form(
    re.compile(rb"^=ybegin [^\r\n]{1,200}? name=([^\r\n]{1,200})\r?$", re.MULTILINE),
    re.compile(rb"^=yend [^\r\n]{0,200}(?:\r?\n|\Z)", re.MULTILINE),
    _from_y,
)
