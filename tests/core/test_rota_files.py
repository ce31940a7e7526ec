"""Rotas in iCalendar: the feed that leaves, and files of other programs."""

import time as watch
from datetime import UTC, datetime, timedelta

import icalendar
import pytest

from dueline.core import rota_file
from dueline.core.errors import Refusal
from dueline.core.rota_feed import FeedShift, write_feed
from dueline.core.rota_file import match_shifts, read_shifts

START = datetime(2026, 3, 1, tzinfo=UTC)
ZONE = "Europe/Stockholm"


def utc(text):
    return datetime.fromisoformat(text).astimezone(UTC)


def ics(*events):
    body = "".join(f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT\n" for event in events)
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Test//EN\n{body}END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


def event(*lines, starts="20260302T080000Z", ends="20260302T200000Z", summary="Bo Ström"):
    head = [f"UID:{summary}@x", f"SUMMARY:{summary}", f"DTSTART:{starts}", f"DTEND:{ends}"]
    return "\n".join([*head, *lines])


def read(*events):
    return read_shifts(ics(*events), zone=ZONE, start=START)


def refusal_of(*events):
    with pytest.raises(Refusal) as refused:
        read(*events)
    assert refused.value.code == "file"
    return refused.value.text


# - what is not taken over -


@pytest.mark.parametrize(
    "content", [b"", b"BEGIN:VCALENDAR", b"\xff\xfe\x00", b"PK\x03\x04", b"BEGIN:VEVENT\r\nX"]
)
def test_what_is_no_icalendar_file_is_refused(content):
    with pytest.raises(Refusal) as refused:
        read_shifts(content, zone=ZONE, start=START)
    assert refused.value.code == "file"


def test_a_file_that_is_too_large_is_not_read():
    with pytest.raises(Refusal, match="500 kB"):
        read_shifts(b"x" * (rota_file.LARGEST + 1), zone=ZONE, start=START)


def test_a_file_of_the_past_has_no_shift():
    past = event(starts="20250302T080000Z", ends="20250302T200000Z")
    assert refusal_of(past) == "The file has no shift in the next thirteen months."


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;COUNT=10",
        "FREQ=HOURLY",
        "FREQ=DAILY;BYHOUR=0,1,2,3;BYMINUTE=1,2,3",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYDAY=53MO;COUNT=2",
        "FREQ=DAILY;COUNT=100000000",
        "FREQ=DAILY;INTERVAL=0",
        "INTERVAL=1",
    ],
)
def test_a_repetition_that_a_rota_does_not_need_is_refused_by_name(rule):
    assert "“Bo Ström” repeats" in refusal_of(event(f"RRULE:{rule}"))


def test_too_many_shifts_are_refused_before_they_are_counted_out():
    began = watch.monotonic()
    many = [event("RRULE:FREQ=DAILY", summary=f"Somebody {n}") for n in range(1500)]
    assert "more than 2000 shifts" in refusal_of(*many)
    dates = ",".join(f"{n:04}0101" for n in range(1, 3000))
    assert "single dates" in refusal_of(event(f"RDATE;VALUE=DATE:{dates}"))
    assert watch.monotonic() - began < 20


def test_a_repetition_without_end_is_followed_for_thirteen_months():
    found = read(event("RRULE:FREQ=DAILY"))
    assert len(found) == 395
    assert found[-1].starts_at < START + rota_file.WINDOW


def test_a_rule_for_workdays_is_followed():
    assert len(read(event("RRULE:FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR"))) == 283


def test_an_endless_rule_from_long_ago_is_refused():
    old = event("RRULE:FREQ=DAILY", starts="00010101T000000Z", ends="00010101T010000Z")
    assert "repeats" in refusal_of(old)


def test_cancelled_empty_and_endless_events_are_no_shifts():
    kept = event(summary="Asta Lind")
    found = read(
        kept,
        event("STATUS:CANCELLED"),
        event(ends="20260302T080000Z"),
        event(ends="20270302T080000Z"),
    )
    assert [shift.said for shift in found] == ["Asta Lind"]


# - what is -


def test_a_weekly_shift_stays_at_its_hour_when_clocks_change():
    weekly = "\n".join(
        [
            "UID:1@x",
            "SUMMARY:Bo",
            "DTSTART;TZID=Europe/Stockholm:20260323T080000",
            "DTEND;TZID=Europe/Stockholm:20260330T080000",
            "RRULE:FREQ=WEEKLY;COUNT=2",
        ]
    )
    found = read(weekly)
    assert [(shift.starts_at, shift.ends_at) for shift in found] == [
        (utc("2026-03-23T08:00+01:00"), utc("2026-03-30T08:00+02:00")),
        (utc("2026-03-30T08:00+02:00"), utc("2026-04-06T08:00+02:00")),
    ]


def test_times_without_a_zone_and_whole_days_are_in_the_rotas_zone():
    floating = event(starts="20260401T080000", ends="20260401T200000")
    whole = "UID:2@x\nSUMMARY:Asta\nDTSTART;VALUE=DATE:20260403\nDTEND;VALUE=DATE:20260405"
    found = read(floating, whole)
    assert [(shift.starts_at, shift.ends_at) for shift in found] == [
        (utc("2026-04-01T08:00+02:00"), utc("2026-04-01T20:00+02:00")),
        (utc("2026-04-03T00:00+02:00"), utc("2026-04-05T00:00+02:00")),
    ]


@pytest.mark.parametrize("starts", ["20260302T080000", "20260302T080000Z"])
def test_an_endless_weekly_rule_is_followed_whatever_its_times_are_in(starts):
    found = read(event("RRULE:FREQ=WEEKLY;BYDAY=MO,TH", starts=starts, ends=f"{starts[:9]}200000"))
    assert len(found) > 100


def test_an_endless_rule_over_whole_days_is_followed():
    whole = "UID:2@x\nSUMMARY:A\nDTSTART;VALUE=DATE:20260302\nDURATION:P1D\nRRULE:FREQ=WEEKLY"
    assert len(read(whole)) == 57


def test_a_changed_and_a_left_out_repetition_are_taken_over():
    daily = event("RRULE:FREQ=DAILY;COUNT=3", "EXDATE:20260303T080000Z")
    changed = event("RECURRENCE-ID:20260304T080000Z").replace("SUMMARY:Bo", "SUMMARY:Asta")
    assert [shift.said for shift in read(daily, changed)] == ["Bo Ström", "Asta Ström"]


def test_people_are_known_by_address_name_or_title():
    people = {"bo@desk.example": 2, "bo ström": 2, "asta lind": 1}
    found = read(
        event('ATTENDEE;CN="Bo Ström":mailto:BO@desk.example', summary="On call"),
        event('ATTENDEE;CN="ASTA  Lind":mailto:asta@elsewhere.example', summary="Night"),
        event(summary="On call: Bo Ström"),
        event(summary="Asta Lind (first line)"),
        event(summary="Somebody Else"),
    )
    by_title = {shift.said: agent for shift, agent in match_shifts(found, people)}
    assert by_title == {
        "On call": 2,
        "Night": 1,
        "On call: Bo Ström": 2,
        "Asta Lind (first line)": 1,
        "Somebody Else": None,
    }


# - the feed -


def test_a_feed_is_read_back_as_it_was_written_across_a_change_of_clocks():
    night = FeedShift(
        "1@desk", "Bo Ström", utc("2026-03-28T20:00+01:00"), utc("2026-03-29T08:00+02:00")
    )
    written = write_feed("First line", [night], at=START)
    back = icalendar.Calendar.from_ical(written)
    (found,) = back.walk("VEVENT")
    assert back["X-WR-CALNAME"] == "First line"
    assert (found["UID"], found["SUMMARY"]) == ("1@desk", "Bo Ström")
    assert (found["DTSTART"].dt, found["DTEND"].dt) == (night.starts_at, night.ends_at)
    assert found["DTEND"].dt - found["DTSTART"].dt == timedelta(hours=11)


def test_a_feed_can_be_imported_as_a_rota():
    shifts = [
        FeedShift(f"{n}@desk", "Bo Ström", START + timedelta(days=n), START + timedelta(days=n + 1))
        for n in range(3)
    ]
    found = read_shifts(write_feed("First line", shifts, at=START), zone=ZONE, start=START)
    assert [(shift.uid, shift.starts_at, shift.ends_at) for shift in found] == [
        (shift.uid, shift.starts_at, shift.ends_at) for shift in shifts
    ]
