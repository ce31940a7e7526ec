"""Fetching all mailboxes, each in a thread of its own, as long as the process lives.

A thread keeps one connection and waits on it for news (IDLE; a look every minute where the server
cannot). Whatever breaks, it connects again: soon, then ever more seldom, at least every 5 minutes.
"""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import connection

from dueline.actions import alarms, fetched_mail
from dueline.core.instants import now
from dueline.core.vigil import BEAT, Part
from dueline.intake.mail import imap
from dueline.intake.mail.fetching import Fetcher, Round
from dueline.intake.mail.imap_problems import is_of_the_world, problem_of
from dueline.models import Desk, Mailbox

logger = logging.getLogger(__name__)

LOOK = 5.0  # seconds until a new, changed or removed mailbox is noticed
RENEW = 540.0  # seconds of IDLE; a server may end one after half an hour, and routers sooner
POLL = 60.0  # seconds between two looks where the server has no IDLE
FIRST_WAIT = 2.0  # seconds until a connection is tried again; doubles each time …
LONGEST_WAIT = 300.0  # … up to this
_LAST_STEPS = 5.0  # seconds that a mail under way gets to be kept in

# What of a row makes another connection. The rest changes as it is fetched.
_SETTINGS = (
    "imap_host",
    "imap_port",
    "imap_security",
    "imap_username",
    "sign_in",
    "imap_password",
    "oauth_tenant",
    "oauth_client_id",
    "oauth_client_secret",
    "folder",
    "afterwards",
    "done_folder",
)


def fetch_once(mailbox: Mailbox) -> Round:
    """Fetch what is new and hang up. Raises what went wrong; the mailbox shows it, too."""
    try:
        with imap.opened(mailbox) as folder:
            found = Fetcher(mailbox).fetch_new(folder)
    except Exception as error:
        _note(mailbox, error)
        raise
    fetched_mail.record_success(mailbox, remark=" ".join(found.remarks), at=now())
    return found


def fetched() -> list[Mailbox]:
    """Return the mailboxes that are to be fetched."""
    if not Desk.objects.filter(set_up_at__isnull=False).exists():
        return []
    return list(Mailbox.objects.filter(is_active=True).exclude(imap_host=""))


@contextmanager
def running(*, only: str = "") -> Iterator["Fetchers"]:
    """Fetch as long as the block lasts. only: the address of one mailbox."""
    fetchers = Fetchers(only=only)
    fetchers.start()
    try:
        yield fetchers
    finally:
        fetchers.stop()


class Fetchers(threading.Thread):
    """Keeps a thread for each mailbox, as rows come, change and go."""

    def __init__(self, *, only: str = "") -> None:
        super().__init__(name="fetchers", daemon=True)
        self._only = only
        self._stop_asked = threading.Event()
        self._lines: dict[int, _Line] = {}
        self._is_down = False  # the database, as far as we know
        self._beat_at = time.monotonic()

    def run(self) -> None:
        while not self._stop_asked.is_set():
            try:
                self._match_rows()
                self._beat()
                self._is_down = False
            except Exception:
                if not self._is_down:
                    logger.exception("The mailboxes could not be read; it is tried again.")
                self._is_down = True
            connection.close()
            self._stop_asked.wait(LOOK)

    def stop(self) -> None:
        """End all connections; a mail that is being kept is kept first."""
        self._stop_asked.set()
        self.join(_LAST_STEPS)
        for line in self._lines.values():
            line.stop()
        deadline = time.monotonic() + _LAST_STEPS
        for line in self._lines.values():
            line.join(max(0.0, deadline - time.monotonic()))

    def _beat(self) -> None:
        if time.monotonic() >= self._beat_at:
            alarms.beat(Part.FETCHERS, at=now())
            self._beat_at = time.monotonic() + BEAT

    def _match_rows(self) -> None:
        rows = {box.pk: box for box in fetched() if self._only in ("", box.address)}
        for pk, line in list(self._lines.items()):
            if pk not in rows or line.settings != _settings_of(rows[pk]) or not line.is_alive():
                line.stop()
                del self._lines[pk]
        for pk, mailbox in rows.items():
            if pk not in self._lines and not self._stop_asked.is_set():
                self._lines[pk] = _Line(mailbox)
                self._lines[pk].start()


class _Line(threading.Thread):
    """One mailbox, connected as much as its server lets it be."""

    def __init__(self, mailbox: Mailbox) -> None:
        # A daemon: a server that never answers must not keep the process from ending.
        super().__init__(name=f"mailbox {mailbox.pk}", daemon=True)
        self.settings = _settings_of(mailbox)
        self._mailbox = mailbox
        self._fetcher = Fetcher(mailbox)
        self._stop_asked = threading.Event()
        self._folder: imap.Folder | None = None
        self._wait = FIRST_WAIT
        self._is_failing = False

    def run(self) -> None:
        while not self._stop_asked.is_set():
            try:
                self._stay_connected()
            except Exception as error:
                if not self._stop_asked.is_set():
                    self._fail(error)
            connection.close()
            self._stop_asked.wait(self._wait)
            self._wait = min(self._wait * 2, LONGEST_WAIT)

    def stop(self) -> None:
        self._stop_asked.set()
        if self._folder is not None:
            self._folder.cut()

    def _stay_connected(self) -> None:
        self._mailbox.refresh_from_db()  # the permission may have been renewed
        with imap.opened(self._mailbox, timeout=imap.TIMEOUT) as folder:
            self._folder = folder
            try:
                while not self._stop_asked.is_set():
                    self._fetch(folder)
                    connection.close()  # one for each mailbox that only waits would be many
                    self._wait_for_news(folder)
            finally:
                self._folder = None

    def _fetch(self, folder: imap.Folder) -> None:
        found = self._fetcher.fetch_new(folder)
        fetched_mail.record_success(self._mailbox, remark=" ".join(found.remarks), at=now())
        if self._is_failing:
            logger.warning("Mailbox %s can be fetched again.", self._mailbox.pk)
        self._wait, self._is_failing = FIRST_WAIT, False

    def _wait_for_news(self, folder: imap.Folder) -> None:
        if folder.idles:
            folder.wait_for_news(RENEW)
        else:
            self._stop_asked.wait(POLL)
            folder.ask_for_news()

    def _fail(self, error: Exception) -> None:
        if isinstance(error, Mailbox.DoesNotExist):
            self._stop_asked.set()
            return
        if not is_of_the_world(error):
            # Our bug, or the database's trouble. Nothing is lost: the mail is on the server.
            if not self._is_failing:
                logger.exception("Mailbox %s failed; it is tried again.", self._mailbox.pk)
        elif not self._is_failing:
            name = type(error).__name__
            logger.warning("Mailbox %s cannot be fetched (%s).", self._mailbox.pk, name)
        self._is_failing = True
        connection.close()  # it may be what broke
        with suppress(Exception):  # the same trouble once more, which has been logged
            _note(self._mailbox, error)


def _note(mailbox: Mailbox, error: Exception) -> None:
    fetched_mail.record_failure(mailbox, why=problem_of(error, mailbox), at=now())


def _settings_of(mailbox: Mailbox) -> tuple[object, ...]:
    return tuple(getattr(mailbox, name) for name in _SETTINGS)
