"""What is still to come while a case waits for its customer."""

from collections.abc import Sequence

from dueline.core.commitments import Book
from dueline.core.events import Event
from dueline.core.lifecycle import CaseState
from dueline.core.silence import Step, silence_steps
from dueline.models import Case


def steps_of(case: Case, events: Sequence[Event], book: Book) -> tuple[Step, ...]:
    """Return the reminders to come and the closing, by the versions that the case is under."""
    if case.state != CaseState.WAITING:
        return ()
    return silence_steps(
        events,
        book.policies[case.policy_version_id].silence,
        book.calendars[case.calendar_version_id],
    )
