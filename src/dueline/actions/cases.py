"""What may happen to a case as a whole: one function, one act, one transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from dueline.actions import budgets, letters
from dueline.actions._change import Change, changing
from dueline.actions._rows import insert
from dueline.actions.attachments import keep_files
from dueline.core.audience import DESK, Person
from dueline.core.crash_points import crash_point
from dueline.core.errors import Refusal
from dueline.core.events import Kind
from dueline.core.inbound import File
from dueline.core.lifecycle import Act, CaseState, Stage
from dueline.core.policy import parse_policy
from dueline.core.priorities import Priority
from dueline.core.shown_html import says_more
from dueline.models import Case, Contact, InboxItem, Installation, Mailbox, Message
from dueline.queries.entries import asked_by
from dueline.queries.installations import only_installation
from dueline.queries.policies import coverage_at, named_calendars_at
from dueline.wording.markdown import render


def open_case(
    *,
    contact: Contact,
    subject: str,
    text: str,
    priority: Priority,
    channel: str,
    happened_at: datetime,
    at: datetime,
    actor: Person,
    files: Sequence[File] = (),
    html: str = "",
    folded_from: int | None = None,
    inbox_item: InboxItem | None = None,
    escalation_reason: str = "",
    call_back_phone: str = "",
    voicemail_id: int | None = None,
    answered_directly: bool = False,
    acknowledge: bool = True,
    verified: bool = True,
    missing: Sequence[str] = (),
    mentions: str = "",
    follows: Case | None = None,
    split_from: Case | None = None,
    installation: Installation | None = None,
    held_since: datetime | None = None,
    cc: Sequence[str] = (),
) -> Case:
    """Open a case for a request: its number, its commitments, its acknowledgement.

    happened_at: when the request arrived; every clock counts from there. answered_directly: it was
    a call, and an agent (the actor) spoke with the customer. acknowledge: not for mail that a
    machine sent. verified: the sender is known; a stranger is written to without their own words
    (i38). missing: particulars to ask for. mentions: a Case Number that the text names.
    installation: what it is about; None: the company's only one. held_since: when it arrived, if a
    super-user had to vouch for it first. voicemail_id: the request is one, and a call back is owed
    whether or not its number is known.
    Raises Refusal("reason-missing") for High without a reason: choosing High is an escalation.
    """
    if priority is Priority.HIGH and not escalation_reason.strip():
        raise Refusal("reason-missing", "High is an escalation: say why the case needs more.")
    refuse_the_future(happened_at, at=at)
    with transaction.atomic():
        case, entitled = _new_case(
            contact,
            subject,
            priority,
            channel,
            happened_at=happened_at,
            at=at,
            follows=follows,
            split_from=split_from,
            installation=installation,
            mailbox=inbox_item.mailbox if inbox_item else None,
        )
        message = write_message(
            case,
            text=text,
            contact=contact,
            channel=channel,
            happened_at=happened_at,
            at=at,
            files=files,
            html=html,
            folded_from=folded_from,
            inbox_item=inbox_item,
            cc=cc,
        )
        change = Change(case, [], actor=actor, at=at)
        change.append(
            Kind.OPENED,
            happened_at=happened_at,
            message=message,
            channel=channel,
            priority=priority.value,
            plan=case.plan,
            policy=case.policy_version_id,
            calendar=case.calendar_version_id,
            **_given(
                calendars=named_calendars_at(case.policy_version, at=happened_at),
                reason=escalation_reason.strip(),
                mentions=mentions,
                follows=follows.number if follows else "",
                split_from=split_from.number if split_from else "",
                held_since=held_since.isoformat() if held_since else "",
                **entitled,
            ),
        )
        if call_back_phone or voicemail_id:
            change.append(
                Kind.CALL_BACK_ASKED,
                happened_at=happened_at,
                phone=call_back_phone,
                **_given(voicemail=voicemail_id),
            )
        if answered_directly:
            change.do(Act.RESPOND)
            change.append(
                Kind.CALL_LOGGED,
                happened_at=happened_at,
                reached=True,
                direction="in",
                phone=contact.phone,
            )
        if acknowledge and contact.email:
            letters.acknowledge(change, verified=verified, missing=missing)
            change.append(Kind.ACKNOWLEDGED, by=DESK)
        change.store()
        crash_point("case.before-commit")
    crash_point("case.opened")
    return case


def own(case_id: int, *, actor: Person, at: datetime) -> None:
    """Take the case: from here the actor is the customer's contact at the desk."""
    agents_only(actor)
    with changing(case_id, actor=actor, at=at) as change:
        if change.case.owner_id == actor.id:
            raise Refusal("not-now", "You own this case already.")
        if not CaseState(change.case.state).is_open:
            raise Refusal("not-now", "The case is no longer open. Reopen it first.")
        change.case.owner_id = actor.id
        change.append(Kind.OWNED, name=actor.name)


def activate(case_id: int, *, actor: Person, at: datetime, version: int | None = None) -> None:
    """Begin to isolate the problem. From here the customer hears from us at fixed intervals."""
    agents_only(actor)
    with changing(case_id, actor=actor, at=at, version=version) as change:
        change.do(Act.ACTIVATE)
        change.case.stage = Stage.ISOLATE
        if change.case.owner_id is None:
            change.case.owner_id = actor.id
            change.append(Kind.OWNED, name=actor.name)
        change.append(Kind.ACTIVATED)


def set_stage(case_id: int, *, stage: Stage, actor: Person, at: datetime) -> None:
    agents_only(actor)
    with changing(case_id, actor=actor, at=at) as change:
        change.do(Act.SET_STAGE)
        change.case.stage = stage
        change.append(Kind.STAGE_CHANGED, stage=stage.value)


def change_priority(
    case_id: int,
    *,
    priority: Priority,
    reason: str,
    actor: Person,
    at: datetime,
    consent: str = "",
    happened_at: datetime | None = None,
) -> None:
    """Raise or lower the priority. consent: who of the customer agreed to a lowering, and how.

    happened_at: when the customer said so, where it was typed in later; None: now.
    A lowering without consent is refused: the customer chose the priority.
    """
    with changing(case_id, actor=actor, at=at) as change:
        old = Priority(change.case.priority)
        _refuse_bystanders(change)
        change.do(Act.CHANGE_PRIORITY)
        if priority is old:
            raise Refusal("not-now", "The case has this priority already.")
        if not reason.strip():
            raise Refusal("reason-missing", "Say why the priority changes.")
        if old.is_more_urgent_than(priority) and actor.is_agent and not consent.strip():
            raise Refusal(
                "consent-missing",
                "The customer chose this priority: say who agreed to lower it, and how.",
            )
        change.case.priority = priority
        if priority is not Priority.LOW:
            unmark_within(change)
        change.append(
            Kind.PRIORITY_CHANGED,
            happened_at=happened_at,
            old=old.value,
            new=priority.value,
            reason=reason.strip(),
            **_given(consent=consent.strip()),
        )


def escalate(case_id: int, *, reason: str, actor: Person, at: datetime) -> None:
    """Raise a Normal (or Low) case to High, by the customer or an engineer, with a reason."""
    with changing(case_id, actor=actor, at=at) as change:
        _refuse_bystanders(change)
        change.do(Act.ESCALATE)
        old = Priority(change.case.priority)
        if not Priority.HIGH.is_more_urgent_than(old):
            raise Refusal("not-now", "The case has at least the priority High already.")
        if not reason.strip():
            raise Refusal("reason-missing", "Say why the case needs more attention.")
        change.case.priority = Priority.HIGH
        unmark_within(change)
        change.append(Kind.ESCALATED, old=old.value, new=Priority.HIGH.value, reason=reason.strip())


def resolve(
    case_id: int,
    *,
    text: str,
    actor: Person,
    at: datetime,
    files: Sequence[File] = (),
    cc: Sequence[str] = (),
    version: int | None = None,
    minutes: int | None = None,
) -> None:
    """Tell the customer how it was solved, and stop the clocks.

    minutes: of work that it took, for the budget of the contract; None: nobody says.
    """
    agents_only(actor)
    if not text.strip():
        raise Refusal("text-missing", "Tell the customer how it was solved.")
    with changing(case_id, actor=actor, at=at, version=version) as change:
        change.do(Act.RESOLVE)
        message = write_message(
            change.case,
            text=text,
            agent_id=actor.id,
            by=actor.name,
            channel="console",
            happened_at=at,
            at=at,
            files=files,
            html=render(text),
            cc=cc,
        )
        change.append(Kind.REPLY_SENT, message=message)
        change.append(Kind.RESOLVED, **_given(minutes=minutes))
        letters.resolution(change, message)


def reopen(case_id: int, *, reason: str, actor: Person, at: datetime) -> None:
    """Open a resolved or closed case again: a fresh response clock begins."""
    if not reason.strip():
        raise Refusal("reason-missing", "Say why the case is opened again.")
    with changing(case_id, actor=actor, at=at) as change:
        if not may_reopen(change, at=at):
            raise Refusal(
                "too-late",
                "The case was closed too long ago to be reopened. Please send a new request.",
            )
        reopen_within(change, reason=reason.strip(), happened_at=at)


def reopen_within(change: Change, *, reason: str, happened_at: datetime) -> None:
    """Reopen as a part of another act (the customer wrote to a resolved case).

    happened_at: what arrived before the case was resolved reopens it in that same instant.
    """
    ended_at = change.case.closed_at or change.case.resolved_at or happened_at
    change.do(Act.REOPEN)
    change.case.stage = ""
    change.append(Kind.REOPENED, happened_at=max(happened_at, ended_at), reason=reason)


def may_reopen(change: Change, *, at: datetime) -> bool:
    """Say whether the reopen window of the policy was still open at `at` (or the case is)."""
    ended_at = change.case.closed_at or change.case.resolved_at
    return ended_at is None or at - ended_at <= change.policy.reopen_window


def close(case_id: int, *, actor: Person, at: datetime) -> None:
    """Close the case: the customer at any time, an agent once it is resolved."""
    with changing(case_id, actor=actor, at=at) as change:
        if actor.is_agent and change.case.state != CaseState.RESOLVED:
            raise Refusal("not-now", "Resolve the case first, so that the customer hears why.")
        _refuse_bystanders(change)
        change.do(Act.CLOSE)
        budgets.debit(change, change.append(Kind.CLOSED))


def set_installation(
    case_id: int, *, product: str, version: str, environment: str, actor: Person, at: datetime
) -> None:
    """Say which product, version and environment a case is about. Empty: not known."""
    agents_only(actor)
    with changing(case_id, actor=actor, at=at) as change:
        case = change.case
        told = " ".join(product.split()), " ".join(version.split()), " ".join(environment.split())
        if told == (case.product, case.product_version, case.environment):
            raise Refusal("not-now", "The case says so already.")
        if any(len(text) > most for text, most in zip(told, _LONGEST, strict=True)):
            raise Refusal("too-long", "This is too long for a product, version or environment.")
        case.product, case.product_version, case.environment = told
        change.append(
            Kind.INSTALLATION_SET,
            **_given(product=told[0], version=told[1], environment=told[2]),
        )


_LONGEST = (100, 60, 60)


# --- parts of acts -----------------------------------------------------------------------------


def write_message(
    case: Case,
    *,
    text: str,
    channel: str,
    happened_at: datetime,
    at: datetime,
    contact: Contact | None = None,
    agent_id: int | None = None,
    by: str = "",
    files: Sequence[File] = (),
    html: str = "",
    folded_from: int | None = None,
    inbox_item: InboxItem | None = None,
    cc: Sequence[str] = (),
) -> Message:
    """Add what somebody said to the conversation (inside the act that is under way).

    cc: whom else it was sent to; it gives nobody a part in the case.
    """
    message = insert(
        Message(
            case=case,
            agent_id=agent_id,
            contact=contact,
            channel=channel,
            text=text,
            folded_from=folded_from,
            html=html,
            html_says_more=says_more(html) if html else None,
            inbox_item=inbox_item,
            cc=list(cc),
            happened_at=happened_at,
            recorded_at=at,
        )
    )
    keep_files(files, message=message)
    case.last_message_at = happened_at
    case.last_message_by = (contact.name if contact else by)[:200]
    case.last_message_from = "contact" if contact else "agent"
    return message


def _new_case(
    contact: Contact,
    subject: str,
    priority: Priority,
    channel: str,
    *,
    happened_at: datetime,
    at: datetime,
    follows: Case | None,
    split_from: Case | None,
    installation: Installation | None,
    mailbox: Mailbox | None,
) -> tuple[Case, dict[str, Any]]:
    """Insert the row, with the versions that the case is promised under.

    Returns it with what was decided about who may ask for what, as facts of the event.
    """
    cover = coverage_at(contact.organization_id, at=happened_at)
    installation = installation or only_installation(contact.organization_id)
    product = installation.product if installation else ""
    if mailbox and mailbox.product and mailbox.product.casefold() != product.casefold():
        # The address was chosen for this one request; what the company runs, once for all.
        installation, product = None, mailbox.product
    row = Case(
        organization_id=contact.organization_id,
        contact=contact,
        contract_id=cover.contract_id,
        follows=follows,
        split_from=split_from,
        subject=" ".join(subject.split()) or "(no subject)",
        channel=channel,
        priority=priority,
        state=CaseState.NEW,
        plan=cover.plan,
        policy_version=cover.policy_version,
        calendar_version=cover.calendar_version,
        mailbox=mailbox,
        product=product,
        product_version=installation.version if installation else "",
        environment=installation.environment if installation else "",
        opened_at=happened_at,
        changed_at=at,
    )
    case = insert(row)
    return case, {
        "not_covered": cover.why,
        "product": case.product,
        "version": case.product_version,
        "environment": case.environment,
        **asked_by(case, parse_policy(cover.policy_version.source).plans[cover.plan]),
    }


def agents_only(actor: Person) -> None:
    if not actor.is_agent:
        raise Refusal("not-found", "There is no such case.")


def unmark_within(change: Change) -> None:
    """Take a case off the list of enhancements: what is raised is none any more."""
    if change.case.is_enhancement:
        change.case.is_enhancement = False
        change.append(Kind.ENHANCEMENT_MARKED, is_enhancement=False)


def _refuse_bystanders(change: Change) -> None:
    """Whose case it is decides about it, and a super-user of the company; who watches does not."""
    person = change.actor
    if person.is_contact and not person.is_super_user and person.id != change.case.contact_id:
        raise Refusal(
            "not-allowed",
            "Only %(name)s or a super-user of your company can do this.",
            name=change.case.contact.name,
        )


def refuse_the_future(happened_at: datetime, *, at: datetime) -> None:
    if happened_at > at:
        raise Refusal("future", "This has not happened yet: choose a time that has passed.")


def _given(**facts: Any) -> dict[str, Any]:
    """Return the facts that somebody stated."""
    return {name: value for name, value in facts.items() if value}
