"""What one policy says otherwise than another: one change for each sentence that people read."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from dueline.core.policy import Cell, CommitmentKind, Meaning, Plan, Policy, Said, Silence, Target
from dueline.core.priorities import Priority


class Part(StrEnum):
    """Every part of a policy that can change. The comment says what before and after hold."""

    NAME = "name"  # text
    PLAN_ADDED = "plan_added"  # after: Plan
    PLAN_REMOVED = "plan_removed"  # before: Plan
    PLAN_ORDER = "plan_order"  # keys
    PLAN_TITLE = "plan_title"  # text
    PLAN_SUMMARY = "plan_summary"  # text
    OPENED_BY = "opened_by"  # bool: only super-users
    URGENT = "urgent"  # bool
    CELL = "cell"  # Cell or None
    PRIORITY_TITLE = "priority_title"  # text
    PRIORITY_MEANING = "priority_meaning"  # text
    STEPS = "steps"  # tuple of Step
    PAUSES = "pauses"  # bool: the kind stands still while we wait for the customer
    THIRD_PARTY_PAUSES = "third_party_pauses"  # bool: … for a third party
    IMMEDIATELY = "immediately"  # timedelta
    REOPEN_WINDOW = "reopen_window"  # timedelta
    WITHOUT_CONTRACT = "without_contract"  # key of a plan
    HELD = "held"  # bool: from the arrival
    REMINDERS = "reminders"  # tuple of Target
    CLOSING = "closing"  # Target or None


@dataclass(frozen=True, slots=True)
class Change:
    """plan, priority, kind, language: where, as far as the part has such a place.

    language "": in the policy's own language.
    """

    part: Part
    before: Any
    after: Any
    plan: str = ""
    priority: Priority | None = None
    kind: CommitmentKind | None = None
    language: str = ""


def changes(old: Policy, new: Policy) -> tuple[Change, ...]:
    """Return everything that `new` says otherwise than `old`, golden cases apart.

    A target counts as changed when it is spelled otherwise: the customer reads the spelling.
    """
    return tuple(change for change in _all(old, new) if change.before != change.after)


def _all(old: Policy, new: Policy) -> Iterator[Change]:
    yield Change(Part.NAME, old.name, new.name)
    yield from _plans(old, new)
    yield Change(Part.IMMEDIATELY, old.immediately, new.immediately)
    for kind in CommitmentKind:
        yield Change(Part.STEPS, old.steps[kind], new.steps[kind], kind=kind)
    for kind in CommitmentKind:
        yield Change(Part.PAUSES, kind in old.pauses, kind in new.pauses, kind=kind)
        before, after = kind in old.third_party_pauses, kind in new.third_party_pauses
        yield Change(Part.THIRD_PARTY_PAUSES, before, after, kind=kind)
    yield Change(Part.REOPEN_WINDOW, old.reopen_window, new.reopen_window)
    yield Change(Part.WITHOUT_CONTRACT, old.plan_without_contract, new.plan_without_contract)
    yield Change(Part.HELD, old.held_from_arrival, new.held_from_arrival)
    yield Change(Part.REMINDERS, _reminders(old.silence), _reminders(new.silence))
    yield Change(Part.CLOSING, _closing(old.silence), _closing(new.silence))
    yield from _priorities(old, new)


def _plans(old: Policy, new: Policy) -> Iterator[Change]:
    for key, plan in new.plans.items():
        if key in old.plans:
            yield from _plan(old.plans[key], plan)
        else:
            yield Change(Part.PLAN_ADDED, None, plan, plan=key)
    for key, plan in old.plans.items():
        if key not in new.plans:
            yield Change(Part.PLAN_REMOVED, plan, None, plan=key)
    stays = [key for key in old.plans if key in new.plans]
    yield Change(Part.PLAN_ORDER, stays, [key for key in new.plans if key in old.plans])


def _plan(old: Plan, new: Plan) -> Iterator[Change]:
    for priority in Priority:
        for kind in CommitmentKind:
            promised, promises = old.cells.get((priority, kind)), new.cells.get((priority, kind))
            if _spelled(promised) != _spelled(promises):
                yield Change(Part.CELL, promised, promises, new.key, priority, kind)
    yield Change(Part.OPENED_BY, old.only_super_users, new.only_super_users, new.key)
    yield Change(Part.URGENT, old.urgent, new.urgent, new.key)
    yield Change(Part.PLAN_TITLE, old.title, new.title, new.key)
    yield Change(Part.PLAN_SUMMARY, old.summary, new.summary, new.key)
    for language in {**old.said, **new.said}:
        before, after = old.said.get(language), new.said.get(language)
        for part, word in ((Part.PLAN_TITLE, "title"), (Part.PLAN_SUMMARY, "summary")):
            yield Change(part, _word(before, word), _word(after, word), new.key, language=language)


def _priorities(old: Policy, new: Policy) -> Iterator[Change]:
    for priority in Priority:
        before, after = old.priorities[priority], new.priorities[priority]
        yield Change(Part.PRIORITY_TITLE, before.title, after.title, priority=priority)
        yield Change(Part.PRIORITY_MEANING, before.meaning, after.meaning, priority=priority)
        for language in {**before.said, **after.said}:
            old_said, new_said = before.said.get(language), after.said.get(language)
            for part, word in (
                (Part.PRIORITY_TITLE, "title"),
                (Part.PRIORITY_MEANING, "meaning"),
            ):
                yield Change(
                    part,
                    _word(old_said, word),
                    _word(new_said, word),
                    priority=priority,
                    language=language,
                )


def _spelled(cell: Cell | None) -> tuple[str, str] | None:
    # Not the seconds: what "immediately" means is a change of its own.
    return (cell.target.spelled, cell.calendar) if cell else None


def _word(said: Said | Meaning | None, word: str) -> str | None:
    return getattr(said, word) if said else None


def _reminders(silence: Silence | None) -> tuple[Target, ...]:
    return silence.reminders if silence else ()


def _closing(silence: Silence | None) -> Target | None:
    return silence.close_after if silence else None
