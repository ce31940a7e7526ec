"""The header lines of a mail, seen quickly: enough to ask who sent it, or says to have checked it.

Takes linear time and raises on nothing. The reader's child process reads them for good.
"""

import re

_MOST_BYTES = 256 * 1024
_MOST_LINES = 2000
_HEAD_ENDS = re.compile(rb"\n\r?\n|\r\r")
_LINE_END = re.compile(r"\r\n|\r|\n")
_NAME = re.compile(r"([!-9;-~]{1,100})[ \t]*:(.*)", re.DOTALL)
_ADDRESS = re.compile(r"[^\s@<>\"(),:;\\]{1,64}@[^\s@<>\"(),:;\\]{1,189}")


def header_lines(raw: bytes) -> list[tuple[str, str]]:
    """Return names in lower case and unfolded values, from the top to the first empty line."""
    found: list[tuple[str, list[str]]] = []
    end = _HEAD_ENDS.search(raw, 0, _MOST_BYTES)
    head = raw[: end.end() if end else _MOST_BYTES].decode("latin-1")
    for line in _LINE_END.split(head, maxsplit=_MOST_LINES)[:_MOST_LINES]:
        if not line:
            break
        if line[0] in " \t":
            if found:
                found[-1][1].append(line)
        elif match := _NAME.fullmatch(line):
            found.append((match[1].lower(), [match[2]]))
    return [(name, "".join(pieces)) for name, pieces in found]


def glance_at_sender(raw: bytes) -> str:
    """Return the address in the first From header, in lower case; "" if none is seen."""
    for name, value in header_lines(raw):
        if name == "from":
            addresses = _ADDRESS.findall(value[:2000])
            return addresses[-1].lower() if addresses else ""
    return ""
