from datetime import UTC, datetime, timedelta

from dueline.wording.promise_lines import PromiseLine, Stored, draw

ARRIVED = datetime(2026, 11, 23, 8, 12, tzinfo=UTC)  # 09:12 in Stockholm


def stored(state: str = "running", **facts: object) -> Stored:
    row = {
        "kind": "response",
        "state": state,
        "target": "60 min",
        "started_at": ARRIVED,
        "warn_at": ARRIVED + timedelta(minutes=45),
        "due_at": ARRIVED + timedelta(hours=1),
        "met_at": None,
        "withdrawn_at": None,
        "paused_since": None,
        "skipped": [],
    }
    return Stored(**{**row, **facts})


def seen(after: timedelta, row: Stored) -> PromiseLine:
    return draw(row, now=ARRIVED + after, zone="Europe/Stockholm")


def test_a_running_promise_says_what_is_left_and_when_in_the_readers_zone():
    line = seen(timedelta(minutes=48), stored())

    assert line.sentence == "Response: in 12 min (10:12)"
    assert line.gone == "80%" or line.gone == "80.0%"
    assert line.mood == "due"


def test_a_promise_is_missed_from_its_due_time_on_though_no_sweep_has_come_by():
    line = seen(timedelta(minutes=97), stored())

    assert line.mood == "missed"
    assert line.left == "37 min late"
    assert line.gone == "100%"


def test_a_promise_met_late_says_both_facts():
    row = stored("missed", met_at=ARRIVED + timedelta(minutes=97))

    line = seen(timedelta(hours=5), row)

    assert line.left == "met, 37 min late"
    assert line.ticks_to is None


def test_a_paused_promise_stands_still_where_it_was_stopped():
    row = stored("paused", due_at=None, paused_since=ARRIVED + timedelta(minutes=30))

    line = seen(timedelta(hours=5), row)

    assert (line.left, line.ticks_to) == ("paused", None)


def test_hours_that_do_not_count_are_hatched_where_they_lie():
    line = seen(timedelta(minutes=1), stored(skipped=[[250, 500]]))

    assert line.closed == (("25%", "25%"),)
