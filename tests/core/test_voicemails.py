"""What a voicemail promises: from when, how bad, and whose word it is."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dueline.core.inbound import Voicemail
from dueline.core.priorities import Priority
from dueline.core.voicemails import (
    Earlier,
    HangUp,
    Stated,
    hang_up,
    is_believed,
    is_same_recording,
    stated_in,
)

KEYPAD = {"1": "critical", "2": "high", "4": "low", "7": "nonsense", "urgent": "high"}
ARRIVED = datetime(2026, 11, 25, 1, 10, 30, tzinfo=UTC)
INSTANTS = st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1), timezones=st.just(UTC))


def left(**more) -> Voicemail:
    return Voicemail(source="pbx", recording_id="1", **more)


@pytest.mark.parametrize(
    ("told", "priority", "by"),
    [
        ({}, None, ""),
        ({"keyed": "9"}, None, ""),  # a key that means nothing
        ({"keyed": "7"}, None, ""),  # what the table says is no priority
        ({"keyed": "14"}, None, ""),  # keys that contradict each other
        ({"keyed": "14", "is_urgent": True}, None, ""),
        ({"transcript": "critical, press 1"}, None, ""),
        ({"keyed": "1"}, Priority.CRITICAL, "keypad"),
        ({"keyed": "11#"}, Priority.CRITICAL, "keypad"),
        ({"keyed": "4", "is_urgent": True}, Priority.LOW, "keypad"),
        ({"is_urgent": True}, Priority.HIGH, "header"),
        ({"stated_priority": Priority.LOW, "keyed": "1"}, Priority.LOW, "header"),
        (
            {"stated_priority": Priority.CRITICAL, "stated_by": "person"},
            Priority.CRITICAL,
            "person",
        ),
    ],
)
def test_a_priority_is_stated_by_a_rule_or_a_person_and_by_nothing_else(told, priority, by):
    assert stated_in(left(**told), keypad=KEYPAD) == Stated(priority, by)


def test_without_a_table_no_key_and_no_mark_says_anything():
    assert stated_in(left(keyed="1", is_urgent=True), keypad={}) == Stated()


@pytest.mark.parametrize(
    ("told", "counts"),
    [
        (None, HangUp(ARRIVED, is_told=False)),
        (datetime(1970, 1, 1, tzinfo=UTC), HangUp(ARRIVED, is_told=False)),
        (ARRIVED + timedelta(hours=1), HangUp(ARRIVED, is_told=True)),
        (ARRIVED - timedelta(hours=9), HangUp(ARRIVED - timedelta(hours=9), is_told=True)),
    ],
)
def test_the_callers_last_word_counts_if_the_clock_that_tells_it_can_be_right(told, counts):
    assert hang_up(told, arrived_at=ARRIVED) == counts


@given(told=INSTANTS, arrived_at=INSTANTS.map(lambda at: at.replace(microsecond=0)))
def test_no_clock_of_a_telephone_system_promises_later_than_the_arrival(told, arrived_at):
    found = hang_up(told, arrived_at=arrived_at)
    assert found.at <= arrived_at
    assert arrived_at - found.at <= timedelta(days=7, seconds=1)


def same(**more) -> bool:
    told = {"from_number": "+46701234567", "seconds": 42, **more}
    earlier = Earlier("+46701234567", ARRIVED, 43)
    return is_same_recording(
        left(**told), hung_up_at=ARRIVED + timedelta(seconds=90), others=[earlier]
    )


def test_number_hang_up_and_length_tell_a_recording_that_two_systems_have():
    assert same()
    assert not same(from_number="+46709876543")
    assert not same(from_number="")
    assert not same(seconds=None)
    assert not same(seconds=50)


def test_two_messages_of_one_length_an_hour_apart_are_two():
    earlier = Earlier("+46701234567", ARRIVED - timedelta(hours=1), 42)
    told = left(from_number="+46701234567", seconds=42)
    assert not is_same_recording(told, hung_up_at=ARRIVED, others=[earlier])


@pytest.mark.parametrize(
    ("sender", "believed"),
    [
        ("", False),
        ("pbx@phones.example", True),
        ("PBX@Phones.example", True),
        ("other@phones.example", False),
        ("pbx@phones.example.evil.example", False),
        ("0701234567@unity.example", True),
        ("a@sub.unity.example", False),
        ("unity.example", False),
    ],
)
def test_an_address_or_its_very_domain_is_believed_and_nothing_like_it(sender, believed):
    assert is_believed(sender, believed=["pbx@phones.example", "@unity.example"]) is believed
