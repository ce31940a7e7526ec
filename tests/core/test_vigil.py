"""Who stands still is seen by signs of life that stop changing, whatever the clocks say."""

from datetime import timedelta

import pytest

from dueline.core.vigil import PATIENCE, Part, Vigil, is_silent
from tests.world import MONDAY

MINUTE = timedelta(minutes=1)
ALL = set(Part)


def beats(*parts: Part, at=MONDAY):
    return dict.fromkeys(parts, at)


def test_a_part_whose_sign_stays_the_same_stands_still():
    vigil = Vigil(ALL, began=0.0)
    assert vigil.look(beats(Part.SWEEPER), clock=0.0) == set()
    assert vigil.look(beats(Part.SWEEPER), clock=60.0) == set()
    assert vigil.look(beats(Part.SWEEPER), clock=60.5) == {Part.SWEEPER}
    assert vigil.look(beats(Part.SWEEPER, at=MONDAY + MINUTE), clock=61.0) == set()


def test_a_part_that_was_never_seen_is_not_missed_unless_it_is_expected():
    assert Vigil(ALL, began=0.0).look({}, clock=1e6) == set()
    vigil = Vigil(ALL, expected={Part.WORKER}, began=100.0)
    assert vigil.look({}, clock=145.0) == set()
    assert vigil.look({}, clock=146.0) == {Part.WORKER}


def test_what_stands_still_with_the_worker_is_told_as_the_worker():
    vigil = Vigil(ALL, began=0.0)
    signs = beats(Part.WORKER, Part.SWEEPER, Part.OUTBOX, Part.PAGER, Part.INTAKE, Part.WEB)
    vigil.look(signs, clock=0.0)
    assert vigil.look(signs, clock=1e4) == {Part.WORKER, Part.WEB}


@pytest.mark.parametrize("jump", [60, -60, 24 * 60, -24 * 60, 6_000_000])
def test_f8_a_clock_that_is_set_makes_no_part_look_dead_and_no_dead_part_alive(jump):
    vigil = Vigil({Part.WORKER, Part.WEB}, began=0.0)
    vigil.look(beats(Part.WORKER, Part.WEB), clock=0.0)
    set_at = MONDAY + jump * MINUTE
    told = vigil.look({Part.WORKER: set_at, Part.WEB: MONDAY}, clock=10.0)
    assert told == set()
    told = vigil.look({Part.WORKER: set_at + MINUTE, Part.WEB: MONDAY}, clock=70.0)
    assert told == {Part.WEB}


def test_f8_a_clock_that_drifts_is_none_of_the_watchers_business():
    vigil = Vigil({Part.SWEEPER}, began=0.0)
    for second in range(0, 3600, 10):
        drifted = MONDAY + timedelta(seconds=second * 0.95)
        assert vigil.look({Part.SWEEPER: drifted}, clock=float(second)) == set()


def test_all_go_only_when_each_part_was_seen_to_go():
    vigil = Vigil({Part.WORKER, Part.WEB}, expected={Part.WORKER}, began=0.0)
    vigil.look(beats(Part.WORKER, Part.WEB), clock=0.0)
    assert not vigil.all_go  # these signs may be old
    later = beats(Part.WORKER, Part.WEB, at=MONDAY + MINUTE)
    vigil.look(later, clock=10.0)
    assert vigil.all_go
    vigil.look({**later, Part.WORKER: MONDAY + 2 * MINUTE}, clock=75.0)
    assert not vigil.all_go
    assert vigil.is_fresh(Part.WORKER)


def test_after_a_time_in_which_nothing_could_be_seen_every_part_has_its_patience_again():
    vigil = Vigil({Part.WORKER}, expected={Part.WORKER}, began=0.0)
    vigil.begin_again(clock=1000.0)
    assert vigil.look({}, clock=1044.0) == set()
    assert vigil.look({}, clock=1046.0) == {Part.WORKER}


def test_every_part_has_a_patience():
    assert set(PATIENCE) == ALL


@pytest.mark.parametrize(
    ("age", "silent"), [(0, False), (60, False), (61, True), (-60, False), (-61, True)]
)
def test_f8_whoever_looks_once_takes_a_sign_from_the_future_for_none(age, silent):
    sign = MONDAY - timedelta(seconds=age)
    assert is_silent(sign, at=MONDAY, after=MINUTE) == silent


def test_no_sign_at_all_is_silence():
    assert is_silent(None, at=MONDAY, after=MINUTE)
