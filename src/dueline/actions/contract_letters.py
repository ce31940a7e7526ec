"""The letters about contracts, lists of people, and requests that are held."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime

from django.db.models import Q
from django.utils.translation import get_language

from dueline.actions._change import Change
from dueline.actions._language import in_desks_language
from dueline.actions.outbox import queue_mail
from dueline.core.entitlement import Held
from dueline.core.policy import Plan
from dueline.core.priorities import Priority
from dueline.core.urgent import says_urgent
from dueline.models import Agent, Contact, Contract, Desk, HeldRequest, Organization, OutboxItem
from dueline.queries.portal import desk_facts, phone_now
from dueline.wording import contract_mails as mails
from dueline.wording.contact_changes import Changed, say_change
from dueline.wording.mails import DeskFacts, MailText

_PURPOSE = OutboxItem.Purpose


def remarks_of(change: Change) -> tuple[str, ...]:
    """Return what the acknowledgement of a new case says about the contract, in its language."""
    case, facts = change.case, change.events[0].facts
    plan = change.policy.plans[case.plan].in_language(get_language() or "").title
    said = [
        _about_urgent(change, plan),
        mails.not_covered(why=facts.get("not_covered", ""), plan=plan),
        mails.lacks_super_user() if facts.get("lacks_super_user") else "",
    ]
    return tuple(filter(None, said))


def _about_urgent(change: Change, plan: str) -> str:
    """“Urgent” in the subject is answered, whatever it does on the plan."""
    case, facts = change.case, change.events[0].facts
    priority = Priority(case.priority)
    if priority is Priority.CRITICAL or case.channel == "phone" or not says_urgent(case.subject):
        return ""
    titles = {
        key: meaning.in_language(get_language() or "").title
        for key, meaning in change.policy.priorities.items()
    }
    if facts.get("urgent"):
        desk = desk_facts()
        phone = phone_now(desk, at=change.at) if desk else ""
        critical = titles[Priority.CRITICAL]
        return mails.urgent(phone=phone, priority=titles[priority], critical=critical)
    if change.policy.plans[case.plan].urgent:
        return mails.urgent_for_super_users(priority=titles[priority])
    return mails.not_urgent(plan=plan, priority=titles[priority])


@in_desks_language
def request_held(held: HeldRequest, *, super_users: Sequence[Contact], at: datetime) -> None:
    """To the sender: what was received is kept, and what happens now."""
    if held.email:
        names = tuple(person.name for person in super_users)
        mail = mails.request_held(_held_facts(held, at=at, super_users=names))
        # A stranger chose the name, too: it stays out of the header (i38).
        to_name = held.name if held.is_verified else ""
        _send(mail, to_name, held.email, at=at, purpose=_PURPOSE.ACKNOWLEDGEMENT)


@in_desks_language
def vouch_asked(held: HeldRequest, *, super_users: Sequence[Contact], at: datetime) -> None:
    """To each super-user of the company: somebody waits for their word."""
    for person in super_users:
        facts = _held_facts(held, at=at, zone=person.zone)
        _to_contact(person, mails.vouch_asked(facts), at=at)


@in_desks_language
def request_declined(held: HeldRequest, *, by: str, reason: str, at: datetime) -> None:
    """To the sender: a super-user said no, and why."""
    if held.email and not held.by_machine:
        mail = mails.request_declined(_held_facts(held, at=at), by=by, reason=reason)
        _send(mail, held.name if held.is_verified else "", held.email, at=at)


@in_desks_language
def list_changed(organization: Organization, changes: Iterable[Changed], *, at: datetime) -> None:
    """To the desk's managers and administrators: a customer changed who speaks for the company."""
    facts = _list_facts(organization, at=at, path=_console_page(organization))
    mail = mails.list_changed(facts, sentences=[say_change(change) for change in changes])
    _to_those_who_lead(mail, at=at)


@in_desks_language
def confirmation_asked(
    organization: Organization,
    people: Sequence[Contact],
    *,
    expires_on: date | None,
    super_users: Sequence[Contact],
    at: datetime,
) -> None:
    """To each super-user: please confirm the list."""
    _confirmation(
        mails.confirmation_asked, organization, people, expires_on, super_users=super_users, at=at
    )


@in_desks_language
def confirmation_reminder(
    organization: Organization,
    people: Sequence[Contact],
    *,
    expires_on: date | None,
    super_users: Sequence[Contact],
    at: datetime,
) -> None:
    """To each super-user: nobody has confirmed the list yet."""
    _confirmation(
        mails.confirmation_reminder,
        organization,
        people,
        expires_on,
        super_users=super_users,
        at=at,
    )


def _confirmation(
    write: Callable[..., MailText],
    organization: Organization,
    people: Sequence[Contact],
    expires_on: date | None,
    *,
    super_users: Sequence[Contact],
    at: datetime,
) -> None:
    facts = _list_facts(organization, at=at, path="/company")
    names = [person.name for person in people]
    for person in super_users:
        _to_contact(person, write(facts, people=names, expires_on=expires_on), at=at)


@in_desks_language
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
    title = plan.in_language(get_language() or "").title if plan else contract.plan
    for_desk = _list_facts(organization, at=at, path=_console_page(organization))
    _to_those_who_lead(mails.contract_ends(for_desk, plan=title, ends_on=ends_on, days=days), at=at)
    for_customer = _list_facts(organization, at=at, path="/company")
    for person in super_users:
        mail = mails.own_contract_ends(for_customer, plan=title, ends_on=ends_on, days=days)
        _to_contact(person, mail, at=at)


@in_desks_language
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
    reached = mails.Reached(what=what, percent=percent, used=used(), limit=limit())
    for_desk = _list_facts(organization, at=at, path=_console_page(organization))
    _to_those_who_lead(mails.budget_reached(for_desk, reached), at=at)
    for_customer = _list_facts(organization, at=at, path="/company")
    for person in super_users:
        _to_contact(person, mails.budget_reached(for_customer, reached), at=at)


def _to_those_who_lead(mail: MailText, *, at: datetime) -> None:
    leading = Agent.objects.filter(
        Q(is_manager=True) | Q(is_administrator=True), account__is_active=True
    ).select_related("account")
    for agent in leading:
        _send(mail, agent.name, agent.account.email, at=at)


def _to_contact(person: Contact, mail: MailText, *, at: datetime) -> None:
    if person.email:
        _send(mail, person.name, person.email, at=at)


def _send(
    mail: MailText,
    to_name: str,
    to_address: str,
    *,
    at: datetime,
    purpose: OutboxItem.Purpose = _PURPOSE.NOTICE,
) -> None:
    queue_mail(purpose=purpose, to_name=to_name, to_address=to_address, mail=mail, at=at)


def _held_facts(
    held: HeldRequest, *, at: datetime, zone: str = "", super_users: tuple[str, ...] = ()
) -> mails.HeldFacts:
    desk = Desk.objects.get()
    return mails.HeldFacts(
        desk=_desk_facts(desk),
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
        desk=_desk_facts(desk),
        company=organization.name,
        url=f"{desk.public_url}{path}",
        now=at,
        zone=desk.zone,
    )


def _console_page(organization: Organization) -> str:
    return f"/console/settings/companies/{organization.pk}"


def _desk_facts(desk: Desk) -> DeskFacts:
    return DeskFacts(
        name=desk.name,
        mail_address=desk.mail_address,
        phone_office=desk.phone_office,
        phone_other=desk.phone_other,
        public_url=desk.public_url,
    )
