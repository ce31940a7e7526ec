"""A look at a mail's shape before anything parses it, in time that grows with its size only.

The standard library's parser needs minutes, or ends in a RecursionError, on mails that are
built to hurt it. What is past these bounds is held for a person.
"""

import re

MOST_LEVELS = 50
MOST_PARTS = 1000
MOST_HEADER_BYTES = 256 * 1024
MOST_HEADER_LINES = 2000
MOST_LINES = 2_000_000  # the largest mail that is accepted has a quarter of these when it is honest

_LINE_END = re.compile(rb"\r\n|\r|\n")
_BOUNDARY_LINE = re.compile(rb"(?:^|[\r\n])--([^\r\n]{1,200})")
_BOUNDARY = re.compile(
    rb"boundary\s*=\s*(?:\"([^\"\r\n]{1,200})\"|([^\s;\"]{1,200}))", re.IGNORECASE
)
_TYPE = re.compile(
    rb"(?:^|[\r\n])content-type[ \t]*:[ \t\r\n]*([^\s;]{1,100})((?:[^\r\n]|\r?\n[ \t]){0,2000})",
    re.IGNORECASE,
)


class TooMuch(Exception):
    """The mail is past a bound; the text says which."""


def check(raw: bytes) -> None:
    """Raise TooMuch if a mail has more levels, parts or header lines than any real mail."""
    if raw.count(b"\n") > MOST_LINES or raw.count(b"\r") > MOST_LINES:
        raise TooMuch(f"it has more than {MOST_LINES:,} lines")
    scan = _Scan(raw)
    position = scan.read_header(0)
    # From one byte earlier: a boundary may be the very first line of the body.
    for match in _BOUNDARY_LINE.finditer(raw, max(position - 1, 0)):
        if match.start(1) - 2 >= scan.position:
            scan.meet(match[1].rstrip(), match.end())


class _Scan:
    """The boundaries that are open at a position, from the outermost in.

    A message within is a level of its own, without a boundary (b"").
    """

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._open: list[bytes] = []
        self._digests: set[bytes] = set()  # boundaries between what is mails, unless it says not
        self._parts = 0
        self.position = 0

    def meet(self, line: bytes, end: int) -> None:
        closes = line.endswith(b"--") and line[:-2] in self._open
        boundary = line[:-2] if closes else line
        if boundary not in self._open:
            return
        level = len(self._open) - 1 - self._open[::-1].index(boundary)
        del self._open[level if closes else level + 1 :]
        if not closes:
            self._parts += 1
            if self._parts > MOST_PARTS:
                raise TooMuch(f"it has more than {MOST_PARTS} parts")
            self.read_header(end, usual=b"message/rfc822" if boundary in self._digests else b"")

    def read_header(self, start: int, *, usual: bytes = b"") -> int:
        """Read the header block of a part, and of a message directly inside; return its end."""
        header, end = _header_block(self._raw, start)
        self.position = end
        found = _TYPE.search(header)
        kind = found[1].lower() if found else usual
        if found and kind.startswith(b"multipart/"):
            boundary = _BOUNDARY.search(found[2])
            if boundary:
                self._push((boundary[1] or boundary[2]).rstrip(), kind)
        elif kind.startswith(b"message/") and end < len(self._raw):
            self._push(b"", kind)
            return self.read_header(end)
        return end

    def _push(self, boundary: bytes, kind: bytes) -> None:
        self._open.append(boundary)
        if kind == b"multipart/digest":
            self._digests.add(boundary)
        if len(self._open) > MOST_LEVELS:
            raise TooMuch(f"its parts lie more than {MOST_LEVELS} levels deep")


def _header_block(raw: bytes, start: int) -> tuple[bytes, int]:
    """Return the lines up to the first empty one, and where the body begins."""
    position = start
    for line, match in enumerate(_LINE_END.finditer(raw, start), 1):
        if match.start() == position and match.start() > start:
            return raw[start:position], match.end()
        position = match.end()
        if line > MOST_HEADER_LINES:
            raise TooMuch(f"a header has more than {MOST_HEADER_LINES} lines")
        if position - start > MOST_HEADER_BYTES:
            raise TooMuch(f"a header is longer than {MOST_HEADER_BYTES // 1024} KB")
    if len(raw) - start > MOST_HEADER_BYTES:
        raise TooMuch(f"a header is longer than {MOST_HEADER_BYTES // 1024} KB")
    return raw[start:], len(raw)
