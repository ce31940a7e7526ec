"""What can be done to the draft of a calendar."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dueline.core import calendar_drafts as drafts
from dueline.core.calendars import Calendar, Exceptional, parse_calendar, spell_calendar
from dueline.core.errors import Refusal
from dueline.core.holiday_dates import holiday_dates
from tests.core.test_calendars import calendars

WEEK = (((480, 1020),),) * 5 + ((), ())
OFFICE = Calendar("Office", "Europe/Stockholm", WEEK)
YEARS = range(2026, 2028)
SWEDISH = holiday_dates("SE", years=YEARS)
NORWEGIAN = holiday_dates("NO", years=YEARS)
MAUNDY_THURSDAY = date(2026, 4, 2)
CHRISTMAS_EVE = date(2026, 12, 24)


def refused(code, act):
    with pytest.raises(Refusal) as refusal:
        act()
    assert refusal.value.code == code


def test_a_calendar_that_is_never_open_is_refused():
    refused("hours", lambda: drafts.with_week(OFFICE, ((),) * 7, zone="UTC"))
    refused("zone", lambda: drafts.with_week(OFFICE, WEEK, zone="Europe/Nowhere"))
    shut = OFFICE
    for year in (2026, 2027):
        shut = drafts.with_dates(
            shut, date(year, 1, 1), date(year, 12, 31), name="Shut", openings=()
        )
    refused("never-open", lambda: drafts.check_draft(shut))
    drafts.check_draft(drafts.without_date(shut, date(2027, 1, 4)))


@pytest.mark.parametrize(
    ("code", "first", "last", "name"),
    [
        ("date_name", CHRISTMAS_EVE, CHRISTMAS_EVE, "  "),
        ("date_name", CHRISTMAS_EVE, CHRISTMAS_EVE, "x" * 201),
        ("last_on", CHRISTMAS_EVE, date(2026, 12, 23), "Back to front"),
        ("last_on", CHRISTMAS_EVE, date(2028, 1, 1), "For years"),
        ("first_on", date(1926, 12, 24), date(1926, 12, 24), "Long ago"),
    ],
)
def test_days_that_cannot_be_put_in_say_which_field_is_wrong(code, first, last, name):
    refused(code, lambda: drafts.with_dates(OFFICE, first, last, name=name, openings=()))


def test_a_closure_takes_every_day_from_first_to_last():
    shut = drafts.with_dates(
        OFFICE, date(2026, 12, 28), date(2027, 1, 1), name=" Stock \n taking ", openings=()
    )
    assert shut.dates == {
        date(2026, 12, 28) + timedelta(days=n): Exceptional("Stock taking", ()) for n in range(5)
    }


def test_a_day_is_like_its_weekday_again():
    half = drafts.with_dates(
        OFFICE, MAUNDY_THURSDAY, MAUNDY_THURSDAY, name="Maundy Thursday", openings=((480, 780),)
    )
    assert drafts.without_date(half, MAUNDY_THURSDAY) == OFFICE


# - holidays -


def test_filling_holidays_keeps_what_a_person_put_in():
    by_hand = drafts.with_dates(
        OFFICE, CHRISTMAS_EVE, CHRISTMAS_EVE, name="Open until noon", openings=((480, 720),)
    )
    by_hand = drafts.with_dates(
        by_hand, MAUNDY_THURSDAY, MAUNDY_THURSDAY, name="Half a day", openings=((480, 780),)
    )
    filled = drafts.with_holidays(by_hand, SWEDISH, years=YEARS)
    assert filled.dates[CHRISTMAS_EVE].name == "Open until noon"
    assert filled.dates[MAUNDY_THURSDAY].name == "Half a day"
    assert filled.why_closed(date(2026, 12, 25)) == "Christmas Day"


def test_other_holidays_take_the_place_of_those_filled_in_before():
    filled = drafts.with_holidays(OFFICE, SWEDISH, years=YEARS)
    again = drafts.with_holidays(filled, NORWEGIAN, years=YEARS)
    assert again.dates == NORWEGIAN


def test_holidays_of_other_years_stay():
    past = holiday_dates("SE", years=range(2025, 2026))
    filled = drafts.with_holidays(OFFICE, past, years=range(2025, 2026))
    filled = drafts.with_holidays(filled, NORWEGIAN, years=YEARS)
    assert filled.dates == {**past, **NORWEGIAN}


def test_no_country_takes_the_holidays_out_again():
    filled = drafts.with_holidays(OFFICE, SWEDISH, years=YEARS)
    assert drafts.with_holidays(filled, {}, years=YEARS) == OFFICE


def test_a_holiday_of_an_older_text_is_known_by_its_name():
    older = parse_calendar(
        'name="Office"\nzone="Europe/Stockholm"\n[week]\nmonday=["08:00-17:00"]\n[dates]\n'
        '2026-12-24={name="Christmas Eve"}\n2026-12-25={name="Our own party"}'
    )
    filled = drafts.with_holidays(older, SWEDISH, years=YEARS)
    assert filled.dates[CHRISTMAS_EVE].is_holiday
    assert filled.dates[date(2026, 12, 25)].name == "Our own party"


def test_a_holiday_that_a_person_changed_is_theirs():
    filled = drafts.with_holidays(OFFICE, SWEDISH, years=YEARS)
    changed = drafts.with_dates(
        filled, CHRISTMAS_EVE, CHRISTMAS_EVE, name="Christmas Eve", openings=((480, 720),)
    )
    again = drafts.with_holidays(changed, SWEDISH, years=YEARS)
    assert not again.dates[CHRISTMAS_EVE].is_holiday
    assert again.dates[CHRISTMAS_EVE].openings == ((480, 720),)
    # … and is still called by its name in every language.
    assert again.dates[CHRISTMAS_EVE].name_in("sv") == "Julafton"


# - closures from elsewhere -


def test_imported_closures_leave_closed_days_alone_and_close_half_days():
    calendar = drafts.with_holidays(OFFICE, SWEDISH, years=YEARS)
    calendar = drafts.with_dates(
        calendar, MAUNDY_THURSDAY, MAUNDY_THURSDAY, name="Half a day", openings=((480, 780),)
    )
    closed = drafts.with_closures(
        calendar, {CHRISTMAS_EVE: "Yule", MAUNDY_THURSDAY: "Outing", date(2026, 5, 15): "Bridge"}
    )
    assert closed.dates[CHRISTMAS_EVE].name == "Christmas Eve"
    assert closed.dates[MAUNDY_THURSDAY] == Exceptional("Outing", ())
    assert closed.dates[date(2026, 5, 15)] == Exceptional("Bridge", ())


def test_a_calendar_holds_no_more_days_than_people_can_keep_in_view():
    days = {date(2000, 1, 1) + timedelta(days=n): "x" for n in range(drafts.MOST_DATES + 1)}
    refused("too-many-dates", lambda: drafts.with_closures(OFFICE, days))


@given(calendars(), st.data())
def test_every_draft_is_written_out_and_read_back_the_same(calendar, data):
    day = data.draw(st.dates(date(2024, 1, 1), date(2028, 1, 1)))
    name = data.draw(st.text(min_size=1, max_size=20).filter(lambda text: text.split()))
    draft = drafts.with_dates(calendar, day, day, name=name, openings=((0, 1440),))
    draft = drafts.with_holidays(draft, SWEDISH, years=YEARS)
    if any(draft.week):
        assert parse_calendar(spell_calendar(draft)) == draft
