from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from dueline.wording.times import (
    say_clock,
    say_dated,
    say_exact,
    say_instant,
    say_left,
    say_span,
    say_stamp,
)

STOCKHOLM = "Europe/Stockholm"
# A Monday, 09:00 in Stockholm.
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def stockholm(text: str) -> datetime:
    """Read a wall-clock time of Stockholm's winter."""
    return datetime.fromisoformat(text + "+01:00")


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("2026-11-23T10:12", "10:12 today"),
        ("2026-11-23T08:12", "08:12 today"),
        ("2026-11-24T09:10", "tomorrow 09:10"),
        ("2026-11-22T23:59", "yesterday 23:59"),
        ("2026-11-25T09:15", "Wednesday 09:15"),
        ("2026-11-29T09:15", "Sunday 09:15"),
        ("2026-11-30T09:15", "30 November 09:15"),  # next Monday is not "Monday"
        ("2026-11-20T09:15", "20 November 09:15"),  # "Friday" would be the coming one
        ("2027-03-01T09:10", "1 March 2027 09:10"),
        ("2025-12-31T09:10", "31 December 2025 09:10"),
    ],
)
def test_an_instant_is_said_as_a_colleague_would_say_it(at, said):
    assert say_instant(stockholm(at), now=NOW, zone=STOCKHOLM) == said


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("2026-11-23T10:12", "10:12"),
        ("2026-11-24T08:57", "Tue 08:57"),
        ("2026-11-20T08:57", "Fri 08:57"),
        ("2026-12-03T08:57", "3 Dec 08:57"),
        ("2027-12-03T08:57", "3 Dec 2027 08:57"),
    ],
)
def test_a_column_gets_the_short_form(at, said):
    assert say_clock(stockholm(at), now=NOW, zone=STOCKHOLM) == said


def test_the_reader_s_zone_decides_what_is_today():
    at = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
    assert say_instant(at, now=NOW, zone=STOCKHOLM) == "21:00 today"
    assert say_instant(at, now=NOW, zone="Asia/Kathmandu") == "tomorrow 01:45"


def test_summer_time_moves_the_clock_and_not_the_promise():
    now = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)  # 00:30 on the day the clocks go forward
    at = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert say_instant(at, now=now, zone=STOCKHOLM) == "03:30 today"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "in under 1 min"),
        (59, "in under 1 min"),
        (12 * 60 + 59, "in 12 min"),
        (3599, "in 59 min"),
        (3 * 3600 + 1800, "in 3 h"),
        (47 * 3600, "in 47 h"),
        (48 * 3600, "in 2 days"),
        (-1, "under 1 min late"),
        (-37 * 60, "37 min late"),
        (-5 * 86400, "5 days late"),
    ],
)
def test_what_is_left_is_never_rounded_up(seconds, said):
    assert say_left(timedelta(seconds=seconds)) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 min"),
        (4 * 3600 + 15 * 60, "4 h 15 min"),
        (3600, "1 h"),
        (750, "12 min 30 s"),
        (50 * 3600, "50 h"),
    ],
)
def test_a_span_is_said_to_the_second(seconds, said):
    assert say_span(timedelta(seconds=seconds)) == said


def test_an_exact_instant_names_its_zone():
    at = datetime(2026, 11, 23, 9, 12, 4, tzinfo=UTC)
    assert say_exact(at, STOCKHOLM) == "2026-11-23 10:12:04 CET"
    assert say_exact(at, "UTC") == "2026-11-23 09:12:04 UTC"


@pytest.mark.parametrize(
    ("at", "swedish", "norwegian"),
    [
        ("2026-11-23T10:12", "i dag kl. 10:12", "i dag kl. 10:12"),
        ("2026-11-24T09:10", "i morgon kl. 09:10", "i morgen kl. 09:10"),
        ("2026-11-22T23:59", "i går kl. 23:59", "i går kl. 23:59"),
        ("2026-11-25T09:15", "onsdag kl. 09:15", "onsdag kl. 09:15"),
        ("2026-12-01T09:15", "1 december kl. 09:15", "1. desember kl. 09:15"),
        ("2027-03-01T09:10", "1 mars 2027 kl. 09:10", "1. mars 2027 kl. 09:10"),
    ],
)
def test_an_instant_is_spelled_as_in_the_reader_s_language(at, swedish, norwegian):
    for language, said in (("sv", swedish), ("nb", norwegian)):
        with translation.override(language):
            assert say_instant(stockholm(at), now=NOW, zone=STOCKHOLM) == said


@pytest.mark.parametrize(
    ("at", "swedish", "norwegian"),
    [
        ("2026-11-23T10:12", "10:12", "10:12"),
        ("2026-11-24T08:57", "tis 08:57", "tir 08:57"),
        ("2026-12-03T08:57", "3 dec 08:57", "3. des 08:57"),
        ("2027-12-03T08:57", "3 dec 2027 08:57", "3. des 2027 08:57"),
    ],
)
def test_a_column_is_spelled_as_in_the_reader_s_language(at, swedish, norwegian):
    for language, said in (("sv", swedish), ("nb", norwegian)):
        with translation.override(language):
            assert say_clock(stockholm(at), now=NOW, zone=STOCKHOLM) == said


@pytest.mark.parametrize(
    ("language", "stamp", "dated", "left", "span"),
    [
        (
            "en",
            "Mon 23 Nov 10:12:04",
            "10:12 on Monday 23 November (CET)",
            "in 2 days",
            "4 h 15 min",
        ),
        (
            "sv",
            "mån 23 nov 10:12:04",
            "måndag 23 november kl. 10:12 (CET)",
            "om 2 dagar",
            "4 h 15 min",
        ),
        (
            "nb",
            "man 23. nov 10:12:04",
            "mandag 23. november kl. 10:12 (CET)",
            "om 2 dager",
            "4 t 15 min",
        ),
    ],
)
def test_what_counts_and_what_is_mailed_is_spelled_so_too(language, stamp, dated, left, span):
    at = stockholm("2026-11-23T10:12:04")
    with translation.override(language):
        assert say_stamp(at, STOCKHOLM) == stamp
        assert say_dated(at, now=NOW, zone=STOCKHOLM) == dated
        assert say_left(timedelta(days=2)) == left
        assert say_span(timedelta(hours=4, minutes=15)) == span


def test_a_mail_names_the_day_and_the_zone():
    at = stockholm("2026-11-23T10:12")
    assert say_dated(at, now=NOW, zone=STOCKHOLM) == "10:12 on Monday 23 November (CET)"
    assert say_dated(at, now=NOW, zone="Asia/Kathmandu") == "14:57 on Monday 23 November (UTC+0545)"
