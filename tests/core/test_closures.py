"""Closed days out of an iCalendar file: whole days, and nothing that had to be guessed."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dueline.core import closures
from dueline.core.closures import LARGEST, MOST_EVENTS, read_closures
from dueline.core.errors import Refusal

YEARS = range(2026, 2031)
XMAS = date(2026, 12, 24)


def ics(*events):
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//x//EN"]
    for event in events:
        lines += ["BEGIN:VEVENT", "UID:1", *event.strip().splitlines(), "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def read(*events, zone="Europe/Stockholm"):
    return read_closures(ics(*events), zone=zone, years=YEARS)


def days(*events, **options):
    return list(read(*events, **options).days)


def why(*events):
    return [left.why for left in read(*events).left_out]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"Dear all, we are closed on Friday.",
        b"\xff\xfe\x00\x00",
        b"PK\x03\x04" + b"\x00" * 1000,
        b"BEGIN:VCALENDAR",
        b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" * 3000,
        b"BEGIN:VCALENDAR\r\nBEGIN:VTIMEZONE\r\nTZID:x\r\nEND:VTIMEZONE\r\nEND:VCALENDAR\r\n",
        b"<html><body>Sign in to see this calendar</body></html>",
    ],
    ids=lambda content: repr(content[:24]),
)
def test_what_is_no_calendar_is_refused(content):
    with pytest.raises(Refusal, match="not an iCalendar file") as refused:
        read_closures(content, zone="UTC", years=YEARS)
    assert refused.value.code == "closures"


def test_a_file_that_is_too_large_is_not_even_read():
    with pytest.raises(Refusal, match="larger than 500 kB"):
        read_closures(b"x" * (LARGEST + 1), zone="UTC", years=YEARS)


def test_a_file_with_too_many_events_is_refused():
    many = ics(*["DTSTART;VALUE=DATE:20261224"] * (MOST_EVENTS + 1))
    with pytest.raises(Refusal, match="more than 3000 events"):
        read_closures(many, zone="UTC", years=YEARS)


def test_a_file_whose_events_take_years_together_is_refused():
    long = "DTSTART;VALUE=DATE:20260101\nDTEND;VALUE=DATE:20270101\nRRULE:FREQ=YEARLY"
    with pytest.raises(Refusal, match="more than 20000 days"):
        read(*[long] * 60)


def test_days_outside_of_the_calendars_years_are_not_taken():
    with pytest.raises(Refusal, match="names no whole day"):
        read("DTSTART;VALUE=DATE:20251224\nSUMMARY:Last year")


# - what is a closed day -


def test_a_whole_day_is_closed_under_its_own_name():
    found = read("DTSTART;VALUE=DATE:20261224\nSUMMARY:Jul\\, st\u00e4ngt")
    assert found.days == {XMAS: "Jul, st\u00e4ngt"}
    assert found.left_out == ()


def test_the_end_of_an_event_is_the_day_after_its_last():
    event = "DTSTART;VALUE=DATE:20261228\nDTEND;VALUE=DATE:20270102"
    assert days(event) == [date(2026, 12, 28) + timedelta(days=n) for n in range(5)]
    event = "DTSTART;VALUE=DATE:20261228\nDURATION:P2D"
    assert days(event) == [date(2026, 12, 28), date(2026, 12, 29)]


@pytest.mark.parametrize(
    "event",
    [
        "DTSTART:20261224T000000\nDTEND:20261225T000000",
        "DTSTART;TZID=Europe/Stockholm:20261224T000000\nDTEND;TZID=Europe/Stockholm:20261225T000000",
        "DTSTART:20261223T230000Z\nDTEND:20261224T230000Z",
    ],
)
def test_from_midnight_to_midnight_is_a_whole_day_too(event):
    assert days(event) == [XMAS]


def test_an_event_without_a_name_has_a_question_mark():
    assert read("DTSTART;VALUE=DATE:20261224").days == {XMAS: "?"}


def test_a_long_name_is_cut_and_cannot_break_a_line():
    (name,) = read(f"DTSTART;VALUE=DATE:20261224\nSUMMARY:a\\nb\x07{'x' * 500}").days.values()
    assert len(name) == 100
    assert name.isprintable()


def test_of_two_events_on_one_day_the_first_names_it():
    one = "DTSTART;VALUE=DATE:20261224\nSUMMARY:{}"
    assert read(one.format("A"), one.format("B")).days == {XMAS: "A"}


# - every year -


@pytest.mark.parametrize(
    ("rule", "years"),
    [
        ("FREQ=YEARLY", [2026, 2027, 2028, 2029, 2030]),
        ("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24", [2026, 2027, 2028, 2029, 2030]),
        ("FREQ=YEARLY;COUNT=4", [2026, 2027]),
        ("FREQ=YEARLY;UNTIL=20281224", [2026, 2027, 2028]),
        ("FREQ=YEARLY;UNTIL=20281224T120000Z", [2026, 2027, 2028]),
        ("FREQ=YEARLY;INTERVAL=2", [2026, 2028, 2030]),
    ],
)
def test_a_yearly_day_is_closed_every_year(rule, years):
    found = days(f"DTSTART;VALUE=DATE:20241224\nRRULE:{rule}")
    assert found == [date(year, 12, 24) for year in years]


def test_a_yearly_leap_day_is_closed_in_leap_years():
    assert days("DTSTART;VALUE=DATE:20240229\nRRULE:FREQ=YEARLY") == [date(2028, 2, 29)]
    # Of three times the second is 2028; the years between do not count.
    assert days("DTSTART;VALUE=DATE:20240229\nRRULE:FREQ=YEARLY;COUNT=2") == [date(2028, 2, 29)]


def test_a_day_that_is_taken_out_of_a_rule_stays_open():
    event = "DTSTART;VALUE=DATE:20261224\nRRULE:FREQ=YEARLY\nEXDATE;VALUE=DATE:20271224,20291224"
    assert [day.year for day in days(event)] == [2026, 2028, 2030]


# - what is left out, and why -


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ("DTSTART:20261224T120000\nDTEND:20261224T130000", closures.TIMED),
        ("DTSTART:20261224T000000\nDTEND:20261224T120000", closures.TIMED),
        ("DTSTART:20261224T000000", closures.TIMED),
        ("DTSTART;VALUE=DATE:20261224\nRRULE:FREQ=WEEKLY", closures.REPEATS),
        ("DTSTART;VALUE=DATE:20261224\nRRULE:FREQ=YEARLY;BYDAY=-1TH", closures.REPEATS),
        ("DTSTART;VALUE=DATE:20261224\nRRULE:FREQ=YEARLY;BYMONTHDAY=25", closures.REPEATS),
        ("DTSTART;VALUE=DATE:20261224\nRDATE;VALUE=DATE:20261226", closures.REPEATS),
        ("DTSTART;VALUE=DATE:20261224\nRRULE:FREQ=YEARLY\nRRULE:FREQ=YEARLY", closures.UNREADABLE),
        ("DTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20281224", closures.TOO_LONG),
        ("DTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20261224", closures.UNREADABLE),
        ("DTSTART;VALUE=DATE:2026-12-24", closures.UNREADABLE),
        ("DTSTART;VALUE=DATE:20261224\nDTSTART;VALUE=DATE:20261225", closures.UNREADABLE),
        ("SUMMARY:No day at all", closures.UNREADABLE),
        ("DTSTART;VALUE=DATE:20261224\nRECURRENCE-ID;VALUE=DATE:20261223", closures.CHANGED),
        ("DTSTART;VALUE=DATE:20261224\nEXDATE:soon", closures.UNREADABLE),
        ("DTSTART;VALUE=DATE:99991231\nDURATION:P9D", closures.UNREADABLE),
    ],
)
def test_an_event_that_cannot_be_taken_says_why(event, reason):
    assert why(event, "DTSTART;VALUE=DATE:20261231") == [reason]


def test_a_cancelled_event_is_no_closure():
    both = read("DTSTART;VALUE=DATE:20261224\nSTATUS:CANCELLED", "DTSTART;VALUE=DATE:20261231")
    assert list(both.days) == [date(2026, 12, 31)]
    assert both.left_out == ()


# - whatever comes -

_LINES = [
    "BEGIN:VEVENT",
    "END:VEVENT",
    "BEGIN:VCALENDAR",
    "END:VCALENDAR",
    "BEGIN:VTIMEZONE",
    "DTSTART;VALUE=DATE:20261224",
    "DTSTART;TZID=Nowhere/Here:20261224T000000",
    "DTSTART:00010101T000000Z",
    "DTEND;VALUE=DATE:99991231",
    "DURATION:P999999999999W",
    "DURATION:-P1D",
    "RRULE:FREQ=YEARLY;INTERVAL=0",
    "RRULE:FREQ=YEARLY;INTERVAL=99999999999999999999",
    "RRULE:FREQ=YEARLY;COUNT=-1",
    "RRULE:FREQ=",
    "RRULE:;;;",
    "EXDATE:soon",
    "EXDATE;VALUE=DATE:20261224",
    "RDATE:x",
    "SUMMARY;LANGUAGE=:x",
    "STATUS;X:CANCELLED",
    " folded",
    ":",
    "",
]


@given(
    st.sampled_from(_LINES[5:8]),
    st.lists(st.sampled_from(_LINES) | st.text(max_size=30), max_size=8),
)
def test_any_lines_are_read_or_refused(first, lines):
    event = ["BEGIN:VCALENDAR", "BEGIN:VEVENT", first, *lines, "END:VEVENT", "END:VCALENDAR"]
    assert read_or_refused("\r\n".join(event).encode()) in ("read", "closures")


@given(st.binary(max_size=200))
def test_any_bytes_are_refused(content):
    assert read_or_refused(content) == "closures"


def read_or_refused(content):
    try:
        found = read_closures(content, zone="Europe/Stockholm", years=YEARS)
    except Refusal as refusal:
        return refusal.code
    return "read" if all(day.year in YEARS for day in found.days) else "wrong"
