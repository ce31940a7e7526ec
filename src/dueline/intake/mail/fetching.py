"""What of a mailbox is fetched, in which order, and when it counts as done.

    keep the bytes (commit) → mark as read, or move → store up to where (commit)

Whatever is cut off between two of these is done once more, and the same bytes are one item. A mark
on the server is never believed to say what is here: people read mail, too, and servers forget.
"""

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import parseaddr

from dueline.actions import fetched_mail, inbox
from dueline.core.crash_points import crash_point
from dueline.core.instants import now
from dueline.core.mail_text import clean_line
from dueline.intake.mail.decode import decode, decode_header
from dueline.intake.mail.imap import Folder, Refused
from dueline.intake.mail.limits import LARGEST_MAIL
from dueline.models import Mailbox

_BATCH = 50  # mails between two looks at where we are
_MOST_REFUSED = 10  # in a row, and none was given: then it is not these mails
_MOST_CUTS = 3  # connections that one mail may end
_REST = 3600.0  # seconds
_HEAD = 65536  # bytes in which the traces of the delivery stand
_A_DAY = timedelta(days=1)  # SINCE knows days only, and in a zone that nobody tells

_TOO_LARGE = "UID %(uid)s%(who)s is larger than %(most)s MB and stays on the server."
_CUT = "UID %(uid)s stays on the server: each time that we fetch it the connection is cut."
_NOT_GIVEN = "UID %(uid)s%(who)s could not be fetched and stays on the server. It said: %(words)s"


@dataclass(slots=True)
class Round:
    """What one round brought. remarks: what else did not go as it should, in sentences."""

    kept: int = 0
    remarks: list[str] = field(default_factory=list)

    def remark(self, sentence: str) -> None:
        if sentence not in self.remarks:
            self.remarks.append(sentence)


class Fetcher:
    """Fetches one mailbox, over any number of connections."""

    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox
        # Mails that were under way when the line was cut, and how often: one that ends each
        # connection must not keep all others from coming. It rests for an hour.
        self._cuts: dict[int, int] = {}
        self._resting: dict[int, float] = {}  # until when, by the monotonic clock

    def fetch_new(self, folder: Folder) -> Round:
        """Keep what is new in the folder, and try again what was left there."""
        found = Round()
        self.mailbox.refresh_from_db()
        folder.forget_news()
        self._try_left_again(folder, found)
        if self.mailbox.uid_validity == folder.uid_validity:
            for batch in _batches(folder.after(self.mailbox.last_uid)):
                self._fetch(folder, batch, found, last_uid=batch[-1])
        else:
            self._begin(folder, found)
        return found

    def _begin(self, folder: Folder, found: Round) -> None:
        """Read a folder that has no place to go on from: ours is stored when all is done.

        For the first time it is what is unread. When the server has numbered its mails anew
        (another UIDVALIDITY) also what came since a day before all was well: what we have of that
        is recognized by its bytes.
        """
        last_success_at = self.mailbox.last_success_at
        if self.mailbox.uid_validity is None or last_success_at is None:
            uids = folder.unread()
        else:
            uids = folder.unread_or_since((last_success_at - _A_DAY).date())
        # What comes from here on is found by its number.
        old = [uid for uid in uids if uid < folder.uid_next]
        left: dict[int, str] = {}
        for batch in _batches(old):
            left |= self._keep_and_mark(folder, batch, found)[1]
        self._settle(folder, last_uid=folder.uid_next - 1, done=(), left=left)

    def _try_left_again(self, folder: Folder, found: Round) -> None:
        if not self.mailbox.left_behind or self.mailbox.uid_validity != folder.uid_validity:
            return
        uids = sorted(int(uid) for uid in self.mailbox.left_behind)
        for batch in _batches(uids):
            with suppress(Refused):  # all of them, still: that must not keep new ones from coming
                self._fetch(folder, batch, found, last_uid=self.mailbox.last_uid)

    def _fetch(self, folder: Folder, batch: Sequence[int], found: Round, *, last_uid: int) -> None:
        done, left = self._keep_and_mark(folder, batch, found)
        self._settle(folder, last_uid=last_uid, done=done, left=left)

    def _keep_and_mark(
        self, folder: Folder, batch: Sequence[int], found: Round
    ) -> tuple[list[int], dict[int, str]]:
        """Return what is done (kept, or gone from the folder), and what was left with a reason."""
        sizes = _sizes(folder, batch)
        kept, gone, left = [], [], {}
        for uid in batch:
            if sizes is not None and uid not in sizes:
                gone.append(uid)
                continue
            why = self._keep(folder, uid, size=sizes[uid] if sizes else 0)
            if why is None:
                kept.append(uid)
            else:
                left[uid] = why.sentence
            if not kept and len(left) >= _MOST_REFUSED and why and why.is_of_the_server:
                raise Refused(why.words)
        found.kept += len(kept)
        crash_point("imap.kept")
        if kept:
            _finish(self.mailbox, folder, kept, found)
        crash_point("imap.marked")
        return kept + gone, left

    def _keep(self, folder: Folder, uid: int, *, size: int) -> "Left | None":
        """Keep one mail. Returns why it was left, or None."""
        if size > LARGEST_MAIL:
            return _too_large(folder, uid)
        if self._ends_connections(uid):
            return Left.named(_CUT, uid)
        try:
            raw = folder.fetch(uid)
        except Refused as error:
            del self._cuts[uid]
            who = _who(folder, uid)
            return Left.named(_NOT_GIVEN, uid, who=who, words=error.words, is_of_the_server=True)
        del self._cuts[uid]
        if raw is not None and len(raw) > LARGEST_MAIL:
            return _too_large(folder, uid)
        if raw:
            mail_from, rcpt_to = envelope_of(raw, self.mailbox.address)
            inbox.keep_raw(
                raw,
                door="imap",
                mail_from=mail_from,
                rcpt_to=rcpt_to,
                mailbox=self.mailbox,
                at=now(),
            )
        return None

    def _ends_connections(self, uid: int) -> bool:
        """Note that this mail is under way now, unless it has ended too many connections."""
        if time.monotonic() < self._resting.get(uid, 0.0):
            return True
        self._cuts[uid] = self._cuts.get(uid, 0) + 1
        if self._cuts[uid] <= _MOST_CUTS:
            return False
        self._resting[uid] = time.monotonic() + _REST
        del self._cuts[uid]
        return True

    def _settle(
        self, folder: Folder, *, last_uid: int, done: Sequence[int], left: dict[int, str]
    ) -> None:
        fetched_mail.settle(
            self.mailbox,
            uid_validity=folder.uid_validity,
            last_uid=last_uid,
            done=done,
            left=left,
            at=now(),
        )


@dataclass(frozen=True, slots=True)
class Left:
    """Why a mail stays on the server."""

    sentence: str
    words: str = ""
    is_of_the_server: bool = False

    @classmethod
    def named(
        cls,
        sentence: str,
        uid: int,
        *,
        who: str = "",
        words: str = "",
        is_of_the_server: bool = False,
    ) -> "Left":
        said = {"uid": uid, "who": who, "words": words, "most": LARGEST_MAIL >> 20}
        return cls(sentence % said, words, is_of_the_server)


def _too_large(folder: Folder, uid: int) -> Left:
    return Left.named(_TOO_LARGE, uid, who=_who(folder, uid))


def _who(folder: Folder, uid: int) -> str:
    """Return what helps a person to find a mail: its sender and subject, if they can be had."""
    try:
        head = decode(folder.head(uid))[0]
    except Refused:
        return ""
    sender = parseaddr(_header(head, "from"))[1]
    subject = _header(head, "subject")
    return (f" from {sender}" if sender else "") + (f", “{subject}”," if subject else "")


def _header(head: str, name: str) -> str:
    found = re.search(rf"^{name}:([^\r\n]{{0,300}})", head, re.MULTILINE | re.IGNORECASE)
    return clean_line(decode_header(found[1]))[:150] if found else ""


def _batches(uids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (uids[start : start + _BATCH] for start in range(0, len(uids), _BATCH))


def _sizes(folder: Folder, batch: Sequence[int]) -> dict[int, int] | None:
    """Return how large each is that is still there; None if one bad mail spoils the answer."""
    try:
        return folder.sizes(batch)
    except Refused:
        return None


def _finish(mailbox: Mailbox, folder: Folder, kept: Sequence[int], found: Round) -> None:
    """Show on the server what we have. That it cannot be shown is a remark: the mail is here."""
    if folder.is_read_only:
        found.remark("The server lets nobody mark mails in this folder as read.")
        return
    if mailbox.afterwards == Mailbox.Afterwards.MOVE and mailbox.done_folder:
        try:
            folder.move(kept, mailbox.done_folder)
            return
        except Refused as error:
            found.remark(
                f"Mails could not be moved to “{mailbox.done_folder}” and are marked as read. "
                f"The server said: {error.words}"
            )
    try:
        folder.mark_read(kept)
    except Refused as error:
        found.remark(f"Mails could not be marked as read. The server said: {error.words}")


# --- the envelope ------------------------------------------------------------------------------

_TRACE = re.compile(
    rb"^(return-path|delivered-to|x-original-to|envelope-to|x-delivered-to):[ \t]*"
    rb"(?:\r?\n[ \t]+)?<?([^\r\n<>]{0,400})>?",
    re.MULTILINE | re.IGNORECASE,
)
_RECEIVED_FOR = re.compile(rb"^[ \t]+for <([^\r\n<> ]{1,400})>", re.MULTILINE)
_MOST_RECIPIENTS = 20


def envelope_of(raw: bytes, address: str) -> tuple[str, list[str]]:
    """Return who sent a mail and to whom, as far as its delivery has written it down.

    "": the sender is not known; "<>": it is the null sender. The first of a kind counts for the
    sender: servers put it on top. Anybody can write such lines; they only show the way to what is
    signed. address: of the mailbox, where nothing is written down.
    """
    head = raw[:_HEAD].partition(b"\r\n\r\n")[0].partition(b"\n\n")[0]
    sender, recipients = "", []
    for found in _TRACE.finditer(head):
        value = found[2].decode("utf-8", "replace").strip()
        if found[1].lower() == b"return-path":
            sender = sender or value or "<>"
        elif "@" in value and value not in recipients:
            recipients.append(value)
    # Dovecot writes nothing else; "for" stands on a line of its own in its Received, and Postfix's.
    for found in _RECEIVED_FOR.finditer(head):
        value = found[1].decode("utf-8", "replace")
        if "@" in value and value not in recipients:
            recipients.append(value)
    return sender, recipients[:_MOST_RECIPIENTS] or [address]
