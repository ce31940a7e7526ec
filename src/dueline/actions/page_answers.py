"""What people answer to a page, by whatever way it reached them."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from dueline.actions import paging
from dueline.actions._language import in_language_of
from dueline.actions.attempts import PAGE_CODE, take
from dueline.actions.phone_webhooks import take_once
from dueline.core.errors import Refusal
from dueline.core.matching import Decision
from dueline.models import Page
from dueline.queries.pages import LINK_LIVES
from dueline.wording import pages as wording
from dueline.wording.refusals import say_refusal


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
    page = Page.objects.select_related("agent__account").get(pk=decision.page_id or 0)
    try:
        if at - page.created_at >= LINK_LIVES:
            raise Refusal("not-now", "That was more than a day ago.")
        paging.acknowledge(page.paging_id, agent=page.agent.as_person(), way="reply", at=at)
    except Refusal as refusal:
        return replace(decision, reason=f"It answers a page. {refusal}")
    return decision


def by_text_message(code: str, number: str, *, webhook_id: int, digest: str, at: datetime) -> str:
    """Acknowledge by what somebody wrote from their telephone. Returns what to answer them.

    number: who sent it, as the telephone system says. digest: of the signed message, which is
    taken once. Raises Refusal("replayed"), or Refusal("too-many") for a number that guesses.
    """
    if not take(PAGE_CODE, number, at=at):
        raise Refusal("too-many", "That were many answers from this number. Wait an hour.")
    with transaction.atomic():
        take_once(webhook_id, digest=digest, at=at)
        try:
            page = paging.acknowledge_by_code(code, number, at=at)
        except Refusal as refusal:
            return say_refusal(refusal)
        with in_language_of(page.agent):
            return wording.say_taken(page.agent.name)
