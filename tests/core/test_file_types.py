"""What files are, by their first bytes, and what lies in archives."""

import time
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from dueline.core.archives import MOST_NAMED, contents_of
from dueline.core.file_types import Look, Risk, look_of, risk_of
from tests.pictures import jpeg, png


def packed(files: dict[str, bytes]) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "head"),
    [
        *(("report.html", b"<p>"), ("a.JS", b"x"), ("Order.pdf.exe", b"MZ"), ("x.lnk", b"L\0")),
        *(("disk.iso", b""), ("notes.one", b""), ("order.docm", b"PK\3\4"), ("y.scr", b"MZ")),
        *(("z.vbs", b"x"), ("trailing.exe. ", b"MZ"), ("setup", b"MZ\x90"), ("run", b"#!/bin/sh")),
        *(("page", b"\xef\xbb\xbf <!DOCTYPE html><script>"), ("odd.bin", b"\x7fELF")),
    ],
)
def test_i15_what_may_run_when_opened_is_told(name, head):
    assert risk_of(name, head) is Risk.RUNS


@pytest.mark.parametrize(
    ("name", "head"),
    [
        *(("invoice.pdf", b"MZ\x90"), ("photo.png", b"PK\3\4"), ("photo.jpg", b"<svg onload=x>")),
        *(("list.txt", b"MZ\x90"), ("letter.docx", b"%PDF-1.4"), ("photo.jpeg", png())),
    ],
)
def test_i15_what_is_not_what_its_name_says_is_told(name, head):
    assert risk_of(name, head) is Risk.PRETENDS


@pytest.mark.parametrize(
    ("name", "head"),
    [
        *(("invoice.pdf", b"%PDF-1.7"), ("photo.png", png()), ("photo.jpg", jpeg())),
        *(("list.txt", "Räkning".encode("latin-1")), ("letter.docx", b"PK\3\4")),
        *(("letter.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), ("empty.pdf", b""), ("x", b"")),
    ],
)
def test_an_honest_file_is_not_warned_of(name, head):
    assert risk_of(name, head) is Risk.NONE


def test_what_a_page_shows_of_a_file_is_decided_by_its_bytes():
    assert look_of("server.log", b"09:12 failed\n") is Look.TEXT
    assert look_of("server.log", b"\0\1\2") is Look.NONE
    assert look_of("page.html", b"just text") is Look.NONE
    assert look_of("photo.txt", png()) is Look.PICTURE
    assert look_of("photo.png", b"<svg onload=alert(1)>") is Look.NONE
    assert look_of("traces", packed({"a": b"b"})) is Look.ARCHIVE


def test_an_archive_is_listed_and_not_unpacked():
    contents = contents_of(BytesIO(packed({"a/b.log": b"x" * 1000, "../../etc/passwd": b"y"})))
    assert contents is not None
    assert [(file.name, file.size) for file in contents.files] == [
        ("a/b.log", 1000),
        ("../../etc/passwd", 1),
    ]
    assert (contents.count, contents.size, contents.is_locked) == (2, 1001, False)


def test_an_archive_with_a_password_says_so():
    content = bytearray(packed({"secret.txt": b"x"}))
    at = content.rfind(b"PK\x01\x02")
    content[at + 8] |= 1  # the flag in the table of contents
    contents = contents_of(BytesIO(bytes(content)))
    assert contents is not None
    assert contents.is_locked


def test_i47_an_archive_bomb_is_only_a_line():
    content = packed({"bomb": b"\0" * 50_000_000})
    began = time.perf_counter()
    contents = contents_of(BytesIO(content))
    assert time.perf_counter() - began < 0.2
    assert contents is not None
    assert contents.files[0].size == 50_000_000


def test_i47_a_table_of_contents_without_end_is_not_read():
    content = packed({f"{n}": b"" for n in range(3)})
    at = content.rfind(b"PK\x05\x06")
    endless = content[: at + 12] + (2**31).to_bytes(4, "little") + content[at + 16 :]
    assert contents_of(BytesIO(endless)) is None
    larger = content[:at] + b"PK\x06\x07" + b"\0" * 16 + content[at:]
    assert contents_of(BytesIO(larger)) is None


@pytest.mark.parametrize("content", [b"", b"PK\3\4", b"PK\5\6", b"PK\5\6" + b"\xff" * 18, png()])
def test_what_is_no_archive_has_no_contents(content):
    assert contents_of(BytesIO(content)) is None


def test_of_very_many_files_the_first_are_named():
    contents = contents_of(BytesIO(packed({f"{n}.txt": b"" for n in range(MOST_NAMED + 5)})))
    assert contents is not None
    assert (len(contents.files), contents.count) == (MOST_NAMED, MOST_NAMED + 5)
