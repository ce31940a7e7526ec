"""From bytes to text, whatever the sender's program claims about them.

The declared charset if the bytes really fit it, else UTF-8 if they fit that, else the Western
one that undeclared mail is in. Nothing here raises.
"""

import base64
import binascii
import codecs
import quopri
import re

_WESTERN = "cp1252"
# Names of charsets that are no charsets of text (or take quadratic time): believed to be lies.
_NEVER = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"})
# What is called Latin-1 in mail is in truth Windows' larger set, as in HTML's encoding standard.
_REALLY_WESTERN = frozenset({"iso8859-1", "latin-1", "latin1", "ascii", "cp1252"})
# The same for others: what is sent under a name on the left is in truth the larger set.
_REALLY = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
}
# Names that mail bears and Python does not know.
_ALIASES = {
    "x-sjis": "cp932",
    "x-gbk": "gb18030",
    "x-euc-jp": "euc_jp",
    "x-mac-roman": "mac_roman",
    "x-big5": "big5hkscs",
    "iso-8859-8-i": "iso8859_8",
    "unicode-1-1-utf-7": "utf-7",
    "x-unknown": "",
    "utf8mb4": "utf-8",
}
_SHIFTS = re.compile(rb"\x1b\$[@B]")  # ISO-2022-JP is ASCII to whoever does not look for these
_META = re.compile(rb"<meta\s[^<>]{0,200}?charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
# Among these a guess from the frequency of letters is good; among all charsets it is not.
_NOT_WESTERN = (
    *("koi8_r", "cp1251", "iso8859_5", "cp866", "cp1253", "cp1255", "cp1256", "cp874"),
    *("shift_jis", "euc_jp", "gb18030", "big5", "euc_kr"),
)
_ENOUGH_TO_GUESS = 30  # letters; in fewer there is no pattern
_ENCODED_WORD = re.compile(r"=\?([^?*\s]{1,60})(?:\*[^?\s]{0,20})?\?([bBqQ])\?([^?]*)\?=")


def decode(data: bytes, charset: str = "") -> tuple[str, bool]:
    """Return the text, and whether it fitted what was declared."""
    codec = _codec(charset)
    if codec in ("", _WESTERN) and _SHIFTS.search(data[:4096]):
        codec = "iso2022_jp"
    if codec.startswith(("utf-16", "utf-32")) and b"\0" not in data:
        codec = ""  # every second byte of Western letters in these would be one
    if codec not in ("", _WESTERN) and (text := _strictly(data, codec)) is not None:
        return text, True
    # "iso-8859-1" on what is in truth UTF-8 is common, and Latin-1 text that happens to be
    # valid UTF-8 is not: here the bytes decide.
    if (text := _strictly(data, "utf-8")) is not None:
        return text, data.isascii() or not charset
    if codec == _WESTERN and (text := _strictly(data, _WESTERN)) is not None:
        return text, True
    return _guessed(data), False


def charset_in_html(data: bytes) -> str:
    """Return the charset that HTML declares within itself, as browsers look for it."""
    found = _META.search(data[:1024])
    return found[1].decode("latin-1") if found else ""


def decode_header(value: str) -> str:
    """Return a raw header value (ASCII with escaped 8-bit bytes) as text, encoded words read."""
    value = read_bytes(value)
    if "=?" not in value:
        return value
    pieces: list[str] = []
    waiting: tuple[str, bytes] | None = None  # words next to each other may split one letter
    end = 0
    for match in _ENCODED_WORD.finditer(value):
        between = value[end : match.start()]
        if waiting and (between.strip() or waiting[0] != match[1].lower()):
            pieces.append(decode(waiting[1], waiting[0])[0])
            waiting = None
        if between.strip() or not end:
            pieces.append(between)
        word = _word(match[2], match[3])
        waiting = (match[1].lower(), (waiting[1] if waiting else b"") + word)
        end = match.end()
    if waiting:
        pieces.append(decode(waiting[1], waiting[0])[0])
    pieces.append(value[end:])
    return "".join(pieces)


def _codec(charset: str) -> str:
    name = charset.strip().strip("\"'").lower()
    name = _ALIASES.get(name, name)
    if not name:
        return ""
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError):
        return ""
    if not getattr(info, "_is_text_encoding", True) or info.name.replace("-", "_") in _NEVER:
        return ""
    return _WESTERN if info.name in _REALLY_WESTERN else _REALLY.get(info.name, info.name)


def _strictly(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, LookupError, ValueError):
        return None


def _guessed(data: bytes) -> str:
    """Return text from bytes that fit nothing declared. They are Western unless most are not."""
    if (text := _mostly_utf8(data)) is not None:
        return text
    high = sum(byte >= 0x80 for byte in data[:4096])
    if high >= _ENOUGH_TO_GUESS and high * 3 > len(data[:4096]):
        guess = _from_frequencies(data)
        if guess is not None:
            return guess
    western = _strictly(data, _WESTERN)
    return western if western is not None else data.decode("latin-1")


def _mostly_utf8(data: bytes) -> str | None:
    """Return UTF-8 with a letter or two broken, as where it was cut; None for anything else."""
    start = data[:100_000].decode("utf-8", "replace")
    broken = start.count("\ufffd")
    whole = sum(char > "\x7f" for char in start) - broken
    return data.decode("utf-8", "replace") if whole > 3 * broken else None


def _from_frequencies(data: bytes) -> str | None:
    # Loaded late: few mails need it, and it is slow to load.
    from charset_normalizer import from_bytes

    best = from_bytes(data[:8192], cp_isolation=list(_NOT_WESTERN)).best()
    return _strictly(data, best.encoding) if best else None


def _word(encoding: str, text: str) -> bytes:
    raw = text.encode("utf-8", "surrogateescape")
    if encoding in "qQ":
        return quopri.decodestring(raw.replace(b"_", b"=20"))
    try:
        # What is no base64 at all is shown as it came.
        return base64.b64decode(re.sub(rb"[^A-Za-z0-9+/]", b"", raw) + b"==") or raw
    except (binascii.Error, ValueError):
        return raw


def read_bytes(value: str) -> str:
    """Return a raw header value with its 8-bit bytes read, its encoded words left alone."""
    if value.isascii():
        return value
    return decode(value.encode("utf-8", "surrogateescape"))[0]
