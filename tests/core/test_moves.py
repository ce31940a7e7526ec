"""What a promise was before something moved it."""

from datetime import datetime, timedelta

from dueline.core.calendars import parse_calendar
from dueline.core.commitments import Book
from dueline.core.events import Event, Kind
from dueline.core.moves import moves
from dueline.core.policy import CommitmentKind
from tests.core.golden import SHIPPED
from tests.world import MONDAY, OFFICE, utc

BOOK = Book({1: SHIPPED}, {1: parse_calendar(OFFICE)})
HOUR = timedelta(hours=1)
TERMS = {"plan": "standard", "policy": 1, "calendar": 1, "channel": "mail"}
OPENED = Event(1, Kind.OPENED, MONDAY, MONDAY, "contact", {**TERMS, "priority": "normal"})
# Monday 10:00 in Stockholm; Normal is answered by the end of the next business day.
NORMAL_DUE, HIGH_DUE = utc("2026-11-24T16:00"), utc("2026-11-23T14:00")


def event(id_: int, kind: Kind, at: datetime, **facts) -> Event:
    return Event(id_, kind, at, at, "agent", facts)


def told(*events: Event) -> list[tuple]:
    return [(m.kind, m.by.kind, m.was_due_at, m.due_at) for m in moves([OPENED, *events], BOOK)]


def test_a_promise_that_nobody_moved_has_no_past() -> None:
    assert told(event(2, Kind.REPLY_SENT, MONDAY + HOUR)) == []


def test_an_escalation_keeps_both_promises() -> None:
    escalated = event(2, Kind.ESCALATED, MONDAY + HOUR, old="normal", new="high", reason="!")
    moved = (CommitmentKind.RESPONSE, Kind.ESCALATED, NORMAL_DUE, HIGH_DUE)
    assert told(escalated) == [moved]
    assert told(escalated, event(3, Kind.REPLY_SENT, MONDAY + 2 * HOUR)) == [moved]


def test_an_escalation_that_makes_nothing_earlier_moves_nothing() -> None:
    late = event(2, Kind.ESCALATED, NORMAL_DUE - HOUR, old="normal", new="high", reason="!")
    assert told(late) == []


def test_each_move_is_told_from_where_the_one_before_had_left_it() -> None:
    escalated = event(2, Kind.ESCALATED, MONDAY + HOUR, old="normal", new="high", reason="!")
    until = HIGH_DUE + HOUR
    extended = event(
        3,
        Kind.EXTENDED,
        MONDAY + 2 * HOUR,
        commitment="response",
        ordinal=1,
        until=until.isoformat(),
        reason="!",
        approver="Ada",
        words="!",
    )
    assert told(escalated, extended)[1] == (
        CommitmentKind.RESPONSE,
        Kind.EXTENDED,
        HIGH_DUE,
        until,
    )


def test_a_pause_moves_no_promise_but_what_is_moved_in_it_is_told() -> None:
    replied = event(2, Kind.REPLY_SENT, MONDAY + HOUR)
    activated = event(3, Kind.ACTIVATED, MONDAY + HOUR)
    raised = event(4, Kind.PRIORITY_CHANGED, MONDAY + HOUR, old="normal", new="high", reason="!")
    asked = event(5, Kind.INFORMATION_ASKED, MONDAY + 2 * HOUR, reply=2)
    to_critical = event(
        6, Kind.PRIORITY_CHANGED, MONDAY + 3 * HOUR, old="high", new="critical", reason="!"
    )
    assert told(replied, activated, raised, asked) == []
    (move,) = told(replied, activated, raised, asked, to_critical)
    assert move[:2] == (CommitmentKind.FEEDBACK, Kind.PRIORITY_CHANGED)
