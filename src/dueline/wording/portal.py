"""What a case's own page says first: what the customer can count on, and what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from dueline.core.commitments import Commitment, State
from dueline.core.events import Kind
from dueline.core.lifecycle import CaseState
from dueline.core.policy import CommitmentKind
from dueline.core.priorities import Priority
from dueline.wording.explain import KIND_NAMES, PRIORITY_NAMES
from dueline.wording.times import say_instant

STATE_WORDS = {
    CaseState.NEW: gettext_noop("New"),
    CaseState.RESPONDED: gettext_noop("Answered"),
    CaseState.ACTIVE: gettext_noop("Being worked on"),
    CaseState.WAITING: gettext_noop("Waits for you"),
    CaseState.THIRD_PARTY: gettext_noop("Waits for a third party"),
    CaseState.RESOLVED: gettext_noop("Resolved"),
    CaseState.CLOSED: gettext_noop("Closed"),
    CaseState.MERGED: gettext_noop("Goes on in another case"),
}


def say_state(state: str) -> str:
    return _(STATE_WORDS[CaseState(state)])


@dataclass(frozen=True, slots=True)
class Standing:
    """What the sentences are made of. words_to_customer: replies that arrived, and calls."""

    state: CaseState
    commitments: Sequence[Commitment]
    words_to_customer: int
    waiting_since: datetime | None
    ended_at: datetime | None
    may_reopen: bool
    now: datetime
    zone: str


_NEXT = {
    CommitmentKind.RESPONSE: gettext_noop("An engineer answers you by %(time)s."),
    CommitmentKind.ACTIVATION: gettext_noop("We begin to isolate the problem by %(time)s."),
    CommitmentKind.FEEDBACK: gettext_noop("You hear from us by %(time)s."),
    CommitmentKind.CALLBACK: gettext_noop("We call you back by %(time)s."),
    CommitmentKind.RESOLUTION: gettext_noop("We solve it by %(time)s."),
}
_LATE = {
    CommitmentKind.RESPONSE: gettext_noop(
        "You should have heard from an engineer by %(time)s. We are late, and we know it."
    ),
    CommitmentKind.ACTIVATION: gettext_noop(
        "We should have begun to isolate the problem by %(time)s. We are late, and we know it."
    ),
    CommitmentKind.FEEDBACK: gettext_noop(
        "You should have heard from us by %(time)s. We are late, and we know it."
    ),
    CommitmentKind.RESOLUTION: gettext_noop(
        "It should have been solved by %(time)s. We are late, and we know it."
    ),
    CommitmentKind.CALLBACK: gettext_noop(
        "We should have called you by %(time)s. We are late, and we know it."
    ),
}


_WAITS = {
    CaseState.WAITING: gettext_noop("We wait for your answer since %(time)s."),
    CaseState.THIRD_PARTY: gettext_noop("The case waits for a third party since %(time)s."),
}


def say_first(standing: Standing) -> str:
    """Say what the customer can count on now."""
    ended = _say_ended(standing)
    if ended:
        return ended
    nearest = nearest_owed(standing.commitments)
    if standing.state.waits and standing.waiting_since is not None:
        since = _time(standing.waiting_since, standing)
        first = _(_WAITS[standing.state]) % {"time": since}
        return f"{first} {_say_owed(nearest, standing)}".rstrip() if nearest else first
    if nearest is not None:
        return _say_owed(nearest, standing)
    return _("For this priority no time is promised. We answer as soon as we can.")


def say_record(standing: Standing) -> str:
    """Say how the promises were kept so far; "" while there is nothing to say."""
    late = sum(c.state is State.MISSED for c in standing.commitments)
    moved = sum(c.state is State.EXTENDED for c in standing.commitments)
    judged = late + moved + sum(c.state is State.MET for c in standing.commitments)
    words = standing.words_to_customer
    if not words and not late:
        return ""
    wrote = ngettext("We have been in touch once", "We have been in touch %(n)s times", words) % {
        "n": words
    }
    if not words:
        return ngettext("One promise was missed.", "%(n)s promises were missed.", late) % {
            "n": late
        }
    if not judged:
        return f"{wrote}."
    if not late and not moved:
        return _("%(wrote)s, each promise kept in time.") % {"wrote": wrote}
    missed = ngettext("one promise was missed", "%(n)s promises were missed", late) % {"n": late}
    extended = ngettext("one promise was extended", "%(n)s promises were extended", moved) % {
        "n": moved
    }
    facts = {"wrote": wrote, "missed": missed, "extended": extended}
    if not moved:
        return _("%(wrote)s; %(missed)s.") % facts
    # An extension is neither kept nor missed: it is said as what it is.
    if not late:
        return _("%(wrote)s; %(extended)s.") % facts
    return _("%(wrote)s; %(missed)s, %(extended)s.") % facts


def nearest_owed(commitments: Sequence[Commitment]) -> Commitment | None:
    """Return what is owed to the customer first: late or running, never what is between colleagues.

    Late counts first: it is the truth that the customer should read.
    """
    owed = [c for c in commitments if c.is_owed and c.due_at and not c.kind.is_internal]
    return min(owed, key=lambda c: (c.due_at, c.kind), default=None)


def say_answer(due_at: datetime | None, *, now: datetime, zone: str) -> str:
    """Say by when somebody who has just asked for help is answered."""
    if due_at is None:
        return _("For this priority no time is promised. We answer as soon as we can.")
    return _("An engineer answers you by %(time)s.") % {
        "time": say_instant(due_at, now=now, zone=zone)
    }


def say_call_back(due_at: datetime | None, *, now: datetime, zone: str) -> str:
    """Say by when somebody is called; "" if no call was promised."""
    if due_at is None:
        return ""
    return _("We call you back by %(time)s.") % {"time": say_instant(due_at, now=now, zone=zone)}


# --- the public history, one line each ----------------------------------------------------------


def say_happened(
    kind: Kind, *, who: str, by_customer: bool, facts: Mapping[str, object], desk: str
) -> str:
    """Say one public event in a sentence; a message stands beside it and is not repeated."""
    who = desk if kind is Kind.ACKNOWLEDGED else who or desk
    said = {"who": who, **{name: str(value) for name, value in facts.items()}}
    match kind:
        case Kind.CALL_LOGGED:
            return _say_call(facts) % said
        case Kind.PRIORITY_CHANGED | Kind.ESCALATED:
            return _say_priority(kind, facts) % {
                **said,
                "old": _(PRIORITY_NAMES[Priority(str(facts["old"]))]),
                "new": _(PRIORITY_NAMES[Priority(str(facts["new"]))]),
            }
        case Kind.CALL_BACK_ASKED if not facts.get("phone"):
            return _("A call back was asked for.")
        case Kind.CLOSED if by_customer:
            return _("%(who)s closed the case.") % said
        case Kind.CLOSED if facts.get("reason") == "silence":
            return _("The case was closed, since no answer came to what we asked.")
        case Kind.EXTENDED if facts.get("words"):
            said["kind"] = _(KIND_NAMES[CommitmentKind(str(facts["commitment"]))])
            return _("%(who)s moved the time of a promise, %(kind)s: “%(words)s”") % said
        case Kind.REOPENED if facts.get("reason"):
            return _("%(who)s opened the case again: “%(reason)s”") % said
    return _(_HAPPENED[kind]) % said


_HAPPENED = {
    Kind.OPENED: gettext_noop("The case was opened."),
    Kind.ACKNOWLEDGED: gettext_noop("%(who)s confirmed the request by mail."),
    Kind.MESSAGE_RECEIVED: gettext_noop("%(who)s wrote."),
    Kind.REPLY_SENT: gettext_noop("%(who)s wrote."),
    Kind.CALL_BACK_ASKED: gettext_noop("A call back to %(phone)s was asked for."),
    Kind.ACTIVATED: gettext_noop("%(who)s began to isolate the problem."),
    Kind.INFORMATION_ASKED: gettext_noop("The case waits for your answer."),
    Kind.THIRD_PARTY_AWAITED: gettext_noop("The case waits for a third party."),
    Kind.WAIT_ENDED: gettext_noop("The case goes on."),
    Kind.RESOLVED: gettext_noop("%(who)s resolved the case."),
    Kind.REOPENED: gettext_noop("%(who)s opened the case again."),
    Kind.CLOSED: gettext_noop("%(who)s closed the case."),
    Kind.BOUNCED: gettext_noop(
        "Our mail came back: it never reached you. The clock runs as if it had not been sent."
    ),
    Kind.EXTENDED: gettext_noop("%(who)s moved the time of a promise."),
    Kind.REBASED: gettext_noop("Another contract holds for this case from here on."),
    Kind.MERGED: gettext_noop("Another case about the same matter goes on here."),
    Kind.MERGED_INTO: gettext_noop("The case goes on in another one about the same matter."),
    Kind.UNMERGED: gettext_noop("The two cases were taken apart again."),
    Kind.SPLIT_OFF: gettext_noop("A message of this case became a case of its own."),
    Kind.VOUCHED: gettext_noop("%(who)s vouched for the request."),
    Kind.REMINDED: gettext_noop("A reminder was sent: we still wait for your answer."),
}


def say_vouched(who: str, arrived_at: str, *, now: datetime, zone: str) -> str:
    """Say that a request waited for a super-user, and since when. arrived_at: ISO."""
    at = say_instant(datetime.fromisoformat(arrived_at), now=now, zone=zone)
    return _("%(who)s vouched for the request, which had arrived %(at)s.") % {"who": who, "at": at}


def _say_call(facts: Mapping[str, object]) -> str:
    if facts.get("left_message"):
        return _("%(who)s tried to call you and left a message.")
    if not facts.get("reached") and facts.get("direction") == "in":
        return _("You called, and nobody answered.")
    if not facts.get("reached"):
        return _("%(who)s tried to call you; nobody answered.")
    if facts.get("direction") == "in":
        return _("%(who)s answered your call.")
    return _("%(who)s spoke with you on the telephone.")


def _say_priority(kind: Kind, facts: Mapping[str, object]) -> str:
    if kind is Kind.ESCALATED:
        if facts.get("reason"):
            return _("%(who)s escalated the case from %(old)s to %(new)s: “%(reason)s”")
        return _("%(who)s escalated the case from %(old)s to %(new)s.")
    return _("%(who)s changed the priority from %(old)s to %(new)s.")


def _say_owed(commitment: Commitment, standing: Standing) -> str:
    assert commitment.due_at is not None  # noqa: S101 - `nearest_owed` has looked
    is_late = commitment.state is State.MISSED or commitment.due_at < standing.now
    words = _LATE if is_late else _NEXT
    return _(words[commitment.kind]) % {"time": _time(commitment.due_at, standing)}


def _say_ended(standing: Standing) -> str:
    if standing.state.is_open or standing.ended_at is None:
        return ""
    facts = {"time": _time(standing.ended_at, standing)}
    if standing.state is CaseState.MERGED:
        return _("This case goes on in another one about the same matter since %(time)s.") % facts
    if standing.state is CaseState.CLOSED:
        return _("This case was closed %(time)s.") % facts
    first = _("We regard this case as resolved since %(time)s.") % facts
    if not standing.may_reopen:
        return first
    return f"{first} " + _("If it is not, write to us below and we take it up again.")


def _time(at: datetime, standing: Standing) -> str:
    return say_instant(at, now=standing.now, zone=standing.zone)
