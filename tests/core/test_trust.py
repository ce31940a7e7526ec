"""What a domain publishes, and what follows from what was found."""

import pytest

from dueline.core.trust import (
    NOT_CHECKED,
    Found,
    Policy,
    Verdict,
    failed,
    judge,
    read_policy,
    read_trust,
)

DOMAIN = "northwind.example"
REJECT, NONE = Policy("reject"), Policy("none")


@pytest.mark.parametrize(
    ("records", "policy"),
    [
        ([], None),
        (["v=spf1 -all"], None),
        (["v=DMARC1; p=reject", "v=DMARC1; p=none"], None),  # two are none
        (["v=DMARC1"], None),
        (["v=DMARC1; p=maybe"], None),
        (["v=DMARC1; p=maybe; rua=mailto:x@northwind.example"], NONE),
        (["v=DMARC1;p=none"], NONE),
        (["v=DMARC1; P=Reject ; sp=none"], REJECT),
        (
            ["verification=1", "v=DMARC1; p=quarantine; adkim=s; aspf=s"],
            Policy("quarantine", True, True),
        ),
    ],
)
def test_a_policy_is_read_as_the_norm_says(records, policy):
    assert read_policy(records) == policy


def test_what_an_organization_asks_for_its_parts_counts_for_them():
    assert read_policy(["v=DMARC1; p=reject; sp=none"], is_subdomain=True) == NONE
    assert read_policy(["v=DMARC1; p=reject"], is_subdomain=True) == REJECT


@pytest.mark.parametrize(
    ("found", "verdict", "dmarc"),
    [
        (Found(DOMAIN), Verdict.UNKNOWN, "none"),
        (Found(DOMAIN, is_unanswered=True), Verdict.UNKNOWN, "none"),
        (Found(DOMAIN, REJECT), Verdict.FAIL, "fail"),
        (Found(DOMAIN, REJECT, is_unanswered=True), Verdict.FAIL, "fail"),
        (Found(DOMAIN, NONE), Verdict.UNKNOWN, "unknown"),
        (Found(DOMAIN, NONE, spf="fail"), Verdict.FAIL, "fail"),
        (Found(DOMAIN, NONE, spf="none"), Verdict.FAIL, "fail"),
        (Found(DOMAIN, REJECT, spf="pass"), Verdict.FAIL, "fail"),  # for somebody else
        (Found(DOMAIN, REJECT, spf="softfail", spf_domain=DOMAIN), Verdict.FAIL, "fail"),
        (Found(DOMAIN, REJECT, spf="pass", spf_domain=f"mail.{DOMAIN}"), Verdict.PASS, "pass"),
        (Found(DOMAIN, REJECT, dkim=(f"mail.{DOMAIN}",)), Verdict.PASS, "pass"),
        (Found(DOMAIN, REJECT, spf="fail", dkim=(DOMAIN,)), Verdict.PASS, "pass"),
        (Found(DOMAIN, None, dkim=(DOMAIN,)), Verdict.PASS, "none"),
        (
            Found(DOMAIN, Policy("none", strict_dkim=True), dkim=(f"m.{DOMAIN}",), spf="none"),
            Verdict.FAIL,
            "fail",
        ),
        (
            Found(DOMAIN, REJECT, arc="pass", sealer="l.example", sealed="pass"),
            Verdict.PASS,
            "fail",
        ),
        (
            Found(DOMAIN, REJECT, arc="fail", sealer="l.example", sealed="pass"),
            Verdict.FAIL,
            "fail",
        ),
        (
            Found(DOMAIN, REJECT, arc="pass", sealer="l.example", sealed="none"),
            Verdict.FAIL,
            "fail",
        ),
    ],
)
def test_what_was_found_decides(found, verdict, dmarc):
    told = judge(found)
    assert (told.verdict, told.dmarc) == (verdict, dmarc)
    assert told.reason


def test_what_is_kept_is_read_back():
    told = judge(
        Found(DOMAIN, REJECT, spf="fail", spf_domain=DOMAIN, dkim=("a.b",), broken=("c.d",))
    )
    for trust in (told, failed("too-heavy", domain=DOMAIN), NOT_CHECKED):
        assert read_trust(trust.as_facts()) == trust
    assert read_trust({}) == NOT_CHECKED
    assert told.as_facts()["aligned"] is True
