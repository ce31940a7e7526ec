"""What the sender added is told from what they quoted, and nothing is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dueline.intake.mail.quotes import split_reply


@pytest.mark.parametrize(
    "announcement",
    [
        "On Mon, 23 Nov 2026 at 09:30, Support <support@desk.example> wrote:",
        "Den 2026-11-23 kl. 09:30 skrev Support <support@desk.example>:",
        "Den mån 23 nov. 2026 kl 09:30 skrev Support <support@desk.example>:",
        "man. 23. nov. 2026 kl. 09:30 skrev Support <support@desk.example>:",
        "Am 23.11.2026 um 09:30 schrieb Support <support@desk.example>:",
        "-----Original Message-----",
        "-----Ursprungligt meddelande-----",
    ],
)
def test_a_quoted_mail_is_folded_from_its_announcement(announcement):
    own = "Nej, det är fel.\n\nMvh\nDag\n\n"
    text = f"{own}{announcement}\n> Fungerar det?\n> Mvh\n"
    reply, folded_from = split_reply(text)
    assert reply == "Nej, det är fel.\n\nMvh\nDag"
    assert folded_from == len(own)


@pytest.mark.parametrize(
    "labels",
    [
        ("From", "Sent", "To", "Subject"),
        ("Från", "Skickat", "Till", "Ämne"),
        ("Fra", "Sendt", "Til", "Emne"),
        ("Von", "Gesendet", "An", "Betreff"),
    ],
)
def test_outlooks_way_of_quoting_is_known(labels):
    header = "\n".join(f"{label}: x" for label in labels)
    reply, folded_from = split_reply(f"Nej.\n\n{header}\n\nFungerar det?")
    assert reply == "Nej."
    assert folded_from is not None


def test_answers_between_the_quoted_lines_are_the_senders_own():
    text = "On Monday, Support wrote:\n> Which?\nFirefox.\n> Version?\n140."
    assert split_reply(text) == ("Firefox.\n140.", None)


def test_quoted_lines_at_the_end_are_folded():
    assert split_reply("Nej.\n\n> Fungerar det?\n> Mvh") == ("Nej.", 5)


def test_what_is_forwarded_is_meant_to_be_read():
    text = "See below.\n\n---------- Forwarded message ---------\nFrom: x\nDate: y\nTo: z\n\nHelp"
    assert split_reply(text)[1] is None


@pytest.mark.parametrize("text", ["", "Hej", "On Monday we wrote a mail.\nIt was long.", "> all"])
def test_nothing_is_folded_where_nothing_is_quoted_or_all_of_it(text):
    assert split_reply(text)[1] is None


@given(
    st.lists(
        st.sampled_from(
            [
                "> x",
                "hej",
                "",
                "Den 1 jan skrev A <a@b>:",
                "From: a\nTo: b",
                "On x wrote:",
                "_" * 32,
            ]
        ),
        max_size=12,
    ).map("\n".join)
)
def test_the_fold_lies_at_the_start_of_a_line(text):
    reply, folded_from = split_reply(text)
    if folded_from is not None:
        assert text[folded_from - 1] == "\n"
        assert reply == text[:folded_from].strip()
        assert reply


@pytest.mark.parametrize("line", ["On ", "On x\n", "From: x\n", "Den 1 skrev \n", "> ", "_" * 31])
def test_i45_hostile_repetitions_take_linear_time(line):
    split_reply(line * (400_000 // len(line)))
