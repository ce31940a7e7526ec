"""The pause in which a text can be taken back costs no promise, whatever a case owes."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from dueline.core.commitments import RULES, State
from dueline.core.events import Event, Kind
from dueline.core.replay import evaluate
from dueline.core.sending import MARGIN, due_before, leaves_at
from dueline.worker.jobs import SOON
from tests.core.golden import Golden, every_golden_case, instant, with_second_cases

PAUSE = timedelta(seconds=20)
REPLY = (Kind.REPLY_SENT,)
HISTORIES = list(with_second_cases(every_golden_case()))


def critical(until: str = "Mon 23 Nov 10:00") -> Golden:
    """Arrived at 10:00; the response is due at 11:00."""
    return Golden(
        number="1",
        says="",
        why="",
        plan="extended",
        priority="critical",
        events=["Mon 23 Nov 10:00 opened"],
        until=until,
        commitments=[],
    )


def leaves(case: Golden, clock: str, *, pause: timedelta = PAUSE) -> str:
    at = instant(clock, case.zone)
    found = leaves_at(case.history(), case.book, says=REPLY, at=at, pause=pause)
    return f"{found.astimezone(case.zone):%H:%M:%S}"


def test_a_promise_that_falls_due_within_the_pause_makes_it_shorter():
    assert leaves(critical(), "Mon 23 Nov 10:59:50") == "10:59:55"


def test_a_promise_that_falls_due_at_once_leaves_no_pause():
    assert leaves(critical(), "Mon 23 Nov 10:59:57") == "10:59:57"
    assert leaves(critical(), "Mon 23 Nov 11:00") == "11:00:00"


def test_a_worker_gets_its_margin_before_a_promise_that_follows_the_pause_closely():
    assert leaves(critical(), "Mon 23 Nov 10:59:38") == "10:59:55"


def test_without_a_promise_in_sight_the_pause_is_whole():
    assert leaves(critical(), "Mon 23 Nov 10:20") == "10:20:20"
    assert leaves(critical(), "Mon 23 Nov 11:00:01") == "11:00:21"  # missed for ever


def test_the_next_of_several_intervals_of_silence_is_seen_though_the_first_is_missed():
    case = critical()
    told = [Event(1 + n, *rest) for n, rest in enumerate(_activated(case))]
    at = instant("Mon 23 Nov 18:09:50", case.zone)  # active since 10:10, feedback every 4 hours
    found = leaves_at(told, case.book, says=REPLY, at=at, pause=PAUSE)
    assert found == at + timedelta(seconds=5)


def _activated(case: Golden):
    (opened,) = case.history()
    yield opened.kind, opened.happened_at, opened.recorded_at, opened.by, opened.facts
    for kind, clock in ((Kind.REPLY_SENT, "10:05"), (Kind.ACTIVATED, "10:10")):
        at = instant(f"Mon 23 Nov {clock}", case.zone)
        yield kind, at, at, "agent", {}


def test_what_the_text_would_not_keep_is_no_reason_to_hurry():
    case = critical()
    at = instant("Mon 23 Nov 10:59", case.zone)
    until = at + timedelta(hours=1)
    said = (Kind.NOTE_ADDED,)
    assert due_before(until, case.history(), case.book, says=said, at=at) is None
    first = due_before(until, case.history(), case.book, says=REPLY, at=at)
    assert first is not None
    assert first.kind.value == "response"


@given(
    case=st.sampled_from(HISTORIES),
    before=st.integers(0, 40),
    pause=st.integers(0, 120).map(lambda n: timedelta(seconds=n)),
)
def test_no_promise_is_missed_because_a_text_waited(case, before, pause):
    """Whatever was running when it was sent, and would have been kept then, is kept after all."""
    history = case.history()
    now = evaluate(history, case.book, until=case.end)
    for owed in (one for one in now if one.state is State.RUNNING and one.due_at):
        at = owed.due_at - timedelta(seconds=before)
        if at < case.end:
            continue
        left_at = leaves_at(history, case.book, says=REPLY, at=at, pause=pause)
        assert at <= left_at <= at + pause
        at_once, later = (_missed(case, history, said_at) for said_at in (at, left_at))
        assert later == at_once


def _missed(case, history, said_at):
    reply = Event(
        max(event.id for event in history) + 1, Kind.REPLY_SENT, said_at, said_at, "agent"
    )
    states = evaluate([*history, reply], case.book, until=said_at)
    return [
        (one.kind, one.ordinal)
        for one in states
        if one.state is State.MISSED and RULES[one.kind].met_by(reply)
    ]


def test_the_margin_is_longer_than_a_worker_rests():
    assert timedelta(seconds=4 * SOON) < MARGIN
