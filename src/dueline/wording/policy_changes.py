"""What a draft of the policy changes, one sentence a change."""

from collections.abc import Callable, Iterable
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from dueline.core.golden import Difference
from dueline.core.policy import (
    DUE,
    Cell,
    CommitmentKind,
    Plan,
    Policy,
    Step,
    Target,
    Unit,
    spell_percent,
)
from dueline.core.policy_changes import Change, Part
from dueline.core.priorities import Priority
from dueline.wording.explain import KIND_NAMES
from dueline.wording.language import say_language
from dueline.wording.targets import say_bare, say_clock_of

TELL_NAMES = {
    "owner": gettext_noop("the owner"),
    "team": gettext_noop("the team"),
    "manager": gettext_noop("the managers"),
    "escalation_contact": gettext_noop("the customer's escalation contact"),
}


def say_change(change: Change, *, old: Policy, new: Policy) -> str:
    """Say what changes: "Standard, Normal: response 1 business day → 6 hours"."""
    return _SAY[change.part](change, _Names(old, new))


def say_difference(difference: Difference) -> str:
    """Say what a golden case gives otherwise, in the words of its own lines."""
    facts = {
        "promise": difference.promise,
        "expected": difference.expected,
        "given": difference.given,
    }
    if not difference.given:
        return _("%(promise)s is not promised any more. It was: %(expected)s") % facts
    if not difference.expected:
        return _("%(promise)s is promised now: %(given)s") % facts
    return _("%(promise)s: %(expected)s → %(given)s") % facts


def say_reach(contracts: int, cases: int) -> str:
    """Say whom a change concerns: "41 contracts, 212 open cases"."""
    said = (
        ngettext("%(n)s contract", "%(n)s contracts", contracts) % {"n": contracts},
        ngettext("%(n)s open case", "%(n)s open cases", cases) % {"n": cases},
    )
    return ", ".join(said)


def say_steps(steps: Iterable[Step]) -> str:
    """Say who is told when: "75%: the owner; due: the owner, the managers"."""
    return "; ".join(map(_say_step, steps)) or _("nobody is told")


def _say_step(step: Step) -> str:
    at = _("due") if step.percent == DUE else spell_percent(step.percent)
    told = ", ".join(_(TELL_NAMES[who]) for who in step.tell) or _("nobody")
    return f"{at}: {told}"


class _Names:
    """What plans and priorities are called in the two policies; the new name where there is one."""

    def __init__(self, old: Policy, new: Policy) -> None:
        self._plans = {**old.plans, **new.plans}
        self._priorities = new.priorities

    def plan(self, key: str) -> str:
        return self._plans[key].title

    def priority(self, priority: Priority | None) -> str:
        return self._priorities[priority].title if priority else ""


def _arrow(title: str, before: str, after: str) -> str:
    return _("%(what)s: %(before)s → %(after)s") % {
        "what": title,
        "before": before,
        "after": after,
    }


def _say_cell(change: Change, names: _Names) -> str:
    before, after = change.before, change.after
    clocks = [_clock(cell) for cell in (before, after)]
    both = clocks[0] != clocks[1]
    return _("%(plan)s, %(priority)s: %(kind)s %(before)s → %(after)s") % {
        "plan": names.plan(change.plan),
        "priority": names.priority(change.priority),
        "kind": _kind(change.kind),
        "before": _promise(before, clocks[0] if both else ""),
        "after": _promise(after, clocks[1] if both else ""),
    }


def _promise(cell: Cell | None, clock: str) -> str:
    if cell is None:
        return _("no promise")
    said = say_bare(cell.target)
    return f"{said} {clock}" if clock else said


def _clock(cell: Cell | None) -> str:
    if cell is None or cell.target.unit is Unit.DAYS:  # "2 days around the clock" says it already
        return ""
    return say_clock_of(cell)


def _kind(kind: CommitmentKind | None) -> str:
    # Within a sentence: "answer from Tier Two", not "answer from tier two".
    name = _(KIND_NAMES[kind]) if kind else ""
    return name[:1].lower() + name[1:]


def _say_plan_added(change: Change, names: _Names) -> str:
    plan: Plan = change.after
    return _("The plan %(plan)s is new. Its promises: %(promises)s") % {
        "plan": plan.title,
        "promises": _all_promises(plan, names) or _("none"),
    }


def _all_promises(plan: Plan, names: _Names) -> str:
    return "; ".join(
        f"{names.priority(priority)}, {_kind(kind)} {_promise(cell, _clock(cell))}"
        for priority in Priority
        for kind in CommitmentKind
        if (cell := plan.cells.get((priority, kind)))
    )


def _say_plan_removed(change: Change, _names: _Names) -> str:
    return _("The plan %(plan)s is no longer there.") % {"plan": change.before.title}


def _say_plan_order(change: Change, names: _Names) -> str:
    before, after = (", ".join(map(names.plan, keys)) for keys in (change.before, change.after))
    return _arrow(_("Order of the plans"), before, after)


def _say_opened_by(change: Change, names: _Names) -> str:
    form = (
        _("%(plan)s: only super-users open cases; a request of anybody else is held.")
        if change.after
        else _("%(plan)s: everybody of the company opens cases.")
    )
    return form % {"plan": names.plan(change.plan)}


def _say_urgent(change: Change, names: _Names) -> str:
    form = (
        _("%(plan)s: “Urgent” in the subject and a call make a case Critical.")
        if change.after
        else _("%(plan)s: “Urgent” in the subject makes no case Critical any more.")
    )
    return form % {"plan": names.plan(change.plan)}


def _say_words(title: str) -> Callable[[Change, _Names], str]:
    def say(change: Change, names: _Names) -> str:
        place = names.plan(change.plan) if change.plan else names.priority(change.priority)
        what = f"{place}, {_(title)}" if place else _(title)
        if change.language:
            what += f" ({say_language(change.language)})"
        before, after = (_quoted(text) for text in (change.before, change.after))
        return _arrow(what, before, after)

    return say


def _quoted(text: str | None) -> str:
    return f"“{text}”" if text is not None else _("none")


def _say_step_change(change: Change, _names: _Names) -> str:
    what = _("Warnings of %(kind)s") % {"kind": _kind(change.kind)}
    return _arrow(what, say_steps(change.before), say_steps(change.after))


def _say_pause(change: Change, _names: _Names) -> str:
    form = (
        _("While we wait for the customer, the clock of %(kind)s stands still.")
        if change.after
        else _("While we wait for the customer, the clock of %(kind)s runs on.")
    )
    return form % {"kind": _kind(change.kind)}


def _say_third_party_pause(change: Change, _names: _Names) -> str:
    form = (
        _("While we wait for a third party, the clock of %(kind)s stands still.")
        if change.after
        else _("While we wait for a third party, the clock of %(kind)s runs on.")
    )
    return form % {"kind": _kind(change.kind)}


def _say_immediately(change: Change, _names: _Names) -> str:
    before, after = (_minutes(span) for span in (change.before, change.after))
    return _arrow(_("“Immediately” means within"), before, after)


def _minutes(span: timedelta) -> str:
    minutes = int(span.total_seconds()) // 60
    return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}


def _say_reopen_window(change: Change, _names: _Names) -> str:
    before, after = (
        ngettext("%(n)s day", "%(n)s days", span.days) % {"n": span.days}
        for span in (change.before, change.after)
    )
    return _arrow(_("A case can be reopened within"), before, after)


def _say_without_contract(change: Change, names: _Names) -> str:
    return _arrow(
        _("The plan of a request that no contract covers"),
        names.plan(change.before),
        names.plan(change.after),
    )


def _say_held(change: Change, _names: _Names) -> str:
    if change.after:
        return _("The clocks of a held request count from its arrival.")
    return _("The clocks of a held request count from when a super-user vouches for it.")


def _say_reminders(change: Change, _names: _Names) -> str:
    before, after = (
        ", ".join(map(say_bare, targets)) or _("none") for targets in (change.before, change.after)
    )
    return _arrow(_("Reminders while the customer does not answer, after"), before, after)


def _say_closing(change: Change, _names: _Names) -> str:
    before, after = (
        say_bare(target) if isinstance(target, Target) else _("never")
        for target in (change.before, change.after)
    )
    return _arrow(_("A case is closed after the last reminder"), before, after)


_SAY: dict[Part, Callable[[Change, _Names], str]] = {
    Part.NAME: _say_words(gettext_noop("Name of the policy")),
    Part.PLAN_ADDED: _say_plan_added,
    Part.PLAN_REMOVED: _say_plan_removed,
    Part.PLAN_ORDER: _say_plan_order,
    Part.PLAN_TITLE: _say_words(gettext_noop("title")),
    Part.PLAN_SUMMARY: _say_words(gettext_noop("summary")),
    Part.OPENED_BY: _say_opened_by,
    Part.URGENT: _say_urgent,
    Part.CELL: _say_cell,
    Part.PRIORITY_TITLE: _say_words(gettext_noop("title")),
    Part.PRIORITY_MEANING: _say_words(gettext_noop("meaning")),
    Part.STEPS: _say_step_change,
    Part.PAUSES: _say_pause,
    Part.THIRD_PARTY_PAUSES: _say_third_party_pause,
    Part.IMMEDIATELY: _say_immediately,
    Part.REOPEN_WINDOW: _say_reopen_window,
    Part.WITHOUT_CONTRACT: _say_without_contract,
    Part.HELD: _say_held,
    Part.REMINDERS: _say_reminders,
    Part.CLOSING: _say_closing,
}
