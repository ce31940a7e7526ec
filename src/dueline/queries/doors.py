"""How the ways in and out of the house are: for administrators, and for monitors."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Max

from dueline.models import Desk, InboxItem, Mailbox, MailWebhook, OutboxItem
from dueline.queries.outbox import TROUBLED

LATE = timedelta(minutes=15)  # after that, mail is not just on its way
_LOOKED_AT = 20_000  # the newest mails; there is no index of doors

BROUGHT = ("smtp", "lmtp", "pipe")  # mail comes by itself: silence proves nothing
_ON_ITS_WAY = (OutboxItem.State.WAITING, OutboxItem.State.CLAIMED, OutboxItem.State.TRANSMITTING)


class Health(StrEnum):
    WORKS = "works"
    FAILS = "fails"
    LATE = "late"  # no failure was told, and yet nothing moves
    UNTRIED = "untried"  # nothing came or was tried yet
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Door:
    """One way in. kind: "smtp", "lmtp", "pipe", "imap" or "webhook"; id: of the last two.

    name: the address of a mailbox, the service of a webhook. problem: a sentence.
    """

    kind: str
    health: Health
    name: str = ""
    id: int | None = None
    last_at: datetime | None = None
    failing_since: datetime | None = None
    problem: str = ""


def ways_in(*, at: datetime) -> list[Door]:
    """Return every way in: what is brought to us, mailboxes that are fetched, webhooks."""
    return [*_brought(), *_fetched(at), *_called()]


def _brought() -> list[Door]:
    newest = InboxItem.objects.order_by("-id")
    oldest = newest.values_list("id", flat=True)[_LOOKED_AT - 1 : _LOOKED_AT]
    looked_at = InboxItem.objects.filter(id__gte=next(iter(oldest), 0))
    last = dict(looked_at.values_list("door").annotate(Max("received_at")))
    return [
        Door(door, Health.WORKS if door in last else Health.UNTRIED, last_at=last.get(door))
        for door in BROUGHT
    ]


def _fetched(at: datetime) -> list[Door]:
    return [
        Door(
            "imap",
            _health_of(box, at=at),
            name=box.address,
            id=box.pk,
            last_at=box.last_success_at,
            failing_since=box.failing_since,
            problem=box.last_error,
        )
        for box in Mailbox.objects.exclude(imap_host="")
    ]


def _health_of(box: Mailbox, *, at: datetime) -> Health:
    if not box.is_active:
        return Health.OFF
    if box.failing_since:
        return Health.FAILS
    if box.last_success_at is None:
        return Health.LATE if at - box.created_at > LATE else Health.UNTRIED
    return Health.LATE if at - box.last_success_at > LATE else Health.WORKS


def _called() -> list[Door]:
    return [
        Door(
            "webhook",
            _health_of_call(hook),
            name=hook.provider,
            id=hook.pk,
            last_at=hook.last_success_at,
            failing_since=hook.failing_since,
            problem=hook.last_error,
        )
        for hook in MailWebhook.objects.all()
    ]


def _health_of_call(hook: MailWebhook) -> Health:
    if not hook.is_active:
        return Health.OFF
    if hook.failing_since:
        return Health.FAILS
    return Health.WORKS if hook.last_success_at else Health.UNTRIED


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of mail once it was kept. waiting: nobody has read it yet."""

    health: Health
    waiting: int
    oldest_at: datetime | None
    held: int


def reading(*, at: datetime) -> Reading:
    unread = InboxItem.objects.filter(state=InboxItem.State.RECEIVED)
    oldest_at = unread.order_by("id").values_list("received_at", flat=True).first()
    is_late = oldest_at is not None and at - oldest_at > LATE
    return Reading(
        health=Health.LATE if is_late else Health.WORKS,
        waiting=unread.count() if oldest_at else 0,
        oldest_at=oldest_at,
        held=InboxItem.objects.filter(state=InboxItem.State.HELD).count(),
    )


@dataclass(frozen=True, slots=True)
class Sending:
    """Mail on its way out. tried: how many wait for another try, and what the server said last."""

    health: Health
    server: str = ""
    last_sent_at: datetime | None = None
    waiting: int = 0
    oldest_at: datetime | None = None
    tried: int = 0
    problem: str = ""
    held_since: datetime | None = None
    troubled: int = 0


def sending(*, at: datetime) -> Sending:
    server, held_at = Desk.objects.values_list("smtp_host", "outbox_held_at").first() or ("", None)
    waiting = OutboxItem.objects.filter(state__in=_ON_ITS_WAY)
    tried = waiting.filter(attempts__gt=0).exclude(last_error="")
    problem = tried.order_by("-id").values_list("last_error", flat=True).first() or ""
    sent = OutboxItem.objects.filter(state=OutboxItem.State.SENT)
    return Sending(
        health=_health_of_sending(server, held_at, problem=problem, at=at),
        server=server,
        last_sent_at=sent.order_by("-next_try_at", "-id").values_list("sent_at", flat=True).first(),
        waiting=waiting.count(),
        oldest_at=waiting.order_by("id").values_list("created_at", flat=True).first(),
        tried=tried.count() if problem else 0,
        problem=problem,
        held_since=held_at,
        troubled=OutboxItem.objects.filter(state__in=TROUBLED).count(),
    )


def _health_of_sending(
    server: str, held_at: datetime | None, *, problem: str, at: datetime
) -> Health:
    if not server or held_at:
        return Health.OFF
    if problem:
        return Health.FAILS
    return Health.LATE if stands_still(at=at) else Health.WORKS


# --- for monitors ----------------------------------------------------------------------------


def fetching_is_late(*, at: datetime) -> bool:
    """Whether a mailbox could not be read for longer than `LATE`."""
    boxes = Mailbox.objects.filter(is_active=True).exclude(imap_host="")
    return any(at - (box.last_success_at or box.created_at) > LATE for box in boxes)


def reading_is_late(*, at: datetime) -> bool:
    unread = InboxItem.objects.filter(state=InboxItem.State.RECEIVED).order_by("id")
    oldest_at = unread.values_list("received_at", flat=True).first()
    return oldest_at is not None and at - oldest_at > LATE


def stands_still(*, at: datetime) -> bool:
    """Whether mails that could leave do not: nobody holds them, and nobody tries."""
    if not Desk.objects.filter(outbox_held_at=None).exclude(smtp_host="").exists():
        return False
    due = OutboxItem.objects.filter(
        state=OutboxItem.State.WAITING, next_try_at__lt=at - LATE
    ).order_by("next_try_at")
    return due.exists()
