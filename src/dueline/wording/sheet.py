"""The emergency sheet: what people need on paper when the desk itself is down.

`compose` turns facts into texts; `wording.sheet_pdf` has them set. For the desk's own people alone.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dueline.wording.mail_paper import one_line
from dueline.wording.promise_lines import say_kind
from dueline.wording.times import say_clock, say_dated, say_left

_A_YEAR = timedelta(days=365)
_LONGEST = 300  # letters of a subject, and of a last word


@dataclass(frozen=True, slots=True)
class Duty:
    """who "": nobody. phones: as they are called from outside."""

    starts_at: datetime
    ends_at: datetime
    who: str
    phones: str


@dataclass(frozen=True, slots=True)
class RotaFacts:
    """duties: from now on, without a gap; the first one is now."""

    name: str
    duties: tuple[Duty, ...]


@dataclass(frozen=True, slots=True)
class Promise:
    kind: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class CriticalCase:
    """said: the last that customer and desk said to each other, and who said it when."""

    number: str
    subject: str
    company: str
    contact: str
    phone: str
    owner: str
    state: str
    opened_at: datetime
    promises: tuple[Promise, ...]
    said: str
    said_by: str
    said_at: datetime | None


@dataclass(frozen=True, slots=True)
class Customer:
    """On a plan that counts around the clock. people: name and number of each super-user."""

    name: str
    plan: str
    people: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Colleague:
    name: str
    tier: int
    is_administrator: bool
    is_manager: bool
    phone: str
    extension: str


@dataclass(frozen=True, slots=True)
class SheetFacts:
    desk_name: str
    zone: str
    phone_office: str
    phone_other: str
    mail_address: str
    public_url: str
    now: datetime
    rotas: tuple[RotaFacts, ...]
    cases: tuple[CriticalCase, ...]
    customers: tuple[Customer, ...]
    colleagues: tuple[Colleague, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """head empty: the first row is one like the others. none: what is said of no rows."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    none: str = ""


@dataclass(frozen=True, slots=True)
class CaseBlock:
    """lines: title and text of what is known of it."""

    title: str
    mark: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """In the order of the paper."""

    title: str
    desk_name: str
    stamp: str
    inside: str
    hand_title: str
    hand: tuple[str, ...]
    on_call: tuple[Table, ...]
    cases_title: str
    cases_none: str
    cases: tuple[CaseBlock, ...]
    tables: tuple[Table, ...]


def compose(facts: SheetFacts) -> Sheet:
    """Return the whole sheet in the active language; nothing in it breaks a line or hides."""
    return Sheet(
        title=_("Emergency sheet"),
        desk_name=one_line(facts.desk_name),
        stamp=_("Made at %(time)s. What has happened since is not on it.")
        # With its year: who knows when somebody finds this paper.
        % {"time": say_dated(facts.now, now=facts.now + 2 * _A_YEAR, zone=facts.zone)},
        inside=_("For the desk's own people alone: it names customers and their numbers."),
        hand_title=_("While the desk is down"),
        hand=_by_hand(facts),
        on_call=_on_call(facts),
        cases_title=_cases_title(len(facts.cases)),
        cases_none=_("There was none when this sheet was made."),
        cases=tuple(_case(case, facts) for case in facts.cases),
        tables=(_reach(facts), _customers(facts), _colleagues(facts)),
    )


def _by_hand(facts: SheetFacts) -> tuple[str, ...]:
    return (
        _("Call who is on call, and then the administrator of the machine."),
        _(
            "Answer the telephones yourself. Of each request write down: the time of the call, who,"
            " company, number, what is down, how bad. The time counts: it is when clocks begin."
        ),
        _(
            "Go through the Critical cases below. Call each customer before the time by which they"
            " are to hear from us, and tell them that our system is down and the work goes on."
        ),
        _("Note each call with its time. Afterwards it is logged as it was, with these times."),
        _(
            "Mail that is sent to %(address)s waits at its sender's server for some days, and is"
            " taken in once the desk is back."
        )
        % {"address": one_line(facts.mail_address)},
    )


def _on_call(facts: SheetFacts) -> tuple[Table, ...]:
    tables = tuple(_rota(rota, facts) for rota in facts.rotas)
    none = _("No rota is set up: nobody is on call by plan.")
    return tables or (Table(_("On call"), (), (), none),)


def _rota(rota: RotaFacts, facts: SheetFacts) -> Table:
    def say(at: datetime) -> str:
        return say_clock(at, now=facts.now, zone=facts.zone)

    rows = tuple(
        (
            _("now, until %(time)s") % {"time": say(duty.ends_at)}
            if number == 0
            else _("%(start)s – %(end)s")
            % {"start": say(duty.starts_at), "end": say(duty.ends_at)},
            one_line(duty.who) or _("nobody"),
            one_line(duty.phones),
        )
        for number, duty in enumerate(rota.duties)
    )
    title = _("On call: %(rota)s") % {"rota": one_line(rota.name)}
    return Table(title, (_("When"), _("Who"), _("Telephone")), rows, _("nobody"))


def _cases_title(count: int) -> str:
    if not count:
        return _("Open Critical cases")
    return ngettext("%(n)s open Critical case", "%(n)s open Critical cases", count) % {"n": count}


def _case(case: CriticalCase, facts: SheetFacts) -> CaseBlock:
    who = ", ".join(filter(None, (one_line(case.contact), one_line(case.phone))))
    lines = [
        (_("Customer"), one_line(case.company) or _("not known")),
        (_("Call"), who or _("no number is known")),
        (_("Open since"), say_dated(case.opened_at, now=facts.now, zone=facts.zone)),
        (_("Owner"), one_line(case.owner) or _("nobody")),
        *(_promise(promise, facts) for promise in case.promises),
    ]
    if case.said_at is not None:
        by, at = one_line(case.said_by), say_dated(case.said_at, now=facts.now, zone=facts.zone)
        said = _("%(who)s, %(time)s: %(text)s")
        words = {"who": by, "time": at, "text": _short(case.said)}
        lines.append((_("Last word"), said % words))
    return CaseBlock(f"{case.number}  {_short(case.subject)}", case.state, tuple(lines))


def _promise(promise: Promise, facts: SheetFacts) -> tuple[str, str]:
    due = say_dated(promise.due_at, now=facts.now, zone=facts.zone)
    left = say_left(promise.due_at - facts.now)
    return say_kind(promise.kind), _("by %(time)s (%(left)s)") % {"time": due, "left": left}


def _short(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1].rstrip() + "…"


def _reach(facts: SheetFacts) -> Table:
    rows = (
        (_("Telephone in office hours"), one_line(facts.phone_office)),
        (_("Telephone at all other times"), one_line(facts.phone_other)),
        (_("E-mail"), one_line(facts.mail_address)),
        (_("Web"), one_line(facts.public_url)),
    )
    return Table(_("The desk's own numbers"), (), tuple(row for row in rows if row[1]))


def _customers(facts: SheetFacts) -> Table:
    rows = tuple(
        (
            f"{one_line(customer.name)} ({one_line(customer.plan)})",
            "; ".join(f"{one_line(name)} {one_line(phone)}".strip() for name, phone in people)
            if (people := customer.people)
            else _("has no super-user"),
        )
        for customer in facts.customers
    )
    head = (_("Company"), _("Super-users"))
    return Table(_("Customers around the clock"), head, rows, _("There are none."))


def _colleagues(facts: SheetFacts) -> Table:
    rows = tuple(
        (
            one_line(colleague.name),
            _say_part(colleague),
            ", ".join(filter(None, (one_line(colleague.phone), one_line(colleague.extension))))
            or "–",
        )
        for colleague in facts.colleagues
    )
    return Table(_("Colleagues"), (_("Name"), _("Part"), _("Telephone")), rows)


def _say_part(colleague: Colleague) -> str:
    parts = [
        _("Tier One") if colleague.tier == 1 else _("Tier Two"),
        _("administrator") if colleague.is_administrator else "",
        _("support manager") if colleague.is_manager else "",
    ]
    return ", ".join(filter(None, parts))


# --- the mail that brings it ---------------------------------------------------------------------


def letter_paragraphs(count: int, *, made_at: datetime, zone: str) -> list[str]:
    """Return what the mail with the sheet says."""
    time = say_dated(made_at, now=made_at, zone=zone)
    return [
        _("This is the emergency sheet of the desk, as of %(time)s.") % {"time": time},
        ngettext(
            "It has %(n)s open Critical case on it.",
            "It has %(n)s open Critical cases on it.",
            count,
        )
        % {"n": count},
        _(
            "It is for when the desk itself is down: who is on call, whom to call, and what to do "
            "by hand. Keep the newest where you can open it without the network. It names "
            "customers and their numbers: do not pass it on."
        ),
    ]


COMING = timedelta(hours=48)  # for how long the rotas are shown
