"""One sender, too many mails: the rest is held, and Tier One hears of it once an hour."""

from datetime import datetime, timedelta

from dueline.actions._language import in_language_of
from dueline.actions.outbox import queue_mail
from dueline.models import Agent, Attempt, Desk, OutboxItem
from dueline.wording import mails

_KEY = "storm"
_HOUR = timedelta(hours=1)


def tell_tier_one(sender: str, *, at: datetime) -> None:
    """Tell everybody of Tier One, unless they heard of a storm within the hour (in the act)."""
    if Attempt.objects.filter(key=_KEY, at__gt=at - _HOUR).exists():
        return
    Attempt.objects.create(key=_KEY, at=at)
    page = f"{Desk.objects.values_list('public_url', flat=True).get(pk=1)}/console/inbox"
    agents = Agent.objects.select_related("account").filter(
        tier=Agent.Tier.ONE, account__is_active=True
    )
    for agent in agents:
        with in_language_of(agent):
            mail = mails.storm(sender=sender, url=page)
        queue_mail(
            purpose=OutboxItem.Purpose.NOTICE,
            to_name=agent.name,
            to_address=agent.account.email,
            mail=mail,
            at=at,
        )
