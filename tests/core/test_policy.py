"""The policy document says what is promised, in words that can be read in one way only."""

import tomllib
from datetime import timedelta
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dueline.core.errors import Refusal
from dueline.core.policy import (
    ALWAYS,
    OFFICE,
    CommitmentKind,
    Target,
    Unit,
    parse_policy,
    parse_target,
    spell_percent,
)
from dueline.core.priorities import DEFAULT, Priority

SOURCE = (files("dueline.core") / "shipped_policy.toml").read_text(encoding="utf-8")
SHIPPED = parse_policy(SOURCE)

R, A, F, C = (
    CommitmentKind.RESPONSE,
    CommitmentKind.ACTIVATION,
    CommitmentKind.FEEDBACK,
    CommitmentKind.CALLBACK,
)


def cell(plan, priority, kind):
    found = SHIPPED.plans[plan].cell(priority, kind)
    return found and (found.target.spelled, found.calendar)


# - the shipped matrix -


def test_critical_is_sixty_minutes_at_once_and_every_four_hours():
    assert cell("extended", Priority.CRITICAL, R) == ("60 min", ALWAYS)
    assert cell("extended", Priority.CRITICAL, A) == ("immediately", ALWAYS)
    assert cell("extended", Priority.CRITICAL, F) == ("4 h", ALWAYS)
    assert cell("standard", Priority.CRITICAL, R) == ("60 min", OFFICE)


def test_high_is_four_hours_within_a_day_and_daily():
    for plan in ("standard", "extended"):
        assert cell(plan, Priority.HIGH, R) == ("4 h", OFFICE)
        assert cell(plan, Priority.HIGH, A) == ("1 business day", OFFICE)
        assert cell(plan, Priority.HIGH, F) == ("1 business day", OFFICE)


def test_normal_is_answered_within_a_business_day_and_nothing_more():
    assert cell("standard", Priority.NORMAL, R) == ("end of 1 business day", OFFICE)
    assert cell("extended", Priority.NORMAL, R) == ("1 business day", OFFICE)
    assert cell("extended", Priority.NORMAL, A) is None
    assert cell("extended", Priority.NORMAL, F) is None
    assert DEFAULT is Priority.NORMAL


def test_low_promises_a_customer_nothing():
    for plan in ("standard", "extended"):
        assert [cell(plan, Priority.LOW, kind) for kind in (R, A, F, C)] == [None] * 4


def test_a_call_back_is_owed_within_the_response_time():
    assert cell("extended", Priority.CRITICAL, C) == ("60 min", ALWAYS)
    assert cell("standard", Priority.HIGH, C) == ("4 h", OFFICE)


def test_waiting_for_the_customer_pauses_feedback_and_not_the_response():
    assert SHIPPED.pauses == {F}


def test_immediately_is_the_tolerance_that_the_policy_states():
    source = SOURCE.replace('immediately_means = "15 min"', 'immediately_means = "5 min"')
    target = parse_policy(source).plans["extended"].cell(Priority.CRITICAL, A).target
    assert target == Target(Unit.OPEN_TIME, 300, "immediately")
    assert SHIPPED.immediately == timedelta(minutes=15)


# - targets -

amounts = st.integers(1, 400)


@given(amounts)
def test_a_target_means_what_it_says(amount):
    assert parse_target(f"{amount} min") == Target(Unit.OPEN_TIME, amount * 60, f"{amount} min")
    assert parse_target(f"{amount} h").span == timedelta(hours=amount)
    assert parse_target(f"{amount} business days") == Target(
        Unit.BUSINESS_DAYS, amount, f"{amount} business days"
    )
    ends = parse_target(f"end of {amount} business day")
    assert (ends.unit, ends.amount) == (Unit.END_OF_BUSINESS_DAY, amount)
    assert parse_target(f"{amount} days around the clock").span == timedelta(days=amount)


@given(
    st.sampled_from(["{} min", "{}min", "{} minutes", "{} h", "{} hours", "{} business days"])
    | st.sampled_from(
        ["end of {} business day", "end of {} business days", "end of the {}th business day"]
    )
    | st.sampled_from(["{} days around the clock"]),
    amounts,
)
def test_a_target_read_from_its_own_spelling_is_the_same(pattern, amount):
    target = parse_target(pattern.format(amount))
    assert parse_target(target.spelled) == target
    assert parse_target(f"  {target.spelled.upper()} ") == target


@pytest.mark.parametrize(
    "vague",
    [
        "1 day",
        "a day",
        "2 days",
        "daily",
        "soon",
        "",
        "0 min",
        "0 business days",
        "-4 h",
        "4",
        "4 h 30",
        "1.5 h",
        "999999999 h",
        "60 min office",
    ],
)
def test_a_target_that_can_be_read_in_two_ways_is_refused(vague):
    with pytest.raises(Refusal) as refused:
        parse_target(vague)
    assert refused.value.code == "bad-target"


# - documents -


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('calendar = "always"', 'calendar = ""', "office"),
        ('at = "75%"', 'at = "175%"', "175%"),
        ('at = "50%"', 'at = "due"', "twice"),
        ('tell = ["manager"]', 'tell = ["king"]', "king"),
        ("default = [", "breathing = [", "breathing"),
        ('opened_by = "super-users"', 'opened_by = "nobody"', "opened_by"),
        ('count_from = "arrival"', 'count_from = "never"', "count_from"),
        ('close_after = "4 business days"', 'close_after = "4 days"', "4 days"),
        ('within = "60 min"', 'within = "1 day"', "1 day"),
        ('plan = "standard"', 'plan = "golden"', "golden"),
        ('pauses = ["feedback"]', 'pauses = ["breathing"]', "breathing"),
        ("[priorities.low]", "[priorities.lowest]", "low"),
        ("name = ", "name ", "cannot be read"),
    ],
)
def test_a_policy_that_cannot_be_read_says_where(old, new, complaint):
    assert old in SOURCE
    with pytest.raises(Refusal, match=complaint) as refused:
        parse_policy(SOURCE.replace(old, new))
    assert refused.value.code in ("bad-policy", "bad-target")


def test_the_first_edition_of_the_text_with_one_warning_for_all_can_still_be_read():
    head, _, tail = SOURCE.partition("[warnings]")
    old = "warn_at_percent = 60\n" + head + tail[tail.index("[priorities.critical]") :]
    policy = parse_policy(old)
    assert [step.percent for step in policy.steps[CommitmentKind.FEEDBACK]] == [60, 100]
    assert policy.soon_at(CommitmentKind.RESPONSE) == 60


def test_the_steps_of_a_promise_say_who_is_told_where():
    steps = SHIPPED.steps[CommitmentKind.RESPONSE]
    assert [step.percent for step in steps] == [50, 75, 100, 150]
    assert SHIPPED.tell_at(CommitmentKind.RESPONSE, 150) == ("manager", "escalation_contact")
    assert SHIPPED.tell_at(CommitmentKind.RESPONSE, 10) == ()
    assert [spell_percent(step.percent) for step in steps] == ["50%", "75%", "due", "+50%"]


def test_a_plan_and_a_priority_are_called_by_the_words_of_the_readers_language():
    plan, low = SHIPPED.plans["extended"], SHIPPED.priorities[Priority.LOW]
    assert plan.in_language("sv").title == "Utökad"
    assert low.in_language("nb").title == "Lav"
    assert low.in_language("fi").title == "Low"


def test_the_shipped_policy_names_every_priority_as_the_customer_reads_it():
    document = tomllib.loads(SOURCE)
    assert list(document["priorities"]) == [priority.value for priority in Priority]
    for meaning in SHIPPED.priorities.values():
        assert meaning.title
        assert meaning.meaning.endswith(".")
