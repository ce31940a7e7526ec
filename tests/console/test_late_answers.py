"""The report of late answers: every answer counted once, by hand beside it."""

import csv
from datetime import date, timedelta
from io import StringIO

import pytest

from dueline.actions import assistance
from dueline.core.promise_counts import WORDS
from dueline.queries.late_answers import late_answers
from tests.world import MONDAY, World

ZONE = "Europe/Stockholm"
HOUR = timedelta(hours=1)
DAY = MONDAY.date()


@pytest.fixture
def week(world: World) -> World:
    """Of six questions: one in time, one late, one taken back late, two open, one of tomorrow."""
    case = world.case(subject="=Payment page down", acknowledge=False)

    def ask(text: str, within: str) -> int:
        return assistance.ask(case.pk, text=text, within=within, actor=world.asta, at=MONDAY).pk

    in_time, late, back = ask("In time?", "1 h"), ask("Late?", "1 h"), ask("Back?", "1 h")
    ask("Forgotten?", "2 h")
    ask("Still time?", "6 h")
    ask("Tomorrow?", "1 business day")
    assistance.answer(in_time, text="So.", actor=world.tove, at=MONDAY + HOUR)
    assistance.take_back(back, actor=world.asta, at=MONDAY + 1.25 * HOUR)
    assistance.answer(late, text="So.", actor=world.tove, at=MONDAY + 1.5 * HOUR)
    return world


def test_what_was_due_on_a_day_is_counted_once_and_adds_up(week):
    report = late_answers(DAY, DAY, zone=ZONE, at=MONDAY + 3 * HOUR)
    assert report.counts == {
        "kept": 1,
        "extended": 0,
        "late": 2,
        "missing": 1,
        "running": 1,
        "withdrawn": 0,
        "all": 5,
    }
    assert sum(report.counts[word] for word in WORDS) == report.counts["all"]
    assert len(report.rows) == report.counts["late"] + report.counts["missing"]


def test_each_late_answer_is_named_with_how_late_it_was_and_whose(week):
    rows = late_answers(DAY, DAY, zone=ZONE, at=MONDAY + 3 * HOUR).rows
    assert [(row.word, row.late, row.is_taken_back, row.who) for row in rows] == [
        ("late", 0.5 * HOUR, False, "Tove Berg"),
        ("late", 0.25 * HOUR, True, ""),
        ("missing", HOUR, False, ""),
    ]


def test_another_day_has_its_own_answers(week):
    tomorrow = DAY + timedelta(days=1)
    report = late_answers(tomorrow, tomorrow, zone=ZONE, at=MONDAY + 3 * HOUR)
    assert report.counts["all"] == report.counts["running"] == 1
    before = late_answers(date(2026, 11, 1), date(2026, 11, 22), zone=ZONE, at=MONDAY + 3 * HOUR)
    assert before.counts["all"] == 0


@pytest.mark.parametrize(
    "period", ["from=soon", "from=2026-11-23&to=2026-11-22", "from=2020-01-01&to=2026-01-01"]
)
def test_days_that_cannot_be_are_refused_with_a_reason(world, enter, period):
    response = enter(world.asta).get(f"/console/reports/tier-two?{period}")
    assert response.status_code == 400
    assert 'role="alert"' in response.content.decode()


def test_the_table_holds_the_same_rows_and_starts_no_formula(week, enter):
    address = "/console/reports/tier-two?from=2026-11-23&to=2026-11-23"
    client = enter(week.asta)
    page = client.get(address).content.decode()
    response = client.get(f"{address}&as=csv")
    rows = list(csv.DictReader(StringIO(response.content.decode())))
    assert len(rows) == page.count("/console/tier-two/") == 4
    assert rows[0]["subject"] == "'=Payment page down"
    assert rows[0]["asked_at"] == "2026-11-23T10:00:00+01:00"
    assert {row["how"] for row in rows} == {"answered", "taken back", "open"}
