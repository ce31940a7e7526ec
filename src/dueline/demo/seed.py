"""Seed the demonstration desk."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction

from dueline.actions import (
    announcements,
    assistance,
    cases,
    clocks,
    held_requests,
    merging,
    messages,
    problems,
    promises,
)
from dueline.actions.calendars import publish_calendar
from dueline.actions.contact_numbers import keep_number
from dueline.actions.policies import SHIPPED_POLICY, publish_policy
from dueline.core.audience import Person
from dueline.core.calendars import Calendar, spell_calendar
from dueline.core.entitlement import Held
from dueline.core.errors import Refusal
from dueline.core.holiday_dates import holiday_dates
from dueline.core.inbound import File
from dueline.core.lifecycle import Stage
from dueline.core.policy import CommitmentKind
from dueline.core.priorities import Priority
from dueline.demo.histories import HISTORIES, History, Step
from dueline.demo.on_call import make_rota
from dueline.models import (
    Account,
    Agent,
    Case,
    Contact,
    Contract,
    Desk,
    HeldRequest,
    Installation,
    Organization,
    Question,
)
from dueline.queries.desk import day_at
from dueline.queries.entries import super_users

# Printed at the start, and good for nothing but the demonstration desk.
PASSWORD = "promises-kept"  # noqa: S105
ZONE = "Europe/Stockholm"
_OFFICE_WEEK = (((480, 1020),),) * 5 + ((), ())

_AGENTS = {
    "asta": ("Asta Lind", 1, True),
    "bo": ("Bo Ström", 1, False),
    "tove": ("Tove Berg", 2, False),
    "ivar": ("Ivar Holm", 2, False),
}
_CONTACTS = {
    "cleo": ("Cleo Dahl", "Northwind", "+46701234567", True),
    "dag": ("Dag Ek", "Northwind", "+46709876543", False),
    "mika": ("Mika Sand", "Northwind", "", False),
    "eve": ("Eve Moss", "Southgate", "+46851234500", True),
    "olle": ("Olle Brandt", "Southgate", "+46851234511", False),
}
_SUPPORT = "desk.example"
# What the two contracts allow: Northwind's is tight, Southgate's knows no limit but its seats.
_SEATS = {"Northwind": 2, "Southgate": 5}
_INCIDENTS = {"Northwind": 12, "Southgate": None}
_MINUTES = {"Northwind": 40 * 60, "Southgate": None}
_INSTALLATIONS = {
    "Northwind": [("Harbour Suite", "6.2", "production"), ("Harbour Suite", "6.3", "test")],
    "Southgate": [("Harbour Suite", "6.1", "production")],
}


@dataclass(frozen=True, slots=True)
class SignIn:
    name: str
    role: str
    email: str
    password: str


def seed(*, at: datetime, public_url: str = "http://127.0.0.1:8000") -> list[SignIn]:
    """Fill an empty desk and return the sign-ins; on a demonstration desk, only return these.

    public_url: where its pages are, for the links in its mail; no slash at the end.
    Raises Refusal("in-use") on a desk that somebody has set up.
    """
    if Desk.objects.exists():
        emails = {f"{key}@{_SUPPORT}" for key in _AGENTS}
        if Account.objects.filter(email__in=emails).count() < len(emails):
            raise Refusal("in-use", "This data folder holds a real desk: choose another --data.")
        return _sign_ins()
    with transaction.atomic():
        began_at = at - timedelta(days=90)
        _set_up_desk(at=began_at, public_url=public_url)
        cast = _cast(at=began_at)
        for history in sorted(HISTORIES, key=lambda history: -history.opened):
            _play(history, cast, at=at)
        _what_waits(at=at)
        _what_belongs_together(cast, at=at)
        make_rota(cast, zone=ZONE, began_at=began_at, at=at)
    _let_time_pass(until=at)
    return _sign_ins()


def _set_up_desk(*, at: datetime, public_url: str) -> None:
    office = Calendar("Office hours", ZONE, _OFFICE_WEEK)
    years = range(at.year, at.year + 3)
    office = replace(office, dates=holiday_dates("SE", years=years))
    calendar = publish_calendar(source=spell_calendar(office), at=at).calendar
    Desk.objects.create(
        id=1,
        name="Harbour Software Support",
        zone=ZONE,
        calendar=calendar,
        policy=publish_policy(source=SHIPPED_POLICY, at=at).policy,
        mail_address=f"support@{_SUPPORT}",
        phone_office="+46 13 000 00 00",
        phone_other="+46 13 000 00 01",
        public_url=public_url,
        set_up_at=at,
    )


def _cast(*, at: datetime) -> dict[str, Person]:
    password = make_password(PASSWORD)
    cast: dict[str, Person] = {}
    for key, (name, tier, is_administrator) in _AGENTS.items():
        account = Account.objects.create(
            email=f"{key}@{_SUPPORT}", password=password, created_at=at
        )
        cast[key] = Agent.objects.create(
            account=account,
            name=name,
            tier=tier,
            is_administrator=is_administrator,
            created_at=at,
        ).as_person()
    companies = {
        name: Organization.objects.create(name=name, created_at=at)
        for name in ("Northwind", "Southgate")
    }
    for company, plan in zip(companies.values(), ("extended", "standard"), strict=True):
        Contract.objects.create(
            organization=company,
            plan=plan,
            starts_on=date(at.year, 1, 1),
            ends_on=date(at.year + 1, 12, 31),
            seats=_SEATS[company.name],
            incidents=_INCIDENTS[company.name],
            minutes=_MINUTES[company.name],
            created_at=at,
        )
        for product, version, environment in _INSTALLATIONS[company.name]:
            Installation.objects.create(
                organization=company, product=product, version=version, environment=environment
            )
    for key, (name, company_name, phone, is_super_user) in _CONTACTS.items():
        email = f"{key}@{company_name.lower()}.example"
        account = Account.objects.create(email=email, password=password, created_at=at)
        contact = Contact.objects.create(
            organization=companies[company_name],
            account=account,
            name=name,
            email=email,
            phone=phone,
            is_super_user=is_super_user,
            sees_company=is_super_user,
            created_at=at,
        )
        keep_number(contact)
        cast[key] = contact.as_person()
    cast["noa"] = Contact.objects.create(
        name="Noa Vik", email="noa.vik@elsewhere.example", created_at=at
    ).as_person()
    return cast


def _play(history: History, cast: dict[str, Person], *, at: datetime) -> None:
    """Let a history happen, each step at its own instant."""
    opened_at = at - timedelta(hours=history.opened)
    contact = Contact.objects.get(pk=cast[history.contact].id)
    actor = cast["asta"] if history.channel == "phone" else contact.as_person()
    listed = contact.organization_id is not None
    if listed and history.channel != "phone" and not contact.is_super_user:
        case = _vouched_for(history, contact, at=opened_at)
        _go_on(history, case.pk, cast, contact, at=at)
        return
    case = cases.open_case(
        contact=contact,
        subject=history.subject,
        text=history.text,
        priority=Priority(history.priority),
        channel=history.channel,
        happened_at=opened_at,
        at=opened_at,
        actor=actor,
        files=[File(name, "text/plain", content.encode()) for name, content in history.files],
        escalation_reason=history.reason,
        call_back_phone=history.call_back,
        answered_directly=history.channel == "phone",
    )
    _go_on(history, case.pk, cast, contact, at=at)


def _vouched_for(history: History, contact: Contact, *, at: datetime) -> Case:
    """Let a super-user of the company vouch for a colleague's request, a few minutes later."""
    assert contact.organization is not None  # noqa: S101 - `_play` has looked
    held = HeldRequest(
        organization=contact.organization,
        contact=contact,
        why=Held.NOT_SUPER_USER,
        name=contact.name,
        email=contact.email or "",
        channel=history.channel,
        subject=history.subject,
        text=history.text,
        priority=history.priority,
        escalation_reason=history.reason if history.priority == Priority.HIGH else "",
        call_back_phone=history.call_back,
        is_verified=True,
        arrived_at=at,
    )
    files = [File(name, "text/plain", content.encode()) for name, content in history.files]
    held_requests.hold(held, files=files, tells_sender=True, at=at)
    vouched_at = at + timedelta(minutes=4)
    (super_user, *_others) = super_users(held.organization_id, on=day_at(vouched_at))
    actor = super_user.as_person()
    return held_requests.vouch(held.pk, actor=actor, at=vouched_at)


def _go_on(
    history: History, case_id: int, cast: dict[str, Person], contact: Contact, *, at: datetime
) -> None:
    for step in history.steps:
        step_at = at - timedelta(hours=step.ago)
        _let_time_pass(until=step_at)
        _act(step, case_id, cast, contact, at=step_at)


def _let_time_pass(*, until: datetime) -> None:
    """Sweep as the worker would have done: at once when something has passed."""
    ahead = Case.objects.filter(next_notice_at__lt=until).order_by("next_notice_at")
    while passed_at := ahead.values_list("next_notice_at", flat=True).first():
        clocks.sweep(at=min(passed_at + timedelta(seconds=1), until), limit=1000)


def _what_waits(*, at: datetime) -> None:
    """Let an unlisted colleague wait for Cleo's word, and Southgate's contract end soon."""
    held = HeldRequest(
        organization=Organization.objects.get(name="Northwind"),
        why=Held.UNLISTED,
        name="Nora Vik",
        email="nora.vik@northwind.example",
        phone="+46 70 111 22 33",
        channel="mail",
        subject="Label printer prints every second label twice",
        text="Since this morning the printer at gate 4 prints every second label twice. The "
        "carrier sends the parcels back.\n\nNora Vik, goods out",
        priority=Priority.NORMAL,
        is_verified=False,
        arrived_at=at - timedelta(minutes=25),
    )
    held_requests.hold(held, files=(), tells_sender=True, at=held.arrived_at)
    Contract.objects.filter(organization__name="Southgate").update(
        ends_on=day_at(at) + timedelta(days=23)
    )
    announcements.announce_ends(at=at)


def _what_belongs_together(cast: dict[str, Person], *, at: datetime) -> None:
    """Merge two cases about one matter, link others to a known problem, extend a promise."""
    bo = cast["bo"]
    Agent.objects.filter(pk=bo.id).update(is_manager=True)
    named = {case.subject: case for case in Case.objects.order_by("id")}
    gone, on = named["Oslo shop: payments fail as well"], named["Payment page down"]
    merging.merge(gone.pk, into=on.pk, actor=bo, at=at - timedelta(minutes=20))
    problem = problems.create(
        title="Jobs at night stop when the certificate of the cache is renewed",
        text="Seen with 6.2 only. The fix is in 6.2.4.",
        actor=bo,
        at=at - timedelta(hours=1),
    )
    for subject in _OF_ONE_CAUSE:
        problems.link(
            named[subject].pk, problem_id=problem.pk, actor=bo, at=at - timedelta(minutes=50)
        )
    late = named["Search index empty after the upgrade"]
    promise = late.commitments.filter(kind="feedback", state="running").get()
    assert promise.due_at is not None  # noqa: S101 - what runs has a due time
    promises.extend(
        late.pk,
        kind=CommitmentKind.FEEDBACK,
        ordinal=promise.ordinal,
        until=promise.due_at + timedelta(hours=3),
        reason="The index is being built anew; before that there is nothing to say.",
        note="The index is being built anew and needs until this evening. You hear from us then.",
        actor=replace(bo, is_manager=True),
        at=at - timedelta(minutes=5),
    )


_OF_ONE_CAUSE = ("Import of holidays fails for Norway", "Backups grow by ten per cent a day")


def _act(
    step: Step, case_id: int, cast: dict[str, Person], contact: Contact, *, at: datetime
) -> None:
    actor = cast[step.who]
    match step.act:
        case "reply":
            messages.reply(case_id, text=step.text, actor=actor, at=at)
        case "note":
            messages.add_note(case_id, text=step.text, actor=actor, at=at)
        case "own":
            cases.own(case_id, actor=actor, at=at)
        case "activate":
            cases.activate(case_id, actor=actor, at=at)
        case "stage":
            cases.set_stage(case_id, stage=Stage(step.text), actor=actor, at=at)
        case "ask customer":
            messages.ask_customer(case_id, text=step.text, actor=actor, at=at)
        case "await third party":
            messages.await_third_party(case_id, whom=step.text, actor=actor, at=at)
        case "customer":
            messages.receive(
                case_id,
                text=step.text,
                contact=contact,
                actor=contact.as_person(),
                channel="mail",
                happened_at=at,
                at=at,
            )
        case "tried to call" | "called":
            messages.log_call(
                case_id,
                reached=step.act == "called",
                direction="out",
                happened_at=at,
                actor=actor,
                at=at,
                phone=contact.phone,
                summary=step.text,
            )
        case "ask tier two":
            assistance.ask(case_id, text=step.text, actor=actor, at=at)
        case "answer":
            question = _open_question(case_id)
            assistance.answer(question, text=step.text, actor=actor, at=at)
        case "escalate":
            cases.escalate(case_id, reason=step.text, actor=actor, at=at)
        case "resolve":
            cases.resolve(case_id, text=step.text, actor=actor, at=at, minutes=90)
        case "close":
            cases.close(case_id, actor=actor, at=at)
        case "reopen":
            cases.reopen(case_id, reason=step.text, actor=actor, at=at)
        case _:
            raise ValueError(step.act)


def _open_question(case_id: int) -> int:
    return Question.objects.filter(case_id=case_id, answered_at__isnull=True).latest("id").pk


def _sign_ins() -> list[SignIn]:
    people = [
        SignIn(name, "administrator" if admin else f"Tier {tier}", f"{key}@{_SUPPORT}", PASSWORD)
        for key, (name, tier, admin) in _AGENTS.items()
    ]
    return people + [
        SignIn(
            name,
            f"{'super-user' if is_super_user else 'contact'} at {company}",
            f"{key}@{company.lower()}.example",
            PASSWORD,
        )
        for key, (name, company, _, is_super_user) in _CONTACTS.items()
    ]
