"""What the desk does with the word of a virus scanner, and without it."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from dueline.core.inbound import File
from dueline.intake import scan_files
from dueline.models import Attachment, OutboxItem
from dueline.outlets.mail_delivery import letter_of
from tests.world import MONDAY

pytestmark = pytest.mark.django_db


class Clamd:
    """Speaks as much of clamd's language as is needed here, and says what it is told to say."""

    def __init__(self) -> None:
        self.verdict = b"stream: OK\n"
        self.asked = 0
        self._door = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._door.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._door.shutdown(socket.SHUT_RDWR)  # wakes who waits at it
        self._door.close()

    def _serve(self) -> None:
        while True:
            try:
                caller, _ = self._door.accept()
            except OSError:
                return
            with caller, caller.makefile("rb") as heard:
                self._answer(caller, heard)

    def _answer(self, caller, heard) -> None:
        if heard.readline() == b"nPING\n":
            caller.sendall(b"PONG\n")
            return
        self.asked += 1
        while length := int.from_bytes(heard.read(4), "big"):
            heard.read(length)
        caller.sendall(self.verdict)


@pytest.fixture(autouse=True)
def _forgetful() -> Iterator[None]:
    scan_files.forget()
    yield
    scan_files.forget()


@pytest.fixture
def clamd(world) -> Iterator[Clamd]:
    clamd = Clamd()
    type(world.desk).objects.update(clamd_address=clamd.address)
    yield clamd
    with suppress(OSError):
        clamd.close()


@pytest.fixture
def file(world) -> Attachment:
    world.case(at=MONDAY, files=(File("order.doc", "application/msword", b"an order"),))
    return Attachment.objects.get()


def test_without_a_scanner_nothing_is_scanned(file):
    assert scan_files.scan_next() is False
    file.refresh_from_db()
    assert file.scan == "none"


@pytest.mark.parametrize(
    ("verdict", "scan", "said"),
    [
        (b"stream: OK\n", "clean", ""),
        (b"stream: Win.Test.EICAR_HDB-1 FOUND\n", "found", "Win.Test.EICAR_HDB-1"),
        (b"stream: Can't allocate memory ERROR\n", "failed", "Can't allocate memory"),
        (b"INSTREAM size limit exceeded. ERROR\n", "failed", "it is too large for the scanner"),
    ],
)
def test_what_the_scanner_says_is_kept(clamd, file, verdict, scan, said):
    clamd.verdict = verdict
    assert scan_files.scan_next() is True
    file.refresh_from_db()
    assert (file.scan, file.scan_said) == (scan, said)
    assert scan_files.scan_next() is False


def test_the_same_bytes_are_scanned_once(clamd, world, file):
    world.case(at=MONDAY, files=(File("again.doc", "", b"an order"),))
    while scan_files.scan_next():
        pass
    assert clamd.asked == 1
    assert set(Attachment.objects.values_list("scan", flat=True)) == {"clean"}


def test_f20_a_scanner_that_is_down_costs_a_file_nothing(clamd, file):
    clamd.close()
    for _ in range(10):
        assert scan_files.scan_next() is False
    file.refresh_from_db()
    assert file.scan == "none"


def test_f20_a_file_that_gets_no_answer_waits_and_lets_the_others_go_first(
    clamd, world, file, monkeypatch
):
    clamd.verdict = b""
    assert scan_files.scan_next() is True
    world.case(at=MONDAY, files=(File("other.txt", "text/plain", b"other"),))
    clamd.verdict = b"stream: OK\n"
    assert scan_files.scan_next() is True
    assert scan_files.scan_next() is False
    assert Attachment.objects.get(name="other.txt").scan == "clean"
    file.refresh_from_db()
    assert file.scan == "none"


def test_f20_a_file_that_never_gets_an_answer_is_said_to_be_unscanned(clamd, file, monkeypatch):
    clamd.verdict = b""
    monkeypatch.setattr(scan_files, "_REST", 0.0)
    for _ in range(3):
        assert scan_files.scan_next() is True
    file.refresh_from_db()
    assert (file.scan, file.scan_said) == ("failed", "the scanner gave no answer")
    assert scan_files.scan_next() is False


def test_a_file_in_which_something_was_found_leaves_by_no_mail(world):
    from dueline.actions import messages

    case = world.case(at=MONDAY)
    files = (File("good.txt", "text/plain", b"good"), File("bad.doc", "", b"bad"))
    messages.reply(case.pk, text="See these.", actor=world.asta, at=MONDAY, files=files)
    Attachment.objects.filter(name="bad.doc").update(scan="found", scan_said="Test.EICAR")

    item = OutboxItem.objects.get(purpose="reply")

    assert [file.name for file in letter_of(item, world.desk).files] == ["good.txt"]
