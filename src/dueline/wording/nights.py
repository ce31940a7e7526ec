"""The nights on which nobody is on call, as pages and mails say them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dueline.wording.mail_paper import DeskFacts, MailText, signed
from dueline.wording.times import say_stamp

_MOST_NAMED = 3  # customers that one sentence names
_MOST_LISTED = 20  # nights that one mail lists


@dataclass(frozen=True, slots=True)
class NightFacts:
    """One such time. customers, plans: what they are called, in order."""

    from_at: datetime
    until: datetime
    customers: tuple[str, ...]
    plans: tuple[str, ...]


def say_when(night: NightFacts, *, zone: str) -> str:
    """Say the time: "Sat 28 Nov 02:00–06:00"; an end on another day names that day."""
    place = ZoneInfo(zone)
    begins, ends = night.from_at.astimezone(place), night.until.astimezone(place)
    until = f"{ends:%H:%M}" if begins.date() == ends.date() else say_stamp(night.until, zone)
    return f"{say_stamp(night.from_at, zone)}–{until}"


def say_who(night: NightFacts) -> str:
    """Say whom it concerns: "3 customers with Extended support (Northwind, …): nobody on call"."""
    count = len(night.customers)
    named = ", ".join(night.customers[:_MOST_NAMED]) + (", …" if count > _MOST_NAMED else "")
    return ngettext(
        "%(count)s customer with %(plans)s (%(names)s), nobody on call",
        "%(count)s customers with %(plans)s (%(names)s), nobody on call",
        count,
    ) % {"count": count, "plans": ", ".join(night.plans), "names": named}


def nights_ahead(
    nights: Sequence[NightFacts], *, desk: DeskFacts, zone: str, url: str, days: int
) -> MailText:
    """Tell those who lead of the nights to come on which a promise has nobody to keep it."""
    words = {"days": days, "count": len(nights)}
    lines = [f"– {say_when(night, zone=zone)}: {say_who(night)}" for night in nights[:_MOST_LISTED]]
    if len(nights) > _MOST_LISTED:
        lines.append(_("… and %(count)s more") % {"count": len(nights) - _MOST_LISTED})
    return signed(
        _("Nobody is on call at a time that is promised to customers"),
        desk,
        [
            _(
                "In the coming %(days)s days there are times at which customers are promised an "
                "answer to a Critical case, the office is closed, and no rota has anybody on call:"
            )
            % words,
            "\n".join(lines),
            _("Fill them with an override or a longer layer of the rota:") + f"\n{url}",
        ],
    )
