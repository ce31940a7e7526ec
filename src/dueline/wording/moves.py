"""What a promise was before something moved it, in a sentence."""

from datetime import datetime

from django.utils.translation import gettext_noop

from dueline.core.events import Kind
from dueline.core.moves import Move
from dueline.wording.language import say as _
from dueline.wording.times import say_clock

_UNTIL = {
    Kind.ESCALATED: gettext_noop("Until the escalation it was due %(time)s."),
    Kind.PRIORITY_CHANGED: gettext_noop("Until the priority changed it was due %(time)s."),
    Kind.EXTENDED: gettext_noop("Extended: until then it was due %(time)s."),
    Kind.REBASED: gettext_noop("Until another contract held it was due %(time)s."),
}


def say_move(move: Move, *, now: datetime, zone: str) -> str:
    time = say_clock(move.was_due_at, now=now, zone=zone)
    return _(_UNTIL[move.by.kind]) % {"time": time}
