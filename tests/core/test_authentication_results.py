"""Our own mail server's word counts, and nobody else's that looks like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dueline.core.authentication_results import (
    Seals,
    reported,
    results_of,
    seals_of,
    trust_reported,
)
from dueline.core.mail_headers import glance_at_sender, header_lines
from dueline.core.trust import Verdict

OURS = "mx.desk.example"
HERE = ("received", "from mail.northwind.example ([192.0.2.1]) by mx.desk.example with ESMTPS id 1")
THERE = ("received", "from laptop by mail.northwind.example with ESMTPSA id 2")
PASS = ("authentication-results", f"{OURS}; dmarc=pass (p=REJECT) header.from=northwind.example")
FAIL = (
    "authentication-results",
    f"{OURS}; spf=fail smtp.mailfrom=x@evil.example; "
    "dmarc=fail (p=REJECT sp=NONE dis=NONE) header.from=northwind.example",
)


def related(other):
    return other == "northwind.example" or other.endswith(".northwind.example")


def trust(*headers, seals=None):
    results = reported(headers, authserv_id=OURS)
    if not results:
        return None
    return trust_reported(
        results,
        by=OURS,
        domain="northwind.example",
        is_related=related,
        seals=seals or Seals(),
    )


# --- whose word it is ---


@pytest.mark.parametrize(
    "headers",
    [
        # It was there when the mail came: below the line that our server wrote.
        (HERE, THERE, PASS),
        (("received", "from x by evil.example"), PASS),
        # Below our own server's word the next Received line ends what counts.
        (FAIL, HERE, PASS),
        (HERE, FAIL, THERE, PASS),
    ],
)
def test_a_forged_header_further_down_is_not_believed(headers):
    told = trust(*headers)
    assert told is None or told.has_failed


@pytest.mark.parametrize(
    "name",
    [
        "mx.evil.example",
        "mx.desk.example.evil.example",
        "evil-mx.desk.example",
        "desk.example",
        "mx.desk.examp1e",
        "mx.desk.example/",
        "",
    ],
)
def test_another_name_is_not_believed(name):
    assert (
        trust(("authentication-results", f"{name}; dmarc=pass header.from=northwind.example"))
        is None
    )


def test_a_desk_that_names_no_server_believes_none():
    blank = ("authentication-results", "; dmarc=pass header.from=northwind.example")
    assert reported([blank], authserv_id="") == []


@pytest.mark.parametrize(
    "headers",
    [
        (PASS, HERE, THERE),
        (HERE, PASS, THERE),
        (("received", "by store with LMTP"), HERE, PASS, THERE),
        (("received", "from mx by store.desk.example (Dovecot)"), PASS, HERE),
        (("received", "by 10.0.0.3 with SMTP"), PASS, HERE),
        (("authentication-results", PASS[1].replace("mx.desk", "MX.Desk")), HERE),
    ],
)
def test_our_own_servers_word_is_found_above_and_below_its_own_line(headers):
    told = trust(*headers)
    assert told.is_proven
    assert (told.by, told.policy, told.dmarc) == (OURS, "reject", "pass")


def test_of_two_words_on_the_same_the_upper_counts():
    assert trust(FAIL, PASS).has_failed


# --- what it is worth ---


def test_what_the_server_says_has_failed_has_failed():
    told = trust(FAIL)
    assert (told.verdict, told.why, told.spf) == (Verdict.FAIL, "reported-failure", "fail")
    assert OURS in told.reason


def test_a_word_on_another_sender_is_none_on_this_one():
    told = trust(("authentication-results", f"{OURS}; dmarc=pass header.from=evil.example"))
    assert told.verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ("dkim=pass header.d=northwind.example", Verdict.PASS),
        ("dkim=pass header.i=@mail.northwind.example", Verdict.PASS),
        ("spf=pass smtp.mailfrom=cleo@northwind.example", Verdict.PASS),
        ("dkim=pass header.d=evil.example", Verdict.UNKNOWN),
        ("spf=pass smtp.mailfrom=evil.example", Verdict.UNKNOWN),
        ("dkim=fail header.d=northwind.example", Verdict.UNKNOWN),
        ("dmarc=temperror header.from=northwind.example", Verdict.UNKNOWN),
        ("none", Verdict.UNKNOWN),
        ('dkim=fail reason="x; dkim=pass header.d=northwind.example"', Verdict.UNKNOWN),
        ("dkim=fail (dkim=pass header.d=northwind.example)", Verdict.UNKNOWN),
        ("dkim=fail (a (nested; dmarc=pass) one)", Verdict.UNKNOWN),
    ],
)
def test_without_a_word_on_the_whole_the_parts_count_if_they_are_the_senders(said, verdict):
    told = trust(("authentication-results", f"{OURS}; {said}"), HERE)
    assert (told.verdict if told else Verdict.UNKNOWN) is verdict


def test_who_passed_it_on_vouches_for_it_only_if_they_are_believed():
    failed = ("authentication-results", FAIL[1] + "; arc=pass")
    assert trust(failed).has_failed
    assert trust(failed, seals=Seals("lists.example", "fail")).has_failed
    told = trust(failed, seals=Seals("lists.example", "pass"))
    assert (told.verdict, told.sealer) == (Verdict.PASS, "lists.example")
    broken = ("authentication-results", FAIL[1] + "; arc=fail")
    assert trust(broken, seals=Seals("lists.example", "pass")).has_failed


SEALED = [
    ("arc-seal", "i=2; cv=pass; d=relay.example; s=x; b=y"),
    ("arc-authentication-results", "i=2; mx.relay.example; dmarc=fail"),
    ("arc-seal", "i=1; cv=none; d=lists.example; s=x; b=y"),
    ("arc-authentication-results", "i=1; mx.lists.example; dmarc=pass"),
]


def test_a_seal_counts_only_if_all_later_ones_are_believed_too():
    assert seals_of(SEALED, believed=["lists.example"]) == Seals()
    assert seals_of(SEALED, believed=["relay.example"]) == Seals("relay.example", "fail")
    both = seals_of(SEALED, believed=["relay.example", "lists.example"])
    assert both == Seals("lists.example", "pass")


# --- odd ones ---


@given(st.text(max_size=300))
def test_no_header_makes_it_raise(value):
    results_of(value)
    seals_of([("arc-seal", value), ("arc-authentication-results", value)], believed=["x"])
    trust(("received", value), ("authentication-results", f"{OURS};{value}"))


@given(st.binary(max_size=300))
def test_no_mail_makes_the_glance_raise(raw):
    assert isinstance(glance_at_sender(raw), str)
    header_lines(raw)


def test_i45_hostile_headers_take_no_time():
    for value in ("(" * 200_000, '"' * 199_999, "dkim=" * 50_000, ";" * 200_000, " " * 200_000):
        results_of(f"{OURS};{value}")
    header_lines(b"From" + b" " * 250_000 + b"x\r\n")
    glance_at_sender(b"From: " + b"a@" * 100_000)


def test_the_sender_is_seen_at_a_glance():
    assert glance_at_sender(b"Subject: x\nFROM :\n Cleo <Cleo@Northwind.example>\n") == (
        "cleo@northwind.example"
    )
    assert glance_at_sender(b"Subject: x\r\n\r\nFrom: cleo@northwind.example") == ""
    assert glance_at_sender(b"From: nobody") == ""
