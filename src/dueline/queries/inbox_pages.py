"""The inbox as staff look through it: by what became of a mail, by words, by sender."""

from typing import NamedTuple

from django.db.models import Count, Q, QuerySet

from dueline.core.inbound import Machine
from dueline.models import InboxItem
from dueline.queries.inbox import InboxRow

HELD, ALL, MACHINES, DUPLICATES = FILTERS = ("held", "all", "machines", "duplicates")
MANY = 3  # held mails of one sender that are worth deciding on together
_MOST_SENDERS = 10


def inbox_page(
    *, show: str, words: str = "", before_id: int | None = None, most: int = 50
) -> list[InboxRow]:
    """Return mails, newest first. show: one of `FILTERS`. words: in the sender or the subject.

    For agents only.
    """
    rows = _shown(show).order_by("-id")
    for word in words.split()[:5]:
        rows = rows.filter(
            Q(sender__icontains=word) | Q(subject__icontains=word) | Q(mail_from__icontains=word)
        )
    if before_id is not None:
        rows = rows.filter(pk__lt=before_id)
    return [InboxRow(*row) for row in rows.values_list(*InboxRow._fields)[:most]]


def _shown(show: str) -> QuerySet[InboxItem]:
    match show:
        case "all":
            return InboxItem.objects.all()
        case "machines":
            return InboxItem.objects.exclude(machine__in=["", Machine.NONE])
        case "duplicates":
            return InboxItem.objects.filter(
                Q(state=InboxItem.State.DUPLICATE) | Q(times_received__gt=1)
            )
    return InboxItem.objects.filter(state=InboxItem.State.HELD)


class Flood(NamedTuple):
    """Somebody of whom much is held."""

    sender: str
    mails: int


def floods() -> list[Flood]:
    """Return the senders of whom `MANY` mails or more are held, the most first."""
    held = InboxItem.objects.filter(state=InboxItem.State.HELD).exclude(sender="")
    counted = held.values("sender").annotate(mails=Count("id")).filter(mails__gte=MANY)
    rows = counted.order_by("-mails", "sender").values_list("sender", "mails")
    return [Flood(*row) for row in rows[:_MOST_SENDERS]]
