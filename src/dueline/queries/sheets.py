"""What stands on the emergency sheet, and the sheets that were made."""

from collections.abc import Iterable
from datetime import datetime, time
from typing import NamedTuple

from django.db.models import OuterRef, Subquery

from dueline.core import oncall
from dueline.core.case_numbers import case_number
from dueline.core.commitments import State
from dueline.core.errors import Refusal
from dueline.core.phone import spoken
from dueline.core.places import country_of_zone
from dueline.core.policy import ALWAYS, CommitmentKind, Plan, Unit
from dueline.core.priorities import Priority
from dueline.models import (
    IS_OPEN,
    Agent,
    Case,
    Commitment,
    Contact,
    Desk,
    EmergencySheet,
    Message,
    Organization,
    store,
)
from dueline.queries.desk import day_at
from dueline.queries.on_call import load_rota, rotas
from dueline.queries.policies import current_policy, entitlement_of
from dueline.wording import sheet as wording
from dueline.wording.policy_words import say_plan
from dueline.wording.states import say_state


def sheet_facts(*, at: datetime) -> wording.SheetFacts:
    """Return what the sheet of an instant says."""
    desk = Desk.objects.get()
    region = country_of_zone(desk.zone)
    return wording.SheetFacts(
        desk_name=desk.name,
        zone=desk.zone,
        phone_office=desk.phone_office,
        phone_other=desk.phone_other,
        mail_address=desk.mail_address,
        public_url=desk.public_url,
        now=at,
        rotas=tuple(_rota(rota_id, name, at=at) for rota_id, name in rotas()),
        cases=_critical_cases(region),
        customers=_around_the_clock(region, at=at),
        colleagues=tuple(_colleague(agent) for agent in _agents()),
    )


def _agents() -> Iterable[Agent]:
    return Agent.objects.filter(account__is_active=True).order_by("name")


def _colleague(agent: Agent) -> wording.Colleague:
    return wording.Colleague(
        name=agent.name,
        tier=agent.tier,
        is_administrator=agent.is_administrator,
        is_manager=agent.is_manager,
        phone=agent.phone,
        extension=agent.extension,
    )


def _rota(rota_id: int, name: str, *, at: datetime) -> wording.RotaFacts:
    people = {agent.pk: agent for agent in _agents()}
    drawn = oncall.duties(load_rota(rota_id), at, at + wording.COMING)
    return wording.RotaFacts(name, tuple(_duty(duty, people) for duty in _joined(drawn)))


def _joined(drawn: Iterable[oncall.Duty]) -> list[tuple[int | None, datetime, datetime]]:
    """Return who is on from when until when: by which layer is of no matter on paper."""
    joined: list[tuple[int | None, datetime, datetime]] = []
    for duty in drawn:
        if joined and joined[-1][0] == duty.agent:
            joined[-1] = (duty.agent, joined[-1][1], duty.ends_at)
        else:
            joined.append((duty.agent, duty.starts_at, duty.ends_at))
    return joined


def _duty(duty: tuple[int | None, datetime, datetime], people: dict[int, Agent]) -> wording.Duty:
    agent_id, starts_at, ends_at = duty
    agent = people.get(agent_id) if agent_id is not None else None
    if agent is None:
        return wording.Duty(starts_at, ends_at, "", "")
    return wording.Duty(starts_at, ends_at, agent.name, agent.phone or agent.extension)


class _Row(NamedTuple):
    id: int
    subject: str
    state: str
    opened_at: datetime
    company: str | None
    contact: str
    phone: str
    owner: str | None
    said: str | None
    folded_from: int | None
    said_at: datetime | None
    said_by_agent: str | None
    said_by_contact: str | None


def _critical_cases(region: str) -> tuple[wording.CriticalCase, ...]:
    """Return them in the order in which their promises fall due."""
    last = Message.objects.filter(case=OuterRef("pk")).order_by("-happened_at", "-id")
    columns = ("text", "folded_from", "happened_at", "agent__name", "contact__name")
    found = (
        Case.objects.filter(IS_OPEN, priority=Priority.CRITICAL)
        .order_by("queue_at", "id")
        .values_list(
            "id",
            "subject",
            "state",
            "opened_at",
            "organization__name",
            "contact__name",
            "contact__phone",
            "owner__name",
            *(Subquery(last.values(column)[:1]) for column in columns),
        )
    )
    rows = [_Row(*row) for row in found]
    promises = _promises([row.id for row in rows])
    return tuple(_case(row, promises.get(row.id, ()), region) for row in rows)


def _case(row: _Row, promises: Iterable[wording.Promise], region: str) -> wording.CriticalCase:
    text = row.said or ""
    return wording.CriticalCase(
        number=case_number(row.id),
        subject=row.subject,
        company=row.company or "",
        contact=row.contact,
        phone=spoken(row.phone, region),
        owner=row.owner or "",
        state=say_state(row.state),
        opened_at=row.opened_at,
        promises=tuple(promises),
        said=text[: row.folded_from] if row.folded_from else text,
        said_by=row.said_by_agent or row.said_by_contact or "",
        said_at=row.said_at,
    )


def _promises(case_ids: list[int]) -> dict[int, list[wording.Promise]]:
    owed = Commitment.objects.filter(
        case__in=Case.objects.filter(IS_OPEN, priority=Priority.CRITICAL),
        state__in=(State.RUNNING, State.MISSED),
        met_at=None,
        withdrawn_at=None,
        due_at__isnull=False,
    ).order_by("due_at", "id")
    found: dict[int, list[wording.Promise]] = {case_id: [] for case_id in case_ids}
    for case_id, kind, due_at in owed.values_list("case_id", "kind", "due_at"):
        if case_id in found and due_at is not None:
            found[case_id].append(wording.Promise(kind, due_at))
    return found


def _around_the_clock(region: str, *, at: datetime) -> tuple[wording.Customer, ...]:
    plans, day = current_policy(at=at).policy.plans, day_at(at)
    covered = [
        (organization, plans[cover.plan])
        for organization in Organization.objects.order_by("name")
        if (cover := entitlement_of(organization.pk, at=at)).contract_id is not None
    ]
    return tuple(
        wording.Customer(
            organization.name,
            say_plan(plan).title,
            tuple(
                (contact.name, spoken(contact.phone, region))
                for contact in Contact.objects.filter(organization=organization).order_by("name")
                if contact.listed.is_super_user_on(day)
            ),
        )
        for organization, plan in covered
        if _never_closes(plan)
    )


def _never_closes(plan: Plan) -> bool:
    cell = plan.cell(Priority.CRITICAL, CommitmentKind.RESPONSE)
    return cell is not None and (cell.calendar == ALWAYS or cell.target.unit is Unit.DAYS)


# --- the sheets that were made -------------------------------------------------------------------


def sheets() -> list[EmergencySheet]:
    """Return the sheets that are kept, the newest first."""
    return list(EmergencySheet.objects.order_by("-day"))


def sheet_file(sheet_id: int) -> tuple[str, bytes]:
    """Return the name and the PDF of one. Raises Refusal("not-found")."""
    sheet = EmergencySheet.objects.filter(pk=sheet_id).first()
    if sheet is None:
        raise Refusal("not-found", "There is no such sheet.")
    try:
        return name_of(sheet), store.read(sheet.sha256)
    except FileNotFoundError as error:  # restored without its files, say
        raise Refusal("not-found", "There is no such sheet.") from error


def name_of(sheet: EmergencySheet) -> str:
    return f"emergency-sheet-{sheet.day.isoformat()}.pdf"


class SheetSettings(NamedTuple):
    at: time  # on the wall of the desk's zone
    to: list[str]

    @property
    def as_typed(self) -> dict[str, str]:
        return {"sheet_at": f"{self.at:%H:%M}", "sheet_to": "\n".join(self.to)}


def sheet_settings() -> SheetSettings:
    return SheetSettings(*Desk.objects.values_list("sheet_at", "sheet_to").get())
