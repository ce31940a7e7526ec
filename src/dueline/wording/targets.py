"""Targets of a policy as the customer reads them: "within 60 minutes", "every 4 hours"."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dueline.core.policy import ALWAYS, OFFICE, Cell, Target, Unit, parse_target


def say_within(target: Target) -> str:
    """Say how soon: "within 60 minutes", "by the end of the next business day"."""
    if target.spelled == "immediately":
        return _("immediately")
    if target.unit is Unit.END_OF_BUSINESS_DAY:
        return ngettext(
            "by the end of the next business day",
            "by the end of the %(n)sth business day",
            target.amount,
        ) % {"n": target.amount}
    return _("within %(span)s") % {"span": say_amount(target)}


def say_spelled(spelled: str) -> str:
    """Say a target as the policy spells it, where there is little room: "60 min", "4 h"."""
    target = parse_target(spelled)
    if target.unit is not Unit.OPEN_TIME or target.spelled == "immediately":
        return say_bare(target)
    n, is_minutes = _open_time(target)
    return (_("%(n)s min") if is_minutes else _("%(n)s h")) % {"n": n}


def say_bare(target: Target) -> str:
    """Say a target by itself: "60 minutes", "immediately", "the end of the next business day"."""
    if target.spelled == "immediately":
        return _("immediately")
    if target.unit is Unit.END_OF_BUSINESS_DAY:
        return ngettext(
            "the end of the next business day",
            "the end of the %(n)sth business day",
            target.amount,
        ) % {"n": target.amount}
    return say_amount(target)


def say_every(target: Target) -> str:
    """Say how often, at least: "every 4 hours", "every business day"."""
    n, is_minutes = target.amount, False
    if target.unit is Unit.OPEN_TIME:
        n, is_minutes = _open_time(target)
    # A sentence for each unit: "every 4 hours" is no "every" before "4 hours" in most languages.
    match target.unit:
        case Unit.OPEN_TIME if is_minutes:
            said = ngettext("every minute", "every %(n)s minutes", n)
        case Unit.OPEN_TIME:
            said = ngettext("every hour", "every %(n)s hours", n)
        case Unit.DAYS:
            said = ngettext("every day", "every %(n)s days around the clock", n)
        case _:
            said = ngettext("every business day", "every %(n)s business days", n)
    return said % {"n": n}


def say_amount(target: Target) -> str:
    """Say a target bare: "60 minutes", "4 hours", "1 business day"."""
    match target.unit:
        case Unit.OPEN_TIME:
            return _say_open_time(target)
        case Unit.DAYS:
            form = ngettext(
                "%(n)s day around the clock", "%(n)s days around the clock", target.amount
            )
        case _:
            form = ngettext("%(n)s business day", "%(n)s business days", target.amount)
    return form % {"n": target.amount}


def _say_open_time(target: Target) -> str:
    n, is_minutes = _open_time(target)
    if is_minutes:
        return ngettext("%(n)s minute", "%(n)s minutes", n) % {"n": n}
    return ngettext("%(n)s hour", "%(n)s hours", n) % {"n": n}


def _open_time(target: Target) -> tuple[int, bool]:
    """Return how many minutes (True) or hours (False), as the policy spells it: "60 min", "4 h"."""
    minutes = target.amount // 60
    if minutes % 60 or "min" in target.spelled:
        return minutes, True
    return minutes // 60, False


def say_clock_of(cell: Cell) -> str:
    """Say on which clock a promise is counted: "around the clock", "in office hours", …"""
    if cell.calendar == ALWAYS or cell.target.unit is Unit.DAYS:
        return _("around the clock")
    if cell.calendar == OFFICE:
        return _("in office hours")
    return _("in the hours of “%(calendar)s”") % {"calendar": cell.calendar}
