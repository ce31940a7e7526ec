"""What is inside other things: Outlook's wrapping and its rich text, flowed lines, bounds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dueline.intake.mail import tnef
from dueline.intake.mail.flowed import joined
from dueline.intake.mail.opened import TookTooLong, at_most
from dueline.intake.mail.rtf import text_of_rtf, unpacked
from dueline.intake.mail.sealed import seal_of, unarmoured
from tests.intake.outlook import packed_rtf, winmail

# --- winmail.dat ---


@given(st.data())
def test_a_winmail_cut_anywhere_gives_what_came_before(data):
    whole = winmail(body="Hej", files=[("a.txt", b"first"), ("b.txt", b"second")])
    cut = data.draw(st.integers(min_value=0, max_value=len(whole) - 1))
    found = tnef.open_winmail(whole[:cut])
    assert found.text in ("", "Hej")
    assert len(found.files) <= 2
    for file, content in zip(found.files, (b"first", b"second"), strict=False):
        assert content.startswith(file.content)


def test_a_broken_winmail_says_so():
    whole = bytearray(winmail(files=[("a.txt", b"first")]))
    whole[-30] ^= 1  # a checksum no longer fits
    assert tnef.open_winmail(bytes(whole)).warnings == (tnef.BROKEN,)
    assert tnef.open_winmail(b"rubbish").warnings == (tnef.BROKEN,)


@given(st.binary(max_size=200))
def test_any_bytes_behind_the_signature_are_opened_or_told_to_be_broken(content):
    tnef.open_winmail(tnef.SIGNATURE + content)


# --- rich text ---


def test_the_example_of_the_specification_is_unpacked():
    """MS-OXRTFCP, 3.1.1: "A simple compressed RTF"."""
    packed = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af3206865"
        "6c090020627705b06c647d0a800fa0"
    )
    assert unpacked(packed) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"


@pytest.mark.parametrize(
    ("rtf", "text"),
    [
        (rb"{\rtf1\ansi{\fonttbl{\f0 Arial;}}\f0 Hej\par d\'e5}", "Hej\ndå"),
        (rb"{\rtf1 \u8364?100 \u8364\'80}", "€100 €"),
        (rb"{\rtf1 \u-10179?\u-8704?}", "\N{GRINNING FACE}"),
        (rb"{\rtf1{\*\htmltag64 <p>}\htmlrtf \par \htmlrtf0 Hej \{du\}}", "Hej {du}"),
        (b"{\\rtf1 a\r\nb}", "ab"),
        (b"no rich text", ""),
        (b"{\\rtf1 never closed \\", "never closed"),
    ],
)
def test_rich_text_gives_its_words(rtf, text):
    assert text_of_rtf(rtf) == text
    assert text_of_rtf(unpacked(packed_rtf(rtf))) == text


def test_rich_text_that_claims_to_be_huge_stays_small():
    bomb = b"LZFu".join([b"\0\0\0\0\xff\xff\xff\x7f", bytes(4)])
    bomb += (b"\xff" + b"\x0d\x0f" * 8) * 200_000
    assert len(unpacked(bomb)) <= 2_100_000


# --- flowed text ---


@pytest.mark.parametrize(
    ("text", "delsp", "shown"),
    [
        ("one \ntwo\nthree", False, "one two\nthree"),
        ("one \ntwo", True, "onetwo"),
        ("> one \n> two\nthree", False, "> one two\nthree"),
        ("> one \n>> two", False, "> one \n>> two"),
        ("bye \n-- \nDag", False, "bye \n-- \nDag"),
        (" >no quote", False, ">no quote"),
        ("", False, ""),
    ],
)
def test_soft_line_breaks_are_joined_and_others_kept(text, delsp, shown):
    assert joined(text, delsp=delsp) == shown


# --- signatures ---


@given(st.binary(max_size=200))
def test_any_bytes_are_a_seal_or_none(content):
    seal_of(content)
    seal_of(bytes.fromhex("30820100 06092a864886f70d010702") + content)
    unarmoured(b"-----BEGIN PGP " + content)


# --- bounds ---


def never_end() -> None:
    while True:
        pass


def test_what_takes_too_long_is_stopped_and_what_does_not_is_not():
    with pytest.raises(TookTooLong), at_most(0.05):
        never_end()
    with at_most(0.05):
        assert sum(range(10)) == 45
