"""Threads that stay connected to a real Dovecot, and connect again whatever breaks (F11, F12)."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from dueline.intake.mail import fetchers, imap
from dueline.models import Mailbox
from tests.intake.mailboxes import deliver, kept
from tests.intake.proxy import HANG
from tests.mail_servers import CERTIFICATE, PASSWORD
from tests.processes import eventually
from tests.world import build_world

pytestmark = pytest.mark.processes


@pytest.fixture
def desk(transactional_db):
    return build_world()


@pytest.fixture(autouse=True)
def _soon(monkeypatch):
    monkeypatch.setattr(fetchers, "LOOK", 0.1)
    monkeypatch.setattr(fetchers, "FIRST_WAIT", 0.1)


@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
def test_a_mail_that_comes_is_here_at_once(server, box, security, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    port = server.imaps if security == "tls" else server.imap
    Mailbox.objects.update(imap_host="localhost", imap_port=port, imap_security=security)
    with fetchers.running():
        for number in (1, 2, 3):
            deliver(server, box.imap_username, number)
            eventually(lambda number=number: number in kept(), within=15)
    assert kept() == [1, 2, 3]


def test_it_comes_soon_where_the_server_has_no_idle(server, proxy, box, monkeypatch):
    monkeypatch.setattr(fetchers, "POLL", 0.2)
    proxy.rewrite = lambda line: line.replace(b" IDLE", b"")
    with fetchers.running():
        for number in (1, 2):
            deliver(server, box.imap_username, number)
            eventually(lambda number=number: number in kept(), within=15)
    assert not any(b"IDLE" in line for line in proxy.said)


def test_f12_a_line_that_is_cut_is_taken_up_again(server, proxy, box):
    with fetchers.running():
        for number in range(1, 6):
            deliver(server, box.imap_username, number)
            eventually(lambda number=number: number in kept(), within=10)
            proxy.cut()
    assert kept() == [1, 2, 3, 4, 5]
    eventually(lambda: proxy.connections >= 5)


def test_f12_a_server_that_hangs_while_we_wait_for_news_is_left(server, proxy, box, monkeypatch):
    monkeypatch.setattr(imap, "TIMEOUT", 0.5)
    monkeypatch.setattr(fetchers, "RENEW", 0.2)
    proxy.answer = lambda line: HANG if line.startswith(b"DONE") else None
    with fetchers.running():
        eventually(lambda: Mailbox.objects.get().last_error, within=10)
        assert Mailbox.objects.get().last_error == "127.0.0.1 did not answer in time."
        proxy.answer = lambda line: None
        deliver(server, box.imap_username, 1)
        eventually(lambda: kept() == [1], within=10)
        eventually(lambda: Mailbox.objects.get().failing_since is None, within=10)


def test_f12_who_is_refused_tries_again_ever_more_seldom(server, box, monkeypatch):
    class Ended:
        """Stands for an hour in which nobody asks to stop."""

        waits: list[float] = []

        def is_set(self) -> bool:
            return len(self.waits) == 10

        def wait(self, seconds: float) -> None:
            self.waits.append(seconds)

    monkeypatch.setattr(fetchers, "FIRST_WAIT", 2.0)
    box.imap_password = "wrong"
    box.save()
    line = fetchers._Line(box)
    line._stop_asked = Ended()
    line.run()
    assert Ended.waits == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    assert Mailbox.objects.get().failing_since is not None


def test_a_mailbox_is_fetched_as_soon_as_it_is_there_and_not_once_it_is_gone(server, box):
    Mailbox.objects.update(is_active=False)
    deliver(server, box.imap_username, 1)
    with fetchers.running():
        Mailbox.objects.update(is_active=True, imap_password="wrong")
        eventually(lambda: Mailbox.objects.get().failing_since, within=15)
        Mailbox.objects.update(imap_password=PASSWORD)
        eventually(lambda: kept() == [1], within=15)
        Mailbox.objects.all().delete()
        eventually(lambda: threading.active_count() < 3 or not _lines(), within=15)


def test_f11_two_fetchers_at_once_lose_and_double_nothing(server, box):
    with fetchers.running(), fetchers.running():
        deliver(server, box.imap_username, *range(1, 31))
        eventually(lambda: len(kept()) == 30, within=10)
        eventually(lambda: Mailbox.objects.get().last_uid == 30, within=15)
    assert sorted(kept()) == list(range(1, 31))


def test_f11_eight_that_begin_at_once_lose_and_double_nothing(server, box):
    deliver(server, box.imap_username, *range(1, 31))

    def fetch(_: int) -> None:
        try:
            fetchers.fetch_once(Mailbox.objects.get())
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(fetch, range(8)))
    assert sorted(kept()) == list(range(1, 31))


def _lines() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("mailbox")]
