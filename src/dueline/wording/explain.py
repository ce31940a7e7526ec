"""Why a promise is due when it is, in sentences: the same on every page and in a terminal."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from dueline.core.commitments import Extension, State
from dueline.core.events import Kind
from dueline.core.explain import Explanation, Segment
from dueline.core.policy import ALWAYS, CommitmentKind, Target, Unit
from dueline.core.priorities import Priority
from dueline.wording.language import spoken
from dueline.wording.policy_words import say_name, say_plan
from dueline.wording.times import say_span, say_stamp

KIND_NAMES = {
    CommitmentKind.RESPONSE: gettext_noop("Response"),
    CommitmentKind.ACTIVATION: gettext_noop("Activation"),
    CommitmentKind.FEEDBACK: gettext_noop("Feedback"),
    CommitmentKind.CALLBACK: gettext_noop("Call back"),
    CommitmentKind.ASSISTANCE: gettext_noop("Answer from Tier Two"),
    CommitmentKind.RESOLUTION: gettext_noop("Resolution"),
}
STATE_NAMES = {
    State.WAITING: gettext_noop("not begun"),
    State.RUNNING: gettext_noop("running"),
    State.PAUSED: gettext_noop("paused"),
    State.MET: gettext_noop("met"),
    State.EXTENDED: gettext_noop("extended"),
    State.MISSED: gettext_noop("missed"),
    State.WITHDRAWN: gettext_noop("withdrawn"),
}
PRIORITY_NAMES = {
    Priority.CRITICAL: gettext_noop("Critical"),
    Priority.HIGH: gettext_noop("High"),
    Priority.NORMAL: gettext_noop("Normal"),
    Priority.LOW: gettext_noop("Low"),
}

# Where counting began. Written so that customer and engineer can read the same words.
_BEGAN = {
    Kind.OPENED: gettext_noop("The request arrived %(at)s."),
    Kind.REOPENED: gettext_noop("The case was reopened %(at)s."),
    Kind.REPLY_SENT: gettext_noop("Support wrote to the customer %(at)s."),
    Kind.CALL_LOGGED: gettext_noop("Support spoke with the customer %(at)s."),
    Kind.CALL_BACK_ASKED: gettext_noop("The customer asked to be called %(at)s."),
    Kind.ACTIVATED: gettext_noop("An engineer began to isolate the problem %(at)s."),
    Kind.ASSISTANCE_ASKED: gettext_noop("Tier Two was asked %(at)s."),
    Kind.PRIORITY_CHANGED: gettext_noop("The priority was changed %(at)s."),
    Kind.ESCALATED: gettext_noop("The case was escalated %(at)s."),
    Kind.REBASED: gettext_noop("Another contract holds for the case since %(at)s."),
    Kind.MERGED: gettext_noop(
        "It was taken over from a case that was merged into this one %(at)s."
    ),
}
_PAUSED = {
    "customer": gettext_noop("Paused: %(counted)s. It runs on when the customer has answered."),
    "third_party": gettext_noop(
        "Paused: %(counted)s. It runs on when the wait for the third party has ended."
    ),
}
_SKIPPED = {
    "closed": gettext_noop("closed"),
    "free": gettext_noop("no opening hours on these days"),
    "paused": gettext_noop("paused while waiting for the customer"),
    "paused-third-party": gettext_noop("paused while waiting for a third party"),
    "same-day": gettext_noop("the day on which it began"),
}


def sentences(explanation: Explanation, *, zone: str, policy_number: int) -> list[str]:
    """Say why a commitment is due when it is, from what began it to the sum.

    zone: the reader's. policy_number: the number of the policy version that made the promise.
    """
    say = _speaker(zone)
    commitment = explanation.commitment
    said = [_beginning(explanation, say)]
    if explanation.said_by.id != explanation.anchor.id:
        said.append(
            _(_BEGAN[explanation.said_by.kind]) % {"at": say(explanation.said_by.happened_at)}
        )
        if instead_of := commitment.promises[-1].instead_of:
            said.append(_("Until then it was due %(at)s.") % {"at": say(instead_of)})
    said.append(_rule(explanation, policy_number))
    said += [line for segment in explanation.segments if (line := _segment(segment, say))]
    said += [_extended(extension, say) for extension in commitment.extensions]
    said.append(_sum(explanation, say))
    return said


def say_segment(segment: Segment, zone: str) -> str:
    """Say one stretch of time: what of it counted, or why it was skipped."""
    return _segment(segment, _speaker(zone))


def say_target(target: Target) -> str:
    """Say a target of the policy: "60 min", "1 business day", "immediately (within 15 min)"."""
    if target.spelled == "immediately":
        return _("immediately (within %(span)s)") % {"span": say_span(target.span)}
    match target.unit:
        case Unit.OPEN_TIME:
            return say_span(target.span)
        case Unit.BUSINESS_DAYS:
            text = ngettext("%(n)s business day", "%(n)s business days", target.amount)
        case Unit.END_OF_BUSINESS_DAY:
            text = ngettext(
                "the end of the next business day",
                "the end of the %(n)sth business day",
                target.amount,
            )
        case Unit.DAYS:
            text = ngettext(
                "%(n)s day around the clock", "%(n)s days around the clock", target.amount
            )
    return text % {"n": target.amount}


def _beginning(explanation: Explanation, say: Callable[[datetime], str]) -> str:
    """Say from when the first promise counts: not always from when its commitment began."""
    anchor, first = explanation.anchor, explanation.commitment.promises[0]
    if first.taken_over:
        return _(_BEGAN[anchor.kind]) % {"at": say(anchor.happened_at)}
    if (
        explanation.commitment.kind is CommitmentKind.FEEDBACK
        and first.from_at > anchor.happened_at
    ):
        return _("The interval before it passed without news %(at)s.") % {"at": say(first.from_at)}
    return _(_BEGAN[anchor.kind]) % {"at": say(first.from_at)}


def _rule(explanation: Explanation, policy_number: int) -> str:
    commitment = explanation.commitment
    promise = commitment.promises[-1]
    facts = {
        "kind": _(KIND_NAMES[commitment.kind]),
        "target": say_target(promise.cell.target),
        "plan": say_plan(explanation.plan).title,
        "hours": _("around the clock")
        if promise.cell.calendar == ALWAYS
        else _("in opening hours (%(calendar)s)")
        % {"calendar": say_name(explanation.calendar.name)},
        "n": policy_number,
    }
    if promise.priority is None:
        return _("%(kind)s: %(target)s, %(hours)s.") % facts
    facts["priority"] = _(PRIORITY_NAMES[promise.priority])
    return (
        _(
            "%(kind)s, %(priority)s on the plan %(plan)s: %(target)s, %(hours)s"
            " (policy version %(n)s)."
        )
        % facts
    )


def _segment(segment: Segment, say: Callable[[datetime], str]) -> str:
    facts = {
        "from": say(segment.from_at),
        "to": say(segment.to_at),
        "span": say_span(segment.counted),
        "why": segment.said.get(spoken()) or segment.name or _(_SKIPPED.get(segment.why, ""))
        if segment.why
        else "",
    }
    match segment.why:
        case "open" | "around-the-clock":
            return _("%(from)s – %(to)s: %(span)s counted.") % facts
        case "day":
            return _("%(from)s – %(to)s: one business day counted.") % facts
        case "extended":
            return _("%(from)s – %(to)s: %(span)s added by the extension.") % facts
        case "made-up":
            return _("%(from)s – %(to)s: %(span)s make up for the pause.") % facts
        case "left":
            return _("Still to be counted: %(span)s.") % facts if segment.counted else ""
        case _:
            return _("%(from)s – %(to)s: skipped, %(why)s.") % facts


def _extended(extension: Extension, say: Callable[[datetime], str]) -> str:
    return _("Extended: it was due %(from)s, and is due %(to)s.") % {
        "from": say(extension.from_at),
        "to": say(extension.to_at),
    }


def _sum(explanation: Explanation, say: Callable[[datetime], str]) -> str:
    commitment = explanation.commitment
    target = commitment.cell.target
    if target.unit in (Unit.BUSINESS_DAYS, Unit.END_OF_BUSINESS_DAY):
        counted = ngettext("%(n)s business day", "%(n)s business days", explanation.days) % {
            "n": explanation.days
        }
    else:
        parts = [s.counted for s in explanation.segments if s.counted]
        total = say_span(sum(parts, timedelta()))
        counted = total
        if len(parts) > 1:
            counted = f"{' + '.join(say_span(part) for part in parts)} = {total}"
    if commitment.due_at is None:
        return _(_PAUSED[commitment.pauses[-1].waits_for]) % {"counted": counted}
    return _("%(counted)s: due %(at)s.") % {"counted": counted, "at": say(commitment.due_at)}


def _speaker(zone: str) -> Callable[[datetime], str]:
    return lambda at: say_stamp(at, zone)
