"""A real clamd with one signature of our own: no other knows what is a virus here."""

import hashlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from dueline.core.inbound import File
from dueline.intake import scan_files
from dueline.models import Attachment, Desk
from tests.processes import eventually
from tests.world import MONDAY

pytestmark = [pytest.mark.processes, pytest.mark.django_db]

CLAMD = os.environ.get("CLAMD", "/usr/sbin/clamd")
# Harmless by itself; in one piece it would stop this file on its way through other scanners.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"


@pytest.fixture
def clamd(world, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    (tmp_path / "signatures").mkdir()
    digest = hashlib.md5(EICAR, usedforsecurity=False).hexdigest()
    (tmp_path / "signatures" / "test.hdb").write_text(f"{digest}:{len(EICAR)}:Test.EICAR\n")
    (tmp_path / "clamd.conf").write_text(
        f"DatabaseDirectory {tmp_path}/signatures\nLocalSocket {tmp_path}/clamd.sock\n"
        "Foreground yes\nStreamMaxLength 1M\nMaxThreads 2\n"
    )
    Desk.objects.update(clamd_address=f"{tmp_path}/clamd.sock")
    process = subprocess.Popen(
        [CLAMD, "-c", f"{tmp_path}/clamd.conf"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    scan_files.forget()
    try:
        eventually((tmp_path / "clamd.sock").exists)
        yield process
    finally:
        process.kill()
        process.wait()
        scan_files.forget()


def test_f20_a_real_scanner_finds_passes_refuses_and_goes_away(clamd, world, monkeypatch):
    monkeypatch.setattr(scan_files, "_REST", 0.0)
    files = (
        File("eicar.com", "text/plain", EICAR),
        File("letter.txt", "text/plain", b"Hello"),
        File("huge.bin", "application/octet-stream", os.urandom(3_000_000)),
    )
    world.case(at=MONDAY, files=files)
    while scan_files.scan_next():
        pass
    assert list(Attachment.objects.order_by("id").values_list("name", "scan", "scan_said")) == [
        ("eicar.com", "found", "Test.EICAR.UNOFFICIAL"),
        ("letter.txt", "clean", ""),
        ("huge.bin", "failed", "it is too large for the scanner"),
    ]

    clamd.kill()
    clamd.wait()
    world.case(at=MONDAY, files=(File("later.txt", "text/plain", b"Later"),))
    assert scan_files.scan_next() is False
    assert Attachment.objects.get(name="later.txt").scan == "none"
