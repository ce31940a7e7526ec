"""Mails made wrong: bits turned, pieces cut, doubled and mixed, headers slipped in.

All chance comes from the `Random` that is handed in, so that a find can be made again.
"""

import re
from collections.abc import Callable, Sequence
from random import Random

LONGEST = 200_000  # a mutated mail does not grow without end

Mutation = Callable[[bytes, Random, Sequence[bytes]], bytes]

_BYTES = [b"\0", b"\r", b"\n", b"\r\n\r\n", b"=", b"?", b"=?", b"?=", b"<", b">", b'"', b"\\", b";"]
_BYTES += [b"(", b")", b"*", b"%", b"--", b"\xff", b"\xef\xbb\xbf", b"\x1b$B", b"\xc3", b" ", b"\t"]
_HEADERS = [
    b"Content-Type: multipart/mixed; boundary=m",
    b"Content-Type: multipart/alternative; boundary=m",
    b"Content-Type: multipart/digest; boundary=m",
    b"Content-Type: multipart/signed; boundary=m",
    b"Content-Type: multipart/report; report-type=delivery-status; boundary=m",
    b"Content-Type: message/rfc822",
    b"Content-Type: message/partial",
    b"Content-Type: message/delivery-status",
    b"Content-Type: message/external-body; access-type=x",
    b"Content-Type: text/html",
    b"Content-Type: text/plain; format=flowed; delsp=yes",
    b"Content-Type: text/plain; charset=utf-16",
    b"Content-Type: text/plain; charset=utf-7",
    b"Content-Type: text/plain; charset=idna",
    b"Content-Type: text/enriched",
    b"Content-Type: text/calendar; method=REQUEST",
    b"Content-Type: application/ms-tnef",
    b"Content-Type: application/pkcs7-mime",
    b"Content-Type: application/octet-stream; name*0*=utf-16''%ff; name*1=x; name*2*=%",
    b"Content-Transfer-Encoding: base64",
    b"Content-Transfer-Encoding: quoted-printable",
    b"Content-Transfer-Encoding: x-uuencode",
    b"Content-Disposition: attachment; filename=..",
    b"Content-ID: <a@b>",
    b'From: (((<@,;:"',
    b"From: =?utf-7?q?+2AA-?= <a@b.example>",
    b"To: a@b.example; c: d@e.example;",
    b"Subject: =?x?b?====?= =?utf-8?q?=?= =?iso-2022-jp?b?GyRC?=",
    b"Date: Fri, 31 Dec 9999 23:59:59 -2359",
    b"Message-ID: <",
    b"In-Reply-To: <1.2.a.b@desk.example>",
    b"Auto-Submitted: auto-replied",
    b"X-Dueline-Case: 1",
]
_CHARSETS = [b"utf-8", b"utf-16", b"utf-7", b"iso-2022-jp", b"gb18030", b"koi8-r", b"idna", b"hex"]


def mutated(samples: Sequence[bytes], random: Random) -> bytes:
    """Return one of the samples, made wrong in one to six ways."""
    raw = random.choice(samples)
    for _ in range(random.randint(1, 6)):
        raw = random.choice(MUTATIONS)(raw, random, samples)[:LONGEST]
    return raw


def _turn_bits(raw: bytes, random: Random, samples: Sequence[bytes]) -> bytes:
    changed = bytearray(raw or b"x")
    for _ in range(random.randint(1, 8)):
        changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def _slip_in(raw: bytes, random: Random, samples: Sequence[bytes]) -> bytes:
    at = random.randint(0, len(raw))
    return raw[:at] + random.choice(_BYTES) * random.choice((1, 1, 2, 50)) + raw[at:]


def _cut_out(raw: bytes, random: Random, samples: Sequence[bytes]) -> bytes:
    start, end = _span(raw, random)
    return raw[:start] + raw[end:]


def _double(raw: bytes, random: Random, samples: Sequence[bytes]) -> bytes:
    start, end = _span(raw, random)
    return raw[:end] + raw[start:end] * random.choice((1, 2, 10, 100)) + raw[end:]


def _cut_off(raw: bytes, random: Random, samples: Sequence[bytes]) -> bytes:
    return raw[: random.randint(0, len(raw))]


def _splice(raw: bytes, random: Random, samples: Sequence[bytes]) -> bytes:
    other = random.choice(samples)
    return raw[: random.randint(0, len(raw))] + other[random.randint(0, len(other)) :]


def _slip_in_header(raw: bytes, random: Random, samples: Sequence[bytes]) -> bytes:
    ends = [match.end() for match in re.finditer(rb"\n", raw[:50_000])] or [0]
    at = random.choice([0, random.choice(ends)])
    return raw[:at] + random.choice(_HEADERS) + b"\n" + raw[at:]


def _double_boundary(raw: bytes, random: Random, samples: Sequence[bytes]) -> bytes:
    lines = list(re.finditer(rb"(?m)^--[^\r\n]{1,70}\r?\n", raw[:50_000]))
    if not lines:
        return raw
    line, at = random.choice(lines), random.choice(lines)
    return raw[: at.start()] + line[0] * random.choice((1, 3, 200)) + raw[at.start() :]


def _rename_charset(raw: bytes, random: Random, samples: Sequence[bytes]) -> bytes:
    return re.sub(rb"(?i)(charset=|=\?)[\w-]{1,20}", rb"\1" + random.choice(_CHARSETS), raw)


def _change_line_ends(raw: bytes, random: Random, samples: Sequence[bytes]) -> bytes:
    return raw.replace(b"\r\n", b"\n").replace(b"\n", random.choice((b"\r\n", b"\r", b"\n\n")))


def _wrap(raw: bytes, random: Random, samples: Sequence[bytes]) -> bytes:
    head = b"From: Dag <dag@northwind.example>\n"
    for _ in range(random.choice((1, 2, 20))):
        raw = head + random.choice(_HEADERS) + b"\n\n--m\n" + raw
    return raw


def _span(raw: bytes, random: Random) -> tuple[int, int]:
    start = random.randint(0, len(raw))
    return start, min(len(raw), start + random.choice((1, 4, 20, 100, 2000)))


MUTATIONS: list[Mutation] = [
    _turn_bits, _slip_in, _cut_out, _double, _cut_off, _splice, _slip_in_header, _slip_in_header,
    _double_boundary, _rename_charset, _change_line_ends, _wrap,
]  # fmt: skip
