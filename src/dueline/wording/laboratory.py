"""What the laboratory reckoned, in sentences: the same on its page and in a terminal."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dueline.core.laboratory import Trace
from dueline.core.policy import Target, Unit
from dueline.wording.explain import say_segment, say_target
from dueline.wording.policy_words import say_name
from dueline.wording.times import say_exact, say_span

_ADDENDS = 12  # that a sum shows one by one


def say_trace(trace: Trace) -> list[str]:
    """Say what was asked, each stretch that was counted or skipped, and the sum."""
    return [say_question(trace), *say_segments(trace), say_sum(trace)]


def say_question(trace: Trace) -> str:
    """Say what is reckoned from where."""
    facts = {"start": _exact(trace, trace.start), "calendar": say_name(trace.calendar.name)}
    if trace.target is None:
        facts["end"] = _exact(trace, trace.end)
        return _("Open time from %(start)s to %(end)s, on “%(calendar)s”.") % facts
    facts["target"] = _say_target(trace.target)
    if trace.target.unit is Unit.DAYS:
        return _("From %(start)s: %(target)s, open or not.") % facts
    return _("From %(start)s: %(target)s, on “%(calendar)s”.") % facts


def say_segments(trace: Trace) -> list[str]:
    """Say each stretch: what of it counted, or why it was skipped."""
    return [say_segment(segment, trace.calendar.zone) for segment in trace.segments]


def say_sum(trace: Trace) -> str:
    """Say what the stretches come to: "30 min + 3 h 30 min = 4 h: due 2026-11-23 11:30:00 CET."."""
    if trace.target is None:
        return _("%(counted)s of open time.") % {"counted": _counted(trace)}
    return _("%(counted)s: due %(at)s.") % {
        "counted": _counted(trace),
        "at": _exact(trace, trace.end),
    }


def _say_target(target: Target) -> str:
    if target.unit is not Unit.END_OF_BUSINESS_DAY:
        return say_target(target)
    form = ngettext(
        "the end of %(n)s business day", "the end of %(n)s business days", target.amount
    )
    return form % {"n": target.amount}


def _counted(trace: Trace) -> str:
    if trace.days:
        return ngettext("%(n)s business day", "%(n)s business days", trace.days) % {"n": trace.days}
    parts = [s.counted for s in trace.segments if s.counted]
    total = say_span(sum(parts, timedelta()))
    if len(parts) < 2:
        return total
    if len(parts) > _ADDENDS:
        return _("%(n)s stretches = %(total)s") % {"n": len(parts), "total": total}
    return f"{' + '.join(say_span(part) for part in parts)} = {total}"


def _exact(trace: Trace, at: datetime) -> str:
    return say_exact(at, trace.calendar.zone)
