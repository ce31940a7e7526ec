"""What became of outgoing mail, for pages."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from dueline.core.audience import Person
from dueline.core.case_numbers import parse_case_number
from dueline.core.errors import Refusal
from dueline.models import Desk, OutboxItem

State = OutboxItem.State
_UNDELIVERED = (State.WAITING, State.CLAIMED, State.TRANSMITTING)
TROUBLED = (State.FAILED, State.DOUBTFUL)
# How the reason begins by which a mail waits although nothing is wrong with the server.
RATIONED = "Many mails have left"
# Failed, but never sent and not refused for good: five days were too short.
_REFUSED = re.compile(r"^5[0-9][0-9]")
NOT_TAKEN = Q(state=State.FAILED, sent_at__isnull=True) & ~Q(last_error__regex=_REFUSED.pattern)
# Whoever reads one of these gets in, or answers a page, as somebody else: they are for
# administrators.
_SECRETS = (OutboxItem.Purpose.SIGN_IN, OutboxItem.Purpose.INVITE, OutboxItem.Purpose.PAGE)


@dataclass(frozen=True, slots=True)
class Fate:
    """One mail to one recipient, and what became of it.

    text, html: "" where the reader may not see them, or where they are no longer kept. html also
    for a mail in plain text alone. shown_cc: (name, address) of those who got a copy.
    """

    id: int
    purpose: str
    case_id: int | None
    message_id: int | None
    to_name: str
    to_address: str
    from_name: str
    from_address: str
    shown_cc: list[list[str]]
    subject: str
    text: str
    html: str
    state: str
    attempts: int
    created_at: datetime
    next_try_at: datetime
    cut_off: int
    sent_at: datetime | None
    last_error: str

    @property
    def is_on_its_way(self) -> bool:
        return self.state in _UNDELIVERED

    @property
    def needs_a_person(self) -> bool:
        return self.state in TROUBLED

    @property
    def fate(self) -> str:
        """The state, and of a failure which: "refused", "given-up" or "came-back"."""
        if self.state != State.FAILED:
            return self.state
        return fate_of_failure(was_sent=self.sent_at is not None, last_error=self.last_error)

    @property
    def waits_for_hours(self) -> bool:
        """Nothing was tried yet: its reader is not told before their working hours begin."""
        is_untouched = not self.attempts and not self.last_error and self.state == State.WAITING
        is_notice = self.purpose == OutboxItem.Purpose.NOTICE
        return is_notice and is_untouched and self.next_try_at > self.created_at

    @property
    def can_be_taken_back(self) -> bool:
        """It waits, and cannot have left already; a key to the house is nobody's to take back."""
        return self.state == State.WAITING and not self.cut_off and self.purpose not in _SECRETS


def fate_of_failure(*, was_sent: bool, last_error: str) -> str:
    if was_sent:
        return "came-back"
    return "refused" if _REFUSED.match(last_error) else "given-up"


_HEAVY = ("text", "html")
_LIGHT = tuple(name for name in Fate.__dataclass_fields__ if name not in _HEAVY)

# What the page can show, by the word in its address.
SHOWN: Mapping[str, tuple[str, ...]] = {
    "all": (),
    "waiting": _UNDELIVERED,
    "trouble": TROUBLED,
    "sent": (State.SENT,),
    "cancelled": (State.CANCELLED,),
}


@dataclass(frozen=True, slots=True)
class Weather:
    """How it goes with mail out. server_says: what keeps every mail waiting; "" if nothing does.

    not_taken: mails that were given up although nobody refused them.
    """

    waiting: int
    troubled: int
    not_taken: int
    server_says: str


def nothing_leaves() -> bool:
    """No mail server is set up: mail is written and kept, and can be read on its page."""
    return not Desk.objects.exclude(smtp_host="").exists()


def weather() -> Weather:
    """Return how many mails wait and need a person, and what the server says."""
    waiting = OutboxItem.objects.filter(state__in=_UNDELIVERED)
    # Of a server that is down no attempt is counted; what is rationed knows another reason.
    held_up = waiting.filter(state=State.WAITING, attempts=0).exclude(last_error="")
    says = held_up.exclude(last_error__startswith=RATIONED).order_by("-next_try_at", "-id")
    return Weather(
        waiting=waiting.count(),
        troubled=OutboxItem.objects.filter(state__in=TROUBLED).count(),
        not_taken=OutboxItem.objects.filter(NOT_TAKEN).count(),
        server_says=says.values_list("last_error", flat=True).first() or "",
    )


def page(
    person: Person,
    *,
    states: Sequence[str] = (),
    words: str = "",
    before: int | None = None,
    size: int = 50,
) -> list[Fate]:
    """Return mails, the newest first, without their texts. before: the id at which to go on.

    words: a Case Number, or a part of an address, a name or a subject.
    """
    rows = _readable(person).order_by("-id")
    if states:
        rows = rows.filter(state__in=states)
    if words.strip():
        rows = rows.filter(_about(words.strip()))
    if before is not None:
        rows = rows.filter(id__lt=before)
    return _fates(rows[:size])


def get(item_id: int, person: Person) -> Fate | None:
    """Return one mail with its text. None: there is none that this person may read."""
    rows = _readable(person).filter(pk=item_id).values(*_HEAVY, *_LIGHT)
    row = rows.first()
    return Fate(**row) if row else None


def _about(words: str) -> Q:
    try:
        return Q(case_id=parse_case_number(words))
    except Refusal:
        return (
            Q(to_address__icontains=words)
            | Q(to_name__icontains=words)
            | Q(subject__icontains=words)
        )


def _readable(person: Person) -> QuerySet[OutboxItem]:
    if not person.is_agent:
        return OutboxItem.objects.none()
    if person.is_administrator:
        return OutboxItem.objects.all()
    return OutboxItem.objects.exclude(purpose__in=_SECRETS)


def _fates(rows: QuerySet[OutboxItem]) -> list[Fate]:
    found: Sequence[Mapping[str, object]] = rows.values(*_LIGHT)
    return [Fate(**{**dict.fromkeys(_HEAVY, ""), **row}) for row in found]  # type: ignore[arg-type]
