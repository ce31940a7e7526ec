"""Opening hours in a line: "Monday to Friday 08:00–17:00"."""

from django.utils.translation import gettext as _

from dueline.core.calendars import Calendar
from dueline.wording.times import WEEKDAYS


def say_hours(calendar: Calendar) -> str:
    """Say the openings of a week, neighbouring days with the same hours as one."""
    runs: list[tuple[int, int, str]] = []
    for weekday, openings in enumerate(calendar.week):
        said = _(" and ").join(_say_opening(*opening) for opening in openings)
        if runs and runs[-1][2] == said and runs[-1][1] == weekday - 1:
            runs[-1] = (runs[-1][0], weekday, said)
        else:
            runs.append((weekday, weekday, said))
    return ", ".join(_say_run(*run) for run in runs if run[2])


def _say_run(first: int, last: int, hours: str) -> str:
    if first == last:
        return f"{_(WEEKDAYS[first])} {hours}"
    days = {"first": _(WEEKDAYS[first]), "last": _(WEEKDAYS[last])}
    return _("%(first)s to %(last)s") % days + f" {hours}"


def _say_opening(opens: int, closes: int) -> str:
    if (opens, closes) == (0, 1440):
        return _("around the clock")
    closes_on_day = closes if closes <= 1440 else closes - 1440
    return "{:02}:{:02}–{:02}:{:02}".format(*divmod(opens, 60), *divmod(closes_on_day, 60))
