"""The mails that leave the desk: facts in, subject, plain text and HTML out.

Each function below is one mail. Its first line says what the mail is; its end carries the promise,
the Case Number and how to reach us. Texts are put together from sentences and facts, never from
templates that somebody's input could reach.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from dueline.core.policy import OFFICE, CommitmentKind, Unit, parse_target
from dueline.wording.mail_paper import DeskFacts as DeskFacts
from dueline.wording.mail_paper import MailText as MailText
from dueline.wording.mail_paper import Paragraph, reach, say_phones, signed, write
from dueline.wording.mail_paper import one_line as one_line
from dueline.wording.markdown import Markdown
from dueline.wording.targets import say_every, say_within
from dueline.wording.times import say_dated, say_left


@dataclass(frozen=True, slots=True)
class Promised:
    """One commitment. due_at: None while it has not begun (or waits for the customer).

    target: as the policy spells it ("4 h"). calendar: OFFICE or ALWAYS.
    """

    kind: CommitmentKind
    target: str
    calendar: str
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What every mail about a case says. zone: the reader's, IANA. now: when the mail is written.

    url: the case in the portal, or in the console for a notice. is_copy: for somebody who has no
    part in the case.
    """

    number: str
    subject: str
    priority: str  # its title: "Critical"
    is_critical: bool
    to_name: str
    desk: DeskFacts
    now: datetime
    zone: str
    promised: tuple[Promised, ...] = ()
    url: str = ""
    is_copy: bool = False


@dataclass(frozen=True, slots=True)
class AckFacts:
    """opening_hours: a line as the guide says it, "Monday to Friday 08:00–17:00".

    missing: of "name", "phone", "priority". is_verified: False for an address that nobody has
    vouched for; its acknowledgement holds nothing that the sender wrote (i38). remarks: whole
    sentences about the contract.
    """

    case: CaseFacts
    opening_hours: str = ""
    missing: tuple[str, ...] = ()
    is_verified: bool = True
    was_answered_directly: bool = False  # a call: we spoke already
    split_from: str = ""  # the Case Number in which it was written first
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReplyFacts:
    """What an engineer wrote. text: theirs, untouched.

    signature, desk_signature: Markdown of the engineer and of the mailbox.
    """

    case: CaseFacts
    agent_name: str
    text: str
    signature: str = ""
    desk_signature: str = ""


@dataclass(frozen=True, slots=True)
class LinkFacts:
    """A link that works once."""

    desk: DeskFacts
    to_name: str
    url: str
    expires_at: datetime
    now: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class NoticeFacts:
    """For an engineer: what concerns one promise of one case."""

    case: CaseFacts
    customer: str  # "Cleo Dahl, Northwind"
    kind: CommitmentKind
    due_at: datetime
    is_late: bool = False  # the notice itself was held up


@dataclass(frozen=True, slots=True)
class UndeliveredFacts:
    """For an engineer: a mail to a customer that failed. why: what the mail server said."""

    number: str
    subject: str
    to_address: str
    why: str
    url: str
    is_doubtful: bool = False


# --- to customers ------------------------------------------------------------------------------


def acknowledgement(facts: AckFacts) -> MailText:
    """Tell a customer that the request is registered, and what happens until when."""
    case = facts.case
    if not facts.is_verified:
        return _short_acknowledgement(facts)
    paragraphs = [
        _("We have received your request. Its Case Number is %(number)s.")
        % {"number": case.number},
        _("“%(subject)s” is registered with the priority %(priority)s.")
        % {"subject": bare_subject(case.subject), "priority": case.priority},
        _split_from(facts),
        "" if facts.was_answered_directly else _promises(case),
        *facts.remarks,
        _opening_hours(facts),
        _missing(facts.missing),
        _please_call(case),
        _how_to_answer(),
    ]
    return _letter(case, paragraphs)


def reply(facts: ReplyFacts) -> MailText:
    """Carry an engineer's words to the customer. They come first: they are the mail."""
    paragraphs = [
        *_words(facts),
        _next_word(facts.case),
        "" if facts.case.is_copy else _how_to_answer(),
    ]
    return _letter(facts.case, paragraphs)


def information_asked(facts: ReplyFacts) -> MailText:
    """Ask the customer for what the engineer needs. The case waits until they answer."""
    case = facts.case
    paragraphs = [
        _("To go on with case %(number)s we need something from you:") % {"number": case.number},
        *_words(facts),
        _("The case waits for you until you answer. Just answer this mail; files are welcome."),
        _next_word(case),
    ]
    return _letter(case, paragraphs)


def resolution(facts: ReplyFacts, *, reopen_days: int) -> MailText:
    """Tell the customer that the case is resolved, and how to say that it is not."""
    case = facts.case
    paragraphs = [
        _("We regard case %(number)s as resolved.") % {"number": case.number},
        *_words(facts),
        ngettext(
            "If it is not, just answer this mail within %(days)s day, and we take it up again.",
            "If it is not, just answer this mail within %(days)s days, and we take it up again.",
            reopen_days,
        )
        % {"days": reopen_days},
    ]
    return _letter(case, paragraphs)


def reminder(case: CaseFacts, *, asked: str, closes_at: datetime) -> MailText:
    """Remind the customer of a question, by machine: it says nothing new and meets nothing."""
    paragraphs: list[Paragraph] = [
        _("We still wait for your answer in case %(number)s. We asked:") % {"number": case.number},
        Markdown(asked),
        _("Just answer this mail; files are welcome."),
        _("If we hear nothing until %(time)s, we close the case. You can open it again then.")
        % {"time": say_dated(closes_at, now=case.now, zone=case.zone)},
    ]
    return _letter(case, paragraphs)


def closed_in_silence(case: CaseFacts, *, reopen_days: int) -> MailText:
    """Tell the customer that the case is closed since no answer came, and how to go on."""
    paragraphs = [
        _("We have closed case %(number)s, since no answer has come to what we asked you.")
        % {"number": case.number},
        ngettext(
            "If you need more from us, just answer this mail within %(days)s day, and we take it "
            "up again.",
            "If you need more from us, just answer this mail within %(days)s days, and we take it "
            "up again.",
            reopen_days,
        )
        % {"days": reopen_days},
    ]
    return _letter(case, paragraphs)


def sign_in_link(facts: LinkFacts) -> MailText:
    """Carry the link that somebody asked for at the portal's door."""
    paragraphs = [
        _("This link signs you in to %(desk)s:") % {"desk": facts.desk.name},
        facts.url,
        _("It works once, until %(time)s.") % {"time": _expiry(facts)},
        _("If you did not ask for it, do nothing: nobody gets in without this mail."),
    ]
    subject = _("Your sign-in link for %(desk)s") % {"desk": one_line(facts.desk.name)}
    return signed(subject, facts.desk, paragraphs)


def invite(facts: LinkFacts) -> MailText:
    """Ask a new colleague in."""
    paragraphs = [
        _("You are invited to work at %(desk)s. Choose your password here:")
        % {"desk": facts.desk.name},
        facts.url,
        _("The link works once, until %(time)s.") % {"time": _expiry(facts)},
    ]
    subject = _("Your invitation to %(desk)s") % {"desk": one_line(facts.desk.name)}
    return signed(subject, facts.desk, paragraphs)


# --- to engineers ------------------------------------------------------------------------------


def warning_notice(facts: NoticeFacts) -> MailText:
    """Tell an engineer that a promise falls due soon. Says so if the notice itself comes late."""
    case = facts.case
    if facts.due_at <= case.now:
        return miss_notice(facts)
    first = _("A promise to %(customer)s falls due %(left)s: %(kind)s, at %(time)s.") % {
        **_notice_words(facts),
        "left": say_left(facts.due_at - case.now),
    }
    return _notice(_("[%(number)s] due soon: %(subject)s") % _tag(case), facts, first)


def miss_notice(facts: NoticeFacts) -> MailText:
    """Tell an engineer that a promise was not kept, and by how much by now."""
    case = facts.case
    first = _("A promise to %(customer)s was missed: %(kind)s, due at %(time)s, now %(left)s.") % {
        **_notice_words(facts),
        "left": say_left(facts.due_at - case.now),
    }
    return _notice(_("[%(number)s] missed: %(subject)s") % _tag(case), facts, first)


def extended(case: CaseFacts, *, kind: CommitmentKind, until: datetime, note: str) -> MailText:
    """Tell a customer that a promise was moved: what was it, until when, and why."""
    first = _("We moved a time that we had promised you: %(kind)s, now by %(time)s.")
    words = {
        "kind": _(_KINDS[kind]),
        "time": say_dated(until, now=case.now, zone=case.zone),
    }
    return _about_case(case, first % words, note)


def merged(case: CaseFacts, *, into: str) -> MailText:
    """Tell a customer that the request goes on in another case about the same matter."""
    first = _(
        "Your request %(number)s is about the same matter as %(into)s, and goes on there. What we"
        " promised you still holds. Answer this mail as before."
    )
    return _about_case(case, first % {"number": case.number, "into": into})


def _about_case(case: CaseFacts, *paragraphs: str) -> MailText:
    return _letter(case, paragraphs)


def long_overdue(facts: NoticeFacts) -> MailText:
    """Tell the customer's escalation contact that a promise was missed, and is still owed."""
    case = facts.case
    first = _(
        "We promised your company something that we have not kept: %(kind)s, due at %(time)s,"
        " now %(left)s."
    ) % {**_notice_words(facts), "left": say_left(facts.due_at - case.now)}
    about = _("%(number)s %(subject)s, priority %(priority)s.") % _about(case)
    paragraphs = [
        _("You get this mail because you are named as the contact for escalations."),
        first,
        about,
        _("Our management knows of it, too. The case and its promises:"),
        case.url,
    ]
    return write(_("[%(number)s] a promise was missed: %(subject)s") % _tag(case), paragraphs)


def customer_wrote(case: CaseFacts, *, customer: str) -> MailText:
    """Tell the owner of a case that the customer wrote. The words themselves stay in the house."""
    first = _("%(customer)s wrote in case %(number)s, “%(subject)s”.") % {
        "customer": customer,
        **_tag(case),
    }
    paragraphs = [first, _("Read it and answer here, not to this mail:"), case.url]
    return write(_("[%(number)s] wrote: %(subject)s") % _tag(case), paragraphs)


def nobody_acknowledged(case: CaseFacts, *, customer: str, chain: str) -> MailText:
    """Tell those who lead that everybody was paged about a Critical case, and nobody answered."""
    first = _(
        "Nobody acknowledged the pages about case %(number)s, “%(subject)s”, of %(customer)s. The"
        " chain “%(chain)s” has been gone through to its end, and nobody else is woken."
    ) % {**_tag(case), "customer": customer, "chain": one_line(chain)}
    paragraphs = [first, _("Please see to it that somebody takes it up:"), case.url]
    return write(_("[%(number)s] nobody answers: %(subject)s") % _tag(case), paragraphs)


def nobody_watches(*, said: str, url: str) -> MailText:
    """Tell those who lead that a part of the desk stands still, and nobody answered its pages."""
    first = _("Nobody acknowledged the pages about the desk itself: %(said)s")
    paragraphs = [first % {"said": one_line(said)}, _("Who was paged stands here:"), url]
    return write(_("Nobody answers: a part of the desk stands still"), paragraphs)


def storm(*, sender: str, url: str) -> MailText:
    """Tell Tier One that one sender floods the desk, and that the rest of it is held."""
    paragraphs = [
        _("%(sender)s has opened more cases within an hour than anybody may.")
        % {"sender": one_line(sender)},
        _("What else comes from there is held. Release it or dismiss it, all together:"),
        url,
    ]
    return write(_("A storm of mails is held"), paragraphs)


def not_delivered(facts: UndeliveredFacts) -> MailText:
    """Tell an engineer that a mail did not reach the customer, or that nobody knows."""
    tag = {"number": facts.number, "subject": bare_subject(facts.subject)}
    words = {**tag, "address": facts.to_address}
    if facts.is_doubtful:
        first = _("We do not know whether our mail in case %(number)s reached %(address)s.") % words
    else:
        first = _("Our mail in case %(number)s did not reach %(address)s.") % words
    paragraphs = [
        first,
        one_line(facts.why),
        _("Please reach the customer in another way, or send the mail again:"),
        facts.url,
    ]
    return write(_("[%(number)s] not delivered: %(subject)s") % tag, paragraphs)


# --- subjects ----------------------------------------------------------------------------------

# What mail programs put before a subject they answer or pass on, in the languages we meet.
_PREFIX = re.compile(
    r"(?:re|aw|sv|vs|antw|ref|fwd?|wg|vb|tr|rv)(?:\[\d{1,3}\])? ?: ?|\[#?\d{5,17}-?\d\] ?",
    re.IGNORECASE,
)
_LONGEST_SUBJECT = 200


def subject_of(case: CaseFacts) -> str:
    """Return `[10042-7] Payment page down`: the tag once, however often the mail went round."""
    return f"[{case.number}] {bare_subject(case.subject)}".rstrip()


def bare_subject(subject: str) -> str:
    """Return a subject in one line, without any Re:, Fwd: or Case Number before it."""
    text = one_line(subject)[: 4 * _LONGEST_SUBJECT]
    start = 0
    while match := _PREFIX.match(text, start):
        start = match.end()
    return text[start : start + _LONGEST_SUBJECT].rstrip()


def _tag(case: CaseFacts) -> dict[str, str]:
    return {"number": case.number, "subject": bare_subject(case.subject)}


# --- paragraphs --------------------------------------------------------------------------------


def _short_acknowledgement(facts: AckFacts) -> MailText:
    # Nothing that the sender wrote, and no name: a stranger's form must not make us write to
    # somebody else in the stranger's words (i38).
    case = facts.case
    paragraphs = [
        _("We have received a request from this address. Its Case Number is %(number)s.")
        % {"number": case.number},
        _("An engineer reads it. If you did not write to us, do nothing."),
    ]
    subject = _("[%(number)s] Your request") % {"number": case.number}
    return signed(subject, case.desk, paragraphs)


def _promises(case: CaseFacts) -> str:
    sentences = [_promise(promised, case) for promised in _public(case.promised)]
    if not sentences:
        return _("For this priority we promise no time. We answer as soon as we can.")
    return "\n".join([_("What we promise you:"), *(f"– {sentence}" for sentence in sentences)])


def _split_from(facts: AckFacts) -> str:
    if not facts.split_from:
        return ""
    return _(
        "You wrote it in case %(number)s. It is another matter, and goes on by itself here."
    ) % {"number": facts.split_from}


def _public(promised: Iterable[Promised]) -> list[Promised]:
    return [one for one in promised if not one.kind.is_internal]


# A promise with its time, and one that begins only when the step before it is done.
_RUNNING = {
    CommitmentKind.RESPONSE: gettext_noop("An engineer answers you by %(time)s – %(within)s."),
    CommitmentKind.ACTIVATION: gettext_noop(
        "We begin to isolate the problem by %(time)s – %(within)s."
    ),
    CommitmentKind.FEEDBACK: gettext_noop(
        "You hear from us again by %(time)s, and from then on %(every)s."
    ),
    CommitmentKind.CALLBACK: gettext_noop("We call you back by %(time)s – %(within)s."),
    CommitmentKind.RESOLUTION: gettext_noop("It is solved by %(time)s – %(within)s."),
}
_TO_COME = {
    CommitmentKind.RESPONSE: gettext_noop("An engineer answers you %(within)s."),
    CommitmentKind.ACTIVATION: gettext_noop(
        "Once we have answered, we begin to isolate the problem %(within)s."
    ),
    CommitmentKind.FEEDBACK: gettext_noop(
        "From then on you hear from us %(every)s, until it is resolved."
    ),
    CommitmentKind.CALLBACK: gettext_noop("We call you back %(within)s."),
    CommitmentKind.RESOLUTION: gettext_noop("It is solved %(within)s."),
}


def _promise(promised: Promised, case: CaseFacts) -> str:
    words = {"within": _within(promised), "every": _every(promised)}
    if promised.due_at is None:
        return _(_TO_COME[promised.kind]) % words
    time = say_dated(promised.due_at, now=case.now, zone=case.zone)
    return _(_RUNNING[promised.kind]) % {**words, "time": time}


def _within(promised: Promised) -> str:
    return say_within(parse_target(promised.target)) + _of_office_hours(promised)


def _every(promised: Promised) -> str:
    return _("at least %(every)s") % {
        "every": say_every(parse_target(promised.target)) + _of_office_hours(promised)
    }


def _of_office_hours(promised: Promised) -> str:
    """Say on which clock hours and minutes are counted; business days say it themselves."""
    is_open_time = parse_target(promised.target).unit is Unit.OPEN_TIME
    counts = promised.calendar == OFFICE and is_open_time and promised.target != "immediately"
    return _(" of our office hours") if counts else ""


def _next_word(case: CaseFacts) -> str:
    """Say the nearest running promise in one line; "" when nothing is owed."""
    nearest = _nearest(case)
    return _promise(nearest, case) if nearest else ""


def say_next_promise(case: CaseFacts) -> str:
    """Say the nearest running promise inside a sentence: "feedback by 13:12 on Monday …"."""
    nearest = _nearest(case)
    if nearest is None or nearest.due_at is None:
        return _("no time is promised")
    words = {
        "kind": _(_KINDS[nearest.kind]),
        "time": say_dated(nearest.due_at, now=case.now, zone=case.zone),
    }
    return _("%(kind)s by %(time)s") % words


def _nearest(case: CaseFacts) -> Promised | None:
    running = [one for one in _public(case.promised) if one.due_at is not None]
    return min(running, key=lambda one: one.due_at or case.now, default=None)


def _opening_hours(facts: AckFacts) -> str:
    if not facts.opening_hours:
        return ""
    return _("Our office hours: %(hours)s.") % {"hours": facts.opening_hours.rstrip(".")}


_PARTICULARS = {
    "name": gettext_noop("your name"),
    "phone": gettext_noop("a telephone number at which we reach you"),
    "priority": gettext_noop("how severe it is: Critical, High, Normal or Low"),
}


def _missing(missing: Iterable[str]) -> str:
    wanted = [f"– {_(_PARTICULARS[one])}" for one in missing]
    if not wanted:
        return ""
    first = _("We work on your request already. You help us if you also tell us:")
    return "\n".join([first, *wanted])


def _please_call(case: CaseFacts) -> str:
    if not case.is_critical or not say_phones(case.desk):
        return ""
    return _("As it is Critical, please also call us: %(phones)s.") % {
        "phones": say_phones(case.desk)
    }


def _words(facts: ReplyFacts) -> list[Paragraph]:
    """Return what the engineer wrote, and their name, unless the signature gives it."""
    name = "" if facts.agent_name in facts.signature else facts.agent_name
    return [
        Markdown(facts.text),
        name,
        Markdown(facts.signature),
        Markdown(facts.desk_signature),
    ]


def _copy() -> str:
    return _("This is a copy for you. An answer of yours reaches us as a request of its own.")


def _how_to_answer() -> str:
    return _("To add something, just answer this mail; files are welcome.")


def _notice_words(facts: NoticeFacts) -> dict[str, str]:
    return {
        "customer": facts.customer,
        "kind": _(_KINDS[facts.kind]),
        "time": say_dated(facts.due_at, now=facts.case.now, zone=facts.case.zone),
    }


_KINDS = {
    CommitmentKind.RESPONSE: gettext_noop("response"),
    CommitmentKind.ACTIVATION: gettext_noop("activation"),
    CommitmentKind.FEEDBACK: gettext_noop("feedback"),
    CommitmentKind.CALLBACK: gettext_noop("call-back"),
    CommitmentKind.ASSISTANCE: gettext_noop("answer of Tier Two"),
    CommitmentKind.RESOLUTION: gettext_noop("resolution"),
}


def _notice(subject: str, facts: NoticeFacts, first: str) -> MailText:
    case = facts.case
    about = _("%(number)s %(subject)s, priority %(priority)s.") % _about(case)
    late = _("This notice comes late: nobody was there to send it in time.")
    return write(subject, [first, about, *([late] if facts.is_late else []), case.url])


def _about(case: CaseFacts) -> dict[str, str]:
    return {
        "number": case.number,
        "subject": bare_subject(case.subject),
        "priority": case.priority,
    }


def _expiry(facts: LinkFacts) -> str:
    return say_dated(facts.expires_at, now=facts.now, zone=facts.zone)


# --- the letter around them --------------------------------------------------------------------


def _letter(case: CaseFacts, paragraphs: Iterable[Paragraph]) -> MailText:
    number = _("Case Number %(number)s") % {"number": case.number}
    end = _copy() if case.is_copy else ""
    return write(subject_of(case), [*paragraphs, end], foot=reach(case.desk, number, case.url))
