"""What became of outgoing mail, for pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from dueline.core.audience import Person
from dueline.models import Desk, OutboxItem

State = OutboxItem.State
_UNDELIVERED = (State.WAITING, State.CLAIMED, State.TRANSMITTING)
TROUBLED = (State.FAILED, State.DOUBTFUL)
# Failed, but never sent and not refused for good: five days were too short.
NOT_TAKEN = Q(state=State.FAILED, sent_at__isnull=True) & ~Q(last_error__regex=r"^5[0-9][0-9]")
# Whoever reads one of these gets in as somebody else: they are for administrators.
_SECRETS = (OutboxItem.Purpose.SIGN_IN, OutboxItem.Purpose.INVITE)


@dataclass(frozen=True, slots=True)
class Fate:
    """One mail to one recipient, and what became of it.

    text: "" where the reader may not see it, or where it is no longer kept.
    """

    id: int
    purpose: str
    case_id: int | None
    message_id: int | None
    to_name: str
    to_address: str
    subject: str
    text: str
    state: str
    attempts: int
    created_at: datetime
    next_try_at: datetime
    sent_at: datetime | None
    last_error: str

    @property
    def is_on_its_way(self) -> bool:
        return self.state in _UNDELIVERED

    @property
    def needs_a_person(self) -> bool:
        return self.state in TROUBLED


_LIGHT = tuple(name for name in Fate.__dataclass_fields__ if name != "text")


def nothing_leaves() -> bool:
    """No mail server is set up: mail is written and kept, and can be read on its page."""
    return not Desk.objects.exclude(smtp_host="").exists()


def troubled() -> int:
    """Return how many mails a person must look after."""
    return OutboxItem.objects.filter(state__in=TROUBLED).count()


def page(
    person: Person, *, states: Sequence[str] = (), before: int | None = None, size: int = 50
) -> list[Fate]:
    """Return mails, the newest first, without their texts. before: the id at which to go on."""
    rows = _readable(person).order_by("-id")
    if states:
        rows = rows.filter(state__in=states)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return _fates(rows[:size])


def get(item_id: int, person: Person) -> Fate | None:
    """Return one mail with its text. None: there is none that this person may read."""
    rows = _readable(person).filter(pk=item_id).values("text", *_LIGHT)
    row = rows.first()
    return Fate(**row) if row else None


def _readable(person: Person) -> QuerySet[OutboxItem]:
    if not person.is_agent:
        return OutboxItem.objects.none()
    if person.is_administrator:
        return OutboxItem.objects.all()
    return OutboxItem.objects.exclude(purpose__in=_SECRETS)


def _fates(rows: QuerySet[OutboxItem]) -> list[Fate]:
    found: Sequence[Mapping[str, object]] = rows.values(*_LIGHT)
    return [Fate(**{"text": "", **row}) for row in found]  # type: ignore[arg-type]
