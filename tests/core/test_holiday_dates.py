"""Holidays are filled in with their names in each language of the product."""

from datetime import date

import pytest

from dueline.core.holiday_dates import holiday_dates
from dueline.core.holiday_names import holiday_name

YEAR = range(2026, 2027)


@pytest.mark.parametrize(("country", "region"), [("XX", ""), ("SE", "BY"), ("", "")])
def test_a_country_or_region_that_nobody_knows_has_no_holidays(country, region):
    with pytest.raises(KeyError):
        holiday_dates(country, years=YEAR, region=region)


def test_a_swedish_holiday_is_named_in_three_languages():
    eve = holiday_dates("SE", years=YEAR)[date(2026, 12, 24)]
    assert (eve.name, dict(eve.said)) == ("Christmas Eve", {"sv": "Julafton", "nb": "Julaften"})
    assert eve.openings == ()


def test_every_holiday_of_sweden_and_norway_has_its_swedish_and_norwegian_name():
    for country in ("SE", "NO"):
        for day, exceptional in holiday_dates(country, years=range(2020, 2041)).items():
            assert set(exceptional.said) == {"sv", "nb"}, (country, day, exceptional)


def test_a_holiday_that_nobody_translated_keeps_its_own_name_in_every_language():
    children = holiday_dates("JP", years=YEAR)[date(2026, 5, 5)]
    assert children.said == {}
    assert children.name_in("nb") == "Children's Day"


def test_two_holidays_on_one_day_are_both_named_or_neither():
    assert holiday_name("Christmas Day; Epiphany", "sv") == "Juldagen; Trettondedag jul"
    assert holiday_name("Christmas Day; Moon Day", "sv") == ""
