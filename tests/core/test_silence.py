"""When a customer who does not answer is reminded, and when the case is closed."""

from datetime import timedelta

import pytest

from dueline.core.calendars import parse_calendar
from dueline.core.events import Event, Kind
from dueline.core.policy import Silence, parse_target
from dueline.core.silence import silence_steps
from tests.world import MONDAY, OFFICE, utc

CALENDAR = parse_calendar(OFFICE)
SILENCE = Silence(
    (parse_target("3 business days"), parse_target("3 business days")),
    parse_target("4 business days"),
)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OPENED = Event(1, Kind.OPENED, MONDAY, MONDAY, "contact", {})
REPLIED = Event(2, Kind.REPLY_SENT, MONDAY, MONDAY, "agent", {})
ASKED = Event(3, Kind.INFORMATION_ASKED, MONDAY, MONDAY, "agent", {"reply": 2})
WAITING = [OPENED, REPLIED, ASKED]
# Thursday, then over the weekend to Tuesday, then over the next one to Monday.
PLANNED = [
    (1, utc("2026-11-26T09:00")),
    (2, utc("2026-12-01T09:00")),
    (None, utc("2026-12-07T09:00")),
]


def steps(*later: Event, silence: Silence | None = SILENCE):
    return [(step.number, step.at) for step in silence_steps([*WAITING, *later], silence, CALENDAR)]


def event(kind: Kind, at, *, by: str = "desk", **facts) -> Event:
    return Event(4, kind, at, at, by, facts)


def test_a_case_that_asked_nothing_is_never_closed_for_silence() -> None:
    assert silence_steps([OPENED], SILENCE, CALENDAR) == ()


def test_a_policy_that_says_nothing_of_silence_lets_a_case_wait_for_ever() -> None:
    assert steps(silence=None) == []


def test_two_reminders_after_three_business_days_each_and_the_end_after_four_more() -> None:
    assert steps() == PLANNED


@pytest.mark.parametrize("kind", [Kind.WAIT_ENDED, Kind.RESOLVED, Kind.CLOSED])
def test_what_ends_the_wait_ends_the_silence(kind: Kind) -> None:
    assert steps(event(kind, MONDAY + HOUR)) == []


def test_a_question_that_bounced_is_no_question() -> None:
    assert steps(event(Kind.BOUNCED, MONDAY + HOUR, event=2)) == []


def test_a_reminder_in_time_leaves_the_rest_as_planned() -> None:
    assert steps(event(Kind.REMINDED, PLANNED[0][1], number=1)) == PLANNED[1:]


def test_after_a_late_reminder_the_customer_has_the_whole_time_once_more() -> None:
    """The desk slept until Wednesday of the next week: the second reminder comes on Monday."""
    late = event(Kind.REMINDED, utc("2026-12-02T09:00"), number=1)
    assert steps(late) == [(2, utc("2026-12-07T09:00")), (None, utc("2026-12-11T09:00"))]


@pytest.mark.parametrize(
    "heard",
    [
        event(Kind.ESCALATED, MONDAY + DAY, by="contact"),
        event(Kind.CALL_BACK_ASKED, MONDAY + DAY),
        event(Kind.CALL_LOGGED, MONDAY + DAY, by="agent", reached=True),
    ],
)
def test_whoever_lets_us_hear_from_them_is_not_silent(heard: Event) -> None:
    assert steps(heard)[0] == (1, utc("2026-11-27T09:00"))


@pytest.mark.parametrize(
    "unheard",
    [
        event(Kind.CALL_LOGGED, MONDAY + DAY, by="agent", reached=False),
        event(Kind.REPLY_SENT, MONDAY + DAY, by="agent"),
        event(Kind.NOTE_ADDED, MONDAY + DAY, by="agent"),
    ],
)
def test_our_own_words_do_not_break_the_customers_silence(unheard: Event) -> None:
    assert steps(unheard) == PLANNED


def test_a_second_question_begins_anew() -> None:
    ended = Event(4, Kind.WAIT_ENDED, MONDAY + HOUR, MONDAY + HOUR, "agent")
    again = Event(5, Kind.INFORMATION_ASKED, MONDAY + DAY, MONDAY + DAY, "agent", {"reply": 9})
    assert steps(ended, again)[0] == (1, utc("2026-11-27T09:00"))
