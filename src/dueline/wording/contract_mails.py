"""The mails about contracts, about the people of a company, and about requests that are held."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from dueline.core.entitlement import Held
from dueline.wording.mail_paper import DeskFacts, MailText, one_line, signed
from dueline.wording.mails import bare_subject
from dueline.wording.times import say_date, say_dated


@dataclass(frozen=True, slots=True)
class HeldFacts:
    """A request that waits for a super-user. zone: the reader's. url: where it can be released.

    is_verified: nobody wrote in somebody else's name; else nothing that was written is repeated.
    """

    desk: DeskFacts
    company: str
    why: Held
    sender_name: str
    sender_address: str
    subject: str
    arrived_at: datetime
    now: datetime
    zone: str
    is_verified: bool
    super_users: tuple[str, ...] = ()
    url: str = ""


# --- requests that are held --------------------------------------------------------------------

_WHY_TO_SENDER = {
    Held.NOT_SUPER_USER: gettext_noop(
        "By your company’s contract only its super-users open cases with us."
    ),
    Held.UNLISTED: gettext_noop(
        "By the contract of the company that this address belongs to, only its super-users open "
        "cases with us, and the address is not on its list."
    ),
    Held.EXPIRED: gettext_noop(
        "Your company has not confirmed for some time who asks for help in its name."
    ),
    Held.LEFT: gettext_noop("Your address is no longer on your company’s list."),
}


def request_held(facts: HeldFacts) -> MailText:
    """Tell a sender that the request is kept, why no case is open yet, and what happens now."""
    who = _to_ask(facts.super_users) if facts.is_verified else ""
    first = _("We have received a request from this address. No case is open for it yet.")
    if facts.is_verified:
        first = _("We have received your request, “%(subject)s”. No case is open for it yet.") % {
            "subject": bare_subject(facts.subject)
        }
    paragraphs = [
        first,
        _(_WHY_TO_SENDER[facts.why]),
        _(
            "Nothing is lost: your company’s super-users have been asked to vouch for it. As soon "
            "as one of them does, the case opens and you get its Case Number."
        ),
        who,
        "" if facts.is_verified else _("If you did not write to us, do nothing."),
    ]
    return signed(_("Your request waits for a super-user"), facts.desk, paragraphs)


def _to_ask(names: Sequence[str]) -> str:
    if not names:
        return ""
    return _("Is it pressing? Ask one of them directly: %(names)s.") % {"names": ", ".join(names)}


def vouch_asked(facts: HeldFacts) -> MailText:
    """Ask a super-user to vouch for a request. What a stranger wrote stays on the page."""
    words = {
        "name": one_line(facts.sender_name),
        "address": facts.sender_address,
        "time": say_dated(facts.arrived_at, now=facts.now, zone=facts.zone),
        "subject": bare_subject(facts.subject),
    }
    if facts.is_verified:
        first = _("%(name)s (%(address)s) asked us for help: “%(subject)s”, %(time)s.") % words
    else:
        first = _("Somebody with the address %(address)s asked us for help, %(time)s.") % words
    paragraphs = [
        first,
        _(_WHY_TO_SUPER_USER[facts.why]),
        _("Read it, and vouch for it or decline it, here:"),
        facts.url,
        _("Until then no case is open and nobody works on it. If it is Critical, please call us."),
    ]
    return signed(_("A request waits for your word"), facts.desk, paragraphs)


_WHY_TO_SUPER_USER = {
    Held.NOT_SUPER_USER: gettext_noop(
        "It is held, because by your contract only super-users open cases."
    ),
    Held.UNLISTED: gettext_noop(
        "It is held, because the address is not on your company’s list, and by your contract only "
        "super-users open cases."
    ),
    Held.EXPIRED: gettext_noop(
        "It is held, because nobody at your company has confirmed for some time that its sender "
        "works there. Please confirm the whole list while you are there."
    ),
    Held.LEFT: gettext_noop("It is held, because your list says that its sender has left."),
}


def request_declined(facts: HeldFacts, *, by: str, reason: str) -> MailText:
    """Tell a sender that no case was opened, who said so, and why."""
    words = {"by": one_line(by), "company": one_line(facts.company)}
    paragraphs = [
        _("%(by)s of %(company)s decided that no case is opened for your request.") % words,
        _("The reason: %(reason)s") % {"reason": reason.strip()},
        _("If that is a mistake, please speak with %(by)s.") % words,
    ]
    return signed(_("Your request was not passed on to us"), facts.desk, paragraphs)


# --- the list of a company's people ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ListFacts:
    """A company's list of people. url: where it is kept. zone: the reader's."""

    desk: DeskFacts
    company: str
    url: str
    now: datetime
    zone: str


def list_changed(facts: ListFacts, *, sentences: Iterable[str]) -> MailText:
    """Tell the desk that a customer changed who speaks for the company."""
    company = one_line(facts.company)
    first = _("The list of people at %(company)s was changed:") % {"company": company}
    paragraphs = [first, "\n".join(f"– {sentence}" for sentence in sentences), facts.url]
    subject = _("%(company)s changed its list of people") % {"company": company}
    return signed(subject, facts.desk, paragraphs)


def confirmation_asked(
    facts: ListFacts, *, people: Sequence[str], expires_on: date | None
) -> MailText:
    """Ask a super-user to confirm who may ask for help in the company's name."""
    return _confirmation(
        facts,
        _("Please confirm who asks for help at %(company)s") % {"company": one_line(facts.company)},
        _(
            "Once a quarter we ask you who may ask for help in the name of %(company)s. "
            "These are on your list:"
        ),
        people=people,
        expires_on=expires_on,
    )


def confirmation_reminder(
    facts: ListFacts, *, people: Sequence[str], expires_on: date | None
) -> MailText:
    """Remind a super-user that nobody has confirmed the list."""
    return _confirmation(
        facts,
        _("Reminder: who asks for help at %(company)s?") % {"company": one_line(facts.company)},
        _(
            "Nobody has confirmed yet who may ask for help in the name of %(company)s. "
            "These are on your list:"
        ),
        people=people,
        expires_on=expires_on,
    )


def _confirmation(
    facts: ListFacts, subject: str, first: str, *, people: Sequence[str], expires_on: date | None
) -> MailText:
    paragraphs = [
        first % {"company": one_line(facts.company)},
        "\n".join(f"– {name}" for name in people),
        _("One click confirms it; there you also change what is no longer right:"),
        facts.url,
        _(
            "Whoever is not confirmed by %(day)s can no longer open cases: their requests are "
            "held until one of you vouches for them."
        )
        % {"day": say_date(expires_on)}
        if expires_on
        else "",
    ]
    return signed(subject, facts.desk, paragraphs)


# --- contracts ---------------------------------------------------------------------------------


def contract_ends(facts: ListFacts, *, plan: str, ends_on: date, days: int) -> MailText:
    """Announce to the desk that a contract ends, and that none follows it."""
    words = {"company": one_line(facts.company), "plan": plan, "day": say_date(ends_on)}
    first = _("The contract of %(company)s (%(plan)s) ends on %(day)s.") % words
    paragraphs = [f"{first} {_in_days(days)}", _("No other contract follows it."), facts.url]
    subject = _("The contract of %(company)s ends on %(day)s") % words
    return signed(subject, facts.desk, paragraphs)


def own_contract_ends(facts: ListFacts, *, plan: str, ends_on: date, days: int) -> MailText:
    """Announce to a super-user that the company's contract ends."""
    words = {"desk": one_line(facts.desk.name), "plan": plan, "day": say_date(ends_on)}
    first = _("Your contract with us (%(plan)s) ends on %(day)s.") % words
    paragraphs = [
        f"{first} {_in_days(days)}",
        _(
            "What you ask for after that is registered all the same, and handled as our policy "
            "says for requests without a contract. Please speak with us if you want to go on."
        ),
        facts.url,
    ]
    subject = _("Your contract with %(desk)s ends on %(day)s") % words
    return signed(subject, facts.desk, paragraphs)


def _in_days(days: int) -> str:
    if days == 0:
        return _("That is today.")
    return ngettext("That is in %(days)s day.", "That is in %(days)s days.", days) % {"days": days}


@dataclass(frozen=True, slots=True)
class Reached:
    """A budget that is nearly, or wholly, used up. what: "incidents" or "minutes"."""

    what: str
    percent: int
    used: str
    limit: str


def budget_reached(facts: ListFacts, reached: Reached) -> MailText:
    """Tell how much of a contract's budget is used up; it stops nothing."""
    words = {
        "company": one_line(facts.company),
        "used": reached.used,
        "limit": reached.limit,
        "percent": reached.percent,
    }
    if reached.what == "incidents":
        first = _("%(company)s has used %(used)s of the %(limit)s incidents of its contract.")
    else:
        first = _("%(company)s has used %(used)s of the %(limit)s of work in its contract.")
    paragraphs = [
        first % words,
        _("Nothing is stopped by this: requests are registered and answered as before."),
        facts.url,
    ]
    subject = _("%(company)s has used %(percent)s %% of a budget") % words
    return signed(subject, facts.desk, paragraphs)


# --- what an acknowledgement says besides ------------------------------------------------------


def urgent(*, phone: str, priority: str, critical: str) -> str:
    """Say that a call is what makes an urgent case Critical, and which number to call now."""
    words = {"phone": phone, "priority": priority, "critical": critical}
    if not phone:
        return (
            _(
                "You wrote that it is urgent: please call us now. With the call the case becomes "
                "%(critical)s; until then it has the priority %(priority)s."
            )
            % words
        )
    return (
        _(
            "You wrote that it is urgent: please call %(phone)s now. With the call the case "
            "becomes %(critical)s; until then it has the priority %(priority)s."
        )
        % words
    )


def not_urgent(*, plan: str, priority: str) -> str:
    """Explain that the plan has no extended level, and what holds instead."""
    return _(
        "You wrote that it is urgent. On the plan %(plan)s the word changes nothing by itself: the "
        "case has the priority %(priority)s, with what is promised above. If production is down, "
        "choose the priority Critical or call us."
    ) % {"plan": plan, "priority": priority}


def urgent_for_super_users(*, priority: str) -> str:
    """Explain that only a super-user's call makes an urgent case Critical."""
    return _(
        "You wrote that it is urgent. On your company’s plan a super-user makes a case Critical, "
        "by writing so and calling us. Until then it has the priority %(priority)s."
    ) % {"priority": priority}


def not_covered(*, why: str, plan: str) -> str:
    """Say that no contract covers the case, and on which plan it is handled all the same."""
    sentences = {
        "outside-term": gettext_noop(
            "Your company’s contract does not cover this day. We handle the case all the same, on "
            "the plan %(plan)s."
        ),
        "no-contract": gettext_noop(
            "Your company has no contract with us. We handle the case all the same, on the plan "
            "%(plan)s."
        ),
    }
    return _(sentences[why]) % {"plan": plan} if why in sentences else ""


def lacks_super_user() -> str:
    """Say that a case opened although only super-users may open one."""
    return _(
        "By your company’s contract only super-users open cases, and none is named at present. "
        "Please name one to us."
    )
