"""What the sender added is told from what they quoted and signed with, and nothing is lost."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dueline.core.mail_text import particulars
from dueline.intake.mail.html_text import text_of_html
from dueline.intake.mail.quotes import fold

FOLDER = Path(__file__).parent.parent / "samples" / "quotes"


@dataclass(frozen=True)
class Sample:
    """A mail's text, and what is expected of it; see the README beside the samples."""

    name: str
    subject: str
    text: str
    folded_from: int | None
    own: str
    passed_on_from: str


def _samples() -> Iterator[Sample]:
    for path in sorted(FOLDER.glob("*.txt")):
        for part in path.read_text(encoding="utf-8").split("=== ")[1:]:
            yield _sample(part)


def _sample(part: str) -> Sample:
    name, _, rest = part.partition("\n")
    rest, _, writer = rest.partition("~~~ passed on from\n")
    rest, has_own, own = rest.partition("~~~ own\n")
    subject = ""
    if rest.startswith("Subject: "):
        line, _, rest = rest.partition("\n")
        subject = line.removeprefix("Subject: ")
    above, has_fold, below = rest.partition("~~~ fold\n")
    text = (above + below).rstrip("\n")
    return Sample(
        name,
        subject,
        text,
        len(above) if has_fold else None,
        own.strip() if has_own else above.strip(),
        writer.strip(),
    )


SAMPLES = list(_samples())


def test_there_are_samples():
    assert len(SAMPLES) >= 100


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_a_mail_is_folded_as_its_sample_says(sample):
    folded = fold(sample.text, subject=sample.subject)
    assert folded.reply_text == sample.own
    assert folded.folded_from == sample.folded_from


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_whoever_wrote_what_is_passed_on_is_named(sample):
    forward = fold(sample.text, subject=sample.subject).forward
    named = f"{forward.name} <{forward.address}>" if forward and forward.address else ""
    assert named == sample.passed_on_from


@pytest.mark.parametrize("name", ["outlook.html", "gmail.html", "apple.html", "thunderbird.html"])
def test_html_is_folded_as_well_as_text(name):
    text = text_of_html((FOLDER / "html" / name).read_text(encoding="utf-8"))
    folded = fold(text)
    assert folded.reply_text == "Nej, det är fortfarande fel."
    assert folded.folded_from is not None
    assert "Fungerar det nu?" in text[folded.folded_from :]


def test_a_persons_own_indented_paragraph_is_not_taken_for_a_quotation():
    text = text_of_html("<p>The log says:</p><blockquote>error 12</blockquote><p>Why?</p>")
    assert "> error" not in text
    assert "error 12" in fold(text).reply_text


def test_answers_between_quotations_in_html_are_the_senders_own():
    html = (
        "<blockquote type=cite>Which browser?</blockquote><div>Firefox.</div>"
        "<blockquote type=cite>Which version?</blockquote><div>140.</div>"
    )
    folded = fold(text_of_html(html))
    assert folded.reply_text.split() == ["Firefox.", "140."]
    assert folded.folded_from is None


def test_a_telephone_number_in_a_folded_signature_is_still_read():
    folded = fold("Down.\n\nMvh\nDag Ek\n\nNorthwind AB\nTel 013-12 34 56\n\n> Tel 08-123 456 78")
    assert "013" not in folded.reply_text
    assert particulars(subject="", text=folded.own_text, region="SE").phone == "+4613123456"


def test_whoever_knows_our_marks_in_html_moves_nothing():
    assert ">" not in text_of_html("<div>\ue0f0</div>mine")


@given(
    st.lists(
        st.sampled_from(
            [
                "> x",
                "hej",
                "",
                "-- ",
                "Mvh",
                "070-123 45 67",
                "Den 1 jan 2026 skrev A <a@b>:",
                "From: a@b\nTo: b\nSubject: c",
                "On x wrote:",
                "---------- Forwarded message ---------",
                "_" * 32,
            ]
        ),
        max_size=14,
    ).map("\n".join),
    st.sampled_from(["", "FW: x"]),
)
def test_the_fold_lies_at_the_start_of_a_line_below_the_senders_words(text, subject):
    folded = fold(text, subject=subject)
    if folded.folded_from is not None:
        assert text[folded.folded_from - 1] == "\n"
        above = text[: folded.folded_from]
        assert folded.reply_text
        assert all(line in above for line in folded.reply_text.split("\n"))


@pytest.mark.parametrize(
    "line",
    ["On ", "On x\n", "From: x\n", "From: a@b\nTo: x\n", "Den 1 skrev \n", "On 1 wrote:\n", "> "]
    + [
        "_" * 31,
        "> x\n-- \n",
        "Mvh\nDag\n0701234567\n",
        "\n",
        " ",
        "a:\n",
        "Sent from my iPhone\n",
    ],
)
def test_i45_a_megabyte_of_hostile_lines_is_folded_within_a_second(line):
    text = line * (1_000_000 // len(line))
    began = time.process_time()
    fold(text, subject="FW: x")
    assert time.process_time() - began < 1
