"""Mail on its way to a real SMTP server: what is sent, what is tried again, what is given up."""

from datetime import timedelta

import pytest
from django.conf import settings

from dueline.actions import messages, outbox, outbox_by_hand
from dueline.actions.outbox import LEASE
from dueline.core import matching
from dueline.core.errors import Refusal
from dueline.core.inbound import File
from dueline.models import OutboxItem
from dueline.outlets.mail_delivery import deliver_next
from dueline.queries.outbox import nothing_leaves
from tests.world import MONDAY

State = OutboxItem.State


@pytest.fixture
def case(desk):
    return desk.case(acknowledge=False)


def deliver_all() -> int:
    """Deliver until nothing is due; return how many steps were taken."""
    steps = 0
    while deliver_next():
        steps += 1
        assert steps < 100
    return steps


def state_of(item: OutboxItem) -> str:
    return OutboxItem.objects.get(pk=item.pk).state


def test_nothing_leaves_a_desk_without_a_mail_server(world, write, clock):
    item = write(world.case(acknowledge=False))
    assert nothing_leaves()
    assert not deliver_next()
    assert state_of(item) == State.WAITING


def test_a_mail_leaves_once_and_carries_what_an_answer_needs(case, desk, write, sink, clock):
    item = write(case, "Hej Cleo,\r\n\r\nvi hittade felet: åäö.\r\n.\r\nEn punkt.")
    assert not nothing_leaves()
    assert deliver_all() == 1
    (taken,) = sink.taken
    message = taken.message
    assert message["From"].addresses[0].display_name == "Harbour Support"
    assert message["From"].addresses[0].addr_spec == "support@desk.example"
    assert str(message["To"]) == "Cleo Dahl <cleo@northwind.example>"
    assert message["Subject"] == f"[{case.number}] Payment page down"
    assert message["Date"].datetime == MONDAY
    assert "vi hittade felet: åäö." in message.get_content()
    assert "\n.\nEn punkt." in message.get_content().replace("\r", "")
    token = matching.Token(case_id=case.pk, contact_id=desk.cleo.id)
    reply_to = message["Reply-To"].addresses[0].addr_spec
    assert matching.read_token(settings.SECRET_KEY, reply_to) == token
    assert matching.read_token(settings.SECRET_KEY, taken.mail_id) == token
    assert taken.mail_from.startswith("support+b")  # where a bounce goes
    assert taken.rcpt_to == ["cleo@northwind.example"]
    assert state_of(item) == State.SENT


def test_the_whole_mail_travels_with_full_line_ends_only(case, write, sink, clock):
    write(case, "one\ntwo\n" + "long " * 400)
    deliver_all()
    content = sink.taken[0].content
    assert content.count(b"\n") == content.count(b"\r\n")
    assert max(map(len, content.split(b"\r\n"))) <= 998


def test_replies_join_the_thread_in_the_customer_s_mail_program(case, desk, write, sink, clock):
    first, second, third = write(case, "one"), write(case, "two"), write(case, "three")
    deliver_all()
    headers = [taken.message for taken in sink.taken]
    assert headers[0]["In-Reply-To"] is None
    assert headers[1]["In-Reply-To"] == first.mail_id
    assert headers[2]["In-Reply-To"] == second.mail_id
    assert headers[2]["References"].split() == [first.mail_id, second.mail_id]
    assert third.mail_id == headers[2]["Message-ID"]


def test_a_thread_never_shows_one_reader_the_token_of_another(case, desk, write):
    write(case, "for Cleo")
    to_dag = write(case, to_address="dag@northwind.example", contact_id=desk.dag.id)
    assert to_dag.references == ""


def test_i41_automatic_mail_says_so_and_a_person_s_mail_does_not(case, write, sink, clock):
    for purpose in ("acknowledgement", "notice", "reply"):
        write(case, purpose=purpose)
    deliver_all()
    said = [taken.message["Auto-Submitted"] for taken in sink.taken]
    assert said == ["auto-replied", "auto-generated", None]


def test_a_reply_carries_its_files(case, desk, sink, clock, write):
    files = (File("spår ett.txt", "text/plain", b"a\nb"), File("x.bin", "nonsense", b"\0\1"))
    message = messages.reply(case.pk, text="See.", actor=desk.asta, at=MONDAY, files=files)
    OutboxItem.objects.all().delete()
    write(case, message=message)
    deliver_all()
    parts = list(sink.taken[0].message.iter_attachments())
    assert [part.get_filename() for part in parts] == ["spår ett.txt", "x.bin"]
    assert [part.get_payload(decode=True) for part in parts] == [b"a\nb", b"\0\1"]
    assert parts[1].get_content_type() == "application/octet-stream"


def test_a_file_that_cannot_be_read_delays_the_mail_and_loses_nothing(
    case, desk, sink, clock, write, monkeypatch
):
    message = messages.reply(
        case.pk, text="See.", actor=desk.asta, at=MONDAY, files=(File("a", "text/plain", b"f19"),)
    )
    OutboxItem.objects.all().delete()
    item = write(case, message=message)
    with monkeypatch.context() as away:
        away.setattr(settings, "DATA_DIR", "/nonexistent")
        deliver_all()
    assert state_of(item) == State.WAITING
    clock.pass_(minutes=1)
    deliver_all()
    assert len(sink.taken) == 1


# --- f13: everything that a server can do to us ---------------------------------------------------


LATER, CLOSING = "450 4.2.0 come again", "421 4.3.2 closing"


@pytest.mark.parametrize(
    ("step", "answer"),
    [
        *((step, answer) for step in ("MAIL", "RCPT", "DATA") for answer in (LATER, CLOSING)),
        *((step, "cut") for step in ("MAIL", "RCPT")),
    ],
)
def test_f13_a_mail_not_taken_now_is_tried_again_and_sent_once(
    case, write, sink, clock, step, answer
):
    item = write(case)
    sink.answers = {step: [answer]}
    deliver_all()
    assert sink.taken == []
    assert state_of(item) == State.WAITING
    assert OutboxItem.objects.get().last_error
    clock.pass_(minutes=1)
    deliver_all()
    assert [taken.mail_id for taken in sink.taken] == [item.mail_id]
    assert state_of(item) == State.SENT


def test_f13_a_line_cut_within_the_mail_costs_no_repetition(case, write, sink, clock):
    item = write(case, "a line of text\n" * 300_000)
    sink.answers = {"BODY": ["cut"]}
    deliver_all()
    assert state_of(item) == State.WAITING  # the final dot cannot have left
    assert OutboxItem.objects.get().cut_off == 0
    clock.pass_(minutes=1)
    deliver_all()
    assert [taken.mail_id for taken in sink.taken] == [item.mail_id]


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
def test_f13_a_refusal_for_good_is_shown_and_the_owner_is_told(case, write, sink, clock, step):
    item = write(case)
    sink.answers = {step: ["550 5.1.1 no such person"]}
    deliver_all()
    assert state_of(item) == State.FAILED
    assert OutboxItem.objects.get(pk=item.pk).last_error == "550 5.1.1 no such person"
    notices = [taken for taken in sink.taken if "not delivered" in str(taken.message["Subject"])]
    assert sorted(taken.rcpt_to[0] for taken in notices) == [
        "ada@desk.example",
        "asta@desk.example",
        "bo@desk.example",
    ]
    assert "no such person" in notices[0].message.get_body(("plain",)).get_content()


def test_a_refused_reply_takes_the_kept_promise_back(case, desk, write, sink, clock):
    message = messages.reply(case.pk, text="We look.", actor=desk.asta, at=MONDAY)
    OutboxItem.objects.all().delete()
    assert case.commitments.get(kind="response").state == "met"
    write(case, message=message)
    sink.answers = {"RCPT": ["550 no such person"]}
    deliver_all()
    assert case.commitments.get(kind="response").state == "running"


def test_a_refused_reply_counts_from_when_it_was_sent_again_and_arrived(
    case, desk, write, sink, clock
):
    messages.reply(case.pk, text="We look.", actor=desk.asta, at=MONDAY)
    item = OutboxItem.objects.get()
    sink.answers = {"RCPT": ["550 no such person"]}
    deliver_all()
    clock.pass_(minutes=30)
    outbox_by_hand.resend(item.pk, actor=desk.asta, at=clock.at)
    deliver_all()
    response = case.commitments.get(kind="response")
    assert (response.state, response.met_at) == ("met", clock.at)


def test_a_refused_notice_makes_no_notice_of_its_own(case, write, sink, clock):
    write(case, purpose="notice")
    sink.answers = {"RCPT": ["550 no"] * 10}
    deliver_all()
    assert OutboxItem.objects.count() == 1


def test_f13_a_lost_answer_costs_at_most_one_repetition_under_the_same_message_id(
    case, write, sink, clock
):
    item = write(case)
    sink.answers = {"DATA": ["lost"]}
    deliver_all()
    assert [taken.mail_id for taken in sink.taken] == [item.mail_id, item.mail_id]
    assert state_of(item) == State.SENT


def test_f13_when_the_answer_is_lost_twice_a_person_decides(case, desk, write, sink, clock):
    item = write(case)
    sink.answers = {"DATA": ["lost", "lost"]}
    deliver_all()
    assert state_of(item) == State.DOUBTFUL
    assert sum(taken.mail_id == item.mail_id for taken in sink.taken) == 2
    outbox_by_hand.resend(item.pk, actor=desk.asta, at=clock.at)
    deliver_all()
    assert state_of(item) == State.SENT
    assert sum(taken.mail_id == item.mail_id for taken in sink.taken) == 3


def test_row_95_an_hour_without_a_server_loses_and_doubles_nothing(case, write, sink, clock):
    sink.stop()
    items = [write(case, f"mail {number}") for number in range(5)]
    for _ in range(60):
        deliver_all()
        clock.pass_(minutes=1)
    sink.start()
    deliver_all()
    assert [taken.mail_id for taken in sink.taken] == [item.mail_id for item in items]
    assert {state_of(item) for item in items} == {State.SENT}


def test_i8_what_waited_for_the_server_leaves_within_a_minute_of_its_return(
    case, write, sink, clock
):
    sink.stop()
    write(case)
    for _ in range(40):
        deliver_all()
        clock.pass_(minutes=31)
    sink.start()
    clock.pass_(seconds=60)
    deliver_all()
    assert len(sink.taken) == 1


def test_mail_that_five_days_could_not_deliver_is_given_up(case, write, sink, clock):
    item = write(case)
    sink.answers = {"RCPT": ["450 later"] * 10_000}
    tries = 0
    while state_of(item) == State.WAITING:
        tries += deliver_all()
        clock.pass_(minutes=30)
    assert state_of(item) == State.FAILED
    assert timedelta(days=5) <= clock.at - MONDAY < timedelta(days=5, hours=6)
    assert 30 < tries < 60


def test_the_mails_of_a_case_keep_their_order_and_others_overtake(case, desk, write, sink, clock):
    other = desk.case(desk.dag, acknowledge=False)
    first = write(case, "first")
    second = write(case, "second")
    third = write(other, to_address="dag@northwind.example", contact_id=desk.dag.id)
    sink.answers = {"RCPT": ["450 later"]}
    deliver_all()
    assert [taken.mail_id for taken in sink.taken] == [third.mail_id]
    clock.pass_(minutes=1)
    deliver_all()
    assert [taken.mail_id for taken in sink.taken[1:]] == [first.mail_id, second.mail_id]


def test_wrong_credentials_hold_all_mail_back_and_lose_none(case, desk, write, sink, clock):
    desk.desk.smtp_username, desk.desk.smtp_password = "desk", "wrong"
    desk.desk.save()
    item = write(case)
    deliver_all()
    assert state_of(item) == State.WAITING
    assert OutboxItem.objects.get().last_error


def test_a_mail_that_our_own_program_stumbles_over_is_set_aside(
    case, write, sink, clock, monkeypatch
):
    def stumble(*_arguments, **_more):
        raise ZeroDivisionError("a bug")

    bad, good = write(case), write(case, purpose="notice", to_address="asta@desk.example")
    with monkeypatch.context() as broken:
        broken.setattr("dueline.outlets.mail_delivery.send", stumble)
        for _ in range(4):
            with pytest.raises(ZeroDivisionError):
                deliver_next()
            clock.pass_(seconds=1)
            OutboxItem.objects.filter(pk=bad.pk).update(next_try_at=clock.at)
            OutboxItem.objects.filter(pk=good.pk).update(next_try_at=clock.at + LEASE)
        with pytest.raises(ZeroDivisionError):
            deliver_next()
    assert state_of(bad) == State.FAILED
    clock.pass_(minutes=5)
    deliver_all()
    assert state_of(good) == State.SENT


def test_the_text_of_a_sign_in_link_is_not_kept_once_it_has_left(case, write, sink, clock):
    item = write(
        case, "http://desk.example/link/secret", html="<p>link/secret</p>", purpose="sign_in"
    )
    deliver_all()
    for form in ("plain", "html"):
        assert "link/secret" in sink.taken[0].message.get_body((form,)).get_content()
    item.refresh_from_db()
    assert (item.text, item.html) == ("", "")


# --- i50, i37: nothing in a header that does not belong there ------------------------------------


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("subject", "Hello\r\nBcc: eve@southgate.example"),
        ("to_name", "Cleo\nBcc: eve@southgate.example"),
        ("to_address", "cleo@northwind.example\r\nRCPT TO:<eve@southgate.example>"),
        ("to_address", "cleo@northwind.example>\r\nRCPT TO:<eve@southgate.example"),
        ("in_reply_to", "<a@b>\r\nBcc: eve@southgate.example"),
        ("mail_id", "<a@b>\nX: y"),
    ],
)
def test_i50_a_line_break_in_a_header_is_refused(case, write, sink, clock, field, value):
    item = write(case)
    OutboxItem.objects.filter(pk=item.pk).update(**{field: value})
    OutboxItem.objects.filter(pk=item.pk).update(references="<a@b>")
    deliver_all()
    assert state_of(item) == State.FAILED
    assert not any("eve@southgate.example" in str(taken.rcpt_to) for taken in sink.taken)
    assert item.mail_id not in [taken.mail_id for taken in sink.taken]


@pytest.mark.parametrize(
    "name", ["Dahl, Cleo", 'Cleo "C" <eve@southgate.example>', "Cleo Åström", "eve@x, cleo@y", ""]
)
def test_i37_a_name_cannot_add_a_recipient(case, write, sink, clock, name):
    write(case, to_name=name)
    deliver_all()
    (address,) = sink.taken[0].message["To"].addresses
    assert (address.display_name, address.addr_spec) == (name, "cleo@northwind.example")


def test_long_and_foreign_subjects_arrive_as_they_were(case, write, sink, clock):
    subjects = [
        "[10042-7] " + "Betalningssidan är nere för alla kunder sedan i går kväll " * 3,
        "[10042-7] " + "x" * 190,
        "[10042-7] 支払いページ 😀 " * 5,
    ]
    for subject in subjects:
        write(case, mail=outbox.MailText(subject=subject.strip(), text="x"))
    deliver_all()
    assert [str(taken.message["Subject"]) for taken in sink.taken] == [s.strip() for s in subjects]


# --- f18: two workers ----------------------------------------------------------------------------


def test_f18_one_mail_is_claimed_by_one_worker(case, write, clock):
    write(case)
    assert outbox.claim_next(at=MONDAY) is not None
    assert outbox.claim_next(at=MONDAY) is None


def test_f18_a_worker_that_slept_past_its_lease_can_neither_send_nor_record(case, write):
    item = write(case)
    sleeper = outbox.claim_next(at=MONDAY)
    later = MONDAY + LEASE
    other = outbox.claim_next(at=later)
    assert other is not None
    assert not outbox.begin_transmission(sleeper, at=later)
    assert not outbox.record_sent(sleeper, at=later)
    assert not outbox.record_refusal(sleeper, why="550", at=later)
    assert outbox.begin_transmission(other, at=later)
    assert outbox.record_sent(other, at=later)
    assert state_of(item) == State.SENT


def test_f3_a_transmission_cut_off_by_a_crash_is_repeated_once_and_then_doubtful(case, write):
    item = write(case)
    at = MONDAY
    for _ in range(2):
        claimed = outbox.claim_next(at=at)
        assert outbox.begin_transmission(claimed, at=at)
        at += LEASE  # … and the worker is gone
    assert outbox.claim_next(at=at + timedelta(hours=1)).purpose == "notice"
    assert state_of(item) == State.DOUBTFUL


def test_f3_a_crash_before_anything_was_sent_costs_nothing(case, write, sink, clock):
    item = write(case)
    for _ in range(3):
        assert outbox.claim_next(at=clock.at) is not None
        clock.pass_(minutes=2)
    deliver_all()
    assert [taken.mail_id for taken in sink.taken] == [item.mail_id]


# --- by hand -------------------------------------------------------------------------------------


def test_only_an_agent_resends_and_only_what_did_not_arrive(case, desk, write, sink, clock):
    item = write(case)
    for actor, code in ((desk.cleo, "not-found"), (desk.asta, "not-now")):
        with pytest.raises(Refusal) as refused:
            outbox_by_hand.resend(item.pk, actor=actor, at=MONDAY)
        assert refused.value.code == code
