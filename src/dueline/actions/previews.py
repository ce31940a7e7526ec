"""What would leave, before it does: the act itself, done and taken back."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from dueline.actions import cases, messages
from dueline.actions._rehearsal import rehearsal
from dueline.core.audience import Person
from dueline.models import Draft, OutboxItem

_ACTS: Mapping[str, Callable[..., object]] = {
    Draft.Act.REPLY: messages.reply,
    Draft.Act.ASK: messages.ask_customer,
    Draft.Act.RESOLVE: cases.resolve,
}


def preview_reply(
    case_id: int,
    *,
    text: str,
    act: str,
    actor: Person,
    at: datetime,
    cc: Sequence[str] = (),
) -> list[OutboxItem]:
    """Return the mails that an act would write to people outside, one for each of them.

    act: of `Draft.Act`. Nothing is stored, and nothing leaves. Raises what the act would raise.
    Only the Message-ID of the mail that is sent then will be another one.
    """
    more: dict[str, Any] = {"cc": cc} if cc else {}
    with rehearsal():
        newest = OutboxItem.objects.order_by("-id").values_list("id", flat=True).first() or 0
        _ACTS[act](case_id, text=text, actor=actor, at=at, **more)
        queued = OutboxItem.objects.filter(
            id__gt=newest, case_id=case_id, purpose=OutboxItem.Purpose.REPLY
        )
        return list(queued.order_by("id"))
