"""What colleagues are told by mail of a question to Tier Two: that there is something to read.

None of it goes to the customer, and no word of question and answer leaves the house: mail is read
on telephones and forwarded by mistake.
"""

from collections.abc import Callable, Iterable
from functools import partial

from dueline.actions._change import Change
from dueline.actions.outbox import queue_notice
from dueline.models import Agent, Desk, Question
from dueline.queries.questions import who_answers
from dueline.queries.quiet import readers
from dueline.wording import question_mails as mails
from dueline.wording.mail_paper import MailText

Word = Callable[[mails.QuestionFacts], MailText]


def asked(change: Change, question: Question) -> None:
    """To Tier Two: somebody asks, and by when an answer is owed."""
    _tell(change, question, mails.asked, *who_answers(question.pk))


def added_to(change: Change, question: Question) -> None:
    """To whoever has the question, or else to Tier Two: there is more to read."""
    _tell(change, question, mails.added_to, *who_answers(question.pk))


def asked_back(change: Change, question: Question) -> None:
    """To whoever asked, and to the owner of the case: Tier Two waits for them."""
    _tell(change, question, mails.asked_back, _tier_one(change, question))


def answered(change: Change, question: Question) -> None:
    """To whoever asked, and to the owner of the case."""
    word = partial(mails.answered, steps=len(question.checklist))
    _tell(change, question, word, _tier_one(change, question))


def taken_back(change: Change, question: Question) -> None:
    """To whoever has the question: it needs no answer any more."""
    if question.taken_by_id is not None:
        _tell(change, question, mails.taken_back, [question.taken_by_id])


def taken_over(change: Change, question: Question, before: Agent) -> None:
    """To the colleague from whom it was taken over."""
    _tell(change, question, mails.taken_over, [before.pk])


def _tier_one(change: Change, question: Question) -> list[int]:
    owner_id = change.case.owner_id
    return [question.asked_by_id, *([owner_id] if owner_id is not None else [])]


def _tell(
    change: Change,
    question: Question,
    word: Word,
    named: Iterable[int],
    team: Iterable[int] = (),
) -> None:
    """Nobody is told of what they do themselves."""
    besides = change.actor.id
    found = readers(
        [one for one in named if one != besides],
        [one for one in team if one != besides],
        at=change.at,
    )
    for reader in found:
        if reader.agent.pk != besides:
            write = partial(_write, change, question, word)
            queue_notice(reader, write, at=change.at, case_id=change.case.pk)


def _write(change: Change, question: Question, word: Word) -> MailText:
    desk = Desk.objects.get(pk=1)
    owed = (one for one in change.commitments() if one.question == question.pk)
    return word(
        mails.QuestionFacts(
            number=change.case.number,
            subject=change.case.subject,
            who=change.actor.name,
            due_at=next((one.due_at for one in owed), None),
            now=change.at,
            zone=desk.zone,
            url=f"{desk.public_url}/console/tier-two/{question.pk}",
        )
    )
