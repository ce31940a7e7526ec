"""Targets are said as people say them, in each language."""

import pytest
from django.utils import translation

from dueline.core.policy import parse_target
from dueline.wording.targets import say_every, say_spelled, say_within


@pytest.mark.parametrize(
    ("spelled", "english", "swedish", "norwegian"),
    [
        ("1 min", "every minute", "varje minut", "hvert minutt"),
        ("30 min", "every 30 minutes", "med högst 30 minuters mellanrum", "hvert 30. minutt"),
        ("1 h", "every hour", "varje timme", "hver time"),
        ("4 h", "every 4 hours", "med högst 4 timmars mellanrum", "hver 4. time"),
        ("1 business day", "every business day", "varje arbetsdag", "hver virkedag"),
        (
            "2 business days",
            "every 2 business days",
            "med högst 2 arbetsdagars mellanrum",
            "hver 2. virkedag",
        ),
        ("1 day around the clock", "every day", "varje dag", "hver dag"),
        (
            "2 days around the clock",
            "every 2 days around the clock",
            "med högst 2 dygns mellanrum",
            "hvert 2. døgn",
        ),
    ],
)
def test_how_often_is_a_sentence_of_its_own_in_each_language(spelled, english, swedish, norwegian):
    for language, said in (("en", english), ("sv", swedish), ("nb", norwegian)):
        with translation.override(language):
            assert say_every(parse_target(spelled)) == said


@pytest.mark.parametrize(
    ("spelled", "english", "norwegian"),
    [
        ("60 min", "60 min", "60 min"),
        ("4 h", "4 h", "4 t"),
        ("immediately", "immediately", "umiddelbart"),
        ("2 business days", "2 business days", "2 virkedager"),
        ("end of 1 business day", "the end of the next business day", "slutten av neste virkedag"),
    ],
)
def test_where_there_is_little_room_a_target_is_short(spelled, english, norwegian):
    for language, said in (("en", english), ("nb", norwegian)):
        with translation.override(language):
            assert say_spelled(spelled) == said


def test_how_soon_is_said_in_each_language():
    with translation.override("nb"):
        assert say_within(parse_target("60 min")) == "innen 60 minutter"
        assert (
            say_within(parse_target("end of 1 business day")) == "innen slutten av neste virkedag"
        )
    with translation.override("sv"):
        assert say_within(parse_target("1 h")) == "inom 1 timme"
