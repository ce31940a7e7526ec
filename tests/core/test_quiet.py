"""Who is told, and when: quiet hours, absences, deputies."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from dueline.core.calendars import Calendar, is_open, parse_calendar
from dueline.core.quiet import Colleague, Told, whom_to_tell
from tests.world import MONDAY, OFFICE, utc

ZONE = "Europe/Stockholm"
OFFICE_HOURS = parse_calendar(OFFICE)
NIGHT = utc("2026-11-23T21:00")  # a Monday, 22:00 in Stockholm
MORNING = utc("2026-11-24T07:00")  # 08:00 of the next day
ASTA, BO, ADA = 1, 2, 3


def told(named=(), team=(), *colleagues: Colleague, at: datetime = MONDAY) -> set[Told]:
    known = {one.id: one for one in colleagues}
    return set(whom_to_tell(named, team, colleagues=known, zone=ZONE, at=at))


def test_who_works_here_no_more_is_told_of_nothing():
    assert told([ASTA], [BO]) == set()


def test_who_set_no_hours_is_told_at_any_hour():
    assert told([ASTA], [], Colleague(ASTA), at=NIGHT) == {Told(ASTA, NIGHT)}


def test_a_notice_at_night_waits_for_the_morning():
    asta = Colleague(ASTA, hours=OFFICE_HOURS)
    assert told([ASTA], [], asta, at=NIGHT) == {Told(ASTA, MORNING)}
    assert told([ASTA], [], asta, at=MONDAY) == {Told(ASTA, MONDAY)}


def test_whoever_is_on_call_is_told_at_once():
    asta = Colleague(ASTA, hours=OFFICE_HOURS, is_on_call=True)
    assert told([ASTA], [], asta, at=NIGHT) == {Told(ASTA, NIGHT)}


def test_hours_that_never_come_keep_nothing_back():
    asta = Colleague(ASTA, hours=Calendar("never", "UTC", ((),) * 7))
    assert told([ASTA], [], asta, at=NIGHT) == {Told(ASTA, NIGHT)}


def test_the_deputy_of_who_is_away_is_told_at_the_deputys_own_hours():
    asta = Colleague(ASTA, away_until=date(2026, 11, 24), deputy=BO)
    bo = Colleague(BO, hours=OFFICE_HOURS)
    assert told([ASTA], [], asta, bo, at=NIGHT) == {Told(BO, MORNING, instead_of=ASTA)}


def test_an_absence_begins_and_ends_with_days_of_the_desk():
    asta = Colleague(ASTA, away_from=date(2026, 11, 24), away_until=date(2026, 11, 24), deputy=BO)
    bo = Colleague(BO)
    last_before = utc("2026-11-23T22:59")
    assert told([ASTA], [], asta, bo, at=last_before) == {Told(ASTA, last_before)}
    for within in (utc("2026-11-23T23:00"), utc("2026-11-24T22:59")):
        assert told([ASTA], [], asta, bo, at=within) == {Told(BO, within, instead_of=ASTA)}
    back = utc("2026-11-24T23:00")
    assert told([ASTA], [], asta, bo, at=back) == {Told(ASTA, back)}


def test_who_will_be_away_when_the_morning_comes_is_not_waited_for():
    asta = Colleague(ASTA, hours=OFFICE_HOURS, away_from=date(2026, 11, 24), deputy=BO)
    assert told([ASTA], [], asta, Colleague(BO), at=NIGHT) == {Told(BO, NIGHT, instead_of=ASTA)}


def test_a_deputy_who_is_away_has_no_deputy_the_managers_are_told():
    gone = date(2026, 11, 20)
    asta = Colleague(ASTA, away_from=gone, deputy=BO)
    bo = Colleague(BO, away_from=gone, deputy=4)
    ada = Colleague(ADA, is_manager=True)
    assert told([ASTA], [], asta, bo, ada, Colleague(4)) == {Told(ADA, MONDAY, instead_of=ASTA)}
    assert told([ASTA], [], asta, bo, Colleague(4)) == {Told(ASTA, MONDAY)}


def test_a_notice_to_the_team_leaves_out_who_is_away():
    asta = Colleague(ASTA, away_from=date(2026, 11, 20), deputy=ADA)
    bo, ada = Colleague(BO), Colleague(ADA)
    assert told([], [ASTA, BO], asta, bo, ada) == {Told(BO, MONDAY)}
    assert told([], [ASTA], asta, bo, ada) == {Told(ADA, MONDAY, instead_of=ASTA)}


def test_who_is_concerned_and_stands_in_is_told_once_and_as_themselves():
    asta = Colleague(ASTA, away_from=date(2026, 11, 20), deputy=BO)
    assert told([ASTA, BO], [], asta, Colleague(BO)) == {Told(BO, MONDAY)}


# --- whatever is set ----------------------------------------------------------------------------

IDS = range(1, 6)
DAYS = st.dates(date(2026, 11, 18), date(2026, 12, 2)) | st.none()
PEOPLE = st.fixed_dictionaries(
    {
        id_: st.builds(
            Colleague,
            id=st.just(id_),
            hours=st.sampled_from([None, OFFICE_HOURS]),
            is_on_call=st.booleans(),
            away_from=DAYS,
            away_until=DAYS,
            deputy=st.sampled_from([None, *IDS]),
            is_manager=st.booleans(),
        )
        for id_ in IDS
    }
)
SOME = st.lists(st.sampled_from(IDS), max_size=4, unique=True)
WHEN = st.integers(0, 14 * 24 * 60).map(lambda n: utc("2026-11-18T00:00") + timedelta(minutes=n))


@given(PEOPLE, SOME, SOME, WHEN)
def test_somebody_is_always_told_each_once_and_nobody_in_their_quiet_hours(people, named, team, at):
    found = whom_to_tell(named, team, colleagues=people, zone=ZONE, at=at)
    assert bool(found) == bool(named or team)
    assert len({one.id for one in found}) == len(found)
    for one in found:
        reader = people[one.id]
        assert one.at >= at
        if reader.hours and not reader.is_on_call:
            assert is_open(reader.hours, one.at)


@given(PEOPLE, SOME, SOME, WHEN)
def test_nobody_is_told_while_they_are_away_unless_nobody_else_is_there(people, named, team, at):
    def is_gone(id_: int) -> bool:
        reader = people[id_]
        instants = (at, reader.next_told_at(at))
        return any(reader.is_away_on(i.astimezone(ZoneInfo(ZONE)).date()) for i in instants)

    for one in whom_to_tell(named, team, colleagues=people, zone=ZONE, at=at):
        if is_gone(one.id):
            assert one.instead_of is None
            assert not any(other.is_manager and not is_gone(other.id) for other in people.values())
            deputy = people[one.id].deputy
            assert deputy is None or is_gone(deputy)


@given(PEOPLE, SOME, WHEN)
def test_it_is_one_step_to_a_deputy_and_no_further(people, named, at):
    for one in whom_to_tell(named, colleagues=people, zone=ZONE, at=at):
        if one.instead_of is not None:
            assert one.instead_of in named
            assert one.id == people[one.instead_of].deputy or people[one.id].is_manager
