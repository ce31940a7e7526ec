"""What telephone systems tell of a call, and what is known of it when all of that is put together.

What they tell arrives twice, late and in any order: the same facts give the same call.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum


class CallState(StrEnum):
    RINGING = "ringing"
    MISSED = "missed"
    ANSWERED = "answered"
    ENDED = "ended"  # after it was answered


# A call goes on in this order and never back. "Missed" is before "answered": of several telephones
# that ring, one is answered, and the others tell that they were not.
_ORDER = (CallState.RINGING, CallState.MISSED, CallState.ANSWERED, CallState.ENDED)
_OVER = (CallState.MISSED, CallState.ENDED)
# A telephone system whose clock is wrong by more than this is not believed about when it was.
_BELIEVED = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that a telephone system tells of a call.

    call_id: its own name for the call. at: when it was, aware UTC, whole seconds. direction: "in",
    or "out" for a call of ours. Numbers as they were told; "" for what was not told.
    """

    call_id: str
    state: CallState
    at: datetime
    direction: str = "in"
    from_number: str = ""
    to_number: str = ""
    caller_name: str = ""
    extension: str = ""  # that rings, or that answered
    rang_at: datetime | None = None
    answered_at: datetime | None = None
    recording_url: str = ""


@dataclass(frozen=True, slots=True)
class Course:
    """How far a call has come, of all that was told."""

    state: CallState
    rang_at: datetime
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    extension: str = ""


def begin(told: Told) -> Course:
    """Return what is known of a call after the first thing that was told of it."""
    is_over, is_answer = told.state in _OVER, told.state is CallState.ANSWERED
    return Course(
        state=told.state,
        rang_at=min(filter(None, (told.rang_at, told.answered_at, told.at))),
        answered_at=told.answered_at or (told.at if is_answer else None),
        ended_at=told.at if is_over else None,
        extension=told.extension,
    )


def go_on(course: Course, told: Told) -> Course:
    """Return what is known of a call after one more thing was told, in whatever order."""
    other = begin(told)
    earlier, later = sorted((course, other), key=lambda one: _ORDER.index(one.state))
    answered = [at for at in (course.answered_at, other.answered_at) if at is not None]
    return replace(
        later,
        rang_at=min(course.rang_at, other.rang_at),
        answered_at=min(answered, default=None),
        ended_at=_ended_at(earlier, later),
        # Who answered counts for more than who was rung, and of these the one told of last.
        extension=later.extension or earlier.extension,
    )


def _ended_at(earlier: Course, later: Course) -> datetime | None:
    if later.ended_at is None or earlier.state is not later.state:
        return later.ended_at
    return max(filter(None, (earlier.ended_at, later.ended_at)))


def believed(told: Told, *, at: datetime) -> Told:
    """Return what was told with times that can be true: nothing was after we heard of it."""

    def within(time: datetime | None) -> datetime | None:
        return None if time is None else min(max(time, at - _BELIEVED), at)

    return replace(
        told,
        at=within(told.at) or at,
        rang_at=within(told.rang_at),
        answered_at=within(told.answered_at),
    )
