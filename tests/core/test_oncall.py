"""Who is on call, at every instant, in every zone, through the nights in which clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from dueline.core.calendars import WEEKDAYS, Calendar, Exceptional
from dueline.core.oncall import (
    Duty,
    Hours,
    Layer,
    Override,
    Rota,
    Shift,
    Turn,
    duties,
    duty_at,
    weekly,
    who_is_on,
)
from tests.core import slow_oncall as slow

ASTA, BO, TOVE = 1, 2, 3
MINUTE = timedelta(minutes=1)
ZONES = (
    "Europe/Stockholm",
    "America/New_York",
    "Australia/Lord_Howe",  # changes its clocks by half an hour
    "Africa/Casablanca",  # turns them back for Ramadan
    "UTC",
)
YEAR = (datetime(2025, 12, 31, 12, tzinfo=UTC), datetime(2027, 1, 1, 12, tzinfo=UTC))
# Nights in which clocks change, in any of the zones, and the days around them.
CHANGES = [
    date(2026, 2, 15),
    date(2026, 3, 8),
    date(2026, 3, 22),
    date(2026, 3, 29),
    date(2026, 4, 5),
    date(2026, 10, 4),
    date(2026, 10, 25),
    date(2026, 11, 1),
]


def utc(text):
    return datetime.fromisoformat(text).astimezone(UTC)


def layer(*members, position=1, turn=Turn.DAYS, length=1, starts_on="2026-01-05", **more):
    return Layer(
        position=position,
        turn=turn,
        turn_length=length,
        starts_on=date.fromisoformat(starts_on),
        members=members,
        **{"handover_at": time(9), **more},
    )


def rota(*layers, zone="Europe/Stockholm", overrides=()):
    return Rota(zone, layers, overrides)


def on(a_rota, text):
    duty = who_is_on(a_rota, utc(text))
    return duty and duty.agent


# - nobody -


def test_a_rota_without_layers_has_nobody():
    assert who_is_on(rota(), utc("2026-06-01T12:00Z")) is None


def test_nobody_is_on_before_the_first_turn_begins():
    team = rota(layer(ASTA, BO))
    assert on(team, "2026-01-05T08:59+01:00") is None
    assert on(team, "2026-01-05T09:00+01:00") == ASTA


def test_a_layer_has_nobody_after_the_last_turn_that_it_may_begin():
    team = rota(layer(ASTA, BO, ends_on=date(2026, 1, 6)))
    assert on(team, "2026-01-07T08:59+01:00") == BO
    assert on(team, "2026-01-07T09:00+01:00") is None


def test_a_place_that_nobody_fills_is_left_to_the_layer_below():
    team = rota(layer(TOVE), layer(ASTA, None, position=2))
    assert on(team, "2026-01-05T12:00Z") == ASTA
    assert on(team, "2026-01-06T12:00Z") == TOVE


def test_an_override_may_say_that_nobody_is_on():
    nobody = Override(7, utc("2026-06-19T06:00Z"), utc("2026-06-20T06:00Z"), None)
    team = rota(layer(ASTA), overrides=(nobody,))
    assert who_is_on(team, utc("2026-06-19T06:00Z")) is None
    gap = duty_at(team, utc("2026-06-19T07:00Z"))
    assert gap == Duty(None, nobody.starts_at, nobody.ends_at, override=7)


# - layers, hours, overrides -


def test_of_the_layers_the_highest_that_has_somebody_counts():
    nights = layer(BO, position=2, hours=Hours.INSIDE, calendars=weekly(NIGHTS, "Europe/Stockholm"))
    team = rota(nights, layer(ASTA))
    assert on(team, "2026-11-23T16:59+01:00") == ASTA
    assert on(team, "2026-11-23T17:00+01:00") == BO
    assert on(team, "2026-11-24T08:00+01:00") == ASTA


NIGHTS = {weekday: ["17:00-08:00"] for weekday in WEEKDAYS}


def test_outside_of_openings_means_nights_weekends_and_holidays():
    office = Calendar(
        "Office",
        "Europe/Stockholm",
        (((480, 1020),),) * 5 + ((), ()),
        {date(2026, 6, 19): Exceptional("Midsummer Eve", ())},
    )
    team = rota(layer(BO, hours=Hours.OUTSIDE, calendars=((YEAR[0], office),)))
    assert on(team, "2026-06-18T12:00+02:00") is None
    assert on(team, "2026-06-18T17:00+02:00") == BO
    assert on(team, "2026-06-19T12:00+02:00") == BO
    assert on(team, "2026-06-21T12:00+02:00") == BO


def test_hours_follow_the_version_of_the_calendar_that_holds_then():
    late = weekly({"friday": ["12:00-18:00"]}, "UTC")[0][1]
    early = weekly({"friday": ["06:00-12:00"]}, "UTC")[0][1]
    versions = ((utc("2026-01-01T00:00Z"), early), (utc("2026-07-01T00:00Z"), late))
    team = rota(layer(BO, hours=Hours.INSIDE, calendars=versions))
    assert on(team, "2026-06-26T08:00Z") == BO
    assert on(team, "2026-07-03T08:00Z") is None
    assert on(team, "2026-07-03T13:00Z") == BO


def test_of_two_overrides_the_one_that_was_made_later_counts():
    day = utc("2026-06-01T00:00Z"), utc("2026-06-02T00:00Z")
    team = rota(layer(ASTA), overrides=(Override(1, *day, BO), Override(2, *day, TOVE)))
    assert on(team, "2026-06-01T12:00Z") == TOVE


def test_an_override_for_somebody_holds_only_where_they_would_be_on():
    for_asta = Override(1, utc("2026-01-05T00:00Z"), utc("2026-01-09T00:00Z"), TOVE, replaces=ASTA)
    team = rota(layer(ASTA, BO), overrides=(for_asta,))
    assert [on(team, f"2026-01-0{day}T12:00Z") for day in (5, 6, 7, 8, 9)] == [
        TOVE,
        BO,
        TOVE,
        BO,
        ASTA,
    ]


def test_of_shifts_that_overlap_the_one_that_begins_later_counts():
    shifts = (
        Shift(utc("2026-06-01T08:00Z"), utc("2026-06-01T20:00Z"), ASTA),
        Shift(utc("2026-06-01T12:00Z"), utc("2026-06-01T14:00Z"), BO),
        Shift(utc("2026-06-01T15:00Z"), utc("2026-06-01T16:00Z"), None),
    )
    team = rota(layer(turn=Turn.SHIFTS, shifts=shifts))
    assert [on(team, f"2026-06-01T{hour}:00Z") for hour in ("08", "12", "14", "15", "20")] == [
        ASTA,
        BO,
        ASTA,
        ASTA,
        None,
    ]


def test_a_duty_says_from_when_and_until_when():
    team = rota(layer(ASTA, BO, turn=Turn.WEEKS))
    assert who_is_on(team, utc("2026-11-23T09:00Z")) == Duty(
        ASTA, utc("2026-11-23T09:00+01:00"), utc("2026-11-30T09:00+01:00"), layer=1
    )


def test_a_duty_without_end_is_cut_after_four_hundred_days():
    duty = who_is_on(rota(layer(ASTA)), utc("2026-11-23T09:00Z"))
    assert duty.starts_at == utc("2026-01-05T09:00+01:00")
    assert duty.ends_at == utc("2026-11-23T09:00Z") + timedelta(days=400)


# - a hand-over at 02:30 -


# Zone, the last day before the clocks change, and what the hand-over is then. The clocks of Lord
# Howe jump from 02:00 to 02:30 and go back from 02:00 to 01:30; those of Casablanca go back from
# 03:00 to 02:00 as Ramadan begins, and jump from 02:00 to 03:00 when it has ended.
@pytest.mark.parametrize(
    ("zone", "night", "handover"),
    [
        ("Europe/Stockholm", "2026-03-29", "2026-03-29T03:00+02:00"),
        ("America/New_York", "2026-03-08", "2026-03-08T03:00-04:00"),
        ("Australia/Lord_Howe", "2026-10-04", "2026-10-04T02:30+11:00"),
        ("Africa/Casablanca", "2026-03-22", "2026-03-22T03:00+01:00"),
        ("UTC", "2026-03-29", "2026-03-29T02:30+00:00"),
    ],
)
def test_f9_a_hand_over_that_the_clock_jumps_over_is_at_the_jump(zone, night, handover):
    before = date.fromisoformat(night) - timedelta(days=1)
    team = rota(layer(ASTA, BO, starts_on=str(before), handover_at=time(2, 30)), zone=zone)
    assert on(team, (utc(handover) - MINUTE).isoformat()) == ASTA
    assert on(team, handover) == BO
    assert who_is_on(team, utc(handover)).starts_at == utc(handover)


@pytest.mark.parametrize(
    ("zone", "night", "handover"),
    [
        ("Europe/Stockholm", "2026-10-25", "2026-10-25T02:30+02:00"),
        ("America/New_York", "2026-11-01", "2026-11-01T02:30-05:00"),
        ("Australia/Lord_Howe", "2026-04-05", "2026-04-05T02:30+10:30"),
        ("Africa/Casablanca", "2026-02-15", "2026-02-15T02:30+01:00"),
        ("UTC", "2026-10-25", "2026-10-25T02:30+00:00"),
    ],
)
def test_f9_a_hand_over_that_the_clock_shows_twice_is_at_the_first(zone, night, handover):
    before = date.fromisoformat(night) - timedelta(days=1)
    team = rota(layer(ASTA, BO, starts_on=str(before), handover_at=time(2, 30)), zone=zone)
    assert on(team, (utc(handover) - MINUTE).isoformat()) == ASTA
    assert on(team, handover) == BO
    # Nobody hands back or over when the clock shows that time again, or before it does.
    assert {on(team, (utc(handover) + n * MINUTE).isoformat()) for n in range(180)} == {BO}


@pytest.mark.parametrize(
    ("zone", "handover", "first", "second"),
    [
        ("America/New_York", time(1, 30), "2026-11-01T01:30-04:00", "2026-11-01T01:30-05:00"),
        ("Australia/Lord_Howe", time(1, 45), "2026-04-05T01:45+11:00", "2026-04-05T01:45+10:30"),
    ],
)
def test_f9_in_an_hour_that_comes_twice_who_came_on_first_stays_on(zone, handover, first, second):
    before = utc(first).date() - timedelta(days=2)
    team = rota(layer(ASTA, BO, starts_on=str(before), handover_at=handover), zone=zone)
    earlier = on(team, (utc(first) - MINUTE).isoformat())
    assert on(team, first) != earlier
    assert on(team, (utc(second) - MINUTE).isoformat()) == on(team, first)
    assert on(team, second) == on(team, first)


def test_f9_the_turns_of_a_night_in_which_clocks_change_are_an_hour_shorter_or_longer():
    team = rota(layer(ASTA, BO, starts_on="2026-03-01"))
    march = duties(team, utc("2026-03-28T09:00+01:00"), utc("2026-03-29T09:00+02:00"))
    october = duties(team, utc("2026-10-24T09:00+02:00"), utc("2026-10-25T09:00+01:00"))
    assert [duty.ends_at - duty.starts_at for duty in march] == [timedelta(hours=23)]
    assert [duty.ends_at - duty.starts_at for duty in october] == [timedelta(hours=25)]


def test_f9_a_turn_of_hours_keeps_its_length_and_moves_on_the_wall():
    team = rota(layer(ASTA, BO, turn=Turn.HOURS, length=12, starts_on="2026-03-28"))
    assert on(team, "2026-03-28T20:59+01:00") == ASTA
    assert on(team, "2026-03-28T21:00+01:00") == BO
    assert on(team, "2026-03-29T09:59+02:00") == BO
    assert on(team, "2026-03-29T10:00+02:00") == ASTA


def test_f9_the_repeated_hour_of_a_weeks_hours_belongs_to_them_both_times():
    nights = {"sunday": ["02:00-03:00"]}
    team = rota(layer(BO, hours=Hours.INSIDE, calendars=weekly(nights, "Europe/Stockholm")))
    found = duties(team, utc("2026-10-25T00:00+02:00"), utc("2026-10-25T12:00+01:00"))
    assert found[1].agent == BO
    assert (found[1].starts_at, found[1].ends_at) == (
        utc("2026-10-25T02:00+02:00"),
        utc("2026-10-25T03:00+01:00"),
    )


# - every minute of a year -


@st.composite
def days(draw):
    """Any day of the year; every other one close to a change of the clocks."""
    near = st.sampled_from(CHANGES).map(lambda day: day + timedelta(days=draw(st.integers(-1, 1))))
    return draw(near | st.dates(date(2026, 1, 1), date(2026, 12, 30)))


@st.composite
def spans(draw, longest=14 * 24 * 60):
    start = datetime.combine(draw(days()), time(), UTC) + draw(st.integers(-60, 1500)) * MINUTE
    return start, start + draw(st.integers(1, longest) | st.sampled_from([30, 60, 1440])) * MINUTE


people = st.integers(1, 4)
clock_times = st.sampled_from(
    [time(2, 30), time(2), time(3), time(1, 30), time(1, 45), time(0), time(9), time(23, 59)]
) | st.builds(time, st.integers(0, 23), st.integers(0, 59))


@st.composite
def openings(draw):
    start = draw(st.integers(0, 1439) | st.sampled_from([0, 60, 120, 150, 180, 1020]))
    return start, start + draw(st.integers(1, 1440) | st.sampled_from([30, 60, 600, 1440]))


@st.composite
def calendars(draw):
    week = draw(st.lists(st.lists(openings(), max_size=2), min_size=7, max_size=7).filter(any))
    closed = draw(st.lists(days(), max_size=4))
    return Calendar(
        "Random",
        draw(st.sampled_from(ZONES)),
        tuple(tuple(sorted(day)) for day in week),
        {day: Exceptional("Exception", tuple(draw(st.lists(openings(), max_size=1))))
         for day in closed},
    )  # fmt: skip


@st.composite
def layers(draw, position):
    turn = draw(st.sampled_from([*Turn, Turn.DAYS, Turn.WEEKS]))
    hours = draw(st.sampled_from([*Hours, Hours.ALWAYS]))
    begin = date(2025, 11, 1) + draw(st.integers(0, 90)) * timedelta(days=1)
    found = draw(st.lists(calendars(), min_size=1, max_size=2)) if hours != Hours.ALWAYS else []
    holds_from = [YEAR[0] - timedelta(days=99), draw(spans())[0]]
    return Layer(
        position=position,
        turn=turn,
        turn_length=draw(st.integers(1, 20 if turn is Turn.HOURS else 4)),
        starts_on=begin,
        ends_on=draw(st.none() | st.none() | days()),
        handover_at=draw(clock_times),
        members=tuple(draw(st.lists(people | people | st.none(), max_size=6))),
        shifts=tuple(
            Shift(*draw(spans()), draw(st.none() | people | people))
            for _ in range(draw(st.integers(0, 12)) if turn is Turn.SHIFTS else 0)
        ),
        hours=hours,
        calendars=tuple(zip(holds_from, found, strict=False)),
    )


@st.composite
def overrides(draw, number):
    return Override(number, *draw(spans()), draw(st.none() | people), draw(st.none() | people))


@st.composite
def swaps(draw, number):
    """Two overrides that change what two people do."""
    one, other = draw(st.lists(people, min_size=2, max_size=2, unique=True))
    return [
        Override(number, *draw(spans()), one, replaces=other),
        Override(number + 1, *draw(spans()), other, replaces=one),
    ]


@st.composite
def rotas(draw):
    found = [draw(layers(position)) for position in range(1, draw(st.integers(1, 3)) + 1)]
    above = [draw(overrides(number)) for number in range(draw(st.integers(0, 8)))]
    for number in range(draw(st.integers(0, 2))):
        above += draw(swaps(100 + 2 * number))
    return Rota(
        draw(st.sampled_from(ZONES)),
        tuple(draw(st.permutations(found))),
        tuple(draw(st.permutations(above))),
    )


def some(examples):
    """A year walked minute for minute takes seconds: so few of them in everyday runs."""
    return max(2, min(examples * settings.default.max_examples // 60, 200))


@given(data=st.data(), a_rota=rotas())
# Not made smaller when it fails: that would take an hour.
@settings(max_examples=some(6), phases=[Phase.explicit, Phase.reuse, Phase.generate])
def test_who_is_on_equals_the_walk_in_every_minute_of_a_year(data, a_rota):
    walked = slow.walk(a_rota)
    found = duties(a_rota, *YEAR)
    assert (found[0].starts_at, found[-1].ends_at) == YEAR
    for duty, following in pairwise(found):
        assert duty.ends_at == following.starts_at
        assert (duty.agent, duty.layer, duty.override) != (
            following.agent,
            following.layer,
            following.override,
        )
    for duty in found:
        minutes = slice(slow.number_of(duty.starts_at), slow.number_of(duty.ends_at))
        assert set(walked[minutes]) == {duty.agent}, duty
    # Asked for one instant, it says the same: in the first and the last minute of each duty, and
    # anywhere within.
    for duty in data.draw(st.permutations(found))[:100]:
        length = int((duty.ends_at - duty.starts_at) / MINUTE)
        for minute in {0, length - 1, data.draw(st.integers(0, length - 1))}:
            assert_holds(a_rota, duty, duty.starts_at + minute * MINUTE)


def assert_holds(a_rota, duty, at):
    found = duty_at(a_rota, at)
    assert (found.agent, found.layer, found.override) == (duty.agent, duty.layer, duty.override)
    assert found.starts_at <= at < found.ends_at
    assert max(found.starts_at, YEAR[0], at - timedelta(days=400)) == duty.starts_at
    assert min(found.ends_at, YEAR[1], at + timedelta(days=400)) == duty.ends_at
    on_then = who_is_on(a_rota, at)
    assert on_then == (None if duty.agent is None else found)
