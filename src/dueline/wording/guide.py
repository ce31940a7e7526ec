"""The Support Guide: what we promise, said from the policy and the calendar that run the clocks.

`compose` turns facts into sections of plain text. The web page and the PDF draw the same sections,
so neither can say anything that the policy does not.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from dueline.core.calendars import Calendar
from dueline.core.case_numbers import case_number
from dueline.core.policy import Cell, CommitmentKind, Plan, Policy, Silence, Unit
from dueline.core.priorities import DEFAULT, Priority
from dueline.wording.language import spoken
from dueline.wording.policy_words import say_meaning, say_name, say_plan
from dueline.wording.targets import say_bare, say_clock_of, say_every, say_within
from dueline.wording.times import MONTHS, WEEKDAYS


@dataclass(frozen=True, slots=True)
class GuideFacts:
    """plans: the keys of the plans to show. on: the day whose year's holidays are listed.

    named: the calendars that cells name.
    """

    desk_name: str
    mail_address: str
    phone_office: str
    phone_other: str
    public_url: str
    policy: Policy
    policy_number: int
    policy_published_on: date
    calendar: Calendar
    calendar_number: int
    plans: tuple[str, ...]
    on: date
    named: Mapping[str, Calendar] = field(default_factory=dict)

    @property
    def shown(self) -> list[Plan]:
        return [self.policy.plans[key] for key in self.plans]


@dataclass(frozen=True, slots=True)
class Table:
    """head: the titles of the columns; the first column names its row. caption: "" for none."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """key: where a link within the page leads. The parts are drawn in this order."""

    key: str
    title: str
    paragraphs: tuple[str, ...] = ()
    terms: tuple[tuple[str, str], ...] = ()
    tables: tuple[Table, ...] = ()
    afterwards: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Guide:
    title: str
    desk_name: str
    stamp: str
    sections: tuple[Section, ...]


def compose(facts: GuideFacts) -> Guide:
    """Return the whole guide in the active language."""
    return Guide(
        title=_("Support Guide"),
        desk_name=facts.desk_name,
        stamp=_stamp(facts),
        sections=_said(
            _reach(facts),
            _tell(),
            _who(facts),
            _priorities(facts.policy),
            _promises(facts),
            _words(facts),
            _time(facts),
            _hours(facts),
            _waiting(facts.policy),
            _silence(facts.policy),
            _escalation(facts.policy),
            _solved(facts.policy),
        ),
    )


def _said(*sections: Section | None) -> tuple[Section, ...]:
    return tuple(section for section in sections if section is not None)


def _stamp(facts: GuideFacts) -> str:
    return _(
        "%(policy)s, version %(n)s of %(day)s; %(calendar)s, version %(m)s. Holidays of %(year)s."
    ) % {
        "policy": say_name(facts.policy.name),
        "n": facts.policy_number,
        "day": _say_day(facts.policy_published_on),
        "calendar": say_name(facts.calendar.name),
        "m": facts.calendar_number,
        "year": facts.on.year,
    }


# --- the sections ------------------------------------------------------------------------------


def _reach(facts: GuideFacts) -> Section:
    phones = _phones(facts)
    return Section(
        key="reach",
        title=_("How to reach us"),
        paragraphs=(
            _("Every request is registered, whichever way it comes, and gets a Case Number."),
        ),
        terms=(
            *phones,
            (_("E-mail"), facts.mail_address),
            (_("Web"), f"{facts.public_url}/help"),
        ),
        afterwards=(
            *(
                (
                    _(
                        "If production is down, write first and then call: your case is registered"
                        " when we pick up. If nobody can pick up, ask on the web form to be called"
                        " back; we call within the response time of your priority."
                    ),
                )
                if phones
                else ()
            ),
        ),
    )


def _phones(facts: GuideFacts) -> tuple[tuple[str, str], ...]:
    if facts.phone_office and facts.phone_other and facts.phone_office != facts.phone_other:
        return (
            (_("Telephone in office hours"), facts.phone_office),
            (_("Telephone at all other times"), facts.phone_other),
        )
    phone = facts.phone_office or facts.phone_other
    return ((_("Telephone"), phone),) if phone else ()


def _tell() -> Section:
    return Section(
        key="tell",
        title=_("What to tell us"),
        paragraphs=(
            _(
                "Your name, a telephone number, and how bad it is. Then what you did, what you saw"
                " and since when; files help. What is missing we ask for: it is never a reason to"
                " refuse a request."
            ),
            _(
                "Your Case Number, like %(number)s, stands in every mail about the case. Answer the"
                " mail and your words land in the case. Its last digit is a check digit: a number"
                " that was misheard on the telephone is noticed. Knowing a number opens nothing;"
                " to see your cases you sign in."
            )
            % {"number": case_number(42)},
        ),
    )


def _who(facts: GuideFacts) -> Section | None:
    """Who may open cases, and what makes one Critical: only where a plan says so."""
    plans = facts.shown
    said = [
        (
            [plan for plan in plans if plan.only_super_users],
            _(
                "Your company's super-users open its cases. A request from a colleague is kept and"
                " answered, and goes on as soon as a super-user vouches for it."
            )
            + " "
            + (
                _("Its times are counted from its arrival all the same.")
                if facts.policy.held_from_arrival
                else _("Its times are counted from then on.")
            ),
        ),
        (
            [plan for plan in plans if plan.urgent],
            _(
                "A super-user who writes “Urgent” in the subject and calls us makes a case"
                " %(critical)s. Its times are counted from the call."
            )
            % {"critical": say_meaning(facts.policy, Priority.CRITICAL).title},
        ),
    ]
    paragraphs = tuple(_for_plans(some, plans, text) for some, text in said if some)
    return Section("who", _("Who may ask"), paragraphs) if paragraphs else None


def _for_plans(some: Sequence[Plan], shown: Sequence[Plan], text: str) -> str:
    """Say of which plans something is true, where it is not true of all that are shown."""
    if len(some) == len(shown):
        return text
    plans = ", ".join(say_plan(plan).title for plan in some)
    return _("On the plan %(plan)s: %(text)s") % {"plan": plans, "text": text}


def _priorities(policy: Policy) -> Section:
    words = [say_meaning(policy, priority) for priority in Priority]
    rows = tuple((said.title, said.meaning) for said in words)
    default = say_meaning(policy, DEFAULT).title
    return Section(
        key="priorities",
        title=_("The four priorities"),
        paragraphs=(
            _("You choose the priority. If you choose none, it is %(default)s.")
            % {"default": default},
        ),
        tables=(Table((_("Priority"), _("Choose it when")), rows),),
    )


# What the columns of the matrix are called, and how their cells are said. Those after the third are
# shown where a plan promises them.
_COLUMNS = (
    (CommitmentKind.RESPONSE, gettext_noop("Response")),
    (CommitmentKind.ACTIVATION, gettext_noop("Activated")),
    (CommitmentKind.FEEDBACK, gettext_noop("Feedback")),
    (CommitmentKind.CALLBACK, gettext_noop("Call back")),
    (CommitmentKind.RESOLUTION, gettext_noop("Solution")),
)
_ALWAYS_SHOWN = 3


def _columns(plans: Iterable[Plan]) -> list[tuple[CommitmentKind, str]]:
    promised = {kind for plan in plans for _priority, kind in plan.cells}
    return [
        (kind, title)
        for place, (kind, title) in enumerate(_COLUMNS)
        if place < _ALWAYS_SHOWN or kind in promised
    ]


def _promises(facts: GuideFacts) -> Section:
    return Section(
        key="promises",
        title=_("What we promise"),
        paragraphs=(
            _("From the moment your request arrives, these are counted. Your case shows each one")
            + " "
            + _("with its exact time, and whether it was kept."),
        ),
        tables=tuple(_matrix(plan, facts.policy) for plan in facts.shown),
        afterwards=(
            _("– means: no time is promised. We answer as soon as we can."),
            *_without_contract(facts),
        ),
    )


def _without_contract(facts: GuideFacts) -> tuple[str, ...]:
    """Said where several plans are shown: whoever reads only their own has a contract."""
    if len(facts.plans) < 2:
        return ()
    plan = facts.policy.plans[facts.policy.plan_without_contract]
    text = _("A request that no contract covers is handled on the plan %(plan)s, and says so.")
    return (text % {"plan": say_plan(plan).title},)


def _matrix(plan: Plan, policy: Policy) -> Table:
    columns, said = _columns([plan]), say_plan(plan)
    return Table(
        head=(_("Priority"), *(_(title) for _kind, title in columns)),
        rows=tuple(
            (
                say_meaning(policy, priority).title,
                *(_say_cell(plan.cell(priority, kind), kind) for kind, _title in columns),
            )
            for priority in Priority
        ),
        caption=_("Plan %(plan)s: %(summary)s") % {"plan": said.title, "summary": said.summary},
    )


def _say_cell(cell: Cell | None, kind: CommitmentKind) -> str:
    if cell is None:
        return "–"
    said = say_every(cell.target) if kind is CommitmentKind.FEEDBACK else say_within(cell.target)
    if cell.target.unit is not Unit.OPEN_TIME:
        return said
    return _("%(said)s, %(clock)s") % {"said": said, "clock": say_clock_of(cell)}


def _words(facts: GuideFacts) -> Section:
    tolerance = _say_minutes(int(facts.policy.immediately.total_seconds()) // 60)
    kinds = {kind for kind, _title in _columns(facts.shown)}
    call_back = (
        _("If you ask to be called, we call within the time of this column.")
        if CommitmentKind.CALLBACK in kinds
        else _("If you ask to be called, we call within the response time of the priority.")
    )
    return Section(
        key="words",
        title=_("What the words mean"),
        terms=(
            (
                _("Response"),
                _(
                    "An engineer has answered you: in writing, or by speaking with you. An"
                    " automatic confirmation does not count, nor a call that nobody answered."
                ),
            ),
            (
                _("Activated"),
                _(
                    "An engineer has begun to isolate the problem. It is counted from the"
                    " response; “immediately” means within %(tolerance)s."
                )
                % {"tolerance": tolerance},
            ),
            (
                _("Feedback"),
                _(
                    "The longest time without news from us while your case is active. Each word"
                    " from a person begins it anew."
                ),
            ),
            (
                _("Call back"),
                call_back + " " + _("It is kept only when we have spoken with you."),
            ),
            *(
                ((_("Solution"), _("The case is resolved: we have told you how.")),)
                if CommitmentKind.RESOLUTION in kinds
                else ()
            ),
        ),
    )


def _say_minutes(minutes: int) -> str:
    return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}


def _time(facts: GuideFacts) -> Section:
    return Section(
        key="time",
        title=_("How time is counted"),
        paragraphs=(
            _("Minutes and hours of office hours run only while we are open.")
            + " "
            + _("A request that arrives while we are closed starts at the next opening."),
            _(
                "A business day ends at the same time of day on the next day on which we are open,"
                " or when we close on that day, if that is earlier."
            )
            + " "
            + _("Around the clock means exactly that: nights, weekends and holidays count."),
            _("The clock counts from when you wrote or called, not from when we typed it in.")
            + " "
            + _(
                "A promise that was missed stays missed, also if it is kept later: your case says"
                " so."
            ),
        ),
    )


def _hours(facts: GuideFacts) -> Section:
    calendar = facts.calendar
    week = tuple(
        (_capital(days), openings or _("closed")) for days, openings in _say_week(calendar.week)
    )
    holidays = tuple(
        (
            _say_day(day),
            exceptional.name_in(spoken()),
            say_openings(exceptional.openings) or _("closed"),
        )
        for day, exceptional in sorted(calendar.dates.items())
        if day.year == facts.on.year and calendar.week[day.weekday()] != exceptional.openings
    )
    year = {"year": facts.on.year}
    tables = [
        Table(
            (_("Day"), _("Open")),
            week,
            _("Times are in the zone %(zone)s.") % {"zone": calendar.zone},
        )
    ]
    if holidays:
        head = (_("Date"), _("Holiday"), _("Open"))
        tables.append(Table(head, holidays, _("Other days in %(year)s") % year))
    tables += [_named_hours(name, facts) for name in _named(facts)]
    return Section(
        key="hours",
        title=_("Office hours"),
        tables=tuple(tables),
        afterwards=() if holidays else (_("No holidays are listed for %(year)s.") % year,),
    )


def _named(facts: GuideFacts) -> list[str]:
    """Return the calendars that the shown plans name."""
    named = {cell.calendar for plan in facts.shown for cell in plan.cells.values()}
    return sorted(named & facts.named.keys())


def _named_hours(name: str, facts: GuideFacts) -> Table:
    calendar = facts.named[name]
    week = tuple(
        (_capital(days), openings or _("closed")) for days, openings in _say_week(calendar.week)
    )
    caption = _("“%(calendar)s”, in the zone %(zone)s")
    return Table((_("Day"), _("Open")), week, caption % {"calendar": name, "zone": calendar.zone})


def say_week(calendar: Calendar) -> str:
    """Say the opening hours in one line: "Monday to Friday 08:00–17:00"."""
    open_days = ((days, openings) for days, openings in _say_week(calendar.week) if openings)
    return ", ".join(f"{days} {openings}" for days, openings in open_days)


def _say_week(week: Sequence[tuple[tuple[int, int], ...]]) -> list[tuple[str, str]]:
    """Return (days, openings); neighbouring days with the same openings are one line."""
    lines: list[tuple[int, int, str]] = []
    for weekday, openings in enumerate(week):
        said = say_openings(openings)
        if lines and lines[-1][2] == said:
            lines[-1] = (lines[-1][0], weekday, said)
        else:
            lines.append((weekday, weekday, said))
    return [(_say_days(first, last), said) for first, last, said in lines]


def _capital(text: str) -> str:
    """Begin a row with a capital, where the language writes its weekdays without."""
    return text[:1].upper() + text[1:]


def _say_days(first: int, last: int) -> str:
    names = {"first": _(WEEKDAYS[first]), "last": _(WEEKDAYS[last])}
    if first == last:
        return names["first"]
    if last == first + 1:
        return _("%(first)s and %(last)s") % names
    return _("%(first)s to %(last)s") % names


def say_openings(openings: Sequence[tuple[int, int]]) -> str:
    """Say the openings of a day: "08:00–12:00, 13:00–17:00"; "" when it is closed."""
    if list(openings) == [(0, 1440)]:
        return _("all day")
    return ", ".join(f"{_clock(start)}–{_clock(end)}" for start, end in openings)


def _clock(minutes: int) -> str:
    hours, minutes = divmod(minutes if minutes <= 1440 else minutes - 1440, 60)
    return f"{hours:02}:{minutes:02}"


def _waiting(policy: Policy) -> Section:
    return Section(
        key="waiting",
        title=_("When we need something from you"),
        paragraphs=(
            _("We may ask for more information, traces or documents. The case then waits for you,")
            + " "
            + _("and both you and we see since when.")
            + " "
            + _say_pauses(policy.pauses),
            *(
                (
                    _("These clocks also stand still while we wait for somebody else: %(which)s.")
                    % {"which": _say_kinds(policy.third_party_pauses)},
                )
                if _say_kinds(policy.third_party_pauses)
                else ()
            ),
        ),
    )


def _say_pauses(pauses: frozenset[CommitmentKind]) -> str:
    if not (which := _say_kinds(pauses)):
        return _("Our clocks run on meanwhile.")
    text = _("Meanwhile these clocks stand still, and go on when you have answered: %(which)s.")
    return text % {"which": which}


def _say_kinds(kinds: frozenset[CommitmentKind]) -> str:
    return ", ".join(_(title) for kind, title in _COLUMNS if kind in kinds)


def _silence(policy: Policy) -> Section | None:
    """What happens while the customer does not answer."""
    silence = policy.silence
    if silence is None:
        return None
    closed = _("If we still hear nothing, the case is closed after %(after)s more.")
    said = [*_say_reminders(silence), closed % {"after": say_bare(silence.close_after)}]
    return Section("silence", _("If we do not hear from you"), (" ".join(said),))


def _say_reminders(silence: Silence) -> list[str]:
    if not silence.reminders:
        return []
    first, *others = map(say_bare, silence.reminders)
    after = ", ".join(
        [first, *(_("then after %(after)s more") % {"after": other} for other in others)]
    )
    return [_("If you do not answer, we remind you after %(after)s.") % {"after": after}]


def _escalation(policy: Policy) -> Section:
    high, normal = (say_meaning(policy, one).title for one in (Priority.HIGH, Priority.NORMAL))
    return Section(
        key="escalation",
        title=_("Escalation"),
        paragraphs=(
            _(
                "If a case needs more attention, escalate it on its page, or ask us to: say why."
                " It becomes %(high)s instead of %(normal)s, and whichever time is earlier holds:"
                " the one promised before, or the new one counted from the escalation."
            )
            % {"high": high, "normal": normal},
        ),
    )


def _solved(policy: Policy) -> Section:
    days = policy.reopen_window.days
    return Section(
        key="solved",
        title=_("When it is solved"),
        paragraphs=(
            _("We say how, and regard the case as resolved. If it is not, answer or open it again")
            + " "
            + ngettext(
                "within %(n)s day, and the clock begins anew.",
                "within %(n)s days, and the clock begins anew.",
                days,
            )
            % {"n": days}
            + " "
            + _("After that, what you write opens a new case that names the old one."),
        ),
    )


def _say_day(day: date) -> str:
    return _("%(day)s %(month)s %(year)s") % {
        "day": day.day,
        "month": _(MONTHS[day.month - 1]),
        "year": day.year,
    }
