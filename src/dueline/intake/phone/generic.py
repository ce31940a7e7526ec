"""Our own words for calls, for any telephone system that can be taught to send JSON.

    {"call": "1764122400.17", "state": "ringing", "from": "+46701234567", "to": "+4613000000",
     "direction": "in", "name": "Cleo Dahl", "extension": "204", "at": "2026-11-26T01:20:00Z",
     "answered_at": …, "seconds": 95, "recording": "https://…"}

"call" and "state" are needed: ringing, answered, ended (after it was answered), missed.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from dueline.core.calls import CallState, Told
from dueline.core.links import is_web_address
from dueline.core.mail_text import clean_line
from dueline.intake.phone.reading import Unclear
from dueline.intake.phone.signatures import SignedCall

_LONGEST = {"call": 200, "from": 200, "to": 200, "name": 200, "extension": 40, "recording": 1000}
_LONGEST_CALL = 24 * 3600


def read(call: SignedCall, *, at: datetime) -> list[Told]:
    said = _object(call.body)
    texts = {name: _text(said, name) for name in _LONGEST}
    if not texts["call"]:
        raise Unclear("call", "Say which call it is: the same text in everything about one call.")
    state = _one_of(said, "state", [state.value for state in CallState])
    ended_at = _instant(said, "at") or at
    answered_at = _instant(said, "answered_at")
    seconds = _seconds(said)
    if state == CallState.ENDED and answered_at is None and seconds is not None:
        answered_at = ended_at - timedelta(seconds=seconds)
    if texts["recording"] and not is_web_address(texts["recording"]):
        raise Unclear(
            "recording", "A recording is an address that begins with http:// or https://."
        )
    return [
        Told(
            call_id=texts["call"],
            state=CallState(state),
            at=ended_at,
            direction=_one_of(said, "direction", ["in", "out"], default="in"),
            from_number=texts["from"],
            to_number=texts["to"],
            caller_name=texts["name"],
            extension=texts["extension"],
            rang_at=_instant(said, "rang_at"),
            answered_at=answered_at,
            recording_url=texts["recording"],
        )
    ]


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unclear("", "This is no JSON.") from error
    if not isinstance(said, dict):
        raise Unclear("", "This is no JSON object.")
    return said


def _text(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name)
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise Unclear(name, f"“{name}” is no text.")
    text = clean_line(value)
    if len(text) > _LONGEST[name]:
        raise Unclear(name, f"“{name}” is longer than {_LONGEST[name]} characters.")
    return text


def _one_of(
    said: Mapping[str, Any], name: str, allowed: list[str], *, default: str | None = None
) -> str:
    value = said.get(name, default)
    if value not in allowed:
        raise Unclear(name, f"“{name}” is one of: {', '.join(allowed)}.")
    return str(value)


def _instant(said: Mapping[str, Any], name: str) -> datetime | None:
    value = said.get(name)
    if value is None:
        return None
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(int(value), tz=UTC)
        instant = datetime.fromisoformat(str(value))
    except (ValueError, OverflowError, OSError) as error:
        raise Unclear(name, f"“{name}” is no time. Write 2026-11-26T01:20:00Z.") from error
    if instant.tzinfo is None:
        raise Unclear(name, f"“{name}” does not say its time zone. Write 2026-11-26T01:20:00Z.")
    try:
        return instant.astimezone(UTC).replace(microsecond=0)
    except OverflowError as error:
        raise Unclear(name, f"“{name}” is no time. Write 2026-11-26T01:20:00Z.") from error


def _seconds(said: Mapping[str, Any]) -> int | None:
    value = said.get("seconds")
    if value is None:
        return None
    if isinstance(value, str) and value.isascii() and value.isdigit():  # a dial plan has only texts
        value = int(value[:9])
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _LONGEST_CALL:
        raise Unclear("seconds", "“seconds” is a whole number, of a day at most.")
    return value
