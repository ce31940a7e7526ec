"""The text in Outlook's rich text: unpacked (MS-OXRTFCP), and freed of its commands (RTF 1.9).

Only the words count here. The `winmail.dat` that it came in is kept whole.
"""

import re
import struct
from collections.abc import Iterator

from dueline.core.mail_text import clean_text

_DICTIONARY = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern "
    b"\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0"
    b"\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_LONGEST = 2_000_000  # unpacked: no letter is longer, and a bomb is
_TOKEN = re.compile(
    r"\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-z])|([{}])|([^\\{}]+)", re.DOTALL
)
_NOT_SHOWN = frozenset(
    {"fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "header", "footer"}
    | {"generator", "listtable", "themedata", "datastore", "filetbl", "latentstyles"}
)
_SIGNS = {"~": " ", "_": "-", "\n": "\n", "\r": "\n", "\\": "\\", "{": "{", "}": "}"}
_BREAKS = {"par": "\n", "line": "\n", "tab": "\t", "row": "\n", "cell": "\t"}


def unpacked(packed: bytes) -> bytes:
    """Return the RTF of a compressed body; of a broken one, as much as there is."""
    if len(packed) < 16:
        return b""
    _, length, kind = struct.unpack_from("<II4s", packed)
    if kind == b"MELA":
        return packed[16 : 16 + length]
    return _unpack(packed[16:], min(length, _LONGEST)) if kind == b"LZFu" else b""


def _unpack(packed: bytes, length: int) -> bytes:
    out = bytearray(_DICTIONARY)  # the window begins with words that every letter uses
    first = len(out)
    position = 0
    while position < len(packed) and len(out) - first < length:
        flags = packed[position]
        position += 1
        for bit in range(8):
            if not flags >> bit & 1:
                out += packed[position : position + 1]
                position += 1
                continue
            token = int.from_bytes(packed[position : position + 2], "big")
            position += 2
            # The window is a ring of 4096; as everything before is still here, count back.
            back = (len(out) - (token >> 4)) % 4096
            if not back:
                return bytes(out[first : first + length])
            for _ in range((token & 15) + 2):
                out.append(out[-back] if back <= len(out) else 0)
    return bytes(out[first : first + length])


def text_of_rtf(source: bytes) -> str:
    """Return the words of an RTF text; "" if it is none."""
    if not source.startswith(b"{\\rtf"):
        return ""
    text = "".join(_words_of(source.decode("latin-1")))
    # Letters beyond the first plane come as two numbers: joined here.
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return clean_text(text).strip()


def _words_of(source: str) -> Iterator[str]:
    hidden = [False]  # for each group that is open: whether it is not shown
    skip = False  # behind a letter given as a number stands another for older programs
    for match in _TOKEN.finditer(source):
        word, number, byte, sign, brace, plain = match.groups()
        if brace:
            _count_group(hidden, brace)
        elif word in _NOT_SHOWN or sign == "*":
            hidden[-1] = True
        elif word == "htmlrtf":
            # What stands between \htmlrtf and \htmlrtf0 repeats what the HTML said.
            hidden[-1] = number != "0"
        elif hidden[-1]:
            continue
        elif word == "u" and number:
            yield chr(int(number) % 65536)
            skip = True
        elif byte is not None:
            yield "" if skip else _letters(bytes([int(byte, 16)]))
            skip = False
        elif plain is not None:
            letters = _letters(re.sub("[\r\n]", "", plain).encode("latin-1"))
            yield letters[1:] if skip else letters
            skip = False
        elif word:
            yield _BREAKS.get(word, "")
        else:
            yield _SIGNS.get(sign, "")


def _count_group(hidden: list[bool], brace: str) -> None:
    if brace == "{":
        hidden.append(hidden[-1])
    elif len(hidden) > 1:
        hidden.pop()


def _letters(data: bytes) -> str:
    return data.decode("cp1252", "replace")
