"""What a calendar invitation says, in lines for somebody whose mail program shows no calendar."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from dueline.core.mail_text import clean_line
from dueline.intake.mail.opened import Opened, TookTooLong, at_most

BROKEN = "Its invitation cannot be read; it is kept as a file."
_LONGEST = 500_000  # bytes
_MOST_EVENTS = 20
_SECONDS = 2.0

_METHODS = {
    "REQUEST": "Invitation",
    "CANCEL": "Cancelled",
    "REPLY": "Answer to an invitation",
    "COUNTER": "Another time is proposed",
    "DECLINECOUNTER": "The proposed time is declined",
    "REFRESH": "The invitation is asked for again",
    "ADD": "Further dates",
    "PUBLISH": "Event",
}
_ANSWERS = {"ACCEPTED": "accepted", "DECLINED": "declined", "TENTATIVE": "accepted tentatively"}
_REPEATS = {"DAILY": "daily", "WEEKLY": "weekly", "MONTHLY": "monthly", "YEARLY": "yearly"}


def open_invitation(content: bytes) -> Opened:
    """Return what, when, where and from whom, as text. A broken one gives a warning."""
    if len(content) > _LONGEST:
        return Opened(warnings=(BROKEN,))
    try:
        with at_most(_SECONDS):
            text = "\n\n".join(_paragraphs(content))
    except (TookTooLong, Exception):  # the library raises whatever the bytes make it raise
        return Opened(warnings=(BROKEN,))
    return Opened(text)


def _paragraphs(content: bytes) -> Iterator[str]:
    # Loaded late: few mails bring one.
    from icalendar import Calendar

    calendar: Any = Calendar.from_ical(content)
    method = clean_line(str(calendar.get("method", "")))[:40].upper()
    for event in calendar.walk("VEVENT")[:_MOST_EVENTS]:
        yield "\n".join(_lines(event, method))


def _lines(event: Any, method: str) -> Iterator[str]:
    heading = _METHODS.get(method, "Event")
    yield f"{heading}: {_said(event, 'summary') or '(no title)'}"
    yield f"When: {_when(event)}{_repeats(event)}"
    if where := _said(event, "location"):
        yield f"Where: {where}"
    if organizer := event.get("organizer"):
        yield f"From: {_person(organizer)}"
    if method == "REPLY":
        yield from _answers(event)
    if description := str(event.get("description", "")).strip():
        yield ""
        yield description


def _said(event: Any, name: str) -> str:
    return clean_line(str(event.get(name, "")))[:500]


def _when(event: Any) -> str:
    start = event.start
    end = event.end
    if not isinstance(start, datetime):
        last = end - date.resolution if end > start else start
        return f"{start} (all day)" if last <= start else f"{start} – {last} (all day)"
    zone = _zone(event, start)
    until = f"{end:%H:%M}" if end.date() == start.date() else f"{end:%Y-%m-%d %H:%M}"
    shown = f"{start:%Y-%m-%d %H:%M}" if end == start else f"{start:%Y-%m-%d %H:%M}–{until}"
    return f"{shown} ({zone})"


def _zone(event: Any, start: datetime) -> str:
    if start.tzinfo is None:
        return "no time zone given"
    if start.tzinfo is UTC or start.tzname() == "UTC":
        return "UTC"
    key = getattr(start.tzinfo, "key", "") or event["dtstart"].params.get("tzid", "")
    return clean_line(str(key))[:60] or f"UTC{start:%z}"


def _repeats(event: Any) -> str:
    rule = event.get("rrule")
    if not rule:
        return ""
    frequency = rule[0] if isinstance(rule, list) else rule
    often = _REPEATS.get(str(frequency.get("freq", [""])[0]).upper())
    return f", repeated {often}" if often else ", repeated"


def _person(address: Any) -> str:
    bare = clean_line(str(address)).removeprefix("mailto:").removeprefix("MAILTO:")[:200]
    name = clean_line(str(getattr(address, "params", {}).get("cn", "")))[:200]
    return f"{name} <{bare}>" if name and name != bare else bare


def _answers(event: Any) -> Iterator[str]:
    attendees = event.get("attendee") or []
    for attendee in (attendees if isinstance(attendees, list) else [attendees])[:20]:
        answer = _ANSWERS.get(str(attendee.params.get("partstat", "")).upper())
        if answer:
            yield f"Answer: {_person(attendee)} {answer}"
