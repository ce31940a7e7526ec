"""Calendars in words: what a day is, and what one version changes against another."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from dueline.core.calendar_changes import Changes
from dueline.core.calendar_year import Day, DayKind, Openings, YearTotal
from dueline.core.calendars import Calendar
from dueline.core.closures import Closures
from dueline.wording.guide import say_openings
from dueline.wording.times import MONTHS, WEEKDAYS, say_span

DAY_KINDS: Mapping[DayKind, str] = {
    DayKind.OPEN: gettext_noop("open as usual"),
    DayKind.CLOSED: gettext_noop("closed as usual"),
    DayKind.HOLIDAY: gettext_noop("holiday"),
    DayKind.CLOSURE: gettext_noop("closure"),
    DayKind.HALF_DAY: gettext_noop("shorter day"),
    DayKind.EXTRA: gettext_noop("extra opening"),
    DayKind.OTHER: gettext_noop("other hours"),
}


def say_date(day: date) -> str:
    """Say a day in full, to stand by itself: "Thursday 24 December 2026"."""
    said = _("%(weekday)s %(day)s %(month)s %(year)s") % {
        "weekday": _(WEEKDAYS[day.weekday()]),
        "day": day.day,
        "month": _(MONTHS[day.month - 1]),
        "year": day.year,
    }
    return _capital(said)


def say_hours_of(openings: Openings) -> str:
    """Say when a day is open: "open 08:00–13:00", "closed"."""
    if not openings:
        return _("closed")
    return _("open %(hours)s") % {"hours": say_openings(openings)}


def say_day(day: Day) -> str:
    """Say what a day is, without its date: "closed (Christmas Eve)", "open 08:00–17:00"."""
    return f"{say_hours_of(day.openings)} ({day.name})" if day.name else say_hours_of(day.openings)


def say_week(calendar: Calendar) -> list[tuple[str, str]]:
    """Return each day of the week with its hours."""
    return [
        (_capital(_(WEEKDAYS[n])), say_hours_of(openings))
        for n, openings in enumerate(calendar.week)
    ]


def say_changes(changes: Changes) -> list[str]:
    """Say what changes of the zone, the week, and the years as a whole."""
    said = []
    if changes.zones:
        said.append(
            _("Time zone: %(before)s → %(after)s.")
            % {"before": changes.zones[0], "after": changes.zones[1]}
        )
    said += [
        _changed(
            _span(_(WEEKDAYS[run[0][0]]), _(WEEKDAYS[run[-1][0]])),
            say_hours_of(run[0][1]),
            say_hours_of(run[0][2]),
        )
        for run in _runs(changes.weekdays, _weekday_follows)
    ]
    return said + [
        _changed(str(after.year), _say_total(before), _say_total(after))
        for before, after in changes.totals
        if before != after
    ]


def say_changed_days(changes: Changes) -> list[str]:
    """Say what changes on single days; neighbours that change alike as one."""
    return [
        _changed(
            _span(say_date(run[0][1].on), say_date(run[-1][1].on)),
            say_day(run[0][0]),
            say_day(run[0][1]),
        )
        for run in _runs(changes.days, _day_follows)
    ]


def _changed(what: str, before: str, after: str) -> str:
    facts = {"what": _capital(what), "before": before, "after": after}
    return _("%(what)s: %(before)s → %(after)s.") % facts


def _span(first: str, last: str) -> str:
    return first if first == last else _("%(first)s to %(last)s") % {"first": first, "last": last}


T = TypeVar("T")


def _runs(items: Iterable[T], follows: Callable[[T, T], bool]) -> list[list[T]]:
    """Return neighbours that belong together as one."""
    runs: list[list[T]] = []
    for item in items:
        if runs and follows(runs[-1][-1], item):
            runs[-1].append(item)
        else:
            runs.append([item])
    return runs


def _weekday_follows(
    one: tuple[int, Openings, Openings], next_one: tuple[int, Openings, Openings]
) -> bool:
    return next_one[0] == one[0] + 1 and next_one[1:] == one[1:]


def _day_follows(one: tuple[Day, Day], next_one: tuple[Day, Day]) -> bool:
    return (next_one[0].on - one[0].on).days == 1 and all(
        (a.name, a.openings) == (b.name, b.openings) for a, b in zip(one, next_one, strict=True)
    )


def say_use(contracts: int, open_cases: int) -> str:
    """Say who is concerned when a calendar changes, and that nobody is at once."""
    return _("%(contracts)s, %(cases)s; nothing running moves.") % {
        "contracts": ngettext("%(n)s contract", "%(n)s contracts", contracts) % {"n": contracts},
        "cases": ngettext("%(n)s open case", "%(n)s open cases", open_cases) % {"n": open_cases},
    }


def say_imported(closures: Closures, *, added: int) -> str:
    """Say what an iCalendar file brought, and what of it was left out."""
    form = ngettext("%(n)s closed day was put in.", "%(n)s closed days were put in.", added)
    said = [form % {"n": added}]
    if closures.left_out:
        said.append(
            _("Left out: %(events)s.")
            % {
                "events": "; ".join(
                    f"“{event.name}” ({_(event.why)})" for event in closures.left_out[:_NAMED]
                )
            }
        )
    more = len(closures.left_out) - _NAMED
    if more > 0:
        said.append(ngettext("And %(n)s more.", "And %(n)s more.", more) % {"n": more})
    return " ".join(said)


_NAMED = 5  # events that a sentence can hold


def _say_total(total: YearTotal) -> str:
    days = ngettext("%(n)s open day", "%(n)s open days", total.days) % {"n": total.days}
    return _("%(days)s, %(span)s") % {"days": days, "span": say_span(total.time)}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
