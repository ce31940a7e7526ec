"""An explanation says from when each promise counted, and draws the way to its due time."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from django.utils.translation import override

from dueline.core.calendars import parse_calendar
from dueline.core.commitments import Book
from dueline.core.events import Event, Kind
from dueline.core.explain import Segment, explain
from dueline.core.merging import carry
from dueline.core.replay import evaluate
from dueline.wording.explain import sentences
from dueline.wording.segments import draw
from tests.core.golden import SHIPPED, calendar

NINE = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # 09:00 in Stockholm
HOUR = timedelta(hours=1)
BOOK = Book({1: SHIPPED}, {1: calendar("office")})


def happened(number, kind, hours=0.0, **facts):
    at = NINE + hours * HOUR
    return Event(number, kind, at, at, facts=facts)


def opened(number=1, priority="critical", hours=0.0):
    return happened(
        number, Kind.OPENED, hours, priority=priority, plan="standard", policy=1, calendar=1
    )


def told(events, kind, ordinal=1, hours=1.0):
    found = evaluate(events, BOOK, until=NINE + hours * HOUR)
    (wanted,) = (c for c in found if (c.kind, c.ordinal) == (kind, ordinal))
    return sentences(explain(wanted, events), zone="Europe/Stockholm", policy_number=7)


def test_a_promise_that_a_raise_began_counts_from_the_raise():
    events = [
        opened(priority="normal"),
        happened(2, Kind.REPLY_SENT, 1),
        happened(3, Kind.ACTIVATED, 1),
        happened(4, Kind.ESCALATED, 3, old="normal", new="high"),
    ]
    assert told(events, "feedback", hours=4)[0] == "The case was escalated Mon 23 Nov 12:00."


def test_an_interval_after_one_that_passed_in_silence_counts_from_its_end():
    events = [
        opened(),
        happened(2, Kind.REPLY_SENT),
        happened(3, Kind.ACTIVATED),
    ]
    said = told(events, "feedback", ordinal=2, hours=5)
    assert said[0] == "The interval before it passed without news Mon 23 Nov 13:00."


def test_a_promise_that_came_with_a_merge_says_what_began_it_and_when_it_came():
    theirs = [opened(11)]
    carried = carry(evaluate(theirs, BOOK, until=NINE + HOUR / 2), theirs)
    events = [opened(1, hours=0.25), happened(12, Kind.MERGED, 0.5, case=2, carried=carried)]
    said = told(events, "response", hours=0.5)
    assert said[0] == "The request arrived Mon 23 Nov 09:15."
    assert "merged into this one Mon 23 Nov 09:30" in said[1]
    assert said[2] == "Until then it was due Mon 23 Nov 10:15."
    assert said[-1].endswith("due Mon 23 Nov 10:00.")


def test_what_it_was_due_before_a_raise_is_said_with_its_pauses_and_extensions():
    until = (NINE + 34 * HOUR).isoformat()
    events = [
        opened(priority="normal"),
        happened(2, Kind.EXTENDED, 0.5, commitment="response", ordinal=1, until=until),
        happened(3, Kind.ESCALATED, 1, old="normal", new="high"),
    ]
    assert "Until then it was due Tue 24 Nov 19:00." in told(events, "response", hours=1)


def test_an_extension_says_from_when_to_when_and_what_it_added():
    until = (NINE + 3 * HOUR).isoformat()
    events = [
        opened(),
        happened(2, Kind.EXTENDED, 0.5, commitment="response", ordinal=1, until=until),
    ]
    said = told(events, "response")
    assert "Extended: it was due Mon 23 Nov 10:00, and is due Mon 23 Nov 12:00." in said
    assert any("2 h added by the extension" in sentence for sentence in said)


def test_the_drawing_covers_the_way_without_gap_or_overlap():
    events = [opened(priority="high", hours=6)]  # 15:00, four hours of open time
    (response,) = (c for c in evaluate(events, BOOK, until=NINE + 7 * HOUR) if c.promises)
    drawn = draw(explain(response, events).segments, zone="Europe/Stockholm")
    assert [part.shape for part in drawn.parts] == ["counted", "skipped", "counted"]
    assert (drawn.began, drawn.ends) == ("Mon 23 Nov 15:00", "Tue 24 Nov 10:00")
    edges = [(float(p.start[:-1]), float(p.length[:-1])) for p in drawn.parts]
    assert edges[0][0] == 0
    for (start, length), (following, _) in pairwise(edges):
        assert abs(start + length - following) < 0.01
    assert abs(sum(edges[-1]) - 100) < 0.01


def test_what_has_no_length_is_not_drawn():
    assert draw([Segment(NINE, NINE, "left", counted=HOUR)], zone="UTC") is None


def test_a_holiday_and_a_plan_are_named_in_the_readers_language():
    office = parse_calendar(
        'name = "Office hours"\nzone = "Europe/Stockholm"\n[week]\nmonday = ["08:00-17:00"]\n'
        'tuesday = ["08:00-17:00"]\nwednesday = ["08:00-17:00"]\n[dates]\n'
        '2026-11-24 = { name = "Founders\' Day", sv = "Grundarnas dag" }\n'
    )
    events = [opened(priority="high", hours=6)]
    (response,) = (
        c
        for c in evaluate(events, Book({1: SHIPPED}, {1: office}), until=NINE + 7 * HOUR)
        if c.promises
    )
    explanation = explain(response, events)
    said = {}
    for language in ("en", "sv", "nb"):
        with override(language):
            said[language] = " ".join(
                sentences(explanation, zone="Europe/Stockholm", policy_number=1)
            )
    assert "Founders’ Day" in said["en"].replace("'", "’")
    assert "Grundarnas dag" in said["sv"]
    assert "Founders' Day" in said["nb"]
    assert "Kontorstid" in said["sv"]
