"""A government changes its clocks, and the machine gets a new tz database."""

import shutil
import zoneinfo
from contextlib import contextmanager
from datetime import timedelta
from importlib.resources import as_file, files

import pytest

from dueline.actions import messages
from dueline.core import calendars
from dueline.models import CalendarVersion
from dueline.queries.commitments import differences
from tests.world import MONDAY

HOUR = timedelta(hours=1)


@pytest.fixture
def summer_time_for_ever(tmp_path):
    """Sweden stays at UTC+2, as of an upgrade: the desk was stopped, and started again."""
    zone = tmp_path / "Europe" / "Stockholm"
    zone.parent.mkdir()
    with as_file(files("tzdata") / "zoneinfo" / "Etc" / "GMT-2") as always_two_hours_ahead:
        shutil.copy(always_two_hours_ahead, zone)

    @contextmanager
    def upgraded():
        zoneinfo.reset_tzpath(to=[str(tmp_path)])
        _forget()
        try:
            yield
        finally:
            zoneinfo.reset_tzpath()
            _forget()

    return upgraded


def _forget():
    """What a process remembers of zones, it forgets when it is started anew."""
    zoneinfo.ZoneInfo.clear_cache()
    calendars._zone.cache_clear()
    calendars.parse_calendar.cache_clear()


def test_f10_the_hours_on_the_wall_stay_and_the_instants_move(summer_time_for_ever):
    source = 'name = "x"\nzone = "Europe/Stockholm"\n[week]\nmonday = ["08:00-17:00"]'
    day = MONDAY.date()
    (before,) = calendars.parse_calendar(source).openings_on(day)
    with summer_time_for_ever():
        (after,) = calendars.parse_calendar(source).openings_on(day)
    assert after == (before[0] - HOUR, before[1] - HOUR)


def test_f10_a_running_promise_follows_the_new_clocks_at_the_next_act(world, summer_time_for_ever):
    case = world.case(by=world.eve, at=MONDAY)
    due_at = case.commitments.get(kind="response").due_at
    text = CalendarVersion.objects.get().source
    with summer_time_for_ever():
        # Nothing has moved by the upgrade alone; the check names what will.
        assert case.commitments.get(kind="response").due_at == due_at
        assert [line for line in differences(case.pk) if "due_at" in line]
        messages.add_note(case.pk, text="Seen.", actor=world.asta, at=MONDAY + HOUR)
        assert case.commitments.get(kind="response").due_at == due_at - HOUR
        assert differences(case.pk) == []
        assert CalendarVersion.objects.get().source == text
