"""Zoom Phone's events of calls.

phone.callee_ringing, …_answered, …_missed, …_rejected, …_ended for calls that come in, and
phone.caller_ringing, …_connected, …_ended for ours: https://developers.zoom.us/docs/api/phone/events/
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from dueline.core.calls import CallState, Told
from dueline.core.mail_text import clean_line
from dueline.intake.phone.reading import Unclear, parse_time
from dueline.intake.phone.signatures import SignedCall

_EVENTS = {
    "phone.callee_ringing": ("in", CallState.RINGING),
    "phone.callee_answered": ("in", CallState.ANSWERED),
    "phone.callee_missed": ("in", CallState.MISSED),
    "phone.callee_rejected": ("in", CallState.MISSED),
    "phone.callee_ended": ("in", CallState.ENDED),
    "phone.caller_ringing": ("out", CallState.RINGING),
    "phone.caller_connected": ("out", CallState.ANSWERED),
    "phone.caller_ended": ("out", CallState.ENDED),
}
VALIDATION = "endpoint.url_validation"


def read(call: SignedCall, *, at: datetime) -> list[Told]:
    """Return what an event tells; nothing for events about something else."""
    said = _object(call.body)
    event = said.get("event")
    if event not in _EVENTS:
        return []
    direction, state = _EVENTS[event]
    facts = _part(_part(said, "payload"), "object")
    call_id = _text(facts, "call_id")
    if not call_id:
        raise Unclear("payload.object.call_id", "It does not say which call it is about.")
    caller, callee = _part(facts, "caller"), _part(facts, "callee")
    ours = callee if direction == "in" else caller
    answered_at = _time(facts, "answer_start_time") or _time(facts, "connected_start_time")
    if state is CallState.ENDED and answered_at is None:
        state = CallState.MISSED
    return [
        Told(
            call_id=call_id,
            state=state,
            at=_when(facts, said, state) or at,
            direction=direction,
            from_number=_text(caller, "phone_number"),
            to_number=_text(callee, "phone_number"),
            caller_name=_text(caller, "name") if direction == "in" else "",
            extension=_text(ours, "extension_number")[:40],
            rang_at=_time(facts, "ringing_start_time"),
            answered_at=answered_at,
        )
    ]


def challenge(call: SignedCall) -> str | None:
    """Return the token that Zoom wants back, where it only looks whether the address is ours."""
    said = _object(call.body)
    if said.get("event") != VALIDATION:
        return None
    token = _part(said, "payload").get("plainToken")
    if not isinstance(token, str) or not 0 < len(token) <= 200:
        raise Unclear("payload.plainToken", "The token to be signed is missing.")
    return token


def _when(facts: Mapping[str, Any], said: Mapping[str, Any], state: CallState) -> datetime | None:
    names = {
        CallState.RINGING: ("ringing_start_time",),
        CallState.ANSWERED: ("answer_start_time", "connected_start_time"),
    }.get(state, ("call_end_time",))
    for name in names:
        if found := _time(facts, name):
            return found
    stamp = said.get("event_ts")  # in thousandths of a second
    if not isinstance(stamp, int) or not 0 < stamp < 10**14:
        return None
    return datetime.fromtimestamp(stamp // 1000, tz=UTC)


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unclear("", "This is no JSON.") from error
    if not isinstance(said, dict):
        raise Unclear("", "This is no JSON object.")
    return said


def _part(said: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = said.get(name)
    return part if isinstance(part, dict) else {}


def _text(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name)
    is_said = isinstance(value, str | int) and not isinstance(value, bool)
    return clean_line(str(value))[:200] if is_said else ""


def _time(said: Mapping[str, Any], name: str) -> datetime | None:
    return parse_time(_text(said, name))
