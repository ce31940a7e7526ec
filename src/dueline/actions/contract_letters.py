"""The letters about contracts, lists of people, and requests that are held.

Each is worded in the language of the one who gets it.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from functools import partial

from dueline.actions._change import Change
from dueline.actions._language import in_language_of
from dueline.actions.outbox import queue_mail, queue_notice
from dueline.core.entitlement import Held
from dueline.core.policy import Plan
from dueline.core.priorities import Priority
from dueline.core.urgent import says_urgent
from dueline.models import Contact, Contract, Desk, HeldRequest, Organization, OutboxItem
from dueline.queries.agents import those_who_lead
from dueline.queries.portal import desk_facts, phone_now
from dueline.queries.quiet import readers
from dueline.wording import contract_mails as mails
from dueline.wording.contact_changes import Changed, say_change
from dueline.wording.mails import DeskFacts, MailText
from dueline.wording.policy_words import say_meaning, say_plan

_PURPOSE = OutboxItem.Purpose
Write = Callable[[], MailText]


# --- what an acknowledgement says besides --------------------------------------------------------


def remarks_of(change: Change) -> tuple[str, ...]:
    """Return what the acknowledgement of a new case says about the contract, in its language."""
    facts = change.events[0].facts
    plan = say_plan(change.policy.plans[change.case.plan]).title
    said = [
        _about_urgent(change, plan),
        mails.not_covered(why=facts.get("not_covered", ""), plan=plan),
        mails.lacks_super_user() if facts.get("lacks_super_user") else "",
    ]
    return tuple(filter(None, said))


def _about_urgent(change: Change, plan: str) -> str:
    """“Urgent” in the subject is answered, whatever it does on the plan."""
    case, priority = change.case, Priority(change.case.priority)
    if priority is Priority.CRITICAL or case.channel == "phone" or not says_urgent(case.subject):
        return ""
    title = say_meaning(change.policy, priority).title
    if change.events[0].facts.get("urgent"):
        desk = desk_facts()
        return mails.urgent(
            phone=phone_now(desk, at=change.at) if desk else "",
            priority=title,
            critical=say_meaning(change.policy, Priority.CRITICAL).title,
        )
    if change.policy.plans[case.plan].urgent:
        return mails.urgent_for_super_users(priority=title)
    return mails.not_urgent(plan=plan, priority=title)


# --- requests that are held ----------------------------------------------------------------------


def request_held(held: HeldRequest, *, super_users: Sequence[Contact], at: datetime) -> None:
    """To the sender: what was received is kept, and what happens now."""
    names = tuple(person.name for person in super_users)
    _to_sender(
        held,
        lambda: mails.request_held(_held_facts(held, at=at, super_users=names)),
        purpose=_PURPOSE.ACKNOWLEDGEMENT,
        at=at,
    )


def vouch_asked(held: HeldRequest, *, super_users: Sequence[Contact], at: datetime) -> None:
    """To each super-user of the company: somebody waits for their word."""
    for person in super_users:
        facts = _held_facts(held, at=at, zone=person.zone)
        _to_contact(person, partial(mails.vouch_asked, facts), at=at)


def request_declined(held: HeldRequest, *, by: str, reason: str, at: datetime) -> None:
    """To the sender: a super-user said no, and why."""
    if not held.by_machine:
        facts = _held_facts(held, at=at)
        _to_sender(
            held,
            lambda: mails.request_declined(facts, by=by, reason=reason),
            purpose=_PURPOSE.NOTICE,
            at=at,
        )


# --- the list of a company's people --------------------------------------------------------------


def list_changed(organization: Organization, changes: Iterable[Changed], *, at: datetime) -> None:
    """To the desk's managers and administrators: a customer changed who speaks for the company."""
    facts = _list_facts(organization, at=at, path=_console_page(organization))
    found = list(changes)
    to_those_who_lead(
        lambda: mails.list_changed(facts, sentences=[say_change(change) for change in found]),
        at=at,
    )


def confirmation_asked(
    organization: Organization,
    people: Sequence[Contact],
    *,
    expires_on: date | None,
    super_users: Sequence[Contact],
    at: datetime,
) -> None:
    """To each super-user: please confirm the list."""
    facts = _list_facts(organization, at=at, path="/company")
    names = [person.name for person in people]
    for person in super_users:
        _to_contact(
            person,
            lambda: mails.confirmation_asked(facts, people=names, expires_on=expires_on),
            at=at,
        )


def confirmation_reminder(
    organization: Organization,
    people: Sequence[Contact],
    *,
    expires_on: date | None,
    super_users: Sequence[Contact],
    at: datetime,
) -> None:
    """To each super-user: nobody has confirmed the list yet."""
    facts = _list_facts(organization, at=at, path="/company")
    names = [person.name for person in people]
    for person in super_users:
        _to_contact(
            person,
            lambda: mails.confirmation_reminder(facts, people=names, expires_on=expires_on),
            at=at,
        )


# --- contracts -----------------------------------------------------------------------------------


def contract_ends(
    contract: Contract,
    *,
    plan: Plan | None,
    days: int,
    super_users: Sequence[Contact],
    at: datetime,
) -> None:
    """To the desk's managers and administrators, and to the company's super-users.

    plan: None where the policy knows it no more.
    """
    assert contract.ends_on is not None  # noqa: S101 - it would not be announced
    organization, ends_on = contract.organization, contract.ends_on

    def title() -> str:
        return say_plan(plan).title if plan else contract.plan

    desks = _list_facts(organization, at=at, path=_console_page(organization))
    to_those_who_lead(
        lambda: mails.contract_ends(desks, plan=title(), ends_on=ends_on, days=days), at=at
    )
    customers = _list_facts(organization, at=at, path="/company")
    for person in super_users:
        _to_contact(
            person,
            lambda: mails.own_contract_ends(customers, plan=title(), ends_on=ends_on, days=days),
            at=at,
        )


def budget_reached(
    contract: Contract,
    *,
    what: str,
    percent: int,
    used: Callable[[], str],
    limit: Callable[[], str],
    super_users: Sequence[Contact],
    at: datetime,
) -> None:
    """To the desk's managers and administrators, and to the company's super-users.

    used, limit: say the amounts, in the language of the letter.
    """
    organization = contract.organization

    def write(facts: mails.ListFacts) -> MailText:
        reached = mails.Reached(what=what, percent=percent, used=used(), limit=limit())
        return mails.budget_reached(facts, reached)

    desks = _list_facts(organization, at=at, path=_console_page(organization))
    to_those_who_lead(lambda: write(desks), at=at)
    customers = _list_facts(organization, at=at, path="/company")
    for person in super_users:
        _to_contact(person, lambda: write(customers), at=at)


# --- who gets them -------------------------------------------------------------------------------


def to_those_who_lead(write: Write, *, at: datetime) -> None:
    """Write to the desk's managers and administrators, to each in their own language."""
    for reader in readers([], those_who_lead(), at=at):
        queue_notice(reader, write, at=at)


def _to_contact(person: Contact, write: Write, *, at: datetime) -> None:
    if person.email:
        with in_language_of(person):
            mail = write()
        _send(mail, person.name, person.email, purpose=_PURPOSE.NOTICE, at=at)


def _to_sender(
    held: HeldRequest, write: Write, *, purpose: OutboxItem.Purpose, at: datetime
) -> None:
    if held.email:
        with in_language_of(held.contact):
            mail = write()
        # A stranger chose the name, too: it stays out of the header (i38).
        _send(mail, held.name if held.is_verified else "", held.email, purpose=purpose, at=at)


def _send(
    mail: MailText, to_name: str, to_address: str, *, purpose: OutboxItem.Purpose, at: datetime
) -> None:
    queue_mail(purpose=purpose, to_name=to_name, to_address=to_address, mail=mail, at=at)


# --- facts ---------------------------------------------------------------------------------------


def _held_facts(
    held: HeldRequest, *, at: datetime, zone: str = "", super_users: tuple[str, ...] = ()
) -> mails.HeldFacts:
    desk = Desk.objects.get()
    return mails.HeldFacts(
        desk=desk_facts_of(desk),
        company=held.organization.name,
        why=Held(held.why),
        sender_name=held.name,
        sender_address=held.email,
        subject=held.subject,
        arrived_at=held.arrived_at,
        now=at,
        zone=zone or desk.zone,
        is_verified=held.is_verified,
        super_users=super_users,
        url=f"{desk.public_url}/company/requests/{held.pk}",
    )


def _list_facts(organization: Organization, *, at: datetime, path: str) -> mails.ListFacts:
    desk = Desk.objects.get()
    return mails.ListFacts(
        desk=desk_facts_of(desk),
        company=organization.name,
        url=f"{desk.public_url}{path}",
        now=at,
        zone=desk.zone,
    )


def _console_page(organization: Organization) -> str:
    return f"/console/settings/companies/{organization.pk}"


def desk_facts_of(desk: Desk) -> DeskFacts:
    return DeskFacts(
        name=desk.name,
        mail_address=desk.mail_address,
        phone_office=desk.phone_office,
        phone_other=desk.phone_other,
        public_url=desk.public_url,
    )
