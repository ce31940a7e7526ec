"""Mail is fetched from a real Dovecot: nothing is lost, nothing comes twice, and what is wrong is
said. Where Dovecot is too honest for a test, a line in front of it is not (F11, F12)."""

import imaplib
import shutil
import socket
import ssl
from datetime import timedelta

import pytest

from dueline.actions import fetched_mail, inbox
from dueline.cli.main import main
from dueline.core.instants import now
from dueline.intake.mail import fetchers, fetching, imap
from dueline.intake.mail.imap_problems import is_of_the_world, problem_of
from dueline.models import InboxItem, Mailbox, OutboxItem
from tests.intake.mailboxes import a_mailbox, deliver, kept, mail
from tests.intake.proxy import CUT, HANG, tag
from tests.mail_servers import CERTIFICATE, LARGE
from tests.processes import free_port
from tests.world import MONDAY

pytestmark = [pytest.mark.processes, pytest.mark.django_db]


@pytest.fixture
def desk(world):
    return world


def failed(box: Mailbox) -> str:
    """Fetch once, in vain; return the sentence that says why."""
    with pytest.raises(Exception) as caught:  # noqa: PT011 - which one is the sentence's matter
        fetchers.fetch_once(box)
    assert is_of_the_world(caught.value), caught.value
    box.refresh_from_db()
    assert box.failing_since is not None
    return box.last_error


# --- what is wrong is said ---


def test_a_password_that_is_refused(server, box):
    box.imap_password = "wrong"
    assert failed(box).startswith(f"The server refused the password of “{box.imap_username}”. It")
    box.imap_password = "något annat"
    assert failed(box).startswith("The server refused the password of ")


def test_a_folder_that_does_not_exist(server, box):
    box.folder = "Ärenden"
    assert failed(box) == "The folder “Ärenden” does not exist. There are: “INBOX”."


def test_a_certificate_that_nobody_signed(server, box):
    box.imap_port, box.imap_security = server.imaps, "tls"
    assert failed(box) == "The certificate of 127.0.0.1 is not valid: self-signed certificate."
    box.imap_port, box.imap_security = server.imap, "starttls"
    assert failed(box) == "The certificate of 127.0.0.1 is not valid: self-signed certificate."


def test_a_certificate_that_is_known_lets_tls_and_starttls_through(server, box, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    deliver(server, box.imap_username, 1)
    for port, security in ((server.imaps, "tls"), (server.imap, "starttls")):
        box.imap_host, box.imap_port, box.imap_security = "localhost", port, security
        fetchers.fetch_once(box)
    assert kept() == [1]


def test_the_wrong_port(server, box):
    box.imap_security = "tls"
    assert failed(box).startswith("127.0.0.1 does not speak TLS on port ")
    box.imap_port = port = free_port()
    assert failed(box) == f"Nothing listens on port {port} of 127.0.0.1."


def test_what_no_test_can_bring_about(box):
    for error, sentence in [
        (socket.gaierror(socket.EAI_NONAME, "x"), "No name server knows 127.0.0.1."),
        (
            socket.gaierror(socket.EAI_AGAIN, "x"),
            "The name server that should know 127.0.0.1 does not answer.",
        ),
        (ConnectionResetError(), "The connection to 127.0.0.1 was cut."),
        (OSError(113, "No route to host"), "127.0.0.1 cannot be reached: No route to host."),
        (imap.SignInRefused("[UNAVAILABLE] Later"), "The server lets nobody in at present. It"),
        (imap.SignInRefused("[PRIVACYREQUIRED] x"), "The server takes a password only when TLS"),
        (imap.Refused("[LIMIT] Too much"), "The server refused a command. It said: [LIMIT] Too"),
        (imaplib.IMAP4.error("TLS not supported by server"), "127.0.0.1 offers no STARTTLS on"),
        (imaplib.IMAP4.error("odd"), "127.0.0.1 gave an answer that could not be understood."),
        (RuntimeError("secret"), "It failed: RuntimeError."),
        (ssl.SSLError(1, "x"), "127.0.0.1 does not speak TLS on port "),
    ]:
        assert problem_of(error, box).startswith(sentence)


def test_a_test_of_a_mailbox_says_what_is_there_and_changes_nothing(server, box):
    deliver(server, box.imap_username, 1, 2)
    assert imap.look(box) == imap.Seen(2, 2, ("INBOX",), idles=True, is_read_only=False)
    assert server.count(box.imap_username, "UNSEEN") == 2


# --- what is fetched ---


def test_what_is_unread_is_fetched_at_first_and_then_all_that_comes(server, box):
    deliver(server, box.imap_username, 1, 2, 3)
    with server.opened(box.imap_username) as client:
        client.store("2", "+FLAGS", r"\Seen")
    fetchers.fetch_once(box)
    assert kept() == [1, 3]
    deliver(server, box.imap_username, 4, 5)
    with server.opened(box.imap_username) as client:
        client.store("4", "+FLAGS", r"\Seen")  # somebody looked at it before we did
    fetchers.fetch_once(box)
    assert kept() == [1, 3, 4, 5]
    assert server.count(box.imap_username, "UNSEEN") == 0


def test_a_mail_is_kept_byte_for_byte_with_its_envelope(server, box):
    deliver(server, box.imap_username, 1)
    server.deliver(mail(2), f"{box.imap_username}+1.2.abc@desk.example", sender="")
    with server.opened(box.imap_username) as client:
        raw = client.fetch("1", "(BODY.PEEK[])")[1][0][1]
    fetchers.fetch_once(box)
    first, second = InboxItem.objects.select_related("raw").order_by("id")
    assert bytes(first.raw.bytes) == raw
    assert (first.door, first.mailbox, first.mail_from) == ("imap", box, "cleo@northwind.example")
    assert first.rcpt_to == [f"{box.imap_username}@desk.example"]
    assert (second.mail_from, second.rcpt_to) == (
        "<>",
        [f"{box.imap_username}+1.2.abc@desk.example"],
    )


def test_a_mail_that_cannot_be_kept_stays_unread_and_is_fetched_later(server, box, monkeypatch):
    deliver(server, box.imap_username, 1)

    def fail(*_args, **_named):
        raise OSError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(inbox, "keep_raw", fail)
        failed(box)
    assert server.count(box.imap_username, "UNSEEN") == 1
    fetchers.fetch_once(box)
    assert (kept(), server.count(box.imap_username, "UNSEEN")) == ([1], 0)


def test_a_mail_is_moved_once_it_is_kept(server, box):
    with server.opened(box.imap_username) as client:
        client.create("Done")
    box.afterwards, box.done_folder = "move", "Done"
    box.save()
    deliver(server, box.imap_username, 1, 2)
    fetchers.fetch_once(box)
    assert kept() == [1, 2]
    assert server.count(box.imap_username) == 0
    assert server.count(box.imap_username, folder="Done") == 2


def test_where_it_cannot_be_moved_it_is_marked_and_said(server, box):
    box.afterwards, box.done_folder = "move", "Done"
    box.save()
    deliver(server, box.imap_username, 1)
    fetchers.fetch_once(box)
    box.refresh_from_db()
    assert "could not be moved to “Done” and are marked as read." in box.last_error
    assert (kept(), box.failing_since) == ([1], None)
    assert server.count(box.imap_username, "UNSEEN") == 0


def test_what_somebody_has_marked_as_deleted_is_not_removed_by_us(server, box):
    deliver(server, box.imap_username, 1, 2)
    with server.opened(box.imap_username) as client:
        client.store("1", "+FLAGS", r"\Deleted")
    fetchers.fetch_once(box)
    assert server.count(box.imap_username) == 2


def test_of_50_000_mails_the_unread_ones_are_fetched(server, desk):
    box = a_mailbox(server.imap, LARGE)
    file = server.large_mailbox
    file.parent.mkdir()
    with file.open("wb") as mbox:
        for number in range(1, 50_001):
            seen = b"" if number in (7, 30_000) else b"Status: RO\n"
            raw = mail(number).replace(b"\r\n", b"\n").replace(b"\n\n", b"\n" + seen + b"\n")
            mbox.write(b"From x@y Thu Nov 19 08:00:00 2026\n" + raw + b"\n")
    for path in (file.parent, file):
        shutil.chown(path, "mail", "mail")
    fetchers.fetch_once(box)
    assert kept() == [7, 30_000]
    box.refresh_from_db()
    assert box.last_uid == 50_000
    deliver(server, LARGE, 60_000)
    fetchers.fetch_once(box)
    assert kept() == [7, 30_000, 60_000]


# --- F12: what servers and lines do ---


def test_f12_a_server_that_forgets_what_is_read_gives_each_mail_once(server, box):
    deliver(server, box.imap_username, 1, 2)
    for _ in range(3):
        fetchers.fetch_once(box)
        with server.opened(box.imap_username) as client:
            client.store("1:*", "-FLAGS", r"\Seen")
    assert [item.times_received for item in InboxItem.objects.all()] == [1, 1]


def test_f12_new_numbers_for_old_mails_lose_and_double_nothing(server, box):
    deliver(server, box.imap_username, 1, 2)
    fetchers.fetch_once(box)
    before = Mailbox.objects.get()
    deliver(server, box.imap_username, 3)
    with server.opened(box.imap_username) as client:
        client.store("3", "+FLAGS", r"\Seen")  # unread would be found anyway
    server.do("mailbox", "update", "-u", box.imap_username, "--uid-validity", "77", "INBOX")
    for _ in range(2):
        fetchers.fetch_once(box)
    assert kept() == [1, 2, 3]
    after = Mailbox.objects.get()
    assert after.uid_validity == 77 != before.uid_validity
    assert [item.times_received for item in InboxItem.objects.order_by("id")] == [2, 2, 1]


def test_f12_a_line_cut_at_twenty_points_loses_and_doubles_nothing(server, proxy, box):
    numbers = range(1, 9)
    deliver(server, box.imap_username, *numbers)
    for at in range(1, 21):
        proxy.passed, proxy.cut_after = 0, at * 130
        failed(box)
        assert set(kept()) <= set(numbers)
    proxy.cut_after = None
    fetchers.fetch_once(box)
    assert sorted(kept()) == list(numbers)


def test_f12_one_mail_that_is_not_given_stops_no_other_and_is_told_once(server, proxy, box, desk):
    deliver(server, box.imap_username, *range(1, 101))

    def no(line: bytes) -> bytes | None:
        if b"UID FETCH 42 (UID BODY" in line:
            return tag(line) + b" NO [SERVERBUG] Internal error\r\n"
        return None

    proxy.answer = no
    fetchers.fetch_once(box)
    assert sorted(kept()) == sorted({*range(1, 101)} - {42})
    box.refresh_from_db()
    assert box.last_error == (
        "UID 42 could not be fetched and stays on the server. It said: [SERVERBUG] Internal error"
    )
    assert (box.failing_since, box.last_uid) == (None, 100)
    assert server.count(box.imap_username, "UNSEEN") == 1

    for minutes in (0, 16, 17):
        fetched_mail.record_success(box, at=now() + timedelta(minutes=minutes))
    subject = f"A mail to {box.address} could not be fetched"
    assert {item.subject for item in OutboxItem.objects.all()} == {subject}
    assert OutboxItem.objects.count() == len({item.to_address for item in OutboxItem.objects.all()})

    proxy.answer = lambda line: None
    fetchers.fetch_once(box)
    box.refresh_from_db()
    assert sorted(kept()) == list(range(1, 101))
    assert (box.left_behind, box.last_error) == ({}, "")


def test_f12_a_server_that_gives_no_mail_at_all_is_in_trouble_itself(server, proxy, box):
    deliver(server, box.imap_username, *range(1, 31))
    fetchers.fetch_once(box)
    deliver(server, box.imap_username, *range(31, 51))
    proxy.answer = lambda line: (
        tag(line) + b" NO [UNAVAILABLE] Later\r\n" if b"UID FETCH" in line else None
    )
    assert failed(box) == "The server refused a command. It said: [UNAVAILABLE] Later"
    assert (box.last_uid, box.left_behind) == (30, {})
    proxy.answer = lambda line: None
    fetchers.fetch_once(box)
    assert sorted(kept()) == list(range(1, 51))


def test_f12_a_mail_that_ends_each_connection_lets_the_others_through(server, proxy, box):
    deliver(server, box.imap_username, 1, 2, 3)
    proxy.answer = lambda line: CUT if b"UID FETCH 2 (UID BODY" in line else None
    fetcher = fetching.Fetcher(box)
    for _ in range(3):
        with pytest.raises((OSError, imaplib.IMAP4.error)), imap.opened(box) as folder:
            fetcher.fetch_new(folder)
    for _ in range(2):
        with imap.opened(box) as folder:
            fetcher.fetch_new(folder)
    assert kept() == [1, 3]
    box.refresh_from_db()
    assert "each time that we fetch it the connection is cut" in box.left_behind["2"]["why"]
    assert proxy.connections == 5


def test_a_mail_that_is_too_large_stays_unread_and_is_named_until_it_is_gone(
    server, box, monkeypatch
):
    monkeypatch.setattr(fetching, "LARGEST_MAIL", 2 << 20)
    deliver(server, box.imap_username, 1)
    large = mail(2, text=("y" * 70 + "\r\n") * 40_000)
    server.deliver(large, f"{box.imap_username}@desk.example")
    fetchers.fetch_once(box)
    box.refresh_from_db()
    assert kept() == [1]
    assert box.last_error == (
        "UID 2 from cleo@northwind.example, “Nummer 2”, is larger than 2 MB and stays on the "
        "server."
    )
    assert server.count(box.imap_username, "UNSEEN") == 1
    with server.opened(box.imap_username) as client:
        client.store("2", "+FLAGS", r"\Deleted")
        client.expunge()
    fetchers.fetch_once(box)
    box.refresh_from_db()
    assert (box.last_error, box.left_behind) == ("", {})


def test_f12_a_folder_that_may_only_be_read_is_read(server, proxy, box):
    deliver(server, box.imap_username, 1)
    proxy.rewrite = lambda line: line.replace(b"[READ-WRITE]", b"[READ-ONLY]")
    for _ in range(2):
        fetchers.fetch_once(box)
    box.refresh_from_db()
    assert [item.times_received for item in InboxItem.objects.all()] == [1]
    assert server.count(box.imap_username, "UNSEEN") == 1


def test_f12_a_server_that_hangs_is_noticed(server, proxy, box, monkeypatch):
    proxy.answer = lambda line: HANG if b"SELECT" in line else None
    with pytest.raises(TimeoutError), imap.opened(box, timeout=0.5):
        pass
    assert problem_of(TimeoutError(), box) == "127.0.0.1 did not answer in time."


def test_f12_a_server_that_says_goodbye_is_quoted(server, proxy, box):
    proxy.answer = lambda line: b"* BYE Server shutting down.\r\n" if b"SELECT" in line else None
    assert failed(box) == ("The server ended the connection. It said: Server shutting down.")


def test_f12_a_failure_is_told_once_after_a_quarter_of_an_hour_and_so_is_its_end(box, desk):
    fetched_mail.record_failure(box, why="The server refused the password.", at=MONDAY)
    later = MONDAY + timedelta(minutes=14)
    fetched_mail.record_failure(box, why="The server refused the password.", at=later)
    assert fetched_mail.tell_of_failures(at=later) == 0
    later = MONDAY + timedelta(minutes=15)
    assert [fetched_mail.tell_of_failures(at=later) for _ in range(2)] == [1, 0]
    told = OutboxItem.objects.all()
    assert {item.subject for item in told} == {f"No mail comes from {box.address}"}
    assert "The server refused the password." in told[0].text
    assert "ada@desk.example" in {item.to_address for item in told}
    number = len(told)
    for minutes in (60, 61):
        fetched_mail.record_success(box, at=MONDAY + timedelta(minutes=minutes))
    again = OutboxItem.objects.order_by("id")[number:]
    assert {item.subject for item in again} == {f"Mail comes from {box.address} again"}
    assert len(again) == number


def test_a_failure_that_ended_in_time_is_not_told(box, desk):
    fetched_mail.record_failure(box, why="x", at=MONDAY)
    fetched_mail.record_success(box, at=MONDAY + timedelta(minutes=1))
    assert fetched_mail.tell_of_failures(at=MONDAY + timedelta(hours=1)) == 0
    fetched_mail.record_failure(box, why="x", at=MONDAY)
    Mailbox.objects.update(is_active=False)
    assert fetched_mail.tell_of_failures(at=MONDAY + timedelta(hours=1)) == 0
    assert not OutboxItem.objects.exists()


# --- the command ---


def test_the_command_fetches_once_and_says_what_is_wrong(server, box, capsys):
    deliver(server, box.imap_username, 1, 2)
    assert main(["mail", "fetch", "--once"]) == 0
    assert capsys.readouterr().out == f"{box.address}: 2 fetched.\n"
    Mailbox.objects.update(imap_password="wrong")
    assert main(["mail", "fetch", "--once", "--mailbox", box.address.upper()]) == 1
    assert "The server refused the password" in capsys.readouterr().err
    assert main(["mail", "fetch", "--once", "--mailbox", "x@desk.example"]) == 1
    assert capsys.readouterr().err == "There is no such mailbox, or it is not fetched.\n"
