"""Shifts as an iCalendar feed, for the calendar programs of those who are on call."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

_AGAIN_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class FeedShift:
    """summary: all that the feed says of it. uid: the same as long as it begins then."""

    uid: str
    summary: str
    starts_at: datetime
    ends_at: datetime


def write_feed(name: str, shifts: Iterable[FeedShift], *, at: datetime) -> bytes:
    """Write an iCalendar document. Instants are in UTC, so that no clock can be misread."""
    # Loaded only when a feed is asked for: the package is large.
    from icalendar import Calendar, Event

    feed = Calendar()
    feed.add("prodid", "-//Dueline//On call//EN")
    feed.add("version", "2.0")
    feed.add("method", "PUBLISH")
    feed.add("x-wr-calname", name)
    feed.add("refresh-interval", _AGAIN_AFTER, parameters={"VALUE": "DURATION"})
    for shift in shifts:
        event = Event()
        event.add("uid", shift.uid)
        event.add("dtstamp", at)
        event.add("dtstart", shift.starts_at)
        event.add("dtend", shift.ends_at)
        event.add("summary", shift.summary)
        event.add("transp", "TRANSPARENT")  # who is on call is not therefore busy
        feed.add_component(event)
    written: bytes = feed.to_ical()
    return written
