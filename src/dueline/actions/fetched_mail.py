"""Up to where a mailbox has been read, how it is doing, and who hears when it fails.

Two processes may fetch the same mailbox: what one of them has stored is never taken back by the
other.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from dueline.actions import mailbox_letters
from dueline.models import Mailbox

ALARM_AFTER = timedelta(minutes=15)
_MOST_NAMED = 5  # mails left behind that one sentence names


def settle(
    mailbox: Mailbox,
    *,
    uid_validity: int,
    last_uid: int,
    done: Sequence[int],
    left: Mapping[int, str],
    at: datetime,
) -> None:
    """Store that a folder has been read up to `last_uid`, and what was left there, with the reason.

    done: what was fetched, or is gone; of these nothing is left any more.
    """
    with transaction.atomic():
        row = _claimed(mailbox)
        if row is None:
            return
        if row.uid_validity == uid_validity:
            last_uid = max(last_uid, row.last_uid)
        else:
            row.left_behind = {}  # under other numbers, and found again
        there = {uid: told for uid, told in row.left_behind.items() if int(uid) not in done}
        for uid, why in left.items():
            begun = there.get(str(uid), {"since": at.isoformat(), "is_told": False})
            there[str(uid)] = {**begun, "why": why}
        row.uid_validity, row.last_uid, row.left_behind = uid_validity, last_uid, there
        row.save(update_fields=["uid_validity", "last_uid", "left_behind"])
    _take_over(mailbox, row, "uid_validity", "last_uid", "left_behind")


def record_success(mailbox: Mailbox, *, remark: str = "", at: datetime) -> None:
    """Say that the server was there and all was fetched, but for what was left behind.

    remark: what else did not go as it should, in sentences.
    """
    with transaction.atomic():
        row = _claimed(mailbox)
        if row is None:
            return
        if row.told_at is not None and row.failing_since is not None:
            mailbox_letters.works_again(row, since=row.failing_since, at=at)
        row.failing_since = row.told_at = None
        row.last_success_at = at
        row.last_error = " ".join(filter(None, (remark, *_sentences(row))))
        row.left_behind = _told_of(row, at=at)
        row.save(
            update_fields=[
                "failing_since",
                "told_at",
                "last_success_at",
                "last_error",
                "left_behind",
            ]
        )
    _take_over(mailbox, row, "failing_since", "last_success_at", "last_error", "left_behind")


def record_failure(mailbox: Mailbox, *, why: str, at: datetime) -> None:
    """Say that the mailbox cannot be fetched, in a sentence."""
    rows = Mailbox.objects.filter(pk=mailbox.pk)
    rows.filter(failing_since=None).update(failing_since=at)
    rows.update(last_error=why)


def tell_of_failures(*, at: datetime) -> int:
    """Tell those who lead of each mailbox that has failed for `ALARM_AFTER`, once."""
    failing = Mailbox.objects.filter(
        is_active=True, told_at=None, failing_since__lte=at - ALARM_AFTER
    ).exclude(imap_host="")
    return sum(_tell_of(mailbox, at=at) for mailbox in failing)


def _tell_of(mailbox: Mailbox, *, at: datetime) -> bool:
    with transaction.atomic():
        # The claim: of two workers the second finds the row changed, and so does whoever comes
        # after the mailbox has recovered.
        mine = Mailbox.objects.filter(pk=mailbox.pk, told_at=None, failing_since__isnull=False)
        if not mine.update(told_at=at):
            return False
        mailbox_letters.fails(mailbox, at=at)
    return True


def _told_of(row: Mailbox, *, at: datetime) -> dict[str, dict[str, object]]:
    """Tell those who lead of mails that stay behind for good, as it seems; each once."""
    news = [
        uid
        for uid, left in row.left_behind.items()
        if not left["is_told"] and at - datetime.fromisoformat(left["since"]) >= ALARM_AFTER
    ]
    if news:
        whys = [row.left_behind[uid]["why"] for uid in news[:_MOST_NAMED]]
        mailbox_letters.left_behind(row, count=len(news), whys=whys, at=at)
    return {
        uid: {**left, "is_told": left["is_told"] or uid in news}
        for uid, left in row.left_behind.items()
    }


def _sentences(row: Mailbox) -> list[str]:
    whys = [left["why"] for left in row.left_behind.values()]
    more = len(whys) - _MOST_NAMED
    return whys[:_MOST_NAMED] + ([f"{more} more could not be fetched."] if more > 0 else [])


def _claimed(mailbox: Mailbox) -> Mailbox | None:
    """Return the row as it stands, which nobody else changes until the transaction ends."""
    rows = Mailbox.objects.filter(Q(pk=mailbox.pk))
    rows.update(last_uid=F("last_uid"))  # written first: the other one waits here
    return rows.first()


def _take_over(mailbox: Mailbox, row: Mailbox, *names: str) -> None:
    for name in names:
        setattr(mailbox, name, getattr(row, name))
