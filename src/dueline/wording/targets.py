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
    is_short = target.unit is Unit.OPEN_TIME and target.spelled != "immediately"
    return target.spelled if is_short else say_bare(target)


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
    if target.amount == 1:
        match target.unit:
            case Unit.BUSINESS_DAYS | Unit.END_OF_BUSINESS_DAY:
                return _("every business day")
            case Unit.DAYS:
                return _("every day")
    return _("every %(span)s") % {"span": say_amount(target)}


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
    minutes = target.amount // 60
    # As the policy spells it: "60 min" stays minutes, and "4 h" hours.
    if minutes % 60 or "min" in target.spelled:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    return ngettext("%(n)s hour", "%(n)s hours", minutes // 60) % {"n": minutes // 60}


def say_clock_of(cell: Cell) -> str:
    """Say on which clock a promise is counted: "around the clock", "in office hours", …"""
    if cell.calendar == ALWAYS or cell.target.unit is Unit.DAYS:
        return _("around the clock")
    if cell.calendar == OFFICE:
        return _("in office hours")
    return _("in the hours of “%(calendar)s”") % {"calendar": cell.calendar}
