"""What the forms about a call have in common: what came of it, how long it took, which it was."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from dueline.core.errors import Refusal
from dueline.queries.phone_calls import CallRow, get_call


class Outcome(NamedTuple):
    """As `messages.log_call` wants it."""

    reached: bool
    left_message: bool


def read_outcome(text: str) -> Outcome:
    """Raises Refusal("reached")."""
    if text not in ("yes", "no", "message"):
        raise Refusal("reached", _("Say whether you spoke with the customer."))
    return Outcome(text == "yes", text == "message")


def read_duration(text: str) -> int | None:
    """Return seconds of "4" (minutes) or "4:30"; None where nothing was typed.

    Raises Refusal("bad-duration").
    """
    text = text.strip()
    if not text:
        return None
    minutes, _colon, seconds = text.partition(":")
    parts = (minutes, seconds or "0")
    if not all(part.isascii() and part.isdigit() and len(part) < 5 for part in parts):
        raise Refusal("bad-duration", _("Write how long it took like 4 or 4:30, in minutes."))
    return int(minutes) * 60 + int(seconds or 0)


def spell_duration(seconds: int | None) -> str:
    """Write a duration as `read_duration` reads it."""
    return "" if seconds is None else f"{seconds // 60}:{seconds % 60:02}"


def call_named(text: str) -> CallRow | None:
    """Return the call of the telephone system that a form or an address names."""
    is_id = text.isascii() and text.isdigit() and len(text) < 18
    return get_call(int(text)) if is_id else None


def prefilled(call: CallRow, *, zone: str) -> Mapping[str, str]:
    """Return what the telephone system knows already, by the names of the fields."""
    return {
        "call": str(call.id),
        "phone": call.number,
        "direction": call.direction,
        # Who takes up a call that rings is about to speak.
        "reached": "yes" if call.answered_at or call.state == "ringing" else "no",
        "happened_at": _local(call.rang_at, zone=zone),
        "duration": spell_duration(call.seconds),
        "recording": call.recording_url,
    }


def prefilled_to_log(call: CallRow, *, zone: str) -> Mapping[str, str]:
    """Return the form that logs a call in a case. Of a missed one, the call back is logged."""
    said = prefilled(call, zone=zone)
    if call.direction == "in" and call.answered_at is None and call.state != "ringing":
        return {**said, "direction": "out", "reached": "", "happened_at": ""}
    return said


def _local(at: datetime, *, zone: str) -> str:
    # With the seconds: two clocks that start at the same ring must not differ.
    return at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M:%S")
