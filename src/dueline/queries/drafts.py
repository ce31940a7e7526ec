"""What is being written, and what waits to be sent. For agents only."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from dueline.core.audience import Person
from dueline.core.case_numbers import case_number
from dueline.models import Draft, DraftFile
from dueline.queries.prepared import Prepared


class DraftRow(NamedTuple):
    id: int
    agent_id: int
    agent: str
    act: str
    text: str
    cc: list[str]
    minutes: int | None
    changed_at: datetime
    sends_at: datetime | None
    unless_customer_writes: bool
    stopped_because: str


_drafts = Prepared(
    DraftRow,
    lambda case_id: (
        Draft.objects.filter(case_id=case_id)
        .order_by("id")
        .values_list(
            "id",
            "agent_id",
            "agent__name",
            "act",
            "text",
            "cc",
            "minutes",
            "changed_at",
            "sends_at",
            "unless_customer_writes",
            "stopped_because",
        )
    ),
)


def drafts_of(case_id: int) -> list[DraftRow]:
    """Return what colleagues are writing in a case, the oldest first."""
    return _drafts(case_id)


def mark_of(drafts: Iterable[DraftRow], person: Person) -> str:
    """Return a word that differs when somebody sees other drafts beside their own text."""
    return "-".join(
        f"{draft.id}.{draft.changed_at.timestamp():.0f}.{draft.sends_at is not None:d}"
        for draft in drafts
        # What they are typing themselves is on their page already.
        if draft.agent_id != person.id or draft.sends_at or draft.stopped_because
    )


class _Id(NamedTuple):
    id: int


_held_back = Prepared(
    _Id,
    lambda case_id: (
        Draft.objects.filter(case_id=case_id, sends_at__isnull=False, unless_customer_writes=True)
        .order_by("id")
        .values_list("id")
    ),
)


def to_hold_back(case_id: int) -> list[int]:
    """Return the drafts of a case that are to be sent unless the customer writes first."""
    return [row.id for row in _held_back(case_id)]


class DraftFileRow(NamedTuple):
    id: int
    draft_id: int
    name: str
    size: int


def files_of(draft_ids: Iterable[int]) -> list[DraftFileRow]:
    """Return the files of drafts, in the order in which they were attached."""
    rows = DraftFile.objects.filter(draft_id__in=list(draft_ids)).order_by("id")
    return [DraftFileRow._make(row) for row in rows.values_list(*DraftFileRow._fields)]


class OwnDraft(NamedTuple):
    """One line of the list of somebody's drafts."""

    case_id: int
    subject: str
    contact: str
    text: str
    changed_at: datetime
    sends_at: datetime | None
    unless_customer_writes: bool
    stopped_because: str

    @property
    def number(self) -> str:
        return case_number(self.case_id)


def own_drafts(person: Person) -> list[OwnDraft]:
    """Return what somebody has begun and not sent, the newest first."""
    rows = Draft.objects.filter(agent_id=person.id if person.is_agent else 0)
    return [
        OwnDraft._make(row)
        for row in rows.order_by("-changed_at", "-id").values_list(
            "case_id",
            "case__subject",
            "case__contact__name",
            "text",
            "changed_at",
            "sends_at",
            "unless_customer_writes",
            "stopped_because",
        )[:200]
    ]
