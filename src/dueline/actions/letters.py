"""The letters that acts write: facts gathered, worded by `wording.mails`, put into the outbox.

Each is called inside the act's transaction, after its events were appended, so that
`change.commitments()` is what the letter promises.
"""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import replace
from datetime import datetime
from functools import partial

from django.db.models import Q

from dueline.actions._change import Change
from dueline.actions._language import in_customers_language, in_language_of
from dueline.actions.contract_letters import remarks_of
from dueline.actions.outbox import Heading, queue_mail, queue_notice
from dueline.actions.stop_links import stop_link
from dueline.core.commitments import Commitment, State
from dueline.core.events import Kind
from dueline.core.policy import DUE, CommitmentKind
from dueline.core.priorities import Priority
from dueline.models import Agent, Case, Contact, Desk, Event, Message, OutboxItem
from dueline.queries.agents import managers, tier_one
from dueline.queries.entries import who_hears
from dueline.queries.questions import who_answers
from dueline.queries.quiet import Reader, readers
from dueline.wording import mails
from dueline.wording.hours import say_hours
from dueline.wording.policy_words import say_meaning

_PURPOSE = OutboxItem.Purpose


@in_customers_language
def acknowledge(change: Change, *, verified: bool, missing: Sequence[str]) -> None:
    """To the contact: number, priority, what is promised and when, what is missing."""
    facts = mails.AckFacts(
        case=facts_for(change, change.case.contact),
        opening_hours=say_hours(change.book.calendars[change.case.calendar_version_id]),
        missing=tuple(missing),
        is_verified=verified,
        split_from=change.case.split_from.number if change.case.split_from else "",
        was_answered_directly=any(event.facts.get("reached") for event in change.events),
        remarks=remarks_of(change),
    )
    # A stranger chose the name, too: it stays out of the header (i38).
    to_name = change.case.contact.name if verified else ""
    mail = mails.acknowledgement(facts)
    heading = heading_of(change.case)
    _to(
        change,
        change.case.contact,
        mail,
        _PURPOSE.ACKNOWLEDGEMENT,
        heading=heading,
        to_name=to_name,
    )


def reply(change: Change, message: Message) -> None:
    """To the customer: the engineer's words, then the promise line."""

    def word(case: mails.CaseFacts) -> mails.MailText:
        return mails.reply(_said(change, case, message))

    _to_readers(change, word, _PURPOSE.REPLY, message=message)


def information_asked(change: Change, message: Message) -> None:
    """To the customer: the engineer's question, and that the case waits for them."""

    def word(case: mails.CaseFacts) -> mails.MailText:
        return mails.information_asked(_said(change, case, message))

    _to_readers(change, word, _PURPOSE.REPLY, message=message)


def resolution(change: Change, message: Message) -> None:
    """To the customer: how it was solved, and until when an answer reopens the case."""
    days = change.policy.reopen_window.days

    def word(case: mails.CaseFacts) -> mails.MailText:
        return mails.resolution(_said(change, case, message), reopen_days=days)

    _to_readers(change, word, _PURPOSE.REPLY, message=message)


def reminder(change: Change, *, closes_at: datetime) -> None:
    """To the customer: what we asked, and when the case is closed if no answer comes."""
    word = partial(mails.reminder, asked=_question(change), closes_at=closes_at)
    _to_readers(change, word, _PURPOSE.LETTER)


def closed_in_silence(change: Change) -> None:
    """To the customer: the case is closed since no answer came, and how to open it again."""
    word = partial(mails.closed_in_silence, reopen_days=change.policy.reopen_window.days)
    _to_readers(change, word, _PURPOSE.LETTER)


def extended(change: Change, kind: CommitmentKind, *, until: datetime, note: str) -> None:
    """To the customer: a promise was moved, until when and why."""
    word = partial(mails.extended, kind=kind, until=until, note=note)
    _to_readers(change, word, _PURPOSE.LETTER)


def merged(change: Change, *, into: Case) -> None:
    """To the customer of a case that was merged: where it goes on. It meets nothing."""
    _to_readers(change, partial(mails.merged, into=into.number), _PURPOSE.LETTER)


def customer_wrote(change: Change) -> None:
    """To the owner, if there is one, and to colleagues who watch the case: the customer wrote."""
    wanted = Q(pk=change.case.owner_id) | Q(watched__case=change.case)
    agents = Agent.objects.filter(wanted, account__is_active=True).distinct()
    for reader in readers([agent.pk for agent in agents], at=change.at):
        _to_agent(change, reader, partial(_customer_wrote, change))


def notice(
    change: Change, commitment: Commitment, step: int, *, is_late: bool, already_told: Set[str]
) -> dict[str, str]:
    """To those whom the policy names for a step: a promise comes due, or was missed.

    step: percent of the target. is_late: the notice itself was held up. already_told: addresses
    that hear of a later step at the same time. Returns address and name of each who was told.
    """
    if commitment.due_at is None:
        return {}
    tell = commitment.promises[-1].terms.policy.tell_at(commitment.kind, step)
    told = {}
    for reader in _agents_to_tell(change, commitment, tell):
        if reader.agent.account.email not in already_told:
            _to_agent(change, reader, partial(_notice, change, commitment, step, is_late=is_late))
            told[reader.agent.account.email] = reader.agent.name
    for contact in _contacts_to_tell(change, commitment, tell):
        if contact.email and contact.email not in already_told:
            _to_escalation_contact(change, contact, commitment)
            told[contact.email] = contact.name
    return told


def _notice(change: Change, commitment: Commitment, step: int, *, is_late: bool) -> mails.MailText:
    assert commitment.due_at is not None  # noqa: S101 - `notice` has looked
    facts = mails.NoticeFacts(
        case=_for_agent(change),
        customer=_customer(change),
        kind=commitment.kind,
        due_at=commitment.due_at,
        is_late=is_late,
    )
    return mails.warning_notice(facts) if step < DUE else mails.miss_notice(facts)


def _agents_to_tell(change: Change, commitment: Commitment, tell: Sequence[str]) -> list[Reader]:
    """Return each once. A case that nobody owns concerns all of Tier One."""
    owner_id = change.case.owner_id
    named = [owner_id] if "owner" in tell and owner_id is not None else []
    crowd = tier_one() if "team" in tell or ("owner" in tell and owner_id is None) else []
    leading = managers() if "manager" in tell else []
    # Crowds apart: that all of Tier One is away is no reason to count on the managers alone.
    told = [
        *readers(named, crowd, at=change.at),
        *readers([], leading, at=change.at),
        *_who_owes_an_answer(change, commitment, tell),
    ]
    # Whom it concerns themselves is told so, and not that they stand in.
    told.sort(key=lambda reader: (not reader.instead_of, reader.agent.name))
    once = {reader.agent.pk: reader for reader in told}
    return sorted(once.values(), key=lambda reader: reader.agent.name)


def _who_owes_an_answer(
    change: Change, commitment: Commitment, tell: Sequence[str]
) -> list[Reader]:
    """Return who of Tier Two hears of a promise between colleagues: it is theirs to keep."""
    if commitment.question is None or not {"owner", "team"} & set(tell):
        return []
    return readers(*who_answers(commitment.question), at=change.at)


def _contacts_to_tell(change: Change, commitment: Commitment, tell: Sequence[str]) -> list[Contact]:
    """Return the customer's escalation contacts, where it is a promise to the customer."""
    if "escalation_contact" not in tell or commitment.kind.is_internal:
        return []
    if change.case.organization_id is None:
        return []
    contacts = Contact.objects.filter(
        organization_id=change.case.organization_id, is_escalation_contact=True
    )
    return list(contacts.exclude(email=None))


def _to_escalation_contact(change: Change, contact: Contact, commitment: Commitment) -> None:
    assert commitment.due_at is not None  # noqa: S101 - `notice` has looked
    desk = Desk.objects.get()
    zone = contact.zone or desk.zone
    with in_language_of(contact):
        case = _facts(change, desk, path="/cases", zone=zone, to_name=contact.name)
        facts = mails.NoticeFacts(
            case=case, customer="", kind=commitment.kind, due_at=commitment.due_at
        )
        mail = mails.long_overdue(facts)
    queue_mail(
        purpose=_PURPOSE.NOTICE,
        to_name=contact.name,
        to_address=contact.email or "",
        mail=mail,
        at=change.at,
        case_id=change.case.pk,
    )


def nobody_acknowledged(change: Change, *, chain: str) -> list[str]:
    """To those who lead: everybody was paged about the case in vain. Returns who is told."""

    def word() -> mails.MailText:
        return mails.nobody_acknowledged(
            _for_agent(change), customer=_customer(change), chain=chain
        )

    told = []
    for agent in _leading():
        # It is the last step of a chain that wakes people: no quiet hours hold it back.
        _to_agent(change, Reader(agent, change.at, ""), word)
        told.append(agent.name)
    return told


def nobody_watches(said: str, *, at: datetime) -> None:
    """To those who lead: everybody was paged in vain about a part of the desk that stands still."""
    public_url = Desk.objects.values_list("public_url", flat=True).get(pk=1)
    for agent in _leading():
        with in_language_of(agent):
            mail = mails.nobody_watches(said=said, url=f"{public_url}/console/on-call")
        queue_mail(
            purpose=_PURPOSE.NOTICE,
            to_name=agent.name,
            to_address=agent.account.email,
            mail=mail,
            at=at,
        )


def _leading() -> list[Agent]:
    """Return the support managers; where there are none, the administrators."""
    here = Agent.objects.select_related("account").filter(account__is_active=True)
    return list(here.filter(is_manager=True)) or list(here.filter(is_administrator=True))


Word = Callable[[mails.CaseFacts], mails.MailText]


def _to_readers(
    change: Change, word: Word, purpose: OutboxItem.Purpose, *, message: Message | None = None
) -> None:
    """Write to the contact, to those who watch the case, and to whom a message names besides.

    Each gets a mail of their own, in their own language and with their own token. Those who got it
    together are shown in each copy; who watches is nobody else's business.
    """
    first, watching = _readers(change)
    copied = _copied(change, message, besides=first)
    alone = heading_of(change.case)
    together = _together(alone, first, copied) if copied else alone
    for reader in first:
        _to(change, reader, _worded(change, reader, word), purpose, message, heading=together)
    for reader in watching:
        if reader.email not in copied:
            heading = replace(alone, unsubscribe_url=_stop_link(change, reader))
            _to(change, reader, _worded(change, reader, word), purpose, message, heading=heading)
    for address, contact in copied.items():
        if contact is not None:
            mail = _worded(change, contact, word)
            _to(change, contact, mail, purpose, message, heading=together)
        else:
            _to_outsider(change, address, word, purpose, message, heading=together)


def _worded(change: Change, reader: Contact, word: Word) -> mails.MailText:
    with in_language_of(reader, change.case.mailbox):
        return word(facts_for(change, reader))


def _readers(change: Change) -> tuple[list[Contact], list[Contact]]:
    """Return who is written to, and who watches. Who has left the company hears no more."""
    case = change.case
    watching = Contact.objects.filter(
        watched__case=case, organization_id=case.organization_id or 0, left_at=None
    )
    first = who_hears(case.contact, at=change.at)
    return first, list(watching.exclude(pk__in=[one.pk for one in first]).order_by("pk"))


def _copied(
    change: Change, message: Message | None, *, besides: Sequence[Contact]
) -> dict[str, Contact | None]:
    """Return the other addresses that a message goes to. None: somebody outside the company.

    Only a contact of the case's own company gets a token. An outsider's answer must not find into
    the case by our own doing (i30): it comes as a stranger's.
    """
    wanted = [address.strip().lower() for address in (message.cc if message else ())]
    known = {one.email for one in besides}
    copied = dict.fromkeys(address for address in wanted if address not in known)
    if not copied:
        return {}
    company = change.case.organization_id or 0
    contacts = Contact.objects.filter(email__in=copied, organization_id=company, left_at=None)
    return {**copied, **{one.email or "": one for one in contacts}}


def _together(
    heading: Heading, first: Sequence[Contact], copied: Mapping[str, Contact | None]
) -> Heading:
    return replace(
        heading,
        shown_to=tuple((one.name, one.email) for one in first if one.email),
        shown_cc=tuple((one.name if one else "", address) for address, one in copied.items()),
    )


def _stop_link(change: Change, reader: Contact) -> str:
    public_url = Desk.objects.values_list("public_url", flat=True).get(pk=1)
    return stop_link(public_url, case_id=change.case.pk, contact_id=reader.pk)


def heading_of(case: Case) -> Heading:
    """Return whose name the letters about a case bear: that of the mailbox it came to."""
    mailbox = case.mailbox
    return Heading(sender=mailbox) if mailbox and mailbox.is_active else Heading()


def _to(
    change: Change,
    contact: Contact,
    mail: mails.MailText,
    purpose: OutboxItem.Purpose,
    message: Message | None = None,
    *,
    heading: Heading,
    to_name: str | None = None,
) -> None:
    """to_name: None: the contact's."""
    if contact.email:  # who is known by telephone only hears from us by telephone
        queue_mail(
            purpose=purpose,
            to_name=contact.name if to_name is None else to_name,
            to_address=contact.email,
            mail=mail,
            at=change.at,
            case_id=change.case.pk,
            contact_id=contact.pk,
            message=message,
            heading=heading,
        )


def _to_outsider(
    change: Change,
    address: str,
    word: Word,
    purpose: OutboxItem.Purpose,
    message: Message | None,
    *,
    heading: Heading,
) -> None:
    contact = change.case.contact
    with in_language_of(contact, change.case.mailbox):
        facts = replace(facts_for(change, contact), is_copy=True, url="")
        mail = word(facts)
    queue_mail(
        purpose=purpose,
        to_name="",
        to_address=address,
        mail=mail,
        at=change.at,
        case_id=change.case.pk,
        message=message,
        heading=heading,
    )


def _to_agent(change: Change, reader: Reader, word: Callable[[], mails.MailText]) -> None:
    queue_notice(reader, word, at=change.at, case_id=change.case.pk)


def _customer_wrote(change: Change) -> mails.MailText:
    return mails.customer_wrote(_for_agent(change), customer=_customer(change))


def _question(change: Change) -> str:
    """Return the words of the question for whose answer the case waits."""
    asked = [event for event in change.events if event.kind is Kind.INFORMATION_ASKED]
    event = Event.objects.select_related("message").get(pk=asked[-1].facts["reply"])
    return event.message.text if event.message else ""


def _said(change: Change, case: mails.CaseFacts, message: Message) -> mails.ReplyFacts:
    own = Agent.objects.filter(pk=message.agent_id or 0).values_list("signature", flat=True)
    mailbox = heading_of(change.case).sender
    return mails.ReplyFacts(
        case,
        change.actor.name,
        message.text,
        signature=own.first() or "",
        desk_signature=mailbox.signature if mailbox else "",
    )


def facts_for(change: Change, contact: Contact) -> mails.CaseFacts:
    """Return what a letter about a case says to a contact, as it stands at this point of an act."""
    desk = Desk.objects.get()
    return _facts(change, desk, path="/cases", zone=contact.zone or desk.zone, to_name=contact.name)


def _for_agent(change: Change) -> mails.CaseFacts:
    desk = Desk.objects.get()
    return _facts(change, desk, path="/console/cases", zone=desk.zone)


def _facts(
    change: Change, desk: Desk, *, path: str, zone: str, to_name: str = ""
) -> mails.CaseFacts:
    case = change.case
    sender = heading_of(case).sender
    priority = Priority(case.priority)
    return mails.CaseFacts(
        number=case.number,
        subject=case.subject,
        priority=say_meaning(change.policy, priority).title,
        is_critical=priority is Priority.CRITICAL,
        to_name=to_name,
        desk=mails.DeskFacts(
            name=(sender.name if sender else "") or desk.name,
            mail_address=sender.address if sender else desk.mail_address,
            phone_office=desk.phone_office,
            phone_other=desk.phone_other,
            public_url=desk.public_url,
        ),
        now=change.at,
        zone=zone,
        promised=tuple(
            mails.Promised(
                kind=commitment.kind,
                target=commitment.cell.target.spelled,
                calendar=commitment.cell.calendar,
                due_at=commitment.due_at,
            )
            for commitment in change.commitments()
            if commitment.state in (State.WAITING, State.RUNNING)
        ),
        url=f"{desk.public_url}{path}/{case.number}",
    )


def _customer(change: Change) -> str:
    case = change.case
    company = f", {case.organization.name}" if case.organization else ""
    return f"{case.contact.name}{company}"
