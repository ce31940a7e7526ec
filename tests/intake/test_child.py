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
from tests.intake.test_parse import HEAD, nested, with_parts

FACE = "\N{GRINNING FACE}".encode()
FAST = 5.0  # seconds of a processor: how busy the machine is does not count


@pytest.fixture
def reader():
    before = seconds_used()
    reader = Reader()
    yield reader
    reader.close()
    assert seconds_used() - before < FAST


def memory_of(reader) -> int:
    """Return the most address space that the child ever had, in bytes."""
    status = Path(f"/proc/{reader._process.pid}/status").read_text()
    return int(status.split("VmPeak:")[1].split()[0]) * 1024


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


@pytest.mark.parametrize(
    ("raw", "outcome"),
    [
        (with_parts(10_000), "held"),
        (nested(200), "held"),
        (HEAD + b"\r\n" + b"x" * 25_000_000, "read"),
        (b"From: " + b"(" * 5000 + b"\r\n\r\n", "read"),
        (b"Subject: " + b"=?utf-8?q?a?= " * 15_000 + b"\r\n\r\n", "read"),
        (HEAD + b"Content-Type: text/html\r\n\r\n" + b"<div>" * 20_000, "read"),
        (HEAD + b"Content-Type: text/html\r\n\r\n" + b"<img " * 150_000, "read"),
        (HEAD + b"\r\n" + b"> " * 500_000, "read"),
        (HEAD + b"Content-Type: text/plain; charset=punycode\r\n\r\n" + b"a-" * 50_000, "read"),
    ],
    ids=["parts", "levels", "one line", "parentheses", "words", "depth", "tags", "quotes", "code"],
)
def test_i46_hostile_mail_is_read_or_held_in_time(reader, raw, outcome):
    assert read_or_held(reader, raw) == outcome
    assert memory_of(reader) < 310 * 1024 * 1024


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
    first = reader._process.pid
    reader.read(HEAD + b"\r\ntwo")
    assert reader._process.pid == first


def test_a_child_that_ended_for_idleness_is_started_again(reader):
    reader.read(HEAD + b"\r\none")
    child = reader._process
    child.stdin.close()  # what the child sees when nobody asks any more
    child.wait(5)
    assert child.returncode == 0
    assert reader.read(HEAD + b"\r\ntwo").text == "two"


def test_a_child_that_was_killed_is_started_again(reader):
    reader.read(HEAD + b"\r\none")
    os.kill(reader._process.pid, signal.SIGKILL)
    reader._process.wait(5)
    assert reader.read(HEAD + b"\r\ntwo").text == "two"


def test_the_child_knows_nothing_of_django(reader):
    reader.read(HEAD + b"Content-Type: text/html\r\n\r\n<p>hej")
    maps = Path(f"/proc/{reader._process.pid}/maps").read_text()
    assert "sqlite" not in maps
    code = "import sys, dueline.intake.mail.reader; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": "src"}).returncode == 0


def test_i44_what_libraries_print_about_odd_mail_goes_nowhere(reader, capfd):
    reader.read(HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"!\xff" * 100_000)
    assert capfd.readouterr() == ("", "")
