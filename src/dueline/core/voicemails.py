"""What a voicemail promises: from which instant, to whom, and how bad the caller said it is.

Nothing here guesses. A priority is stated by a rule (a key, a header of the telephone system) or by
a person who listened; what a machine heard in the recording is read by nobody here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from dueline.core.inbound import Voicemail
from dueline.core.priorities import Priority

URGENT = "urgent"  # in the keypad's table: the caller asked that the message be marked as urgent
KEYS = (*"1234567890*#", URGENT)
# Longer ago than any queue of mails lasts: the clock of the telephone system must be wrong.
_LONGEST_AGO = timedelta(days=7)
# One recording that two systems tell of: their clocks differ a little, and how they round.
_SAME_HANG_UP = timedelta(minutes=2)
_SAME_SECONDS = 2


@dataclass(frozen=True, slots=True)
class Stated:
    """by: "keypad", "header", "person"; "" where nothing was stated."""

    priority: Priority | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class HangUp:
    """When the caller's last word was. is_told: False where only the arrival is known."""

    at: datetime
    is_told: bool


def stated_in(voicemail: Voicemail, *, keypad: Mapping[str, str]) -> Stated:
    """Return what the caller stated. keypad: key, or `URGENT` → name of a priority.

    Keys that contradict each other state nothing: a person listens.
    """
    if voicemail.stated_priority:
        return Stated(voicemail.stated_priority, voicemail.stated_by or "header")
    pressed = {keypad[key] for key in voicemail.keyed if keypad.get(key) in _NAMES}
    if len(pressed) == 1:
        return Stated(Priority(pressed.pop()), "keypad")
    if not pressed and voicemail.is_urgent and keypad.get(URGENT) in _NAMES:
        return Stated(Priority(keypad[URGENT]), "header")
    return Stated()


_NAMES = frozenset(priority.value for priority in Priority)


def hang_up(told: datetime | None, *, arrived_at: datetime) -> HangUp:
    """Return when the caller hung up. A clock that is wrong by years counts as silence."""
    if told is None or told < arrived_at - _LONGEST_AGO:
        return HangUp(arrived_at, is_told=False)
    # A clock that goes ahead must not promise later than the arrival does.
    return HangUp(min(told, arrived_at).replace(microsecond=0), is_told=True)


@dataclass(frozen=True, slots=True)
class Earlier:
    """A voicemail that the desk has already."""

    from_number: str
    hung_up_at: datetime
    seconds: int | None


def is_same_recording(
    voicemail: Voicemail, *, hung_up_at: datetime, others: Iterable[Earlier]
) -> bool:
    """Whether another system has told of this recording: its number, its hang-up and its length.

    Nobody leaves two messages of the same length within two minutes; still the lengths must be
    known, and the number.
    """
    if not voicemail.from_number or voicemail.seconds is None:
        return False
    return any(
        other.from_number == voicemail.from_number
        and other.seconds is not None
        and abs(other.seconds - voicemail.seconds) <= _SAME_SECONDS
        and abs(other.hung_up_at - hung_up_at) <= _SAME_HANG_UP
        for other in others
    )


def is_believed(sender: str, *, believed: Iterable[str]) -> bool:
    """Whether voicemails are believed that come from this address.

    believed: addresses, or whole domains as "@pbx.example": some systems write the caller's number
    in front of it.
    """
    sender = sender.lower()
    domain = f"@{sender.rpartition('@')[2]}"
    return "@" in sender and any(entry in (sender, domain) for entry in believed)
