"""The mails between colleagues about questions to Tier Two: that there is something to read."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dueline.wording.mail_paper import MailText, write
from dueline.wording.mails import bare_subject
from dueline.wording.times import say_dated


@dataclass(frozen=True, slots=True)
class QuestionFacts:
    """who: did it. due_at: of the answer; None: none is owed. url: of the question."""

    number: str
    subject: str
    who: str
    due_at: datetime | None
    now: datetime
    zone: str
    url: str


def asked(facts: QuestionFacts) -> MailText:
    subject = _("[%(number)s] asks Tier Two: %(subject)s") % _tag(facts)
    first = _("%(who)s asks Tier Two in case %(number)s, “%(subject)s”.") % _words(facts)
    return write(subject, [first, _due(facts), _("Read the question here:"), facts.url])


def added_to(facts: QuestionFacts) -> MailText:
    subject = _("[%(number)s] says more to Tier Two: %(subject)s") % _tag(facts)
    first = _("%(who)s says more about the question in case %(number)s, “%(subject)s”.") % _words(
        facts
    )
    return write(subject, [first, _due(facts), _("Read it here:"), facts.url])


def asked_back(facts: QuestionFacts) -> MailText:
    subject = _("[%(number)s] Tier Two asks back: %(subject)s") % _tag(facts)
    first = _(
        "%(who)s needs to know more before Tier Two can answer in case %(number)s, “%(subject)s”."
    ) % _words(facts)
    runs_on = _("The time of the answer runs on meanwhile.")
    return write(subject, [first, f"{_due(facts)} {runs_on}".strip(), _("Answer here:"), facts.url])


def answered(facts: QuestionFacts, *, steps: int) -> MailText:
    """steps: how many things are left to do in the case."""
    subject = _("[%(number)s] Tier Two has answered: %(subject)s") % _tag(facts)
    first = _("%(who)s has answered the question in case %(number)s, “%(subject)s”.") % _words(
        facts
    )
    left = ngettext(
        "One thing is left to do in the case.", "%(n)s things are left to do in the case.", steps
    ) % {"n": steps}
    return write(subject, [first, left if steps else "", _("Read the answer here:"), facts.url])


def taken_back(facts: QuestionFacts) -> MailText:
    subject = _("[%(number)s] question taken back: %(subject)s") % _tag(facts)
    first = _(
        "%(who)s took the question in case %(number)s, “%(subject)s”, back. It needs no answer."
    ) % _words(facts)
    return write(subject, [first, facts.url])


def taken_over(facts: QuestionFacts) -> MailText:
    subject = _("[%(number)s] question taken over: %(subject)s") % _tag(facts)
    first = _(
        "%(who)s has taken over from you the question in case %(number)s, “%(subject)s”."
    ) % _words(facts)
    return write(subject, [first, facts.url])


def _due(facts: QuestionFacts) -> str:
    if facts.due_at is None:
        return ""
    time = say_dated(facts.due_at, now=facts.now, zone=facts.zone)
    return _("An answer is owed by %(time)s.") % {"time": time}


def _words(facts: QuestionFacts) -> dict[str, str]:
    return {"who": facts.who, **_tag(facts)}


def _tag(facts: QuestionFacts) -> dict[str, str]:
    return {"number": facts.number, "subject": bare_subject(facts.subject)}
