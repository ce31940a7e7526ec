"""What is answered with 250 is kept; what is not kept stays with the sender."""

import asyncio
import io
import smtplib
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email.message import EmailMessage

import pytest
from aiosmtpd.smtp import Session
from django.conf import settings
from django.db import connection

from dueline.actions import inbox
from dueline.cli.main import main
from dueline.core.instants import now
from dueline.core.matching import message_id, reply_address
from dueline.intake import read_inbox
from dueline.intake.mail import listener
from dueline.intake.mail.child import Reader
from dueline.intake.mail.explain import open_desk
from dueline.intake.mail.limits import LARGEST_MAIL
from dueline.models import Agent, Case, Contact, Event, InboxItem, Mailbox
from tests.intake.desk import ADDRESS, open_doors
from tests.intake.test_parse import nested
from tests.processes import DUELINE
from tests.world import build_world

CLEO = "cleo@northwind.example"
RAW = (
    b"From: Cleo Dahl <cleo@northwind.example>\r\nTo: support@desk.example\r\nSubject: Nere\r\n"
    b"Message-ID: <1@northwind.example>\r\n\r\nPrioritet: Critical\r\n.en punkt f\xf6rst\r\n"
)


@pytest.fixture
def doors(transactional_db):
    """The open doors of a desk that is set up."""
    build_world()
    with open_doors() as ports:
        yield ports
    read_inbox.stop()


def kept() -> list[InboxItem]:
    return list(InboxItem.objects.select_related("raw").order_by("id"))


def raw_of(item: InboxItem) -> bytes:
    return bytes(item.raw.bytes)


class Talk:
    """A conversation byte by byte, for what no mail program would send."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self._lines = self._socket.makefile("rb")
        self.read()

    def say(self, raw: bytes, *, answers: int = 1) -> list[str]:
        self._socket.sendall(raw)
        return [self.read() for _ in range(answers)]

    def read(self) -> str:
        while True:
            line = self._lines.readline().decode()
            if not line or line[3:4] != "-":
                return line.strip()

    def close(self) -> None:
        self._lines.close()
        self._socket.close()


def begin(port: int, *, lmtp: bool = False, recipients: int = 1) -> Talk:
    """Open a conversation up to the point where the mail itself comes."""
    talk = Talk(port)
    talk.say(b"LHLO x\r\n" if lmtp else b"EHLO x\r\n")
    talk.say(b"MAIL FROM:<cleo@northwind.example>\r\n")
    for number in range(recipients):
        assert talk.say(b"RCPT TO:<support+%d@desk.example>\r\n" % number)[0].startswith("250")
    assert talk.say(b"DATA\r\n")[0].startswith("354")
    return talk


def send(port: int, raw: bytes = RAW, *, to: str = ADDRESS) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as smtp:
        smtp.sendmail(CLEO, [to], raw)


# --- what is taken ---


def test_what_is_taken_is_kept_byte_for_byte(doors):
    send(doors.smtp)
    (item,) = kept()
    assert raw_of(item) == RAW
    assert (item.state, item.door, item.mail_from) == ("received", "smtp", CLEO)
    assert item.rcpt_to == [ADDRESS]


def test_the_address_of_a_reply_is_the_desks_too_and_others_are_not(doors):
    send(doors.smtp, to="Support+1.2.abc@desk.example")
    with smtplib.SMTP("127.0.0.1", doors.smtp) as smtp:
        smtp.ehlo()
        smtp.mail("x@y.example")
        for other in (
            "eve@southgate.example",
            "sales@desk.example",
            "support@desk.example.org",
        ):
            assert smtp.rcpt(other)[0] == 550
        assert smtp.docmd("DATA")[0] == 503
    assert len(kept()) == 1


def test_the_address_of_a_mailbox_is_the_desks_too_once_it_is_active(doors):
    box = Mailbox.objects.create(address="sales@desk.example", created_at=now())
    send(doors.smtp, to="Sales+1@desk.example")
    assert [(item.mailbox, item.peer, item.helo) for item in kept()] == [(box, "", "")]


def test_who_brings_a_mail_is_kept_unless_it_is_this_machine():
    session = Session(asyncio.new_event_loop())
    session.loop.close()
    for peer, told in [
        (("192.0.2.7", 4711), "192.0.2.7"),
        (("::ffff:192.0.2.7", 4711, 0, 0), "192.0.2.7"),
        (("fe80::1%eth0", 4711, 0, 2), "fe80::1"),
        (("127.0.0.1", 4711), ""),
        (("::1", 4711, 0, 0), ""),
        (None, ""),
    ]:
        session.peer = peer
        assert listener._peer_of(session) == told


def test_a_null_sender_and_an_international_address_are_taken(doors):
    with smtplib.SMTP("127.0.0.1", doors.smtp) as smtp:
        smtp.sendmail("", [ADDRESS], RAW)
        message = EmailMessage()
        message["From"] = "jörg@bücher.example"
        message["To"] = ADDRESS
        message["Subject"] = "Åh"
        message.set_content("hej")
        smtp.send_message(message)
    assert [item.mail_from for item in kept()] == ["", "jörg@bücher.example"]


def test_f2_lmtp_answers_once_for_each_recipient(doors):
    talk = begin(doors.lmtp, lmtp=True, recipients=3)
    assert talk.say(RAW + b".\r\n", answers=3) == ["250 2.0.0 Kept"] * 3
    assert talk.say(b"NOOP\r\n")[0].startswith("250")
    talk.say(b"MAIL FROM:<>\r\n")
    talk.say(b"RCPT TO:<support@desk.example>\r\n")
    talk.say(b"DATA\r\n")
    assert talk.say(RAW + b".\r\n") == ["250 2.0.0 Kept"]
    talk.close()
    assert [item.times_received for item in kept()] == [2]


def test_many_connections_at_once_are_served(doors):
    with ThreadPoolExecutor(30) as threads:
        mails = [RAW.replace(b"<1@", b"<%d@" % number) for number in range(60)]
        list(threads.map(lambda raw: send(doors.smtp, raw), mails))
    assert len(kept()) == 60


# --- what is refused ---


@pytest.mark.parametrize(
    "body",
    [
        b"Subject: x\n\r\nhej\r\n",
        b"Subject: x\r\n\r\nhej\n.\r\nMAIL FROM:<eve@southgate.example>\r\n",
        b"Subject: x\r\n\r\nhej\n.\nMAIL FROM:<eve@southgate.example>\r\n",
        b"Subject: x\r\n\r\nhej\r\n.\nMAIL FROM:<eve@southgate.example>\r\n",
    ],
)
def test_i36_a_bare_line_feed_is_refused_and_ends_no_mail(doors, body):
    talk = begin(doors.smtp)
    assert talk.say(body + b"\r\n.\r\n")[0].startswith("550 5.6.11")
    assert talk.say(b"NOOP\r\n")[0].startswith("250")
    talk.close()
    assert kept() == []


def test_i36_a_dot_between_odd_line_ends_ends_no_mail(doors):
    smuggled = b"Subject: x\r\n\r\nhej\r\n.\rMAIL FROM:<eve@southgate.example>\r\nmore"
    talk = begin(doors.smtp)
    assert talk.say(smuggled + b"\r\n.\r\n")[0].startswith("250")
    talk.close()
    (item,) = kept()
    assert raw_of(item).endswith(b"MAIL FROM:<eve@southgate.example>\r\nmore\r\n")


def test_i36_a_command_with_a_bare_line_feed_is_no_command(doors):
    talk = Talk(doors.smtp)
    talk.say(b"EHLO x\r\n")
    assert talk.say(b"MAIL FROM:<>\nRCPT TO:<support@desk.example>\r\n")[0].startswith("500")
    assert talk.say(b"DATA\r\n")[0].startswith("503")
    talk.close()


def test_a_mail_over_35_mb_is_refused(doors):
    line = b"x" * 998 + b"\r\n"
    with smtplib.SMTP("127.0.0.1", doors.smtp) as smtp:
        smtp.ehlo()
        assert smtp.mail("a@b.example", [f"SIZE={LARGEST_MAIL + 1}"])[0] == 552
    talk = begin(doors.smtp)
    assert talk.say(line * (LARGEST_MAIL // 1000 + 1) + b".\r\n")[0].startswith("552")
    talk.close()
    send(doors.smtp, RAW + line * 25_000)  # 25 MB
    assert len(raw_of(kept()[0])) > 25_000_000


def test_a_mail_cut_off_in_the_middle_is_not_kept(doors):
    talk = begin(doors.smtp)
    talk._socket.sendall(RAW)
    talk.close()
    time.sleep(0.2)
    send(doors.smtp, RAW + b"whole\r\n")
    assert len(kept()) == 1


# --- when something breaks ---


def test_f2_a_mail_that_cannot_be_kept_stays_with_the_sender(doors, monkeypatch):
    def fail(*_args, **_named):
        raise OSError("the disk is full")

    monkeypatch.setattr(inbox, "keep_raw", fail)
    talk = begin(doors.smtp)
    assert talk.say(RAW + b".\r\n")[0].startswith("451 4.3.0")
    talk.close()
    assert kept() == []


def test_a_desk_that_is_not_set_up_asks_to_try_later(transactional_db):
    with open_doors() as doors, smtplib.SMTP("127.0.0.1", doors.smtp) as smtp:
        smtp.ehlo()
        smtp.mail(CLEO)
        assert smtp.rcpt(ADDRESS)[0] == 451


# --- the pipe ---


def pipe(monkeypatch, raw: bytes, *options: str) -> int:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
    return main(["mail", "receive", *options])


def test_the_pipe_keeps_a_mail_as_it_comes(transactional_db, monkeypatch):
    raw = RAW.replace(b"\r\n", b"\n")
    assert pipe(monkeypatch, raw, "--sender", CLEO, "--recipient", ADDRESS) == 0
    (item,) = kept()
    assert raw_of(item) == raw
    assert (item.door, item.mail_from, item.rcpt_to) == ("pipe", CLEO, [ADDRESS])


def test_the_pipe_refuses_nothing_and_too_much(transactional_db, monkeypatch):
    assert pipe(monkeypatch, b"") == 75
    assert pipe(monkeypatch, b"x" * (LARGEST_MAIL + 1)) == 65
    assert kept() == []


def test_f2_the_pipe_says_75_when_it_could_not_keep_a_mail(desk_environment, tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    for environment in (desk_environment, {**desk_environment, "DUELINE_DATA": f"{file}/x"}):
        # There is no database; and then not even a folder that one could be in.
        done = subprocess.run(
            [*DUELINE, "mail", "receive"], input=RAW, env=environment, capture_output=True
        )
        assert done.returncode == 75


# --- a whole way in ---


def read_all(at=None) -> None:
    while read_inbox.read_next(at or now()):
        continue


def answered(raw: bytes, number: int, *, mail_id: str = "") -> bytes:
    header = f"In-Reply-To: {mail_id}\r\n".encode() if mail_id else b""
    return header + raw.replace(b"<1@", b"<%d@" % number)


def test_a_mail_becomes_a_case_and_answers_land_in_it(doors):
    send(doors.smtp)
    read_all()
    case = Case.objects.get()
    assert (case.priority, case.contact.email) == ("critical", CLEO)
    token = {"case_id": case.pk, "contact_id": case.contact_id}
    reply_to = reply_address(settings.SECRET_KEY, mail_address=ADDRESS, **token)
    mail_id = message_id(settings.SECRET_KEY, unique="a1", domain="desk.example", **token)
    send(doors.smtp, answered(RAW, 2), to=reply_to)
    send(doors.smtp, answered(RAW, 3, mail_id=mail_id))
    from_eve = RAW.replace(b"Cleo Dahl <cleo@northwind", b"<eve@southgate")
    send(doors.smtp, answered(from_eve, 4, mail_id=mail_id))
    from_nobody = RAW.replace(b"Cleo Dahl <cleo@northwind", b"<finn@new")
    send(doors.smtp, answered(from_nobody, 5), to=reply_to)
    read_all()
    assert [item.state for item in kept()] == ["taken", "taken", "taken", "held", "held"]
    assert {item.case_id for item in kept()} == {case.pk}
    assert (Case.objects.count(), case.messages.count()) == (1, 3)


def test_a_mail_that_cannot_be_read_is_held_and_the_next_one_is_taken(doors):
    send(doors.smtp, nested(60))
    send(doors.smtp)
    read_all()
    held, taken = kept()
    assert (held.state, held.subject, held.sender) == (
        "held",
        "Down",
        "Dag Ek <dag@northwind.example>",
    )
    assert held.reason == "It could not be read: its parts lie more than 50 levels deep."
    assert taken.state == "taken"
    case = read_inbox.open_held(held.pk, actor=Agent.objects.first().as_person(), at=now())
    assert case.messages.get().attachments.get().name == "message.eml"


def test_a_bug_of_ours_loses_no_mail(doors, monkeypatch, caplog):
    send(doors.smtp)

    def fail(*_args, **_named):
        raise RuntimeError("a bug")

    with monkeypatch.context() as patch:
        patch.setattr(read_inbox, "decide", fail)
        read_all()
    assert kept()[0].state == "received"
    assert "could not be taken in" in caplog.text
    read_all(now() + timedelta(minutes=1))
    assert kept()[0].state == "taken"


def test_f11_a_hundred_copies_by_two_ways_are_one_case(doors):
    def copy(number: int) -> None:
        raw = b"Received: by way %d\r\n" % number + RAW
        if number % 2:
            send(doors.smtp, raw)
        else:
            talk = begin(doors.lmtp, lmtp=True)
            talk.say(raw.replace(b"\r\n.", b"\r\n..") + b".\r\n")
            talk.close()

    def work(_: int) -> None:
        try:
            read_all()
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as threads:
        list(threads.map(copy, range(100)))
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(work, range(3)))
    states = [item.state for item in kept()]
    assert (states.count("taken"), states.count("duplicate")) == (1, 99)
    assert Case.objects.count() == 1


# --- looking without writing ---


def test_explain_works_without_a_desk_and_makes_none(desk_environment, tmp_path):
    (tmp_path / "a.eml").write_bytes(RAW)
    environment = {k: v for k, v in desk_environment.items() if k != "DATABASE_URL"}
    done = subprocess.run(
        [*DUELINE, "mail", "explain", "a.eml"],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "open. A new request." in done.stdout
    assert "critical" in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["a.eml"]


def test_explain_knows_the_desk_and_writes_nothing(doors):
    send(doors.smtp)
    read_all()
    before = (InboxItem.objects.count(), Contact.objects.count(), Event.objects.count())
    reader = Reader()
    told = open_desk().explain(reader, RAW)
    reader.close()
    assert told["decision"] == "duplicate"
    assert before == (InboxItem.objects.count(), Contact.objects.count(), Event.objects.count())
