"""Instants and spans as people say them: in the reader's zone and language, on a 24-hour clock.

Pages, mails and commands all say a time with these, so that a promise reads the same everywhere.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_noop, ngettext

from dueline.wording.language import say as _

# Day and month names are Django's own message ids where it has them: most languages need no work.
WEEKDAYS = (
    gettext_noop("Monday"),
    gettext_noop("Tuesday"),
    gettext_noop("Wednesday"),
    gettext_noop("Thursday"),
    gettext_noop("Friday"),
    gettext_noop("Saturday"),
    gettext_noop("Sunday"),
)
_SHORT_WEEKDAYS = (
    gettext_noop("Mon"),
    gettext_noop("Tue"),
    gettext_noop("Wed"),
    gettext_noop("Thu"),
    gettext_noop("Fri"),
    gettext_noop("Sat"),
    gettext_noop("Sun"),
)
MONTHS = (
    gettext_noop("January"),
    gettext_noop("February"),
    gettext_noop("March"),
    gettext_noop("April"),
    gettext_noop("May"),
    gettext_noop("June"),
    gettext_noop("July"),
    gettext_noop("August"),
    gettext_noop("September"),
    gettext_noop("October"),
    gettext_noop("November"),
    gettext_noop("December"),
)
_SHORT_MONTHS = (
    gettext_noop("Jan"),
    gettext_noop("Feb"),
    gettext_noop("Mar"),
    gettext_noop("Apr"),
    gettext_noop("May"),
    gettext_noop("Jun"),
    gettext_noop("Jul"),
    gettext_noop("Aug"),
    gettext_noop("Sep"),
    gettext_noop("Oct"),
    gettext_noop("Nov"),
    gettext_noop("Dec"),
)
# A bare weekday means the next such day; a week or more away it would mean two different days.
_A_WEEK = 7


def say_instant(at: datetime, *, now: datetime, zone: str) -> str:
    """Say an instant inside a sentence: "10:12 today", "tomorrow 09:10", "Tuesday 09:15".

    Days beyond the coming week are dated ("1 March 09:10"), other years say so.
    """
    local, days = _seen_from(at, now=now, zone=zone)
    clock = _clock(local)
    if days == 0:
        return _("%(clock)s today") % {"clock": clock}
    if days == 1:
        return _("tomorrow %(clock)s") % {"clock": clock}
    if days == -1:
        return _("yesterday %(clock)s") % {"clock": clock}
    if 1 < days < _A_WEEK:
        day = _(WEEKDAYS[local.weekday()])
    else:
        day = _date(local, now=now, months=MONTHS)
    return _("%(day)s %(clock)s") % {"day": day, "clock": clock}


def say_clock(at: datetime, *, now: datetime, zone: str) -> str:
    """Say an instant in a column: "10:12" for today, "Tue 08:57" near it, "3 Dec 08:57"."""
    local, days = _seen_from(at, now=now, zone=zone)
    clock = _clock(local)
    if days == 0:
        return clock
    if abs(days) < _A_WEEK:
        return f"{_(_SHORT_WEEKDAYS[local.weekday()])} {clock}"
    return f"{_date(local, now=now, months=_SHORT_MONTHS)} {clock}"


def say_dated(at: datetime, *, now: datetime, zone: str) -> str:
    """Say an instant in something read later: "10:12 on Monday 23 November (CET)".

    A mail that says "today" is wrong tomorrow, so it names the day and the zone.
    """
    local = at.astimezone(ZoneInfo(zone))
    return _("%(clock)s on %(weekday)s %(date)s (%(zone)s)") % {
        "clock": _clock(local),
        "weekday": _(WEEKDAYS[local.weekday()]),
        "date": _date(local, now=now, months=MONTHS),
        "zone": _zone_name(local),
    }


def say_date(day: date) -> str:
    """Say a day with its year: "30 November 2026"."""
    facts = {"day": day.day, "month": _(MONTHS[day.month - 1]), "year": day.year}
    return _("%(day)s %(month)s %(year)s") % facts


def say_left(span: timedelta) -> str:
    """Say how long is left: "in 12 min", "in 3 h", "in 2 days"; a negative span is "37 min late".

    Rounded towards now: nobody is told that they have more time than they have.
    """
    seconds = int(span.total_seconds())
    rough = _rough(abs(seconds))
    if seconds < 0:
        return _("%(span)s late") % {"span": rough}
    return _("in %(span)s") % {"span": rough}


def say_span(span: timedelta) -> str:
    """Say a span exactly, to the second: "4 h 15 min", "12 min 30 s"."""
    minutes, seconds = divmod(int(span.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, _("%(n)s h")), (minutes, _("%(n)s min")), (seconds, _("%(n)s s")))
    said = [form % {"n": n} for n, form in parts if n]
    return " ".join(said) or _("%(n)s min") % {"n": 0}


def say_minutes(minutes: int) -> str:
    """Say an amount of work: "4 h 15 min"."""
    return say_span(timedelta(minutes=minutes))


def say_seconds(seconds: int) -> str:
    """Say how long something took: "1 min 35 s"."""
    return say_span(timedelta(seconds=seconds))


def say_stamp(at: datetime, zone: str) -> str:
    """Say an instant that counts: "Mon 23 Nov 10:12", with seconds where there are any."""
    local = at.astimezone(ZoneInfo(zone))
    date = _date(local, now=at, months=_SHORT_MONTHS)
    seconds = f":{local.second:02}" if local.second else ""
    return f"{_(_SHORT_WEEKDAYS[local.weekday()])} {date} {_clock(local)}{seconds}"


def say_exact(at: datetime, zone: str) -> str:
    """Say an instant to the second, with its zone: "2026-11-23 10:12:04 CET"."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{local:%Y-%m-%d %H:%M:%S} {_zone_name(local)}"


def _seen_from(at: datetime, *, now: datetime, zone: str) -> tuple[datetime, int]:
    """Return `at` on the reader's wall, and how many midnights away it is."""
    place = ZoneInfo(zone)
    local = at.astimezone(place)
    return local, (local.date() - now.astimezone(place).date()).days


def _zone_name(local: datetime) -> str:
    name = local.tzname() or ""
    return f"UTC{name}" if name.startswith(("+", "-")) else name  # "+0545" names nothing


def _clock(local: datetime) -> str:
    return f"{local.hour:02}:{local.minute:02}"


def _date(local: datetime, *, now: datetime, months: tuple[str, ...]) -> str:
    facts = {"day": local.day, "month": _(months[local.month - 1]), "year": local.year}
    if local.year == now.astimezone(local.tzinfo).year:
        return _("%(day)s %(month)s") % facts
    return _("%(day)s %(month)s %(year)s") % facts


def _rough(seconds: int) -> str:
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if minutes < 1:
        return _("under 1 min")
    if hours < 1:
        return _("%(n)s min") % {"n": minutes}
    if days < 2:
        return _("%(n)s h") % {"n": hours}
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
