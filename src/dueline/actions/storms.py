"""One sender, too many mails: the rest is held, and Tier One hears of it once an hour."""

from datetime import datetime, timedelta
from functools import partial

from dueline.actions.outbox import queue_notice
from dueline.models import Attempt, Desk
from dueline.queries.agents import tier_one
from dueline.queries.quiet import readers
from dueline.wording import mails

_KEY = "storm"
_HOUR = timedelta(hours=1)


def tell_tier_one(sender: str, *, at: datetime) -> None:
    """Tell everybody of Tier One, unless they heard of a storm within the hour (in the act)."""
    if Attempt.objects.filter(key=_KEY, at__gt=at - _HOUR).exists():
        return
    Attempt.objects.create(key=_KEY, at=at)
    page = f"{Desk.objects.values_list('public_url', flat=True).get(pk=1)}/console/inbox"
    for reader in readers([], tier_one(), at=at):
        queue_notice(reader, partial(mails.storm, sender=sender, url=page), at=at)
