"""Who may open a case: a pure question of the list, the plan and the day."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dueline.core.entitlement import CONFIRMED_FOR, EXPIRES_AFTER, Entry, Held, Listed
from dueline.core.mail_domains import domain_of
from dueline.core.urgent import says_urgent

TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)


def why_held(listed, *, only_super_users=True, has_super_user=True, on=TODAY):
    return Entry(1, listed, only_super_users, has_super_user, on).why_held


def test_who_is_no_super_user_and_who_is_not_on_the_list_is_held():
    assert why_held(Listed()) is Held.NOT_SUPER_USER
    assert why_held(None) is Held.UNLISTED


def test_a_super_user_opens_cases():
    assert why_held(Listed(is_super_user=True)) is None


def test_a_super_user_is_one_from_the_first_day_to_the_last():
    dated = Listed(is_super_user=True, super_from=TODAY, super_until=TODAY + DAY)
    assert why_held(dated, on=TODAY - DAY) is Held.NOT_SUPER_USER
    assert why_held(dated, on=TODAY) is None
    assert why_held(dated, on=TODAY + DAY) is None
    assert why_held(dated, on=TODAY + 2 * DAY) is Held.NOT_SUPER_USER


def test_whoever_asks_without_a_day_is_not_told_that_a_dated_super_user_is_one():
    assert not Listed(is_super_user=True, super_from=TODAY).is_super_user_on(None)
    assert not Listed(is_super_user=True, super_until=TODAY).is_super_user_on(None)
    assert Listed(is_super_user=True).is_super_user_on(None)
    assert not Listed(is_super_user=True, has_left=True).is_super_user_on(None)


def test_a_contact_whom_nobody_confirms_opens_nothing_after_the_fortnight():
    last = TODAY - EXPIRES_AFTER
    cleo = Listed(is_super_user=True, confirmed_until=last)
    assert why_held(cleo, on=TODAY) is None
    assert why_held(cleo, on=TODAY + DAY) is Held.EXPIRED
    assert why_held(cleo, on=TODAY + DAY, only_super_users=False) is Held.EXPIRED


def test_a_confirmation_holds_for_a_quarter():
    assert timedelta(days=91) == CONFIRMED_FOR


def test_who_has_left_opens_nothing_whatever_the_plan_says():
    gone = Listed(is_super_user=True, has_left=True)
    for only_super_users in (True, False):
        for has_super_user in (True, False):
            found = why_held(gone, only_super_users=only_super_users, has_super_user=has_super_user)
            assert found is Held.LEFT


def test_without_anybody_who_could_vouch_a_request_opens_and_the_case_says_so():
    for listed in (None, Listed(), Listed(confirmed_until=TODAY - 100 * DAY)):
        entry = Entry(1, listed, True, False, TODAY)
        assert entry.why_held is None
        assert entry.lacks_super_user


def test_on_a_plan_for_everybody_nobody_is_held():
    assert why_held(Listed(), only_super_users=False) is None
    assert why_held(None, only_super_users=False) is None
    assert not Entry(1, None, False, False, TODAY).lacks_super_user


days = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@given(st.builds(Listed, st.booleans(), days | st.none(), days | st.none()), days)
def test_whoever_is_a_super_user_takes_a_seat(listed, day):
    if listed.is_super_user_on(day):
        assert listed.takes_a_seat_on(day)


def test_a_seat_is_free_again_on_the_day_after_the_last():
    listed = Listed(is_super_user=True, super_until=TODAY)
    assert listed.takes_a_seat_on(TODAY)
    assert not listed.takes_a_seat_on(TODAY + DAY)


def test_a_seat_is_taken_by_somebody_who_is_yet_to_begin():
    assert Listed(is_super_user=True, super_from=TODAY + DAY).takes_a_seat_on(TODAY)


def test_a_public_mail_domain_belongs_to_no_company():
    assert domain_of("anna@gmail.com") == ""
    assert domain_of("anna@Outlook.com") == ""
    assert domain_of("anna@localhost") == ""
    assert domain_of("") == ""
    assert domain_of("Anna@Northwind.example") == "northwind.example"


def test_a_subject_that_is_not_urgent_wakes_nobody():
    for subject in (
        "",
        "Payment page down",
        "Insurgents in the data",
        "Akutmottagningens lista",
        "Not urgent: a wish",
        "non-urgent",
        "Inte akut",
        "Ej brådskande",
        "Haster ikke",
        "Det haster ikke, men",
        "urgently",
    ):
        assert not says_urgent(subject), subject


def test_urgent_is_said_in_three_languages_and_in_any_case():
    for subject in (
        "URGENT",
        "Urgent: payment page down",
        "Re: [urgent] help",
        "Betalning nere – AKUT!",
        "Brådskande",
        "Haster: alt er nede",
        "Not urgent yesterday, but urgent now",
    ):
        assert says_urgent(subject), subject
