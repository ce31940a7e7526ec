"""What happens while the customer does not answer: reminders, then the case is closed.

Silence begins with our question, and anew whenever the customer lets us hear from them. Each step
counts from the one before as it was taken, not as it was planned: a reminder that went late leaves
the customer the whole time to answer, and no two steps ever fall on one instant.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from dueline.core.calendars import Calendar
from dueline.core.commitments import due_after
from dueline.core.events import Event, Kind
from dueline.core.policy import OFFICE, Cell, Silence, Target

_ENDS = frozenset({Kind.WAIT_ENDED, Kind.RESOLVED, Kind.CLOSED})


@dataclass(frozen=True, slots=True)
class Step:
    """number: of the reminder, 1, 2, …; None: the case is closed."""

    number: int | None
    at: datetime


def silence_steps(
    events: Iterable[Event], silence: Silence | None, calendar: Calendar
) -> tuple[Step, ...]:
    """Return the steps that are still to come, the next one first; none if nobody is asked.

    events: the whole history. calendar: on which the case was promised its office hours.
    silence: of the policy; None: a case waits for ever.
    """
    broken = _last_sign(events)
    if silence is None or broken is None:
        return ()
    from_at, reminded = broken
    targets: list[tuple[int | None, Target]] = list(enumerate(silence.reminders, start=1))
    targets.append((None, silence.close_after))
    steps = []
    for number, target in targets[reminded:]:
        from_at = due_after(Cell(target, OFFICE), calendar, from_at)
        steps.append(Step(number, from_at))
    return tuple(steps)


def _last_sign(events: Iterable[Event]) -> tuple[datetime, int] | None:
    """Return from when the next step counts and how many reminders went; None: no wait.

    What was asked in a mail that came back was never asked.
    """
    recorded = sorted(events, key=lambda event: event.id)
    bounced = {event.facts["event"] for event in recorded if event.kind is Kind.BOUNCED}
    sign: tuple[datetime, int] | None = None
    for event in recorded:
        if event.kind is Kind.INFORMATION_ASKED and event.facts.get("reply") not in bounced:
            sign = event.happened_at, 0
        elif event.kind in _ENDS:
            sign = None
        elif sign and event.kind is Kind.REMINDED:
            sign = event.happened_at, sign[1] + 1
        elif sign and _is_heard(event):
            sign = max(sign[0], event.happened_at), 0
    return sign


def _is_heard(event: Event) -> bool:
    """The customer did something, or we spoke with them."""
    spoke = event.kind is Kind.CALL_LOGGED and bool(event.facts.get("reached"))
    return event.by == "contact" or spoke or event.kind is Kind.CALL_BACK_ASKED
