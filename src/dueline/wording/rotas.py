"""Rotas in words: how a layer takes turns, on which hours, and what an import brought."""

from collections.abc import Mapping
from datetime import date, time

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from dueline.core.calendars import WEEKDAYS as KEYS
from dueline.wording.times import WEEKDAYS, say_date

TURNS = {
    "weeks": gettext_noop("weeks"),
    "days": gettext_noop("days"),
    "hours": gettext_noop("hours"),
    "shifts": gettext_noop("imported shifts"),
}
HOURS = {
    "always": gettext_noop("At any hour"),
    "inside": gettext_noop("While a calendar is open"),
    "outside": gettext_noop("While a calendar is closed: nights, weekends, holidays"),
    "week": gettext_noop("At hours of its own, every week"),
}


def say_turns(turn: str, length: int, *, handover_at: time, starts_on: date) -> str:
    """Say how a layer takes turns: "A week each, changing on Monday at 09:00"."""
    facts = {"n": length, "clock": f"{handover_at:%H:%M}", "day": _(WEEKDAYS[starts_on.weekday()])}
    if turn == "shifts":
        return _("Shifts from a file")
    if turn == "hours":
        said = ngettext("%(n)s hour each", "%(n)s hours each", length)
    elif turn == "days":
        said = ngettext(
            "A day each, changing at %(clock)s", "%(n)s days each, changing at %(clock)s", length
        )
    else:
        said = ngettext(
            "A week each, changing on %(day)s at %(clock)s",
            "%(n)s weeks each, changing on %(day)s at %(clock)s",
            length,
        )
    return said % facts


def say_layer_hours(hours: str, *, calendar: str, week: Mapping[str, list[str]]) -> str:
    """Say on which hours a layer has anybody. calendar: its name, "" for the office hours."""
    name = {"calendar": calendar or _("Office hours")}
    if hours == "inside":
        return _("while “%(calendar)s” is open") % name
    if hours == "outside":
        return _("while “%(calendar)s” is closed") % name
    if hours == "week":
        days = ((_(WEEKDAYS[n]), week.get(key, [])) for n, key in enumerate(KEYS))
        return "; ".join(
            f"{day} {', '.join(spans).replace('-', '–')}" for day, spans in days if spans
        )
    return _("at any hour")


def say_last_day(ends_on: date | None) -> str:
    return _("the last turn begins on %(day)s") % {"day": say_date(ends_on)} if ends_on else ""


def say_imported(shifts: int, unknown: int) -> str:
    """Say what an import brings. unknown: shifts of people whom nobody here is."""
    said = ngettext("%(n)s shift", "%(n)s shifts", shifts) % {"n": shifts}
    if not unknown:
        return _("%(shifts)s, and everybody is known here.") % {"shifts": said}
    nobody = ngettext(
        "In %(n)s of them nobody is on, since nobody here has the name.",
        "In %(n)s of them nobody is on, since nobody here has the names.",
        unknown,
    )
    return f"{said}. {nobody % {'n': unknown}}"
