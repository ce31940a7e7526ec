"""A token opens one case to those it belongs to; a number opens nothing."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dueline.core import matching
from dueline.core.case_numbers import case_number
from dueline.core.entitlement import Entry, Held, Listed
from dueline.core.inbound import Inbound, Machine
from dueline.core.matching import (
    MOST_CASES_AN_HOUR,
    Facts,
    Seen,
    Token,
    Verdict,
    Who,
    decide,
    find_token,
    is_for_desk,
    is_own_message_id,
    mentioned_number,
    message_id,
    read_token,
    reply_address,
)
from dueline.core.trust import Trust, failed, unknown
from dueline.core.trust import Verdict as TrustVerdict

SECRET = "a secret of the desk"
DESK = "support@desk.example"
CLEO = Who(contact_id=7, organization_id=1)
DAG = Who(contact_id=8, organization_id=1)
EVE = Who(contact_id=9, organization_id=2)
STRANGER = Who(contact_id=10, organization_id=None)
MAIL = Inbound(
    channel="mail",
    sender_address="cleo@northwind.example",
    subject="Payment page down",
    mail_id="<1@northwind.example>",
    digest="d1",
)
FOR_CLEO = Facts(token=Token(42, 7), token_contact=CLEO, token_case_organization_id=1, sender=CLEO)


def address(case_id=42, contact_id=7, secret=SECRET):
    return reply_address(secret, mail_address=DESK, case_id=case_id, contact_id=contact_id)


def own_id(case_id=42, contact_id=7, unique="a1b2", secret=SECRET):
    return message_id(
        secret, case_id=case_id, contact_id=contact_id, unique=unique, domain="desk.example"
    )


# --- tokens ---

ids = st.integers(1, 10**12)


@given(case_id=ids, contact_id=ids)
def test_a_reply_address_is_read_back(case_id, contact_id):
    assert read_token(SECRET, address(case_id, contact_id)) == Token(case_id, contact_id)


@given(case_id=ids, contact_id=ids)
def test_a_message_id_is_read_back(case_id, contact_id):
    assert read_token(SECRET, own_id(case_id, contact_id)) == Token(case_id, contact_id)


def test_a_server_that_writes_addresses_in_capitals_breaks_no_token():
    assert read_token(SECRET, address().upper()) == Token(42, 7)


def test_i25_a_token_of_another_case_contact_desk_or_purpose_is_refused():
    mac = address().split("+")[1].split("@")[0].split(".")[2]
    forged = [
        f"support+43.7.{mac}@desk.example",
        f"support+42.8.{mac}@desk.example",
        address(secret="another secret"),
        f"<42.7.a1b2.{mac}@desk.example>",
        f"support+{own_id().strip('<>')}",
        own_id().replace("a1b2", "a1b3"),
    ]
    assert [read_token(SECRET, text) for text in forged] == [None] * len(forged)


def test_i25_every_changed_letter_of_a_token_is_noticed():
    local, domain = address().split("@")
    for place in range(len(local) - 24, len(local)):
        other = "a" if local[place] != "a" else "b"
        assert read_token(SECRET, f"{local[:place]}{other}{local[place + 1 :]}@{domain}") is None


def test_i25_the_signature_has_at_least_80_bits():
    mac = address().split("@")[0].rpartition(".")[2]
    assert len(mac) * 5 >= 80


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<>",
        "support@desk.example",
        "support+@desk.example",
        "support+42@desk.example",
        "support+42.7@desk.example",
        "support+42.7.@desk.example",
        "<42@desk.example>",
        "<reply-42-7@desk.example>",
        "support+042.7.aaaaaaaaaaaaaaaaaaaaaaaa@desk.example",
    ],
)
def test_i28_an_empty_short_or_old_token_never_matches(text):
    assert read_token(SECRET, text) is None
    assert read_token("", text) is None


def test_i28_a_desk_without_a_secret_reads_no_token():
    assert read_token("", address(secret="")) is None


@given(st.text(max_size=120))
def test_i28_no_text_that_somebody_makes_up_is_a_token(text):
    assert read_token(SECRET, text) is None


def test_a_token_is_found_in_the_envelope_the_addresses_and_the_references():
    ways = [
        (MAIL, [address()]),
        (replace(MAIL, to=("x@y.example", address())), []),
        (replace(MAIL, cc=(address(),)), []),
        (replace(MAIL, in_reply_to=(own_id(),)), []),
        (replace(MAIL, references=("<0@x>", own_id(), "<9@x>")), []),
        (replace(MAIL, returned_ids=(own_id(),)), []),
    ]
    for inbound, rcpt_to in ways:
        assert find_token(SECRET, inbound, rcpt_to=rcpt_to) == Token(42, 7)


def test_the_address_of_a_reply_counts_before_an_older_reference():
    mail = replace(MAIL, references=(own_id(case_id=3),), to=(address(case_id=5),))
    assert find_token(SECRET, mail) == Token(5, 7)


def test_our_own_message_id_is_told_from_a_reply_address():
    assert is_own_message_id(SECRET, own_id())
    assert not is_own_message_id(SECRET, address())
    assert not is_own_message_id(SECRET, "<1@northwind.example>")


def test_the_desk_takes_mail_for_its_address_and_what_is_added_to_it():
    assert is_for_desk("Support@Desk.example", DESK)
    assert is_for_desk(address(), DESK)
    for other in ("sales@desk.example", "support@other.example", "supporter@desk.example", "", "@"):
        assert not is_for_desk(other, DESK)
    assert not is_for_desk("support@desk.example", "")


# --- decisions ---


def test_i32_an_answer_from_an_unknown_sender_is_held_with_its_case():
    for sender in (None, STRANGER):
        decision = decide(MAIL, replace(FOR_CLEO, sender=sender))
        assert (decision.verdict, decision.case_id) == (Verdict.HOLD, 42)
        assert not decision.acknowledge


def test_i32_an_answer_from_another_company_is_held():
    assert decide(MAIL, replace(FOR_CLEO, sender=EVE)).verdict is Verdict.HOLD


def test_i30_a_stranger_is_no_colleague_of_another_stranger():
    facts = Facts(
        token=Token(42, 7),
        token_contact=Who(7, None),
        token_case_organization_id=None,
        sender=STRANGER,
    )
    assert decide(MAIL, facts).verdict is Verdict.HOLD


def test_a_token_of_a_contact_who_is_gone_is_held():
    assert decide(MAIL, replace(FOR_CLEO, token_contact=None)).verdict is Verdict.HOLD


def test_the_addressee_and_colleagues_add_to_the_case():
    for sender in (CLEO, DAG):
        decision = decide(MAIL, replace(FOR_CLEO, sender=sender))
        assert (decision.verdict, decision.case_id) == (Verdict.ADD, 42)


def test_a_stranger_who_has_a_case_answers_in_it():
    facts = Facts(token=Token(42, 10), token_contact=STRANGER, sender=STRANGER)
    assert decide(MAIL, facts).verdict is Verdict.ADD


def test_i25_a_number_in_the_subject_joins_no_case():
    number = case_number(42)
    decision = decide(replace(MAIL, subject=f"Re: [{number}] Payment"), Facts(sender=CLEO))
    assert decision.verdict is Verdict.OPEN
    assert decision.case_id is None
    assert number in decision.reason


def test_a_request_without_a_sender_is_held():
    assert decide(replace(MAIL, sender_address=""), Facts()).verdict is Verdict.HOLD


@pytest.mark.parametrize("machine", [Machine.AUTO_REPLY, Machine.BOUNCE])
def test_i41_an_automatic_answer_is_recorded_with_its_case_and_is_no_message(machine):
    decision = decide(replace(MAIL, machine=machine), FOR_CLEO)
    assert (decision.verdict, decision.case_id) == (Verdict.RECORD, 42)
    assert not decision.acknowledge


def test_i42_a_bounce_without_our_token_is_about_no_case():
    decision = decide(replace(MAIL, machine=Machine.BOUNCE), Facts())
    assert (decision.verdict, decision.case_id) == (Verdict.RECORD, None)


@pytest.mark.parametrize("machine", [Machine.BULK, Machine.AUTOMATIC])
def test_i41_other_machines_open_a_case_and_are_told_nothing(machine):
    decision = decide(replace(MAIL, machine=machine, machine_because="an alert"), Facts())
    assert decision.verdict is Verdict.OPEN
    assert not decision.acknowledge


def test_i41_a_mail_of_our_own_that_comes_back_is_only_recorded():
    decision = decide(MAIL, Facts(is_own=True))
    assert decision.verdict is Verdict.RECORD
    assert decision.machine is Machine.LOOP


# --- whom their domain vouches for, and who fails ---

PROVEN = Trust(TrustVerdict.PASS, by="desk", why="aligned", domain="northwind.example")
FAILED = failed("not-aligned", domain="northwind.example")
OPEN_QUESTION = unknown("no-policy", domain="northwind.example", by="desk")
NUMBERED = replace(MAIL, subject=f"Re: [{case_number(42)}] Payment")
LISTED = Entry(
    1,
    Listed(is_super_user=True),
    only_super_users=True,
    has_super_user=True,
    on=date(2026, 11, 23),
)
UNLISTED = replace(LISTED, listed=None)
OF_CLEO = Facts(sender=CLEO, entry=LISTED)


@pytest.mark.parametrize(
    ("mail", "facts", "case_id"),
    [
        (MAIL, FOR_CLEO, 42),
        (MAIL, replace(FOR_CLEO, sender=EVE), 42),
        (MAIL, replace(FOR_CLEO, sender=None), 42),
        (MAIL, OF_CLEO, None),
        (NUMBERED, replace(OF_CLEO, numbered_case_id=42), 42),
        (MAIL, Facts(entry=UNLISTED), None),  # nobody on the list, but in the company's name
        (MAIL, Facts(is_agent=True), None),
    ],
)
def test_i30_a_mail_that_fails_acts_in_nobodys_name(mail, facts, case_id):
    decision = decide(mail, replace(facts, trust=FAILED))
    assert (decision.verdict, decision.case_id) == (Verdict.HOLD, case_id)
    assert decision.reason == (
        "Its sender could not be verified: nothing proves that it comes from "
        "northwind.example, whose own mails carry a proof. Release it if you know it is theirs."
    )
    assert not decision.acknowledge


def test_i38_a_stranger_who_fails_opens_a_case_and_is_told_nothing():
    for sender in (None, STRANGER):
        decision = decide(MAIL, Facts(sender=sender, trust=FAILED))
        assert (decision.verdict, decision.acknowledge) == (Verdict.OPEN, False)
        assert "not verified" in decision.reason


def test_a_machine_that_fails_is_recorded_as_any_other():
    mail = replace(MAIL, machine=Machine.AUTO_REPLY)
    assert decide(mail, replace(FOR_CLEO, trust=FAILED)).verdict is Verdict.RECORD


def test_an_open_question_changes_nothing():
    for facts in (FOR_CLEO, OF_CLEO, replace(OF_CLEO, entry=UNLISTED), Facts(sender=STRANGER)):
        assert decide(MAIL, facts) == decide(MAIL, replace(facts, trust=OPEN_QUESTION))
        assert decide(MAIL, facts) == decide(MAIL, replace(facts, trust=PROVEN))


def test_i25_a_number_joins_the_case_that_a_proven_sender_sees_anyway():
    seen = replace(OF_CLEO, numbered_case_id=42)
    decision = decide(NUMBERED, replace(seen, trust=PROVEN))
    assert (decision.verdict, decision.case_id) == (Verdict.ADD, 42)
    assert "A number alone joins no case" in decision.reason
    for trust in (OPEN_QUESTION, unknown("no-answer")):
        assert decide(NUMBERED, replace(seen, trust=trust)).verdict is Verdict.OPEN
    # Somebody whom their domain vouches for, and who may not see the case.
    assert decide(NUMBERED, replace(OF_CLEO, trust=PROVEN)).verdict is Verdict.OPEN


def test_i32_a_token_counts_before_a_number():
    facts = replace(FOR_CLEO, sender=EVE, numbered_case_id=7, trust=PROVEN)
    decision = decide(NUMBERED, facts)
    assert (decision.verdict, decision.case_id) == (Verdict.HOLD, 42)


def test_i33_who_has_left_answers_as_a_stranger():
    for sender in (replace(CLEO, has_left=True), replace(DAG, has_left=True)):
        decision = decide(MAIL, replace(FOR_CLEO, sender=sender, trust=PROVEN))
        assert decision.verdict is Verdict.HOLD
        assert "left the company" in decision.reason


def test_i38_one_case_too_many_of_a_sender_is_held():
    for facts in (OF_CLEO, Facts(sender=STRANGER), Facts(entry=UNLISTED)):
        decision = decide(MAIL, replace(facts, is_storm=True))
        assert (decision.verdict, decision.is_storm) == (Verdict.HOLD, True)
        assert str(MOST_CASES_AN_HOUR) in decision.reason
    # What they write about a case that they have is no new one.
    assert decide(MAIL, replace(FOR_CLEO, is_storm=True)).verdict is Verdict.ADD


@given(
    facts=st.builds(
        Facts,
        token=st.none() | st.just(Token(42, 7)),
        token_contact=st.sampled_from([None, CLEO, STRANGER]),
        token_case_organization_id=st.sampled_from([None, 1]),
        sender=st.sampled_from([None, CLEO, DAG, EVE, STRANGER, replace(DAG, has_left=True)]),
        entry=st.sampled_from([None, LISTED, UNLISTED]),
        trust=st.sampled_from([PROVEN, FAILED, OPEN_QUESTION]),
        numbered_case_id=st.none() | st.just(42),
        is_agent=st.booleans(),
        is_storm=st.booleans(),
    ),
    machine=st.sampled_from(Machine),
)
def test_i30_whatever_comes_together_nobody_joins_or_is_told_without_a_right(facts, machine):
    decision = decide(replace(NUMBERED, machine=machine), facts)
    if decision.verdict is Verdict.ADD:
        assert facts.sender is not None
        assert not facts.sender.has_left
        assert not facts.trust.has_failed
        if facts.token:
            assert facts.token_contact is not None
            is_addressee = facts.sender.contact_id == facts.token_contact.contact_id
            assert is_addressee or facts.sender.organization_id == 1
        else:
            assert facts.trust.is_proven
    if decision.acknowledge:
        assert decision.verdict in (Verdict.OPEN, Verdict.VOUCH)
        assert machine is Machine.NONE
        assert not facts.trust.has_failed
    if facts.trust.has_failed and facts.sender in (CLEO, DAG, EVE):
        assert decision.verdict in (Verdict.HOLD, Verdict.RECORD)
    assert decision.reason


def test_a_held_request_of_a_colleague_still_waits_for_a_super_user():
    decision = decide(MAIL, Facts(entry=UNLISTED, trust=PROVEN))
    assert UNLISTED.why_held is Held.UNLISTED
    assert decision.verdict is Verdict.VOUCH


def test_f11_the_same_message_is_a_duplicate_of_the_first():
    decision = decide(MAIL, Facts(seen=(Seen(1, "d1", 42),)))
    assert (decision.verdict, decision.case_id) == (Verdict.DUPLICATE, 42)


def test_f11_another_text_under_the_same_message_id_is_kept_and_marked():
    decision = decide(MAIL, Facts(seen=(Seen(1, "other", 42),)))
    assert decision.verdict is Verdict.OPEN
    assert "same Message-ID" in decision.warnings[0]
    assert decision.acknowledge


def test_only_real_case_numbers_are_mentioned():
    assert mentioned_number(f"Re: {case_number(42)} and 123456") == case_number(42)
    assert mentioned_number("order 123456, 2026-11-20, +46701234567") == ""
    assert mentioned_number("1" * 5000) == ""


# --- where bounces go ---


def bounced_to(**changes):
    named = {"mail_address": "support@desk.example", "item_id": 17, "mail_id": "<1@desk.example>"}
    return matching.bounce_address(SECRET, **{**named, **changes})


def proves(address, *, item_id=17, mail_id="<1@desk.example>", secret=SECRET):
    return matching.is_bounce_address(secret, address, item_id=item_id, mail_id=mail_id)


def test_i42_a_bounce_is_of_the_one_mail_whose_address_it_comes_to():
    address = bounced_to()
    assert matching.read_bounce_address(address) == 17
    assert proves(address)
    assert proves(f"<{address.upper()}>")
    assert not proves(address, item_id=18)
    assert not proves(address, mail_id="<2@desk.example>")
    assert not proves(address, secret="another secret")
    assert not proves(address, secret="")


@pytest.mark.parametrize(
    "address",
    ["", "support@desk.example", "support+b17@desk.example", "support+b17.@desk.example"]
    + ["support+b17.aaaaaaaaaaaaaaaaaaaaaaaa@desk.example", "support+b0.x@desk.example"],
)
def test_i42_no_other_address_proves_a_bounce(address):
    assert not proves(address)


def test_i25_an_address_for_bounces_opens_no_case():
    assert read_token(SECRET, bounced_to()) is None
