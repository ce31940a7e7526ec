"""Which promise covers a request is decided once, and said when nothing does."""

from datetime import date, timedelta
from importlib.resources import files

from dueline.core.entitlement import Cover, Entitlement, entitle
from dueline.core.policy import parse_policy

POLICY = parse_policy((files("dueline.core") / "shipped_policy.toml").read_text(encoding="utf-8"))
TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)


def decide(*covers, has_organization=True):
    return entitle(covers, policy=POLICY, has_organization=has_organization, on=TODAY)


def test_a_request_outside_the_term_is_visible_and_has_a_stated_policy():
    ended = Cover(1, "extended", date(2025, 1, 1), TODAY - DAY)
    not_begun = Cover(2, "extended", TODAY + DAY, None)
    assert decide(ended) == Entitlement("standard", None, "outside-term")
    assert decide(not_begun) == Entitlement("standard", None, "outside-term")
    assert decide(ended, not_begun) == Entitlement("standard", None, "outside-term")


def test_no_contract_and_no_company_are_told_apart():
    assert decide() == Entitlement("standard", None, "no-contract")
    assert decide(has_organization=False) == Entitlement("standard", None, "no-organization")


def test_the_first_and_the_last_day_are_covered():
    assert decide(Cover(1, "extended", TODAY, None)) == Entitlement("extended", 1)
    assert decide(Cover(1, "extended", date(2025, 1, 1), TODAY)) == Entitlement("extended", 1)


def test_the_first_contract_that_covers_the_day_holds():
    ended = Cover(1, "extended", date(2024, 1, 1), date(2024, 12, 31))
    newer = Cover(2, "extended", date(2026, 1, 1), None)
    older = Cover(3, "standard", date(2025, 1, 1), None)
    assert decide(ended, newer, older) == Entitlement("extended", 2)


def test_a_plan_that_the_policy_does_not_know_covers_nothing():
    unknown = Cover(1, "golden", date(2025, 1, 1), None)
    assert decide(unknown) == Entitlement("standard", None, "outside-term")
