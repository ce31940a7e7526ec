"""A folder on an IMAP server: sign in, look, fetch, mark, and wait for news.

What is a rule of ours stands in `fetching`; here is how a server is spoken to. It may be slow,
rude or gone: every word has a time limit, and what goes wrong is a sentence of `imap_problems`.
"""

import imaplib
import re
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from typing import Any, NamedTuple

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import MailboxFolderSelectError, MailboxLoginError
from imap_tools.utils import encode_folder

from dueline.intake.mail import oauth
from dueline.models import Mailbox

TIMEOUT = 60.0  # seconds for each word of the server's
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MOST_FOLDERS = 20  # that a sentence names


class SignInRefused(Exception):
    """The server said no. words: its own."""

    def __init__(self, words: str) -> None:
        self.words = words
        super().__init__(words)


class NoSuchFolder(Exception):
    def __init__(self, name: str, there_are: Sequence[str]) -> None:
        self.name = name
        self.there_are = tuple(there_are)[:_MOST_FOLDERS]
        super().__init__(name)


class Refused(Exception):
    """The server said no to one command. words: its own."""

    def __init__(self, words: str) -> None:
        self.words = words
        super().__init__(words)


class Seen(NamedTuple):
    """What an administrator's test finds in a mailbox."""

    mails: int
    unread: int
    folders: tuple[str, ...]
    idles: bool  # news is told at once; else it is asked for every minute
    is_read_only: bool


@contextmanager
def opened(mailbox: Mailbox, *, timeout: float = TIMEOUT) -> Iterator["Folder"]:
    """Connect, sign in and open the folder of a mailbox.

    Raises what `imap_problems.problem_of` can say in a sentence.
    """
    box = _connected(mailbox, timeout)
    try:
        _sign_in(box, mailbox)
        yield Folder(box, mailbox.folder)
        with suppress(OSError, imaplib.IMAP4.error):
            box.client.logout()
    finally:
        with suppress(OSError):
            box.client.shutdown()


def look(mailbox: Mailbox, *, timeout: float = 20.0) -> Seen:
    """Try a mailbox as the fetcher would, and change nothing in it."""
    with opened(mailbox, timeout=timeout) as folder:
        return Seen(
            mails=folder.count,
            unread=len(folder.unread()),
            folders=folder.all_folders(),
            idles=folder.idles,
            is_read_only=folder.is_read_only,
        )


def _connected(mailbox: Mailbox, timeout: float) -> BaseMailBox:
    host, port = mailbox.imap_host, mailbox.imap_port
    # The libraries would take any certificate if they were not given this.
    context = ssl.create_default_context()
    if mailbox.imap_security == Mailbox.Security.TLS:
        return _kept_alive(MailBox(host, port, timeout=timeout, ssl_context=context))
    if mailbox.imap_security == Mailbox.Security.STARTTLS:
        return _kept_alive(MailBoxStartTls(host, port, timeout=timeout, ssl_context=context))
    return _kept_alive(MailBoxUnencrypted(host, port, timeout=timeout))


def _kept_alive(box: BaseMailBox) -> BaseMailBox:
    """Let the system notice within two minutes that the other machine is gone."""
    line = box.client.sock
    line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 15), ("TCP_KEEPCNT", 4)):
        if hasattr(socket, option):  # Linux
            line.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
    return box


def _sign_in(box: BaseMailBox, mailbox: Mailbox) -> None:
    name = mailbox.imap_username or mailbox.address
    try:
        if mailbox.sign_in != Mailbox.SignIn.PASSWORD:
            token = oauth.access_token(mailbox)
            box.xoauth2(name, token, initial_folder=None)
        elif (name + mailbox.imap_password).isascii():
            box.login(name, mailbox.imap_password, initial_folder=None)
        else:
            box.login_utf8(name, mailbox.imap_password, initial_folder=None)
    except MailboxLoginError as error:
        raise SignInRefused(_words(error.command_result[1])) from None
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        oauth.forget(mailbox)
        raise SignInRefused(_words([str(error).encode()])) from None


class Folder:
    """An open folder. UIDs are numbers, and lists of them ascend."""

    def __init__(self, box: BaseMailBox, name: str) -> None:
        self.name = name
        self._client = box.client
        self._box = box
        self.is_read_only = False
        self._select(name)
        self.count = self._number("EXISTS")
        self.uid_validity = self._number("UIDVALIDITY")
        self.uid_next = self._number("UIDNEXT") or max(self._search("UID", "*"), default=0) + 1
        # What it can do may be told in full only to those who have signed in.
        told: Any = self._client.capability()[1]
        self._can = frozenset(bytes(told[-1] or b"").decode("ascii", "replace").upper().split())

    @property
    def idles(self) -> bool:
        return "IDLE" in self._can

    # --- what is there ---

    def unread(self) -> list[int]:
        return self._search("UNSEEN")

    def after(self, uid: int) -> list[int]:
        # "7:*" also names the last mail where that is 5 (RFC 9051, 9: seq-range).
        return [found for found in self._search("UID", f"{uid + 1}:*") if found > uid]

    def unread_or_since(self, day: date) -> list[int]:
        spelled = f"{day.day}-{_MONTHS[day.month - 1]}-{day.year}"
        return self._search("OR", "UNSEEN", "SINCE", spelled)

    def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """Return the sizes of those that are still there. Raises Refused."""
        told = self._do("FETCH", _joined(uids), "(UID RFC822.SIZE)")
        lines = [line for line in told if isinstance(line, bytes)]
        found = [(re.search(rb"UID (\d+)", x), re.search(rb"SIZE (\d+)", x)) for x in lines]
        return {int(uid[1]): int(size[1]) for uid, size in found if uid and size}

    def fetch(self, uid: int) -> bytes | None:
        """Return a mail, byte for byte; None if it is gone. Raises Refused."""
        return self._literal(uid, "BODY.PEEK[]")

    def head(self, uid: int) -> bytes:
        """Return who wrote a mail, and its subject. Raises Refused."""
        return self._literal(uid, "BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)]") or b""

    def all_folders(self) -> tuple[str, ...]:
        return tuple(folder.name for folder in self._box.folder.list())

    # --- what becomes of it ---

    def mark_read(self, uids: Sequence[int]) -> None:
        """Raises Refused."""
        # Not the library's way: it removes for good what somebody else has marked as deleted.
        self._do("STORE", _joined(uids), "+FLAGS.SILENT", r"(\Seen)")

    def move(self, uids: Sequence[int], to: str) -> None:
        """Raises Refused."""
        if "MOVE" in self._can:
            self._do("MOVE", _joined(uids), encode_folder(to))
            return
        self._do("COPY", _joined(uids), encode_folder(to))
        self._do("STORE", _joined(uids), "+FLAGS.SILENT", r"(\Seen \Deleted)")
        if "UIDPLUS" in self._can:
            self._do("EXPUNGE", _joined(uids))

    # --- news ---

    def forget_news(self) -> None:
        """Do not take for news what came before the search that follows."""
        self._client.response("EXISTS")

    def ask_for_news(self) -> None:
        self._client.noop()

    def wait_for_news(self, seconds: float) -> None:
        """Return when the server tells something, or after a while (IDLE, RFC 2177)."""
        if self._has_news():
            return
        tag = self._box.idle._idle_tag = self._client._command("IDLE")
        while self._client._get_response() is not None:  # None: its "+", from which it idles
            ended: Any = self._client.tagged_commands[tag]
            if ended:
                raise Refused(_words(ended[1]))
        if not self._has_news() and not self._has_more_to_say():
            self._box.idle.poll(timeout=seconds)
        self._box.idle.stop()

    def cut(self) -> None:
        """End the connection, from another thread: who waits for the server waits no more."""
        # The base class: an encrypted socket's own would change it under the other's hands.
        with suppress(OSError):
            socket.socket.shutdown(self._client.sock, socket.SHUT_RDWR)

    def _has_news(self) -> bool:
        return self._client.response("EXISTS")[1] != [None]

    def _has_more_to_say(self) -> bool:
        """Whether words of the server have been received and not been looked at.

        They may come in one piece with its "+"; whoever then waits for the line waits in vain.
        """
        line = self._client.sock
        before = line.gettimeout()
        line.settimeout(0)
        try:
            return bool(self._client.file.peek(1))  # type: ignore[union-attr]
        except OSError:  # nothing yet
            return False
        finally:
            line.settimeout(before)

    # --- words ---

    def _select(self, name: str) -> None:
        try:
            self._box.folder.set(name)
        except imaplib.IMAP4.readonly:
            # It may be read and not be marked, as a shared one: where we are is kept here anyway.
            self._box.folder.set(name, readonly=True)
            self.is_read_only = True
        except MailboxFolderSelectError as error:
            there_are = self.all_folders()
            if name in there_are:
                raise Refused(_words(error.command_result[1])) from None
            raise NoSuchFolder(name, there_are) from None

    def _number(self, name: str) -> int:
        told = self._client.response(name)[1] or [None]
        return int(told[-1] or 0)

    def _search(self, *criteria: str) -> list[int]:
        told = self._do("SEARCH", *criteria)
        return sorted({int(uid) for line in told if line for uid in line.split()})

    def _literal(self, uid: int, what: str) -> bytes | None:
        told = self._do("FETCH", str(uid), f"(UID {what})")
        pieces = [piece for piece in told if isinstance(piece, tuple)]
        mine = [piece[1] for piece in pieces if re.search(rb"\bBODY\[", piece[0])]
        return bytes(mine[0]) if mine else None

    def _do(self, command: str, *arguments: str | bytes) -> list[Any]:
        # What the server says without being asked must not be taken for its answer.
        self._client.response("FETCH")
        try:
            typ, told = self._client.uid(command, *arguments)  # type: ignore[arg-type]
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:  # BAD: it did not understand
            raise Refused(_words([str(error).encode()])) from None
        if typ != "OK":
            raise Refused(_words(told))
        return [line for line in told if line is not None]


def _joined(uids: Sequence[int]) -> str:
    return ",".join(map(str, uids))


def _words(told: Sequence[object]) -> str:
    """Return what a server said in one short line."""
    said = told[-1] if told else b""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:300]
