"""Odd mails, each odd in the way that its name says, beside what the desk makes of them.

After a change that is meant: `python -m tests.intake.test_samples` writes the results anew; read
the difference before it is committed.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from dueline.intake.mail.child import Reader
from dueline.intake.mail.explain import NO_DESK

FOLDER = Path(__file__).parent.parent / "samples" / "mail"
SAMPLES = sorted(FOLDER.rglob("*.eml"))


def name_of(sample: Path) -> str:
    return str(sample.relative_to(FOLDER).with_suffix(""))


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    reader = Reader()
    yield reader
    reader.close()


def test_there_are_samples():
    assert len(SAMPLES) >= 300


@pytest.mark.parametrize("sample", SAMPLES, ids=name_of)
def test_an_odd_mail_is_understood_as_the_file_beside_it_says(sample, reader):
    expected = json.loads(sample.with_suffix(".json").read_text())
    assert NO_DESK.explain(reader, sample.read_bytes()) == expected


@pytest.mark.parametrize("sample", SAMPLES, ids=name_of)
def test_i34_headers_with_our_names_change_nothing(sample, reader):
    ours = b"X-Dueline-Case: 10042-5\r\nX-Dueline-Contact: 7\r\nX-Dueline-Machine: none\r\n"
    raw = sample.read_bytes()
    if raw.startswith((b"From ", b"This is no header", b"\xef", b" ")):
        return  # there the first line is what is odd
    plain = NO_DESK.explain(reader, raw)
    assert NO_DESK.explain(reader, ours + raw) == plain


def _write_anew() -> None:
    reader = Reader()
    for sample in SAMPLES:
        told = NO_DESK.explain(reader, sample.read_bytes())
        text = json.dumps(told, ensure_ascii=False, indent=1)
        sample.with_suffix(".json").write_text(text + "\n")
    reader.close()


if __name__ == "__main__":
    _write_anew()
