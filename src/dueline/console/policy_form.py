"""The draft of a policy as forms: each part of it as fields, and fields as that part again.

A field is called by what it is: `critical-response-within`, `summary-sv`, `response-0-at`. What
cannot be read is an error of its own field; the rest of what was typed is kept beside it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from django.conf import settings
from django.utils.text import slugify
from django.utils.translation import gettext as _

from dueline.core.errors import Refusal
from dueline.core.policy import (
    LONGEST_KEY,
    OFFICE,
    TELLABLE,
    Cell,
    CommitmentKind,
    Meaning,
    Plan,
    Policy,
    Said,
    Silence,
    Step,
    Target,
    Unit,
    parse_percent,
    parse_target,
    spell_percent,
)
from dueline.core.priorities import Priority
from dueline.wording.refusals import say_refusal

Fields = Mapping[str, str]
_LONGEST = {"title": 60, "summary": 300, "meaning": 500, "name": 200}
T = TypeVar("T")


class Reading:
    """What somebody typed, and what of it could not be read: field → sentence."""

    def __init__(self, typed: Fields) -> None:
        self.typed = typed
        self.errors: dict[str, str] = {}

    def text(self, name: str, *, kind: str) -> str:
        """Return a text that must be there. kind: which length it may have."""
        text = " ".join(self.typed.get(name, "").split())
        if not text:
            self.errors[name] = _("Something is missing here.")
        if len(text) > _LONGEST[kind]:
            self.errors[name] = _("This is too long.")
        return text

    def is_ticked(self, name: str) -> bool:
        return self.typed.get(name) == "yes"

    def one_of(self, name: str, choices: Iterable[str]) -> str:
        chosen = self.typed.get(name, "")
        if chosen not in choices:
            self.errors[name] = _("Choose one of these.")
        return chosen

    def target(self, name: str, *, immediately: timedelta) -> Target | None:
        """Return a target; None for an empty field, and for one that cannot be read."""
        if not self.typed.get(name, "").strip():
            return None
        parsed = self._try(name, lambda: parse_target(self.typed[name], immediately=immediately))
        if parsed and parsed.spelled == "immediately" and not immediately:
            self.errors[name] = _("Write a time, like 15 min or 3 business days.")
            return None
        return parsed

    def _try(self, name: str, read: Callable[[], T]) -> T | None:
        try:
            return read()
        except Refusal as refusal:
            self.errors[name] = say_refusal(refusal)
        except ValueError as error:
            self.errors[name] = str(error)
        return None

    def said(self, words: tuple[str, str], language: str) -> tuple[str, str] | None:
        """Return the two texts of another language: both, or None when neither is there."""
        names = [f"{word}-{language}" for word in words]
        if not any(self.typed.get(name, "").strip() for name in names):
            return None
        first, second = (
            self.text(name, kind=word.partition("-")[0])
            for name, word in zip(names, words, strict=True)
        )
        return first, second


def other_languages(said: Iterable[str]) -> list[str]:
    """Return the languages that a text may be given in besides the policy's own."""
    own = settings.LANGUAGE_CODE
    return list(dict.fromkeys([*(code for code, _ in settings.LANGUAGES if code != own), *said]))


# --- a plan -----------------------------------------------------------------------------------


def plan_fields(plan: Plan) -> dict[str, str]:
    fields = {
        "title": plan.title,
        "summary": plan.summary,
        "opened_by": "super-users" if plan.only_super_users else "anybody",
        "urgent": "yes" if plan.urgent else "",
    }
    for language, said in plan.said.items():
        fields |= {f"title-{language}": said.title, f"summary-{language}": said.summary}
    for (priority, kind), cell in plan.cells.items():
        fields[f"{priority}-{kind}-within"] = cell.target.spelled
        fields[f"{priority}-{kind}-calendar"] = cell.calendar
    return fields


def read_plan(typed: Fields, plan: Plan, policy: Policy) -> tuple[Policy, dict[str, str]]:
    """Return the policy with a plan as it was typed, and the errors."""
    reading = Reading(typed)
    said = {
        language: Said(*words)
        for language in other_languages(plan.said)
        if (words := reading.said(("title", "summary"), language))
    }
    changed = Plan(
        key=plan.key,
        title=reading.text("title", kind="title"),
        summary=reading.text("summary", kind="summary"),
        cells=_read_cells(reading, policy.immediately),
        only_super_users=reading.one_of("opened_by", ("anybody", "super-users")) == "super-users",
        urgent=reading.is_ticked("urgent"),
        said=said,
    )
    return replace(policy, plans={**policy.plans, plan.key: changed}), reading.errors


def _read_cells(
    reading: Reading, immediately: timedelta
) -> dict[tuple[Priority, CommitmentKind], Cell]:
    cells = {}
    for priority in Priority:
        for kind in CommitmentKind:
            place = f"{priority}-{kind}"
            target = reading.target(f"{place}-within", immediately=immediately)
            if target:
                calendar = reading.typed.get(f"{place}-calendar", "").strip() or OFFICE
                cells[priority, kind] = Cell(target, calendar)
    return cells


def add_plan(typed: Fields, policy: Policy) -> tuple[Policy, str, dict[str, str]]:
    """Return the policy with one more plan, the key of the plan, and the errors.

    It begins as a copy of another plan, in the policy's own language only.
    """
    reading = Reading(typed)
    title = reading.text("title", kind="title")
    model = policy.plans.get(reading.one_of("like", policy.plans))
    if title in {plan.title for plan in policy.plans.values()}:
        reading.errors["title"] = _("There is a plan of this name.")
    if reading.errors or model is None:
        return policy, "", reading.errors
    key = _free_key(title, policy)
    added = replace(model, key=key, title=title, said={})
    return replace(policy, plans={**policy.plans, key: added}), key, {}


def _free_key(title: str, policy: Policy) -> str:
    key = slugify(title)[: LONGEST_KEY - 3].strip("-") or "plan"
    if key not in policy.plans:
        return key
    return next(f"{key}-{n}" for n in range(2, 100) if f"{key}-{n}" not in policy.plans)


def remove_plan(key: str, policy: Policy, *, in_use: Iterable[str]) -> Policy:
    """Return the policy without a plan. Raises Refusal."""
    plan = policy.plans[key]
    if key in in_use:
        raise Refusal(
            "plan",
            "Contracts are for the plan %(title)s: end them, or give them another plan first.",
            title=plan.title,
        )
    if key == policy.plan_without_contract:
        raise Refusal(
            "plan",
            "Requests without a contract are handled on the plan %(title)s: name another first.",
            title=plan.title,
        )
    return replace(
        policy, plans={other: kept for other, kept in policy.plans.items() if other != key}
    )


# --- the priorities ---------------------------------------------------------------------------


def priority_fields(policy: Policy) -> dict[str, str]:
    fields: dict[str, str] = {}
    for priority, meaning in policy.priorities.items():
        fields |= {f"title-{priority}": meaning.title, f"meaning-{priority}": meaning.meaning}
        for language, said in meaning.said.items():
            fields[f"title-{priority}-{language}"] = said.title
            fields[f"meaning-{priority}-{language}"] = said.meaning
    return fields


def priority_languages(policy: Policy) -> list[str]:
    return other_languages(code for one in policy.priorities.values() for code in one.said)


def read_priorities(typed: Fields, policy: Policy) -> tuple[Policy, dict[str, str]]:
    reading = Reading(typed)
    priorities = {
        priority: Meaning(
            reading.text(f"title-{priority}", kind="title"),
            reading.text(f"meaning-{priority}", kind="meaning"),
            {
                language: Meaning(*words)
                for language in priority_languages(policy)
                if (words := reading.said((f"title-{priority}", f"meaning-{priority}"), language))
            },
        )
        for priority in Priority
    }
    return replace(policy, priorities=priorities), reading.errors


# --- warnings ---------------------------------------------------------------------------------

ROWS = 6  # of steps to a kind


def warning_fields(policy: Policy) -> dict[str, str]:
    fields: dict[str, str] = {}
    for kind, steps in policy.steps.items():
        for row, step in enumerate(steps):
            fields[f"{kind}-{row}-at"] = spell_percent(step.percent)
            fields |= {f"{kind}-{row}-{who}": "yes" for who in step.tell}
    return fields


def read_warnings(typed: Fields, policy: Policy) -> tuple[Policy, dict[str, str]]:
    reading = Reading(typed)
    steps = {kind: _read_steps(reading, kind) for kind in CommitmentKind}
    return replace(policy, steps=steps), reading.errors


def _read_steps(reading: Reading, kind: CommitmentKind) -> tuple[Step, ...]:
    steps: dict[int, Step] = {}
    for row in range(max(ROWS, _rows_typed(reading, kind))):
        name = f"{kind}-{row}-at"
        if not reading.typed.get(name, "").strip():
            continue
        percent = _percent(reading, name)
        if percent in steps:
            reading.errors[name] = _("This step stands there twice.")
        elif percent:
            tell = tuple(who for who in TELLABLE if reading.is_ticked(f"{kind}-{row}-{who}"))
            steps[percent] = Step(percent, tell)
    return tuple(steps[percent] for percent in sorted(steps))


def _rows_typed(reading: Reading, kind: CommitmentKind) -> int:
    return sum(name.startswith(f"{kind}-") and name.endswith("-at") for name in reading.typed)


def _percent(reading: Reading, name: str) -> int:
    try:
        return parse_percent(reading.typed[name])
    except ValueError:
        reading.errors[name] = _("Write %(examples)s.") % {"examples": "75%, due, +50%"}
        return 0


# --- the rules of the clocks ------------------------------------------------------------------


def rule_fields(policy: Policy) -> dict[str, str]:
    silence = policy.silence
    return {
        "name": policy.name,
        "immediately_means": f"{int(policy.immediately.total_seconds()) // 60} min",
        "reopen_window_days": str(policy.reopen_window.days),
        "without_contract": policy.plan_without_contract,
        "count_from": "arrival" if policy.held_from_arrival else "vouching",
        "remind_after": ", ".join(target.spelled for target in silence.reminders)
        if silence
        else "",
        "close_after": silence.close_after.spelled if silence else "",
        **{f"pauses-{kind}": "yes" for kind in policy.pauses},
        **{f"third_party_pauses-{kind}": "yes" for kind in policy.third_party_pauses},
    }


def read_rules(typed: Fields, policy: Policy) -> tuple[Policy, dict[str, str]]:
    reading = Reading(typed)
    immediately = _read_immediately(reading) or policy.immediately
    changed = replace(
        policy,
        name=reading.text("name", kind="name"),
        immediately=immediately,
        # What "immediately" means stands in every cell that says it.
        plans={key: _with_immediately(plan, immediately) for key, plan in policy.plans.items()},
        reopen_window=timedelta(days=_read_days(reading, "reopen_window_days")),
        plan_without_contract=reading.one_of("without_contract", policy.plans),
        held_from_arrival=reading.one_of("count_from", ("arrival", "vouching")) == "arrival",
        silence=_read_silence(reading),
        pauses=_read_kinds(reading, "pauses"),
        third_party_pauses=_read_kinds(reading, "third_party_pauses"),
    )
    return changed, reading.errors


def _read_immediately(reading: Reading) -> timedelta | None:
    name = "immediately_means"
    target = reading.target(name, immediately=timedelta())
    if target is None or target.unit is not Unit.OPEN_TIME:
        reading.errors.setdefault(name, _("Write minutes, like 15 min."))
        return None
    return target.span


def _with_immediately(plan: Plan, immediately: timedelta) -> Plan:
    at_once = parse_target("immediately", immediately=immediately)
    cells = {
        place: replace(cell, target=at_once) if cell.target.spelled == "immediately" else cell
        for place, cell in plan.cells.items()
    }
    return replace(plan, cells=cells)


def _read_days(reading: Reading, name: str) -> int:
    text = reading.typed.get(name, "").strip()
    if not (text.isascii() and text.isdigit() and len(text) < 5 and int(text) <= 3650):
        reading.errors[name] = _("Write a number of days.")
        return 0
    return int(text)


def _read_kinds(reading: Reading, name: str) -> frozenset[CommitmentKind]:
    return frozenset(kind for kind in CommitmentKind if reading.is_ticked(f"{name}-{kind}"))


def _read_silence(reading: Reading) -> Silence | None:
    """Read what happens while the customer does not answer; nothing at all when both are empty."""
    spelled = [part for part in reading.typed.get("remind_after", "").split(",") if part.strip()]
    reminders = tuple(
        target for part in spelled if (target := _read_one(reading, "remind_after", part))
    )
    close_after = reading.target("close_after", immediately=timedelta())
    if close_after is None:
        if spelled and "close_after" not in reading.errors:
            reading.errors["close_after"] = _("When is the case closed after the last reminder?")
        return None
    return Silence(reminders, close_after)


def _read_one(reading: Reading, name: str, text: str) -> Target | None:
    one = Reading({name: text})
    target = one.target(name, immediately=timedelta())
    reading.errors.update(one.errors)
    return target
