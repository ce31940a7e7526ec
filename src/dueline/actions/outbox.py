"""Mail that waits to leave, and what becomes of it.

    queue_mail → WAITING → claim_next → CLAIMED → begin_transmission → TRANSMITTING → SENT
                  ↘ cancel → CANCELLED

A worker that dies in CLAIMED has sent nothing, and the next one simply tries again. One that dies
in TRANSMITTING may have: the mail goes once more under the same Message-ID, and if that is cut off
as well it is DOUBTFUL, and a person decides. `claim` fences: a worker that slept past its lease
finds the number changed, and none of its words about the mail count any more.
"""

import re
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from dueline.actions._change import Change, changing
from dueline.actions._language import in_language_of
from dueline.core import matching
from dueline.core.audience import DESK, Person
from dueline.core.crash_points import crash_point
from dueline.core.events import Kind
from dueline.core.lifecycle import Act, CaseState
from dueline.models import Case, Desk, Event, Mailbox, Message, OutboxItem
from dueline.queries.agents import tier_one
from dueline.queries.outbox import RATIONED
from dueline.queries.quiet import Reader, readers
from dueline.wording import mails
from dueline.wording.mail_paper import with_remark
from dueline.wording.mails import MailText
from dueline.wording.quiet import say_stands_in

Purpose = OutboxItem.Purpose
State = OutboxItem.State

LEASE = timedelta(seconds=settings.LEASE_SECONDS)
GIVE_UP_AFTER = timedelta(days=5)  # what RFC 5321 asks of a sender
_SLOWEST_RETRY = timedelta(hours=4)
_SERVER_PAUSE = timedelta(seconds=20)
_CUT_OFFS = 2  # transmissions that may end in a crash before a person must decide
_MISHAPS = 5  # times that our own program may stumble over a mail
_UNDELIVERED = (State.WAITING, State.CLAIMED, State.TRANSMITTING)
# The texts of these hold a key to the house. Once they have left, nobody needs to read them here.
KEYS = (Purpose.SIGN_IN, Purpose.INVITE)
# Somebody waits at the door, or sleeps and is needed: neither held back nor rationed.
AT_ONCE = (*KEYS, Purpose.PAGE)


# --- queueing ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Heading:
    """What the head of a mail shows besides its own reader.

    sender: whose name and address it bears; None: the desk's. shown_to, shown_cc: (name, address)
    of those who got it together, the same in each copy. unsubscribe_url: where its reader ends it.
    """

    sender: Mailbox | None = None
    shown_to: tuple[tuple[str, str], ...] = ()
    shown_cc: tuple[tuple[str, str], ...] = ()
    unsubscribe_url: str = ""
    reply_to: str = ""


def queue_mail(
    *,
    purpose: str,
    to_name: str,
    to_address: str,
    mail: MailText,
    at: datetime,
    case_id: int | None = None,
    contact_id: int | None = None,
    message: Message | None = None,
    heading: Heading = Heading(),
    not_before: datetime | None = None,
) -> OutboxItem:
    """Put a mail into the outbox, as a part of the act under way.

    not_before: the hour from which its reader may be told; None: now.

    With a case and a contact, the answer finds back: the Reply-To address and the Message-ID carry
    their token, and the mail joins the thread in the customer's own mail program. The copy of a
    message for somebody without a part in the case carries no token at all: their answer is a
    stranger's.
    """
    sender = heading.sender
    mail_address = sender.address if sender else _desks_address()
    item = OutboxItem(
        from_name=sender.name if sender else "",
        from_address=sender.address if sender else "",
        shown_to=list(heading.shown_to),
        shown_cc=list(heading.shown_cc),
        unsubscribe_url=heading.unsubscribe_url,
        reply_to=heading.reply_to,
        purpose=purpose,
        to_name=to_name,
        to_address=to_address,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        case_id=case_id,
        message=message,
        created_at=at,
        next_try_at=max(at, not_before or at),
        mail_id=f"<{secrets.token_hex(12)}@{mail_address.rpartition('@')[2]}>",
    )
    if case_id is not None and contact_id is not None:
        _thread(item, mail_address, case_id=case_id, contact_id=contact_id)
    elif case_id is not None and message is not None:
        _refer_to(item, _own_mail_ids(case_id, to_address=to_address))
    item.save(force_insert=True)
    return item


def queue_notice(
    reader: Reader, word: Callable[[], MailText], *, at: datetime, case_id: int | None = None
) -> OutboxItem:
    """Put a notice to a colleague into the outbox: in their language, at their hour."""
    agent = reader.agent
    with in_language_of(agent):
        mail = word()
        if reader.instead_of:
            mail = with_remark(mail, say_stands_in(reader.instead_of))
    return queue_mail(
        purpose=Purpose.NOTICE,
        to_name=agent.name,
        to_address=agent.account.email,
        mail=mail,
        at=at,
        case_id=case_id,
        not_before=reader.at,
    )


def _desks_address() -> str:
    return Desk.objects.values_list("mail_address", flat=True).get(pk=1)


def _thread(item: OutboxItem, mail_address: str, *, case_id: int, contact_id: int) -> None:
    item.reply_to = matching.reply_address(
        settings.SECRET_KEY, mail_address=mail_address, case_id=case_id, contact_id=contact_id
    )
    item.mail_id = matching.message_id(
        settings.SECRET_KEY,
        case_id=case_id,
        contact_id=contact_id,
        unique=secrets.token_hex(8),
        domain=mail_address.rpartition("@")[2],
    )
    _refer_to(item, _earlier_mail_ids(case_id, to_address=item.to_address))


def _refer_to(item: OutboxItem, earlier: Sequence[str]) -> None:
    if earlier:
        item.in_reply_to = earlier[-1]
        item.references = " ".join([earlier[0], *earlier[1:][-_MOST_REFERENCES:]])


_MOST_REFERENCES = 20
# What we repeat of a stranger's header: one plain identifier, or nothing (i50).
_PLAIN_MAIL_ID = re.compile(r"<[!-;=?-~]{1,250}>")


def _earlier_mail_ids(case_id: int, *, to_address: str) -> list[str]:
    """Return the Message-IDs that this reader has seen of a case, the oldest first.

    Of our own mails only those to the same address: the others hold somebody else's token.
    """
    received = Message.objects.filter(case_id=case_id, inbox_item__isnull=False).values_list(
        "recorded_at", "inbox_item__mail_id"
    )
    sent = _sent_to(to_address, case_id=case_id).values_list("created_at", "mail_id")
    # A stable sort: of one second, what was received comes before the answer to it.
    both = sorted([*received.order_by("id"), *sent.order_by("id")], key=lambda row: row[0])
    return [mail_id for _, mail_id in both if _PLAIN_MAIL_ID.fullmatch(mail_id)]


def _own_mail_ids(case_id: int, *, to_address: str) -> list[str]:
    """Return the Message-IDs of earlier copies for somebody who has no part in the case."""
    sent = _sent_to(to_address, case_id=case_id).order_by("id")
    return list(sent.values_list("mail_id", flat=True))


def _sent_to(address: str, *, case_id: int) -> QuerySet[OutboxItem]:
    sent = OutboxItem.objects.filter(case_id=case_id, to_address=address)
    return sent.exclude(state=State.CANCELLED)


# --- delivering --------------------------------------------------------------------------------


def claim_next(*, at: datetime) -> OutboxItem | None:
    """Take the mail that has waited longest, for the time of a lease. None: nothing is due.

    A mail waits while an earlier one about its case, to the same address, has not left. What
    colleagues get waits for no other mail: an earlier notice may wait for the morning.
    """
    while (item := _first_due(at)) is not None:
        if item.state == State.TRANSMITTING:
            record_cut_off(item, why="The worker stopped while it was sending this mail.", at=at)
        elif _is_rationed(item, at=at):
            continue
        elif _claim(item, at=at):
            crash_point("outbox.claimed")
            return item
    return None


def _first_due(at: datetime) -> OutboxItem | None:
    earlier = OutboxItem.objects.filter(
        case=OuterRef("case"),
        to_address=OuterRef("to_address"),
        id__lt=OuterRef("id"),
        state__in=_UNDELIVERED,
    )
    is_free = Q(claimed_until__isnull=True) | Q(claimed_until__lte=at)
    due = OutboxItem.objects.filter(is_free, state__in=_UNDELIVERED, next_try_at__lte=at)
    if Desk.objects.filter(outbox_held_at__isnull=False).exists():
        due = due.filter(purpose__in=AT_ONCE)
    if page := due.filter(purpose=Purpose.PAGE).order_by("next_try_at", "id").first():
        return page  # ahead of everything else
    is_next = Q(purpose=Purpose.NOTICE) | ~Exists(earlier)
    return due.filter(is_next).order_by("next_try_at", "id").first()


def _is_rationed(item: OutboxItem, *, at: datetime) -> bool:
    """Let mail to an address, or to a domain, wait while too much of it has left lately.

    A loop that nobody has foreseen must not make us a nuisance, and a server that gets too much at
    once takes us for one. A link to sign in with is never kept waiting: it runs out.
    """
    if item.purpose in AT_ONCE:
        return False
    domain = "@" + item.to_address.rpartition("@")[2]
    is_of_domain = Q(to_address__iendswith=domain)
    lately = OutboxItem.objects.filter(
        # `next_try_at` of a sent mail is when it was claimed, or later: the index needs it.
        state=State.SENT,
        next_try_at__gt=at - _HOUR - _LONGEST_DELIVERY,
        sent_at__gt=at - _HOUR,
    ).aggregate(
        address=Count("id", filter=Q(to_address=item.to_address)),
        domain=Count("id", filter=is_of_domain & Q(sent_at__gt=at - _MINUTE)),
    )
    if lately["address"] >= settings.MAILS_PER_ADDRESS:
        _postpone(Q(to_address=item.to_address), until=at + _MINUTE, why=_MUCH_TO_ADDRESS)
    elif lately["domain"] >= settings.MAILS_PER_DOMAIN:
        _postpone(is_of_domain, until=at + _MINUTE / 12, why=_MUCH_TO_DOMAIN)
    else:
        return False
    return True


def _postpone(whose: Q, *, until: datetime, why: str) -> None:
    waiting = OutboxItem.objects.filter(whose, state__in=(State.WAITING, State.CLAIMED))
    waiting.filter(next_try_at__lt=until).exclude(purpose__in=AT_ONCE).update(
        next_try_at=until, last_error=why
    )


_HOUR, _MINUTE = timedelta(hours=1), timedelta(minutes=1)
_LONGEST_DELIVERY = timedelta(minutes=15)
_MUCH_TO_ADDRESS = f"{RATIONED} to this address within an hour: this one waits its turn."
_MUCH_TO_DOMAIN = f"{RATIONED} to this domain within a minute: this one waits its turn."


def _claim(item: OutboxItem, *, at: datetime) -> bool:
    attempts = item.attempts + 1
    claimed = OutboxItem.objects.filter(pk=item.pk, claim=item.claim, state=item.state).update(
        state=State.CLAIMED,
        claim=F("claim") + 1,
        claimed_until=at + LEASE,
        attempts=attempts,
        # Should this mail be what ends the worker, it must not end it again and again at once.
        next_try_at=at + (_pause(item.pk, attempts - 1) if attempts > 1 else timedelta()),
    )
    if claimed:
        item.refresh_from_db()
    return bool(claimed)


def keep(item: OutboxItem, *, at: datetime) -> bool:
    """Prolong the lease. False: it went to somebody else, and nothing more may be sent."""
    return _mine(item).update(claimed_until=at + LEASE) == 1


def begin_transmission(item: OutboxItem, *, at: datetime) -> bool:
    """Say that from here the mail may have left. False: the lease went to somebody else."""
    begun = _mine(item).update(state=State.TRANSMITTING, claimed_until=at + LEASE) == 1
    crash_point("outbox.transmitting")
    return begun


def record_sent(item: OutboxItem, *, at: datetime) -> bool:
    """Store that the mail server took the mail. False: the lease went to somebody else."""
    values: dict[str, Any] = {"text": "", "html": ""} if item.purpose in KEYS else {}
    crash_point("outbox.sent")
    with transaction.atomic():
        done = _settle(item, state=State.SENT, sent_at=at, last_error="", **values)
        if done:
            _make_good(item, at=at)
    crash_point("outbox.recorded")
    return done


def record_delay(item: OutboxItem, *, why: str, at: datetime) -> bool:
    """Store that this mail was not taken now: it is tried again for five days, ever more seldom."""
    if at - item.created_at >= GIVE_UP_AFTER:
        return record_refusal(item, why=why, at=at)
    pause = _pause(item.pk, item.attempts)
    return _settle(item, state=State.WAITING, next_try_at=at + pause, last_error=why)


def record_mishap(item: OutboxItem, *, why: str, at: datetime) -> bool:
    """Store that we ourselves stumbled over this mail; after a few times it is set aside."""
    record = record_refusal if item.attempts >= _MISHAPS else record_delay
    return record(item, why=why, at=at)


def record_refusal(item: OutboxItem, *, why: str, at: datetime) -> bool:
    """Store that the mail will never be taken, and tell the people who can do something."""
    with transaction.atomic():
        if not _settle(item, state=State.FAILED, last_error=why):
            return False
        _tell(item, why=why, at=at)
        take_back(item, actor=DESK, at=at)
    return True


def record_cut_off(item: OutboxItem, *, why: str, at: datetime) -> bool:
    """Store that nobody knows whether the mail left: once more, then a person decides."""
    with transaction.atomic():
        if item.cut_off + 1 < _CUT_OFFS:
            return _settle(
                item, state=State.WAITING, cut_off=F("cut_off") + 1, next_try_at=at, last_error=why
            )
        if not _settle(item, state=State.DOUBTFUL, cut_off=F("cut_off") + 1, last_error=why):
            return False
        _tell(item, why=why, at=at, is_doubtful=True)
    return True


def record_server_down(item: OutboxItem, *, why: str, at: datetime) -> None:
    """Store that the mail server cannot be reached: no fault of this mail, and all others wait.

    Without this every waiting mail would run into the same wall, and be late by its own back-off
    when the server is long up again.
    """
    if at - item.created_at >= GIVE_UP_AFTER:
        record_refusal(item, why=why, at=at)
        return
    later = at + _SERVER_PAUSE
    _settle(
        item, state=State.WAITING, attempts=item.attempts - 1, next_try_at=later, last_error=why
    )
    OutboxItem.objects.filter(state=State.WAITING, next_try_at__lt=later).update(
        next_try_at=later, last_error=why
    )


def _mine(item: OutboxItem) -> Any:
    return OutboxItem.objects.filter(
        pk=item.pk, claim=item.claim, state__in=(State.CLAIMED, State.TRANSMITTING)
    )


def _settle(item: OutboxItem, **values: Any) -> bool:
    """End a claim; `claim` grows, so that nobody can speak under the old one any more."""
    return bool(_mine(item).update(claim=F("claim") + 1, claimed_until=None, **values))


def _pause(item_id: int, attempts: int) -> timedelta:
    """Return 15, 30, 60, … seconds, spread by the row's number: not all come back at once."""
    pause = min(timedelta(seconds=15) * 2 ** min(attempts - 1, 12), _SLOWEST_RETRY)
    return pause + pause * (item_id * 7 % 16) / 64


# --- when a mail did not arrive ----------------------------------------------------------------


# A bounce also shows that a mail did leave of which nobody knew, or has not yet been told.
_HAVE_LEFT = (State.SENT, State.TRANSMITTING, State.DOUBTFUL)


def come_back(item: OutboxItem, *, why: str, at: datetime) -> None:
    """A server returned a mail that it had taken from us: the reply never reached anybody."""
    left = OutboxItem.objects.filter(pk=item.pk, state__in=_HAVE_LEFT)
    if left.update(state=State.FAILED, last_error=why, claim=F("claim") + 1, claimed_until=None):
        take_back(item, actor=DESK, at=at)
        _tell(item, why=why, at=at)


def note_delay(item: OutboxItem, *, why: str) -> None:
    """A server still tries to deliver a mail: it is late, and not lost."""
    OutboxItem.objects.filter(pk=item.pk, state=State.SENT).update(last_error=why)


def _tell(item: OutboxItem, *, why: str, at: datetime, is_doubtful: bool = False) -> None:
    """Tell the owner of the case, or all of Tier One if it has none."""
    if item.purpose == Purpose.NOTICE or item.case_id is None:
        return  # a notice about a notice would never end; the outbox page shows both
    case = Case.objects.select_related("owner__account").get(pk=item.case_id)
    facts = mails.UndeliveredFacts(
        number=case.number,
        subject=case.subject,
        to_address=item.to_address,
        why=why,
        url=case_address(Desk.objects.get(pk=1).public_url, case.number),
        is_doubtful=is_doubtful,
    )
    for reader in _to_be_told(case, at=at):
        queue_notice(reader, lambda: mails.not_delivered(facts), at=at, case_id=case.pk)


def case_address(public_url: str, number: str) -> str:
    """Return where an engineer finds a case."""
    return f"{public_url}/console/cases/{number}"


def _to_be_told(case: Case, *, at: datetime) -> Iterable[Reader]:
    if case.owner and case.owner.account.is_active:
        return readers([case.owner.pk], at=at)
    return readers([], tier_one(), at=at)


def take_back(item: OutboxItem, *, actor: Person, at: datetime, **facts: Any) -> None:
    """Let the clocks run on as if the reply had not been sent: the customer never got it.

    facts: of the event, besides the usual.
    """
    replies = _replies(item)
    if item.case_id is not None and replies:
        with changing(item.case_id, actor=actor, at=at) as change:
            change.append(Kind.BOUNCED, event=replies[-1], address=item.to_address, **facts)
            if _waits_because_of(change, replies):
                # Nobody waits for an answer to what was never asked.
                change.do(Act.END_WAIT)
                change.append(Kind.WAIT_ENDED)


def _waits_because_of(change: Change, replies: Sequence[int]) -> bool:
    """Say whether the case waits for the customer since the question in one of these replies."""
    asked = [event for event in change.events if event.kind is Kind.INFORMATION_ASKED]
    waits = change.case.state == CaseState.WAITING
    return waits and bool(asked) and asked[-1].facts.get("reply") in replies


def _make_good(item: OutboxItem, *, at: datetime) -> None:
    """Count a reply that was refused from when it was sent again, and arrived."""
    replies = _replies(item)
    if item.case_id is None or not replies or item.message is None or item.message.agent is None:
        return
    bounced = Event.objects.filter(
        case_id=item.case_id, kind=Kind.BOUNCED, facts__event=replies[-1]
    )
    if bounced.exists():
        with changing(item.case_id, actor=DESK, at=at) as change:
            by = item.message.agent.as_person()
            change.append(Kind.REPLY_SENT, message=item.message, by=by)


def _replies(item: OutboxItem) -> list[int]:
    """Return the events by which a mail counts as a reply, the oldest first."""
    if item.purpose != Purpose.REPLY or item.message_id is None or item.case_id is None:
        return []
    if not _is_to_the_contact(item):
        return []  # the copy of anybody else counts for no clock
    events = Event.objects.filter(
        case_id=item.case_id, kind=Kind.REPLY_SENT, message_id=item.message_id
    )
    return list(events.order_by("id").values_list("id", flat=True))


def _is_to_the_contact(item: OutboxItem) -> bool:
    token = matching.read_token(settings.SECRET_KEY, item.reply_to)
    if token is None:
        return False  # a copy for somebody who has no part in the case
    return token.contact_id == _contact_when_written(item)


def _contact_when_written(item: OutboxItem) -> int | None:
    """Return whose case it was when a mail was queued: the reply was to them."""
    changed = Event.objects.filter(
        case_id=item.case_id or 0, kind=Kind.CONTACT_CHANGED, recorded_at__gt=item.created_at
    )
    facts = changed.order_by("id").values_list("facts", flat=True).first()
    if facts:
        return int(facts["before"])
    return Case.objects.filter(pk=item.case_id or 0).values_list("contact_id", flat=True).first()
