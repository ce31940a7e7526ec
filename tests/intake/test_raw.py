"""What was sent is what is stored: every odd mail of ours, and CPython's own, byte for byte."""

import importlib.util
import os
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

from dueline.actions import inbox
from dueline.intake.mail.child import Reader
from dueline.models import RawItem
from tests.intake.test_samples import SAMPLES
from tests.world import utc

MORNING = utc("2026-11-23T09:00Z")


def data_folders() -> Iterator[Path]:
    """Yield where this Python may have the data of its own tests of `email`."""
    for library in {sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")}:
        yield Path(library, "test", "test_email", "data")
    found = (
        importlib.util.find_spec("test.test_email") if importlib.util.find_spec("test") else None
    )
    for folder in (found and found.submodule_search_locations) or []:
        yield Path(folder, "data")


def cpythons_mails() -> list[Path]:
    """Return CPython's own odd mails (and the pictures beside them, which are odder still)."""
    return sorted({path.resolve() for folder in data_folders() for path in folder.glob("*.*")})


@pytest.fixture
def cpythons() -> list[Path]:
    mails = cpythons_mails()
    if not mails and not os.environ.get("CI"):
        pytest.skip("this Python came without its tests: install its testsuite package")
    assert len(mails) > 40, "CI needs a Python that brings its own tests (test.test_email)"
    return mails


def assert_kept(raw: bytes) -> None:
    item = inbox.keep_raw(raw, door="pipe", mail_from="", rcpt_to=[], at=MORNING)
    assert bytes(RawItem.objects.get(item=item).bytes) == raw


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["as it is", "with the other line ends", "cut in half"])
def test_f2_cpythons_own_test_mails_are_kept_and_read(cpythons, form):
    reader = Reader()
    for path in cpythons:
        raw = path.read_bytes()
        if form == "with the other line ends":
            raw = raw.replace(b"\r\n", b"\n") if b"\r\n" in raw else raw.replace(b"\n", b"\r\n")
        elif form == "cut in half":
            raw = raw[: len(raw) // 2]
        assert_kept(raw)
        assert reader.read(raw).digest, path.name
    reader.close()


@pytest.mark.django_db
def test_f2_the_bytes_of_every_sample_are_kept_as_they_came():
    for sample in SAMPLES:
        assert_kept(sample.read_bytes())
