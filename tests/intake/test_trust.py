"""Who a mail comes from, found out with a real name server and real signatures."""

import time

import pytest
from dkim.canonicalization import Relaxed
from hypothesis import given
from hypothesis import strategies as st

from dueline.core.trust import Verdict
from dueline.intake.mail import signed_text
from dueline.intake.mail.child import Reader
from dueline.intake.mail.explain import NO_DESK, KnownDesk
from dueline.intake.mail.trust import Checker, Envelope, Settings
from tests.intake.name_server import KEY_RECORD, NameServer, sealed, signed

MAIL = (
    b"From: Cleo Dahl <cleo@northwind.example>\r\n"
    b"To: support@desk.example\r\n"
    b"Subject: Payment page down\r\n"
    b"Date: Mon, 23 Nov 2026 09:00:00 +0000\r\n"
    b"\r\n"
    b"Since 08:50 every payment fails.\r\n"
)
SENT_BY = "93.184.216.34"  # may send for northwind.example
ELSEWHERE = "93.184.216.99"
RECORDS = {
    ("_dmarc.northwind.example", "TXT"): ["v=DMARC1; p=reject"],
    ("northwind.example", "TXT"): ["v=spf1 ip4:93.184.216.34 -all"],
    ("s1._domainkey.northwind.example", "TXT"): [KEY_RECORD],
    ("s1._domainkey.mail.northwind.example", "TXT"): [KEY_RECORD],
    ("_dmarc.strict.example", "TXT"): ["v=DMARC1; p=quarantine; adkim=s; aspf=s"],
    ("strict.example", "TXT"): ["v=spf1 ip4:93.184.216.34 -all"],
    ("mail.strict.example", "TXT"): ["v=spf1 ip4:93.184.216.34 -all"],
    ("s1._domainkey.strict.example", "TXT"): [KEY_RECORD],
    ("s1._domainkey.mail.strict.example", "TXT"): [KEY_RECORD],
    ("_dmarc.watching.example", "TXT"): ["v=DMARC1; p=none"],
    ("s1._domainkey.evil.example", "TXT"): [KEY_RECORD],
    ("s1._domainkey.lists.example", "TXT"): [KEY_RECORD],
    ("s1._domainkey.plain.example", "TXT"): [KEY_RECORD],
}


@pytest.fixture(scope="module")
def checker():
    checker = Checker()
    yield checker
    checker.close()


@pytest.fixture(scope="module")
def server():
    server = NameServer(RECORDS, silent=("silent.northwind.example", "blackhole.example"))
    yield server
    server.close()


@pytest.fixture
def look(checker, server):
    def look(raw=MAIL, *, sender="cleo@northwind.example", peer="", mail_from="", **settings):
        return checker.look(
            raw,
            sender=sender,
            envelope=Envelope(mail_from=mail_from, peer=peer, helo="mail.northwind.example"),
            settings=Settings(**{"dns": server.address, **settings}),
        )

    return look


def from_(address: str, raw: bytes = MAIL) -> bytes:
    return raw.replace(b"cleo@northwind.example", address.encode())


# --- what fails ---


def test_a_mail_without_a_proof_fails_where_the_domain_says_how_its_mails_can_be_told(look):
    told = look()
    assert (told.verdict, told.why, told.policy) == (Verdict.FAIL, "not-aligned", "reject")
    assert told.by == "desk"


def test_a_signed_mail_that_was_changed_on_the_way_fails(look):
    changed = signed(MAIL, domain="northwind.example").replace(b"every payment", b"no payment")
    told = look(changed)
    assert (told.verdict, told.dkim, told.broken) == (Verdict.FAIL, (), ("northwind.example",))


def test_a_valid_signature_of_somebody_else_proves_nothing(look):
    told = look(signed(MAIL, domain="evil.example"))
    assert (told.verdict, told.dkim) == (Verdict.FAIL, ())


def test_a_signature_that_covers_a_part_of_the_text_proves_nothing(look):
    told = look(signed(MAIL, domain="northwind.example", length=True) + b"Pay this account.\r\n")
    assert told.verdict is Verdict.FAIL


def test_an_expired_signature_proves_nothing(look):
    lasting = signed(MAIL, domain="northwind.example", expires=4_000_000_000)
    assert look(lasting).is_proven
    expired = signed(MAIL, domain="northwind.example", expires=1_600_000_100)
    assert look(expired).verdict is Verdict.FAIL


def test_a_server_that_may_not_send_for_the_domain_proves_nothing(look):
    told = look(peer=ELSEWHERE, mail_from="cleo@northwind.example")
    assert (told.verdict, told.spf) == (Verdict.FAIL, "fail")


def test_a_server_that_may_send_for_the_forgers_domain_proves_nothing(look):
    told = look(peer=SENT_BY, mail_from="me@evil.example")
    assert (told.verdict, told.spf_domain) == (Verdict.FAIL, "")


def test_two_senders_of_which_one_is_signed_fail(look):
    twice = b"From: Cleo <cleo@northwind.example>\r\n" + signed(MAIL, domain="northwind.example")
    told = look(twice)
    assert (told.verdict, told.why) == (Verdict.FAIL, "several-senders")


def test_a_strict_domain_is_told_by_itself_alone(look):
    mail = from_("cleo@strict.example")
    sender = "cleo@strict.example"
    for one in (
        look(signed(mail, domain="mail.strict.example"), sender=sender),
        look(mail, sender=sender, peer=SENT_BY, mail_from="x@mail.strict.example"),
    ):
        assert one.verdict is Verdict.FAIL
    assert look(signed(mail, domain="strict.example"), sender=sender).is_proven
    assert look(mail, sender=sender, peer=SENT_BY, mail_from="x@strict.example").is_proven


def test_a_key_that_nobody_gives_is_no_way_around_the_check(look):
    """A forger chooses whose key is asked for: here one whose name servers are dead."""
    forged = signed(MAIL, domain="silent.northwind.example")
    told = look(forged)
    assert (told.verdict, told.why) == (Verdict.FAIL, "unanswered")


def test_what_is_built_to_break_the_check_has_failed(server):
    impatient = Checker(seconds=0.001)
    try:
        told = impatient.look(
            MAIL,
            sender="cleo@northwind.example",
            envelope=Envelope(),
            settings=Settings(dns=server.address),
        )
    finally:
        impatient.close()
    assert (told.verdict, told.why) == (Verdict.FAIL, "too-heavy")


# --- what passes ---


def test_a_signature_of_the_domain_proves_it(look):
    told = look(signed(MAIL, domain="northwind.example"))
    assert (told.verdict, told.why, told.dkim) == (Verdict.PASS, "aligned", ("northwind.example",))
    assert told.dmarc == "pass"


def test_a_signature_of_a_part_of_the_domain_proves_it(look):
    assert look(signed(MAIL, domain="mail.northwind.example")).is_proven
    below = from_("cleo@billing.northwind.example")
    signed_above = signed(below, domain="northwind.example")
    assert look(signed_above, sender="cleo@billing.northwind.example").is_proven


def test_bare_line_ends_of_a_pipe_break_no_signature(look):
    assert look(signed(MAIL, domain="northwind.example").replace(b"\r\n", b"\n")).is_proven


def test_a_server_that_may_send_for_the_domain_proves_it(look):
    told = look(peer=SENT_BY, mail_from="bounces@northwind.example")
    assert (told.verdict, told.spf) == (Verdict.PASS, "pass")


def test_a_forwarded_mail_is_told_by_its_signature(look):
    told = look(
        signed(MAIL, domain="northwind.example"),
        peer=ELSEWHERE,
        mail_from="cleo@northwind.example",
    )
    assert told.is_proven


def test_the_signature_of_a_domain_that_publishes_no_policy_proves_it(look):
    mail = signed(from_("cleo@plain.example"), domain="plain.example")
    told = look(mail, sender="cleo@plain.example")
    assert (told.verdict, told.dmarc) == (Verdict.PASS, "none")


def test_a_mailing_list_that_we_believe_vouches_for_what_it_changed(look):
    original = signed(MAIL, domain="northwind.example")
    changed = original.replace(b"Subject: Pay", b"Subject: [list] Pay")
    through = sealed(changed, domain="lists.example", dmarc="pass")
    assert look(through).verdict is Verdict.FAIL  # nobody said that we believe it
    told = look(through, sealers=("lists.example",))
    assert (told.verdict, told.why, told.sealer) == (Verdict.PASS, "sealed", "lists.example")


def test_a_list_that_we_believe_does_not_vouch_for_what_failed_there(look):
    through = sealed(MAIL, domain="lists.example", dmarc="fail")
    assert look(through, sealers=("lists.example",)).verdict is Verdict.FAIL


def test_a_seal_that_was_broken_vouches_for_nothing(look):
    through = sealed(MAIL, domain="lists.example", dmarc="pass")
    broken = through.replace(b"Since", b"Until")
    told = look(broken, sealers=("lists.example",))
    assert (told.verdict, told.arc) == (Verdict.FAIL, "fail")


# --- what nobody can say ---


def test_a_domain_that_publishes_nothing_leaves_it_open(look):
    told = look(from_("fia@quiet.example"), sender="fia@quiet.example")
    assert (told.verdict, told.why) == (Verdict.UNKNOWN, "no-policy")


def test_a_domain_that_asks_for_nothing_fails_only_where_its_server_is_known(look):
    mail, sender = from_("fia@watching.example"), "fia@watching.example"
    assert look(mail, sender=sender).why == "half-seen"
    seen = look(mail, sender=sender, peer=ELSEWHERE, mail_from=sender)
    assert seen.verdict is Verdict.FAIL


def test_domains_below_an_unknown_top_level_are_not_one_organization(look):
    """The cast lives under .example, which is on no list of public suffixes."""
    assert not look(signed(MAIL, domain="evil.example")).is_proven


def test_a_desk_that_may_ask_nobody_says_that_nobody_looked(look):
    for settings in ({"checks": False}, {"dns": "off"}):
        told = look(**settings)
        assert (told.verdict, told.by, told.why) == (Verdict.UNKNOWN, "", "not-checked")


def test_a_name_server_that_is_none_leaves_it_open(look):
    for nonsense in ("nonsense", "127.0.0.1:x", ":"):
        told = look(dns=nonsense)
        assert (told.verdict, told.why) == (Verdict.UNKNOWN, "no-answer")


def test_a_senders_dead_name_servers_silence_nobody_elses(look):
    told = look(from_("x@blackhole.example"), sender="x@blackhole.example")
    assert (told.verdict, told.why) == (Verdict.UNKNOWN, "no-answer")
    assert look().verdict is Verdict.FAIL


def test_a_dead_resolver_costs_five_seconds_once_a_minute():
    dead = NameServer({}, silent=("",))
    dead.silent = ("example", "")  # also the root
    checker, settings = Checker(), Settings(dns=dead.address)
    try:
        took = []
        for _ in range(2):
            began = time.monotonic()
            told = checker.look(
                MAIL, sender="cleo@northwind.example", envelope=Envelope(), settings=settings
            )
            took.append(time.monotonic() - began)
            assert (told.verdict, told.why) == (Verdict.UNKNOWN, "no-answer")
    finally:
        checker.close()
        dead.close()
    assert took[0] < 7  # with the start of the child
    assert took[1] < 0.1


def test_explaining_a_mail_says_what_is_known_of_its_sender(server):
    desk = KnownDesk(checks=Settings(dns=server.address))
    reader = Reader()
    try:
        told = desk.explain(reader, MAIL)
        assert told["sender"]["verdict"] == "fail"
        assert "northwind.example" in told["sender"]["because"]
        assert "sender" not in NO_DESK.explain(reader, MAIL)
    finally:
        reader.close()


def test_a_private_peer_is_no_sender():
    assert Envelope(peer="10.0.0.3").public_peer == ""
    assert Envelope(peer="nonsense").public_peer == ""
    assert Envelope(peer=SENT_BY).public_peer == SENT_BY


lines = st.lists(st.sampled_from([b"a", b" ", b"\t", b"\r\n", b"b  c"]), max_size=30)


@given(lines)
def test_a_text_is_seen_as_the_norm_says(pieces):
    body = b"".join(pieces)
    ours = signed_text._Relaxed.canonicalize_body(body)
    assert ours == Relaxed.canonicalize_body(body)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n",
        b"no header at all",
        b"From: cleo@northwind.example\r\nDKIM-Signature: d=northwind.example\r\n\r\n",
        b"From: cleo@northwind.example\r\nDKIM-Signature: v=1; a=rsa-sha256; d=northwind.example; "
        b"s=s1; h=from; bh=x; b=y\r\n\r\n",
        b"From: cleo@northwind.example\r\nDKIM-Signature: " + b"b=" * 5000 + b"\r\n\r\nx",
        b"From: cleo@northwind.example\r\n" + b"DKIM-Signature: d=northwind.example\r\n" * 500,
        b"\xff\xfe\x00: x\r\nFrom: cleo@northwind.example\r\n\r\n\x00",
        b"From: cleo@northwind.example\r\nARC-Seal: i=1; d=lists.example\r\n\r\n",
    ],
)
def test_i43_odd_mail_never_raises_and_never_passes(look, raw):
    assert look(raw, sealers=("lists.example",)).verdict is Verdict.FAIL


def test_i43_a_mail_of_the_largest_size_is_checked(look):
    body = b"A line of a very large log file, as customers send them.\r\n" * 610_000
    told = look(signed(MAIL + body, domain="northwind.example"))
    assert told.is_proven


def test_i45_a_megabyte_of_spaces_costs_no_time(look):
    body = b" " * 1_000_000 + b"x\r\n"
    began = time.monotonic()
    assert look(signed(MAIL, domain="northwind.example") + body).verdict is Verdict.FAIL
    assert time.monotonic() - began < 3
