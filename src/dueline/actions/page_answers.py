"""What people answer to a page, by whatever way it reached them."""

from dataclasses import replace
from datetime import datetime, timedelta

from dueline.actions import paging
from dueline.core.errors import Refusal
from dueline.core.matching import Decision
from dueline.models import Page

LINK_LIVES = timedelta(hours=24)


def by_link(token: str, *, at: datetime) -> Page:
    """Acknowledge by the link of a page, which lives for a day. Raises Refusal."""
    page = Page.objects.filter(token=token).only("created_at").first()
    if page is None or at - page.created_at >= LINK_LIVES:
        raise Refusal("not-found", "There is no such page.")
    return paging.acknowledge_by_token(token, at=at)


def by_mail(decision: Decision, *, at: datetime) -> Decision:
    """Acknowledge the page that a mail answers (in the act that takes it in).

    Returns the decision, whose reason says what came of it.
    """
    page = Page.objects.select_related("agent__account").get(pk=decision.page_id)
    try:
        if at - page.created_at >= LINK_LIVES:
            raise Refusal("not-now", "It answers a page of long ago.")
        paging.acknowledge(page.paging_id, agent=page.agent.as_person(), way="reply", at=at)
    except Refusal as refusal:
        return replace(decision, reason=f"It answers a page. {refusal}")
    return decision
