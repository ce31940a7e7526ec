"""What waits to be said, and was not said after all: it becomes a draft again, and says why."""

from datetime import datetime

from django.db.models import F

from dueline.actions._change import Change
from dueline.actions._language import in_language_of
from dueline.actions.outbox import case_address, queue_notice
from dueline.core.errors import Refusal
from dueline.models import Case, Desk, Draft
from dueline.queries.drafts import to_hold_back
from dueline.queries.quiet import readers
from dueline.wording.draft_mails import not_sent
from dueline.wording.mail_paper import MailText
from dueline.wording.refusals import say_refusal


def hold_back(change: Change) -> None:
    """The customer wrote: what was to be sent unless they did is a draft again.

    A part of the act that takes their message in. Who sends a draft claims its case first, as
    that act does: so one of both comes first, and the other one finds it done.
    """
    waiting = to_hold_back(change.case.pk)
    if not waiting:
        return
    first = Refusal("wrote-first", "%(name)s wrote first.", name=change.actor.name)
    for draft in Draft.objects.filter(pk__in=waiting).select_related("agent__account"):
        stop(draft, change.case, first, at=change.at)


def stop(draft: Draft, case: Case, refusal: Refusal, *, at: datetime) -> None:
    """Let a draft wait no longer, and tell its writer why. Nothing if it waits no more."""
    with in_language_of(draft.agent):
        why = say_refusal(refusal)
    stopped = Draft.objects.filter(pk=draft.pk, sends_at__isnull=False).update(
        sends_at=None, stopped_because=why, claim=F("claim") + 1
    )
    if not stopped:
        return

    def word() -> MailText:
        url = case_address(Desk.objects.get(pk=1).public_url, case.number)
        said = say_refusal(refusal)
        return not_sent(number=case.number, subject=case.subject, why=said, url=url)

    for reader in readers([draft.agent_id], at=at):
        queue_notice(reader, word, at=at, case_id=case.pk)
