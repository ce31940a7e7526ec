"""Any mail is read, or held with a reason: never an exception, never without an end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dueline.core.inbound import Machine
from dueline.intake.mail import prescan
from dueline.intake.mail.decode import decode, decode_header
from dueline.intake.mail.html_text import text_of_html
from dueline.intake.mail.parse import LONGEST_TEXT, read

HEAD = (
    b"From: Dag Ek <dag@northwind.example>\r\nTo: support@desk.example\r\nSubject: Down\r\n"
    b"Date: Mon, 23 Nov 2026 10:00:00 +0100\r\nMessage-ID: <1@northwind.example>\r\n"
)


# --- anything at all ---

lines = st.one_of(
    st.binary(max_size=60),
    st.sampled_from(
        [
            b"",
            b"--b",
            b"--b--",
            b"--c",
            b"--c--",
            b"Content-Type: multipart/mixed; boundary=b",
            b"Content-Type: multipart/alternative; boundary=c",
            b'Content-Type: multipart/related; boundary="c"',
            b"Content-Type: text/plain; charset=utf-8",
            b"Content-Type: text/plain; charset=idna",
            b"Content-Type: text/plain; charset*0*=punycode''x",
            b"Content-Type: text/html",
            b"Content-Type: message/rfc822",
            b"Content-Type: message/delivery-status",
            b"Content-Type: multipart/report; report-type=delivery-status; boundary=b",
            b"Content-Disposition: attachment; filename*0*=utf-16''%ff; filename*1=x",
            b"Content-Transfer-Encoding: base64",
            b"Content-Transfer-Encoding: quoted-printable",
            b"Content-Transfer-Encoding: uuencode",
            b"begin 644 x",
            b"From: =?utf-7?q?+2AA-?= <a@b.example>",
            b'From: (((("<>,;:@[\\',
            b"Subject: =?x?b?====?= =?utf-8?q?=?=",
            b"Date: Fri, 31 Dec 9999 23:59:59 -2359",
            b"Message-ID: <",
            b"<p style='x'><img src=cid:x><table><td>&#0;&#xd800;",
            b"Tel: +46 +46 00000000000000",
            b"Prioritet: Critical",
            b"On x, y wrote:",
            b"> quoted",
            b"From: a\nSent: b\nTo: c",
        ]
    ),
)


mails = st.lists(lines, max_size=40).map(b"\r\n".join)


@given(mails)
def test_i46_any_lines_are_read_or_held(raw):
    try:
        inbound = read(raw)
    except prescan.TooMuch:
        return
    shown = [inbound.text, inbound.html, inbound.subject, inbound.sender_name, inbound.mail_id]
    for text in (*shown, *(file.name for file in inbound.files)):
        text.encode()  # no half characters: the database would refuse them
        assert "\0" not in text
    assert "\n" not in inbound.subject + inbound.sender_name + inbound.mail_id
    assert inbound.folded_from is None or 0 < inbound.folded_from <= len(inbound.text)
    assert "<script" not in inbound.html.lower()


@given(st.binary(max_size=300))
def test_i46_any_bytes_are_read_or_held(raw):
    try:
        read(raw)
    except prescan.TooMuch:
        return


@given(st.binary(max_size=200), st.text(max_size=20))
def test_any_bytes_in_any_charset_become_text(data, charset):
    text, _ = decode(data, charset)
    assert isinstance(text, str)


@pytest.mark.parametrize("charset", ["hex", "rot13", "zlib", "idna", "undefined", "unicode_escape"])
def test_what_is_no_charset_is_not_taken_for_one(charset):
    assert decode("nere på".encode(), charset) == ("nere på", False)


@given(st.text(max_size=200))
def test_any_header_is_decoded(value):
    decode_header(value.encode("utf-8", "replace").decode("ascii", "surrogateescape"))


# --- shape ---


def nested(levels: int) -> bytes:
    opened = [
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (level, level)
        for level in range(levels)
    ]
    return HEAD + b"".join(opened) + b"\r\nhej\r\n"


def with_parts(parts: int) -> bytes:
    head = HEAD + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n"
    return head + b"--x\r\n\r\na\r\n" * parts + b"--x--\r\n"


def test_i46_a_mail_within_the_bounds_is_read():
    assert read(nested(49)).text == "hej"
    assert read(with_parts(1000)).text.count("a") == 1000


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (nested(51), "levels"),
        (nested(5000), "levels"),
        (HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 60, "levels"),
        (with_parts(1001), "parts"),
        (with_parts(10_000), "parts"),
        (b"Subject: " + b"a" * 300_000 + b"\r\n\r\n", "longer"),
        (b"a" * 300_000, "longer"),
        (b"X: y\r\n" * 2001 + b"\r\n", "lines"),
        (HEAD + b"\r\n" + b"\n" * 2_000_001, "lines"),
        (
            HEAD + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n" + b"X: y\r\n" * 2001,
            "lines",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{len(value)} bytes",
)
def test_i46_a_mail_beyond_the_bounds_is_not_parsed(raw, why):
    with pytest.raises(prescan.TooMuch, match=why):
        read(raw)


def test_closed_parts_do_not_count_as_depth():
    part = (
        b"--o\r\nContent-Type: multipart/alternative; boundary=i%d\r\n\r\n"
        b"--i%d\r\n\r\na\r\n--i%d--\r\n"
    )
    raw = HEAD + b"Content-Type: multipart/mixed; boundary=o\r\n\r\n"
    assert read(raw + b"".join(part % (n, n, n) for n in range(80))).text.count("a") == 80


# --- what is read ---


def test_a_very_long_text_is_shown_in_part_and_kept_whole():
    body = b"0123456789\r\n" * 60_000
    inbound = read(HEAD + b"\r\n" + body)
    assert len(inbound.text) == LONGEST_TEXT
    assert inbound.files[0].content == body.replace(b"\r\n", b"\n").rstrip(b"\n")


def test_f11_the_digest_ignores_the_way_that_a_mail_took():
    body = HEAD + b"\r\nhej\r\n"
    way = (
        b"Received: from a by b\r\nARC-Seal: i=1\r\nDKIM-Signature: v=1\r\n"
        b"Authentication-Results: x\r\nReturn-Path: <dag@northwind.example>\r\n"
    )
    assert read(way + body).digest == read(body).digest
    assert read(body.replace(b"hej", b"nej")).digest != read(body).digest
    assert read(body.replace(b"Subject: Down", b"Subject: Up")).digest != read(body).digest


def test_the_envelope_tells_what_the_headers_do_not():
    assert read(HEAD + b"\r\nhej", mail_from="").machine is Machine.AUTOMATIC
    assert read(HEAD + b"\r\nhej", mail_from="dag@northwind.example").machine is Machine.NONE
    assert read(b"Return-Path: <>\r\n" + HEAD + b"\r\nhej").machine is Machine.AUTOMATIC


def test_a_bounce_names_the_mail_that_it_returns():
    report = (
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=m\r\n\r\n--m\r\n"
        b"Content-Type: %s\r\n\r\nMessage-ID: <42.7.x.y@desk.example>\r\n\r\nx\r\n--m--\r\n"
    )
    for kind in (b"message/rfc822", b"text/rfc822-headers"):
        assert read(HEAD + report % kind).returned_ids == ("<42.7.x.y@desk.example>",)


def test_html_too_deep_for_a_tree_still_gives_its_text():
    assert "hej" in text_of_html("<div>" * 5000 + "hej")
    inbound = read(HEAD + b"Content-Type: text/html\r\n\r\n" + b"<div>" * 5000 + b"hej")
    assert (inbound.html, inbound.files[0].name) == ("", "message.html")
    assert inbound.text == "hej"


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (b"Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 no such mailbox",
         "550 no such mailbox"),
        (b"Action: failed\r\nStatus: 5.1.1", "5.1.1"),
        (b"Action: failed", "the other server refused it"),
        (b"Action: delayed\r\nStatus: 4.4.1", ""),
        (b"", ""),
    ],
)  # fmt: skip
def test_a_refusal_is_told_from_a_delay(status, why):
    report = (
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=m\r\n\r\n--m\r\n"
        b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\n"
    )
    assert read(HEAD + report + status + b"\r\n--m--\r\n").returned_because == why
