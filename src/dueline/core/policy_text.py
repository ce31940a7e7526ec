"""A policy written as the TOML text that `core.policy.parse_policy` reads back to an equal one."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from dueline.core.policy import (
    Cell,
    CommitmentKind,
    GoldenCase,
    Meaning,
    Plan,
    Policy,
    Said,
    Step,
    spell_percent,
)
from dueline.core.priorities import Priority


def spell_policy(policy: Policy) -> str:
    """Write a whole policy. What is as usual is left out, as a person would leave it out."""
    parts = [
        _head(policy),
        _warnings(policy.steps),
        *(_meaning(priority, policy.priorities[priority]) for priority in Priority),
        *(part for plan in policy.plans.values() for part in _plan(plan)),
        *map(spell_golden, policy.golden),
    ]
    return "\n".join("\n".join(part) + "\n" for part in parts)


def spell_golden(case: GoldenCase) -> list[str]:
    """Write the lines of one golden case."""
    usual = GoldenCase("", "", Priority.NORMAL, (), ())
    lines = [
        "[[golden]]",
        f"name = {_quoted(case.name)}",
        f"plan = {_quoted(case.plan)}",
        f"priority = {_quoted(case.priority)}",
    ]
    for key in ("hours", "zone", "until"):
        if getattr(case, key) != getattr(usual, key):
            lines.append(f"{key} = {_quoted(getattr(case, key))}")
    if case.calendars:
        lines.append(f"calendars = {_inline(case.calendars)}")
    return [*lines, *_list("events", case.events), *_list("due", case.due)]


def _head(policy: Policy) -> list[str]:
    lines = [
        f"name = {_quoted(policy.name)}",
        f'immediately_means = "{int(policy.immediately.total_seconds()) // 60} min"',
        f"reopen_window_days = {policy.reopen_window.days}",
        "",
        "[waiting]",
        f"pauses = {_kinds(policy.pauses)}",
        f"third_party_pauses = {_kinds(policy.third_party_pauses)}",
        "",
        "[without_contract]",
        f"plan = {_quoted(policy.plan_without_contract)}",
        "",
        "[held_requests]",
        f'count_from = "{"arrival" if policy.held_from_arrival else "vouching"}"',
    ]
    if policy.silence is not None:
        reminders = ", ".join(_quoted(target.spelled) for target in policy.silence.reminders)
        lines += [
            "",
            "[silence]",
            f"remind_after = [{reminders}]",
            f"close_after = {_quoted(policy.silence.close_after.spelled)}",
        ]
    return lines


def _warnings(steps: Mapping[CommitmentKind, tuple[Step, ...]]) -> list[str]:
    """Most kinds are warned of alike: what most have is the default."""
    [(usual, _count)] = Counter(steps[kind] for kind in CommitmentKind).most_common(1)
    lines = ["[warnings]", *_steps("default", usual)]
    for kind in CommitmentKind:
        if steps[kind] != usual:
            lines += _steps(kind, steps[kind])
    return lines


def _steps(name: str, steps: tuple[Step, ...]) -> list[str]:
    if not steps:
        return [f"{name} = []"]
    spelled = (
        f'    {{ at = "{spell_percent(step.percent)}", '
        f"tell = [{', '.join(map(_quoted, step.tell))}] }},"
        for step in steps
    )
    return [f"{name} = [", *spelled, "]"]


def _meaning(priority: Priority, meaning: Meaning) -> list[str]:
    return [
        f"[priorities.{priority}]",
        f"title = {_quoted(meaning.title)}",
        f"meaning = {_quoted(meaning.meaning)}",
        *(
            f"{_key(language)} = {_inline({'title': said.title, 'meaning': said.meaning})}"
            for language, said in meaning.said.items()
        ),
    ]


def _plan(plan: Plan) -> Iterator[list[str]]:
    yield [
        f"[plans.{_key(plan.key)}]",
        f"title = {_quoted(plan.title)}",
        f"summary = {_quoted(plan.summary)}",
        f'opened_by = "{"super-users" if plan.only_super_users else "anybody"}"',
        f"urgent_by_subject_and_call = {'true' if plan.urgent else 'false'}",
        *_other_words(plan.said),
    ]
    for priority in Priority:
        cells = [
            f"{kind} = {_cell(plan.cells[priority, kind])}"
            for kind in CommitmentKind
            if (priority, kind) in plan.cells
        ]
        if cells:
            yield [f"[plans.{_key(plan.key)}.{priority}]", *cells]


def _other_words(said: Mapping[str, Said]) -> Iterator[str]:
    for language, words in said.items():
        yield f"{_key(language)} = {_inline({'title': words.title, 'summary': words.summary})}"


def _cell(cell: Cell) -> str:
    return _inline({"within": cell.target.spelled, "calendar": cell.calendar})


def _kinds(kinds: Iterable[CommitmentKind]) -> str:
    chosen = set(kinds)
    return f"[{', '.join(_quoted(kind) for kind in CommitmentKind if kind in chosen)}]"


def _list(name: str, texts: tuple[str, ...]) -> list[str]:
    if not texts:
        return [f"{name} = []"]
    return [f"{name} = [", *(f"    {_quoted(text)}," for text in texts), "]"]


def _inline(texts: Mapping[str, str]) -> str:
    return f"{{ {', '.join(f'{_key(key)} = {_quoted(text)}' for key, text in texts.items())} }}"


_BARE = re.compile(r"[A-Za-z0-9_-]+")


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _quoted(key)


def _quoted(text: str) -> str:
    # JSON's strings are TOML's, except for one character that TOML wants escaped.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
