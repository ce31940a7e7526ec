"""Twilio's status callbacks of calls.

CallSid, CallStatus, From, To, Direction, Timestamp, …: https://www.twilio.com/docs/voice/twiml/number
and https://www.twilio.com/docs/voice/api/call-resource (statusCallback). A caller whom <Dial>
connects to a telephone has a call of their own, and each telephone another one with ParentCallSid:
they are told of as one.
"""

from datetime import datetime, timedelta

from dueline.core.calls import CallState, Told
from dueline.core.links import is_web_address
from dueline.core.mail_text import clean_line
from dueline.intake.phone.reading import Unclear, parse_time
from dueline.intake.phone.signatures import SignedCall

_STATES = {
    "queued": CallState.RINGING,
    "initiated": CallState.RINGING,
    "ringing": CallState.RINGING,
    "in-progress": CallState.ANSWERED,
    "answered": CallState.ANSWERED,
    "completed": CallState.ENDED,
    "busy": CallState.MISSED,
    "no-answer": CallState.MISSED,
    "failed": CallState.MISSED,
    "canceled": CallState.MISSED,
}
# What Twilio says in place of a number that is withheld.
# https://www.twilio.com/docs/voice/troubleshooting (unexpected caller IDs)
_WITHHELD = {"+266696687", "+8656696", "+7378742833", "+2562533", "+86282452253", "+464"}


def read(call: SignedCall, *, at: datetime) -> list[Told]:
    said = {name: clean_line(value)[:1000] for name, value in call.form}
    call_id = said.get("ParentCallSid") or said.get("CallSid", "")
    if not call_id:
        raise Unclear("CallSid", "CallSid is missing: this is no status callback of a call.")
    # The action of <Dial> tells how the telephones took it, and not how Twilio took the call.
    status = said.get("DialCallStatus") or said.get("CallStatus", "")
    state = _STATES.get(status)
    if state is None:
        raise Unclear("CallStatus", f"CallStatus “{status[:40]}” is not known.")
    told_at = parse_time(said.get("Timestamp", "")) or at
    recording = said.get("RecordingUrl", "")
    return [
        Told(
            call_id=call_id[:200],
            state=state,
            at=told_at,
            direction=_direction(said),
            from_number=_number(said.get("From", "")),
            to_number=_number(said.get("To", "")),
            caller_name=said.get("CallerName", "")[:200],
            answered_at=_answered_at(said, state, told_at),
            recording_url=recording if is_web_address(recording) else "",
        )
    ]


def _direction(said: dict[str, str]) -> str:
    """Return "out" for what we call: by Twilio's API, or from a telephone of ours."""
    is_ours = said.get("From", "").startswith(("client:", "sip:"))
    return "out" if is_ours or said.get("Direction") == "outbound-api" else "in"


def _number(written: str) -> str:
    return "" if written in _WITHHELD else written.removeprefix("client:")[:200]


def _answered_at(said: dict[str, str], state: CallState, told_at: datetime) -> datetime | None:
    seconds = said.get("DialCallDuration") or said.get("CallDuration", "")
    if state is not CallState.ENDED or not (seconds.isascii() and seconds.isdigit()):
        return None
    return told_at - timedelta(seconds=int(seconds[:6]))
