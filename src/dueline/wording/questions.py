"""Where a question to Tier Two stands, in a sentence."""

from datetime import datetime

from dueline.wording.language import say as _
from dueline.wording.times import say_clock


def say_standing(
    *,
    asked_by: str,
    taken_by: str,
    taken_at: datetime | None,
    asked_back_at: datetime | None,
    answered_by: str,
    answered_at: datetime | None,
    taken_back_at: datetime | None,
    now: datetime,
    zone: str,
) -> str:
    """Say who is at it, or for whom it waits. taken_by, answered_by: "" for nobody."""
    last = taken_back_at or answered_at or asked_back_at or taken_at
    facts = {
        "asker": _first(asked_by),
        "taker": _first(taken_by),
        "who": answered_by,
        "at": say_clock(last, now=now, zone=zone) if last else "",
    }
    if taken_back_at:
        return _("Taken back %(at)s.") % facts
    if answered_at:
        return _("%(who)s answered %(at)s.") % facts
    if asked_back_at:
        return _("%(taker)s waits for %(asker)s since %(at)s.") % facts
    if taken_at:
        return _("%(taker)s has it since %(at)s.") % facts
    return _("Nobody has taken it yet.")


def _first(name: str) -> str:
    return (name.split() or [name])[0]
