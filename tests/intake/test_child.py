"""A mail that needs too much ends its reader, and nothing else."""

import base64
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dueline.intake.mail.child import Reader, Unreadable
from tests.intake.outlook import winmail
from tests.intake.test_parse import HEAD, nested, with_parts

FACE = "\N{GRINNING FACE}".encode()
# Seconds of a processor: how busy the machine is does not count. The child's start is counted.
FAST = 5.5
MIB = 1024 * 1024


@pytest.fixture
def reader():
    before = seconds_used()
    reader = Reader()
    yield reader
    reader.close()
    assert seconds_used() - before < FAST


def memory_of(reader) -> int:
    """Return the most memory that the child ever held, in bytes; 0 if it has ended."""
    if reader.child.process is None:
        return 0
    status = Path(f"/proc/{reader.child.process.pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024


def seconds_used() -> float:
    """Return the processor time of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def read_or_held(reader, raw) -> str:
    try:
        reader.read(raw)
        outcome = "read"
    except Unreadable:
        outcome = "held"
    return outcome


def test_i43_a_mail_of_25_mb_is_read_within_the_bounds(reader):
    file = os.urandom(18 * 1024 * 1024)
    raw = (
        HEAD
        + b"Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n\r\ntext\r\n--m\r\n"
        + b"Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(file).replace(b"\n", b"\r\n")
        + b"--m--\r\n"
    )
    inbound = reader.read(raw)
    assert inbound.files[0].content == file
    assert memory_of(reader) < 300 * 1024 * 1024


def typed(content_type: bytes, body: bytes) -> bytes:
    return HEAD + b"Content-Type: " + content_type + b"\r\n\r\n" + body


def hidden_parts(parts: int) -> bytes:
    """A boundary in a form that the first look at a mail's shape does not know."""
    return typed(b"multipart/mixed; boundary*=us-ascii''x", b"--x\r\n\r\na\r\n" * parts)


def hidden_levels(levels: int) -> bytes:
    level = b"Content-Type: multipart/mixed; boundary*=us-ascii''b%d\r\n\r\n--b%d\r\n"
    return HEAD + b"".join(level % (n, n) for n in range(levels))


HOSTILE = {
    "10,000 parts": (with_parts(10_000), "held"),
    "10,000 parts behind a hidden boundary": (hidden_parts(10_000), "read"),
    "200 levels": (nested(200), "held"),
    "1,000 hidden levels": (hidden_levels(1000), "held"),
    "5,000 mails within": (HEAD + b"Content-Type: message/partial\r\n\r\n" * 5000, "held"),
    "100,000 headers": (HEAD + b"X-A: b\r\n" * 100_000 + b"\r\nhej", "held"),
    "1 MB of spaces": (HEAD + b"\r\n" + b" " * MIB, "read"),
    "1 MB of blank lines": (HEAD + b"\r\n" + b" \t\r\n" * (MIB // 4), "read"),
    "25 MB of newlines": (HEAD + b"\r\n" + b"\n" * (25 * MIB), "held"),
    "25 MB in one line": (HEAD + b"\r\n" + b"x" * (25 * MIB), "read"),
    "25 MB of base64 in one line": (
        typed(
            b"application/pdf\r\nContent-Transfer-Encoding: base64",
            base64.b64encode(bytes(18 * MIB)),
        ),
        "read",
    ),
    "15,000 encoded words": (b"Subject: " + b"=?utf-8?q?a?= " * 15_000 + b"\r\n\r\n", "read"),
    "50,000 encoded words": (b"Subject: " + b"=?utf-8?q?a?= " * 50_000 + b"\r\n\r\n", "held"),
    "words without end": (b"Subject: " + b"=?utf-8?q?a " * 18_000 + b"\r\n\r\n", "read"),
    "parentheses in From": (b"From: " + b"(" * 200_000 + b"\r\n\r\n", "read"),
    "parentheses in To": (b"To: " + b"(" * 200_000 + b"\r\n\r\n", "read"),
    "HTML 20,000 deep": (typed(b"text/html", b"<div>" * 20_000), "read"),
    "150,000 open tags": (typed(b"text/html", b"<img " * 150_000), "read"),
    "quotes": (HEAD + b"\r\n" + b"> " * 500_000, "read"),
    "punycode": (typed(b"text/plain; charset=punycode", b"a-" * 50_000), "read"),
    "uuencode that ends nowhere": (HEAD + b"\r\n" + b"begin 644 a\r\n" * 500_000, "read"),
    "PGP that ends nowhere": (
        HEAD + b"\r\n" + b"-----BEGIN PGP SIGNED MESSAGE-----\r\n" * 200_000,
        "read",
    ),
    "winmail.dat that counts to four milliards": (
        typed(
            b"application/ms-tnef",
            winmail() + bytes.fromhex("010390060004000000 ffffffff fc03") + bytes(20),
        ),
        "read",
    ),
    "winmail.dat with 10,000 objects": (
        typed(b"application/ms-tnef", winmail(files=[("a", b"x" * 100)] * 2500)),
        "read",
    ),
    "calendars within calendars": (
        typed(b"text/calendar", b"BEGIN:VCALENDAR\r\n" * 20_000),
        "read",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_i46_hostile_mail_is_read_or_held_in_time(reader, name):
    raw, outcome = HOSTILE[name]
    assert read_or_held(reader, raw) == outcome
    assert memory_of(reader) < 300 * MIB


def test_i46_a_processor_is_used_for_five_seconds_at_most():
    """200,000 reports within one need more: the mail is held, and the next one is read."""
    before = seconds_used()
    reader = Reader()
    with pytest.raises(Unreadable, match="too long"):
        reader.read(typed(b"message/delivery-status", b"A: b\r\n\r\n" * 200_000))
    assert seconds_used() - before < FAST
    assert reader.read(HEAD + b"\r\nhej").text == "hej"
    reader.close()


def test_i43_too_much_memory_holds_the_mail_and_the_next_one_is_read(reader):
    with pytest.raises(Unreadable, match="memory"):
        reader.read(HEAD + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + FACE * 8_000_000)
    assert reader.read(HEAD + b"\r\nhej").text == "hej"


def test_i43_too_much_time_holds_the_mail_and_the_next_one_is_read():
    reader = Reader(seconds=0.3)
    many = b" ".join(b"a%d=1" % n for n in range(80_000))
    with pytest.raises(Unreadable, match="too long"):
        reader.read(HEAD + b"Content-Type: text/html\r\n\r\n<p " + many + b">hej")
    patient = Reader()
    assert patient.read(HEAD + b"\r\nhej").text == "hej"
    reader.close()
    patient.close()


def test_one_child_reads_many_mails(reader):
    reader.read(HEAD + b"\r\none")
    first = reader.child.process.pid
    reader.read(HEAD + b"\r\ntwo")
    assert reader.child.process.pid == first


def test_a_child_that_ended_for_idleness_is_started_again(reader):
    reader.read(HEAD + b"\r\none")
    child = reader.child.process
    child.stdin.close()  # what the child sees when nobody asks any more
    child.wait(5)
    assert child.returncode == 0
    assert reader.read(HEAD + b"\r\ntwo").text == "two"


def test_a_child_that_was_killed_is_started_again(reader):
    reader.read(HEAD + b"\r\none")
    os.kill(reader.child.process.pid, signal.SIGKILL)
    reader.child.process.wait(5)
    assert reader.read(HEAD + b"\r\ntwo").text == "two"


def test_the_child_knows_nothing_of_django(reader):
    reader.read(HEAD + b"Content-Type: text/html\r\n\r\n<p>hej")
    maps = Path(f"/proc/{reader.child.process.pid}/maps").read_text()
    assert "sqlite" not in maps
    code = "import sys, dueline.intake.mail.reader; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": "src"}).returncode == 0


def test_i44_what_libraries_print_about_odd_mail_goes_nowhere(reader, capfd):
    reader.read(HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"!\xff" * 100_000)
    assert capfd.readouterr() == ("", "")
