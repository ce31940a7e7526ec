"""Who hears of the nights on which nobody is on call, before they come."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from dueline.actions.contract_letters import desk_facts_of, to_those_who_lead
from dueline.models import Desk
from dueline.queries.on_call_gaps import open_nights
from dueline.wording import nights

AHEAD = timedelta(days=7)
_TOLD_FROM = 8  # o'clock, where the desk is: while somebody can still do something about it
_PAGE = "/console/on-call"


def tell_of_open_nights(*, at: datetime) -> bool:
    """Tell those who lead, once a day, as long as there are any in the coming week.

    Returns whether they were told now. A desk without a chain for Critical cases is not told every
    day of what its settings say already.
    """
    desk = Desk.objects.filter(set_up_at__isnull=False, critical_chain__isnull=False).first()
    if desk is None:
        return False
    local = at.astimezone(ZoneInfo(desk.zone))
    if local.hour < _TOLD_FROM:
        return False
    with transaction.atomic():
        not_today = Q(nights_told_on__isnull=True) | ~Q(nights_told_on=local.date())
        if not Desk.objects.filter(not_today, pk=desk.pk).update(nights_told_on=local.date()):
            return False
        found = open_nights(at=at, until=at + AHEAD)
        if not found:
            return False
        to_those_who_lead(
            lambda: nights.nights_ahead(
                found,
                desk=desk_facts_of(desk),
                zone=desk.zone,
                url=f"{desk.public_url}{_PAGE}",
                days=AHEAD.days,
            ),
            at=at,
        )
    return True
