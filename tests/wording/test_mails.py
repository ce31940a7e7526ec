from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dueline.core.policy import ALWAYS, OFFICE, CommitmentKind
from dueline.wording import mails, portal
from dueline.wording.mails import (
    AckFacts,
    CaseFacts,
    DeskFacts,
    LinkFacts,
    NoticeFacts,
    Promised,
    ReplyFacts,
    UndeliveredFacts,
    acknowledgement,
    bare_subject,
    customer_wrote,
    information_asked,
    invite,
    miss_notice,
    not_delivered,
    reply,
    resolution,
    sign_in_link,
    subject_of,
    warning_notice,
)

# A Monday, 09:12 in Stockholm.
NOW = datetime(2026, 11, 23, 8, 12, tzinfo=UTC)
DESK = DeskFacts(
    name="Sample Support",
    mail_address="support@desk.example",
    phone_office="+46 8 100 100",
    phone_other="+46 8 200 200",
)
CASE = CaseFacts(
    number="10042-7",
    subject="Payment page down",
    priority="Critical",
    is_critical=True,
    to_name="Cleo Dahl",
    desk=DESK,
    now=NOW,
    zone="Europe/Stockholm",
    promised=(
        Promised(CommitmentKind.RESPONSE, "60 min", ALWAYS, NOW + timedelta(hours=1)),
        Promised(CommitmentKind.ACTIVATION, "immediately", ALWAYS),
        Promised(CommitmentKind.FEEDBACK, "4 h", OFFICE),
        Promised(CommitmentKind.ASSISTANCE, "1 h", ALWAYS, NOW + timedelta(minutes=5)),
    ),
    url="http://desk.example/cases/10042-7",
)
WORDS = ReplyFacts(case=CASE, agent_name="Asta Lind", text="Hello Cleo,\n\nwe found it.\n")


def first_line(text: str) -> str:
    return text.split("\n", 1)[0]


def test_the_acknowledgement_says_what_it_is_and_what_is_promised_when():
    text = acknowledgement(AckFacts(CASE)).text
    assert first_line(text) == "We have received your request. Its Case Number is 10042-7."
    assert "priority Critical" in text
    assert "answers you by 10:12 on Monday 23 November (CET) – within 60 minutes." in text
    assert "begin to isolate the problem immediately" in text
    assert "at least every 4 hours of our office hours" in text


def test_a_customer_never_reads_of_tier_two():
    mails = (acknowledgement(AckFacts(CASE)), reply(WORDS), information_asked(WORDS))
    assert all("09:17" not in mail.text and "Tier" not in mail.text for mail in mails)


def test_an_acknowledgement_for_a_priority_without_promises_says_so():
    low = replace(CASE, priority="Low", is_critical=False, promised=())
    assert "we promise no time" in acknowledgement(AckFacts(low)).text


def test_missing_particulars_are_asked_for_and_refuse_nothing():
    text = acknowledgement(AckFacts(CASE, missing=("phone", "priority"))).text
    assert "We work on your request already." in text
    assert "a telephone number" in text
    assert "how severe it is" in text
    assert "your name" not in text


def test_only_a_critical_case_is_asked_to_call():
    assert "please also call us: +46 8 100 100" in acknowledgement(AckFacts(CASE)).text
    normal = replace(CASE, is_critical=False)
    assert "call us" not in acknowledgement(AckFacts(normal)).text
    silent = replace(CASE, desk=replace(DESK, phone_office="", phone_other=""))
    assert "call us" not in acknowledgement(AckFacts(silent)).text


def test_a_call_that_was_answered_is_not_promised_an_answer():
    text = acknowledgement(AckFacts(CASE, was_answered_directly=True)).text
    assert "answers you by" not in text


def test_i38_a_stranger_s_acknowledgement_holds_nothing_that_was_submitted():
    mail = acknowledgement(AckFacts(CASE, missing=("phone",), is_verified=False))
    assert "10042-7" in mail.text
    for submitted in (CASE.subject, CASE.to_name, CASE.url, "Critical"):
        assert submitted not in mail.subject + mail.text


def test_a_reply_begins_with_the_engineer_s_words_and_ends_with_how_to_reach_us():
    text = reply(WORDS).text
    assert text.startswith("Hello Cleo,\n\nwe found it.\n\nAsta Lind\n")
    assert "An engineer answers you by 10:12" in text
    assert text.endswith("support@desk.example\n")
    assert "Case Number 10042-7" in text.split("-- \n")[1]


def test_the_promise_of_a_reply_is_the_one_that_falls_due_next():
    later = Promised(CommitmentKind.FEEDBACK, "4 h", ALWAYS, NOW + timedelta(hours=4))
    sooner = Promised(CommitmentKind.ACTIVATION, "15 min", ALWAYS, NOW + timedelta(minutes=15))
    text = reply(replace(WORDS, case=replace(CASE, promised=(later, sooner)))).text
    assert "by 09:27" in text
    assert "by 13:12" not in text


def test_a_question_says_that_the_case_waits_for_the_customer():
    text = information_asked(WORDS).text
    assert first_line(text) == "To go on with case 10042-7 we need something from you:"
    assert "waits for you until you answer" in text


def test_a_resolution_says_how_to_disagree_and_how_long():
    text = resolution(WORDS, reopen_days=14).text
    assert first_line(text) == "We regard case 10042-7 as resolved."
    assert "within 14 days" in text
    assert "within 1 day," in resolution(WORDS, reopen_days=1).text


def test_links_say_that_they_work_once_and_until_when():
    link = LinkFacts(
        desk=DESK,
        to_name="Cleo",
        url="http://desk.example/link/abc",
        expires_at=NOW + timedelta(minutes=15),
        now=NOW,
        zone="Europe/Stockholm",
    )
    for mail in (sign_in_link(link), invite(link)):
        assert "http://desk.example/link/abc\n" in mail.text
        assert "once, until 09:27 on Monday 23 November (CET)" in mail.text


def test_a_warning_that_comes_too_late_is_a_miss():
    due = NoticeFacts(CASE, "Cleo, Northwind", CommitmentKind.RESPONSE, NOW + timedelta(minutes=12))
    assert "falls due in 12 min: response" in warning_notice(due).text
    late = replace(due, due_at=NOW - timedelta(minutes=37))
    assert warning_notice(late) == miss_notice(late)
    assert "now 37 min late" in miss_notice(late).text


def test_a_notice_that_the_customer_wrote_keeps_the_words_in_the_house():
    mail = customer_wrote(CASE, customer="Cleo Dahl, Northwind")
    assert mail.subject == "[10042-7] wrote: Payment page down"
    assert (
        first_line(mail.text) == "Cleo Dahl, Northwind wrote in case 10042-7, “Payment page down”."
    )
    assert CASE.url in mail.text


def test_a_mail_that_failed_says_what_the_server_said():
    lost = UndeliveredFacts(
        number="10042-7",
        subject="Re: Payment page down",
        to_address="cleo@northwind.example",
        why="550 no\nsuch user",
        url="http://desk.example/cases/10042-7",
    )
    assert not_delivered(lost).subject == "[10042-7] not delivered: Payment page down"
    assert "did not reach cleo@northwind.example" in not_delivered(lost).text
    assert "\n550 no such user\n" in not_delivered(lost).text
    assert "do not know whether" in not_delivered(replace(lost, is_doubtful=True)).text


@pytest.mark.parametrize(
    ("subject", "bare"),
    [
        ("Payment page down", "Payment page down"),
        ("Re: Payment page down", "Payment page down"),
        ("SV: RE[2]: Fwd: [10042-7] Payment page down", "Payment page down"),
        ("[10042-7] Re: [10042-7] Payment page down", "Payment page down"),
        ("Reply wanted", "Reply wanted"),
        ("[EXT] Payment", "[EXT] Payment"),
        ("One\r\nBcc: everybody@example.com", "One Bcc: everybody@example.com"),
        ("a\u2028b\x00c", "a b c"),
        ("", ""),
    ],
)
def test_a_subject_carries_the_number_once_and_stays_one_line(subject, bare):
    assert bare_subject(subject) == bare
    assert subject_of(replace(CASE, subject=subject)) == f"[10042-7] {bare}".rstrip()


def test_a_very_long_subject_is_cut():
    assert len(bare_subject("Re: " * 50_000 + "x" * 300)) <= 200


def test_every_promise_to_a_customer_can_be_said_before_it_runs_while_it_runs_and_late():
    public = {kind for kind in CommitmentKind if not kind.is_internal}
    for sentences in (mails._RUNNING, mails._TO_COME, portal._NEXT, portal._LATE):
        assert public <= sentences.keys()
