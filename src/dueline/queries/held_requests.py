"""Requests that wait for a super-user: who may see which, and what the pages show of them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from dueline.core.audience import Person
from dueline.core.case_numbers import case_number
from dueline.core.errors import Refusal
from dueline.models import HeldFile, HeldRequest, store


def requests_for(person: Person) -> QuerySet[HeldRequest]:
    """Return the held requests that a person may see: agents all, a super-user their company's."""
    if person.is_agent:
        return HeldRequest.objects.all()
    if person.is_contact and person.is_super_user and person.organization_id:
        return HeldRequest.objects.filter(organization_id=person.organization_id)
    return HeldRequest.objects.none()


@dataclass(frozen=True, slots=True)
class HeldPart:
    id: int
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """One request, as its readers see it. decided_by: who has ended the waiting."""

    id: int
    why: str
    company: str
    organization_id: int
    name: str
    email: str
    phone: str
    channel: str
    subject: str
    text: str
    priority: str
    escalation_reason: str
    is_verified: bool
    arrived_at: datetime
    state: str
    decided_at: datetime | None
    decided_by: str
    reason: str
    case_number: str
    files: tuple[HeldPart, ...]

    @property
    def is_held(self) -> bool:
        return self.state == HeldRequest.State.HELD


def waiting_requests(person: Person, *, most: int = 100) -> list[Waiting]:
    """Return what waits for somebody's word, the oldest first."""
    rows = requests_for(person).filter(state=HeldRequest.State.HELD).order_by("id")
    return _read(rows[:most])


def decided_requests(person: Person, *, most: int = 10) -> list[Waiting]:
    """Return what was decided last."""
    rows = requests_for(person).exclude(state=HeldRequest.State.HELD).order_by("-decided_at", "-id")
    return _read(rows[:most])


def held_request(held_id: int, person: Person) -> Waiting:
    """Return one request. Raises Refusal("not-found"), alike for unknown and forbidden ones."""
    found = _read(requests_for(person).filter(pk=held_id))
    if not found:
        raise _not_found()
    return found[0]


def count_waiting(person: Person) -> int:
    return requests_for(person).filter(state=HeldRequest.State.HELD).count()


@dataclass(frozen=True, slots=True)
class HeldDownload:
    name: str
    content: bytes


def held_download(held_id: int, file_id: int, person: Person) -> HeldDownload:
    """Return a file of a held request. Raises Refusal("not-found")."""
    row = (
        HeldFile.objects.filter(pk=file_id, request_id=held_id, request__in=requests_for(person))
        .values_list("name", "sha256")
        .first()
    )
    if row is None:
        raise _not_found()
    return HeldDownload(row[0], store.read(row[1]))


def _read(rows: QuerySet[HeldRequest]) -> list[Waiting]:
    found = list(
        rows.select_related(
            "organization", "decided_by_contact", "decided_by_agent"
        ).prefetch_related("files")
    )
    return [_waiting(row) for row in found]


def _waiting(row: HeldRequest) -> Waiting:
    decided_by = row.decided_by_contact or row.decided_by_agent
    return Waiting(
        id=row.pk,
        why=row.why,
        company=row.organization.name,
        organization_id=row.organization_id,
        name=row.name,
        email=row.email,
        phone=row.phone,
        channel=row.channel,
        subject=row.subject,
        text=row.text,
        priority=row.priority,
        escalation_reason=row.escalation_reason,
        is_verified=row.is_verified,
        arrived_at=row.arrived_at,
        state=row.state,
        decided_at=row.decided_at,
        decided_by=decided_by.name if decided_by else "",
        reason=row.reason,
        case_number=case_number(row.case_id) if row.case_id else "",
        files=tuple(HeldPart(file.pk, file.name, file.size) for file in row.files.all()),
    )


def _not_found() -> Refusal:
    return Refusal("not-found", "There is no such request.")
