"""Swedish holidays 2024 to 2035, against a list that was written from the law, not from a package.

The law (1989:253) names thirteen days; Midsummer Eve, Christmas Eve and New Year's Eve are Sundays
by the law on holidays with pay (1977:480), and every office is closed. Sundays need no holiday.
"""

from datetime import date, timedelta

import pytest

from dueline.core.calendar_drafts import with_holidays
from dueline.core.calendars import Calendar, parse_calendar, spell_calendar
from dueline.core.holiday_dates import holiday_dates

YEARS = range(2024, 2036)
# Easter Sundays as the almanac has them.
EASTER = {
    2024: (3, 31), 2025: (4, 20), 2026: (4, 5), 2027: (3, 28), 2028: (4, 16), 2029: (4, 1),
    2030: (4, 21), 2031: (4, 13), 2032: (3, 28), 2033: (4, 17), 2034: (4, 9), 2035: (3, 25),
}  # fmt: skip
# The Saturdays between 20 and 26 June, and between 31 October and 6 November.
MIDSUMMER = {
    2024: 22, 2025: 21, 2026: 20, 2027: 26, 2028: 24, 2029: 23,
    2030: 22, 2031: 21, 2032: 26, 2033: 25, 2034: 24, 2035: 23,
}  # fmt: skip
ALL_SAINTS = {
    2024: (11, 2), 2025: (11, 1), 2026: (10, 31), 2027: (11, 6), 2028: (11, 4), 2029: (11, 3),
    2030: (11, 2), 2031: (11, 1), 2032: (11, 6), 2033: (11, 5), 2034: (11, 4), 2035: (11, 3),
}  # fmt: skip


def easter(year):
    """The computus of the Gregorian calendar, as Oudin wrote it down in 1940."""
    century = year // 100
    golden = year % 19
    shift = (century - 17) // 25
    moon = (century - century // 4 - (century - shift) // 3 + 19 * golden + 15) % 30
    moon -= (moon // 28) * (1 - (29 // (moon + 1)) * ((21 - golden) // 11))
    weekday = (year + year // 4 + moon + 2 - century + century // 4) % 7
    distance = moon - weekday
    month = 3 + (distance + 40) // 44
    return date(year, month, distance + 28 - 31 * (month // 4))


def by_hand(year):
    sunday = easter(year)
    midsummer = date(year, 6, MIDSUMMER[year])
    return {
        date(year, 1, 1): "New Year's Day",
        date(year, 1, 6): "Epiphany",
        sunday - timedelta(days=2): "Good Friday",
        sunday: "Easter Sunday",
        sunday + timedelta(days=1): "Easter Monday",
        date(year, 5, 1): "May Day",
        sunday + timedelta(days=39): "Ascension Day",
        sunday + timedelta(days=49): "Pentecost",
        date(year, 6, 6): "National Day",
        midsummer - timedelta(days=1): "Midsummer Eve",
        midsummer: "Midsummer Day",
        date(year, *ALL_SAINTS[year]): "All Saints' Day",
        date(year, 12, 24): "Christmas Eve",
        date(year, 12, 25): "Christmas Day",
        date(year, 12, 26): "Second Day of Christmas",
        date(year, 12, 31): "New Year's Eve",
    }


@pytest.mark.parametrize("year", YEARS)
def test_the_list_of_this_test_agrees_with_the_almanac(year):
    assert easter(year) == date(year, *EASTER[year])
    assert date(year, 6, MIDSUMMER[year]).weekday() == 5
    assert 20 <= MIDSUMMER[year] <= 26
    all_saints = date(year, *ALL_SAINTS[year])
    assert all_saints.weekday() == 5
    assert date(year, 10, 31) <= all_saints <= date(year, 11, 6)


@pytest.mark.parametrize("year", YEARS)
def test_the_holidays_that_are_filled_in_are_those_of_the_law(year):
    filled = holiday_dates("SE", years=range(year, year + 1))
    assert {day: holiday.name for day, holiday in filled.items()} == by_hand(year)
    assert not any(holiday.openings for holiday in filled.values())


def test_a_calendar_with_twelve_years_of_holidays_is_read_back_the_same():
    empty = Calendar("Office", "Europe/Stockholm", (((480, 1020),),) * 5 + ((), ()))
    filled = with_holidays(empty, holiday_dates("SE", years=YEARS), years=YEARS)
    assert parse_calendar(spell_calendar(filled)) == filled
    assert len(filled.dates) == 12 * 16
    assert not filled.is_open_day(date(2026, 6, 19))
    assert filled.is_open_day(date(2026, 6, 18))
