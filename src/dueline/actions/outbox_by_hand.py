"""What people do with mail that is to leave: send it again, take it back, hold all of it."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet

from dueline.actions import audit
from dueline.actions._administration import administrators_only
from dueline.actions.outbox import KEYS, State, take_back
from dueline.core.audience import Person
from dueline.core.errors import Refusal
from dueline.models import Desk, OutboxItem
from dueline.queries.outbox import NOT_TAKEN, TROUBLED


def resend(item_id: int, *, actor: Person, at: datetime) -> None:
    """Try a mail again that failed, or of which nobody knows. It keeps its Message-ID.

    Raises Refusal("not-found") or Refusal("not-now").
    """
    items = OutboxItem.objects.filter(pk=item_id)
    if not actor.is_agent or not items.exists():
        raise Refusal("not-found", "There is no such mail.")
    if not _send_again(items.filter(state__in=(*TROUBLED, State.CANCELLED)), at=at):
        raise Refusal("not-now", "This mail has been sent, or it is about to be.")


def resend_undelivered(*, actor: Person, at: datetime) -> int:
    """Try everything again that no server has taken, for no fault of the mail's own.

    What was refused for good ("550 no such user") stays for a person to look at, and so does what
    came back. Returns how many mails wait now.
    """
    if not actor.is_agent:
        raise Refusal("not-found", "There is no such page.")
    return _send_again(OutboxItem.objects.filter(NOT_TAKEN), at=at)


def cancel(item_id: int, *, reason: str, actor: Person, at: datetime) -> None:
    """Let a mail that waits never leave. A reply then counts as not said: the clocks run on.

    Raises Refusal("not-found", "reason-missing" or "not-now").
    """
    item = OutboxItem.objects.filter(pk=item_id).exclude(purpose__in=KEYS).first()
    if not actor.is_agent or item is None:
        raise Refusal("not-found", "There is no such mail.")
    if not reason.strip():
        raise Refusal("reason-missing", "Say why: colleagues will ask.")
    with transaction.atomic():
        # One that was cut off may have arrived already.
        waiting = OutboxItem.objects.filter(pk=item_id, state=State.WAITING, cut_off=0)
        if not waiting.update(
            state=State.CANCELLED,
            claim=F("claim") + 1,
            last_error=f"{actor.name}: {reason.strip()}"[:1000],
        ):
            raise Refusal(
                "not-now", "This mail cannot be taken back: it is on its way, or may have left."
            )
        take_back(item, actor=actor, at=at, taken_back=True, reason=reason.strip())


def hold_all(*, actor: Person, at: datetime) -> None:
    """Let no mail leave until somebody lets it go, but for links to sign in with.

    For the hour in which something goes wrong: what is written meanwhile waits, and none is lost.
    """
    administrators_only(actor)
    with transaction.atomic():
        if Desk.objects.filter(pk=1, outbox_held_at=None).update(outbox_held_at=at):
            audit.record("outbox_held", about="", actor=actor, at=at)


def let_go(*, actor: Person, at: datetime) -> None:
    """Let mail leave again, the longest waiting first."""
    administrators_only(actor)
    with transaction.atomic():
        held_at = Desk.objects.values_list("outbox_held_at", flat=True).get(pk=1)
        if Desk.objects.exclude(outbox_held_at=None).update(outbox_held_at=None):
            waiting = OutboxItem.objects.filter(state=State.WAITING).count()
            audit.record(
                "outbox_let_go",
                about="",
                actor=actor,
                at=at,
                held_at=str(held_at),
                waiting=waiting,
            )


def _send_again(items: QuerySet[OutboxItem], *, at: datetime) -> int:
    return items.update(
        state=State.WAITING,
        attempts=0,
        cut_off=0,
        created_at=at,  # five more days
        next_try_at=at,
        claim=F("claim") + 1,
    )
