"""Low cases that ask for something new, on a list of their own."""

from datetime import datetime

from dueline.actions._change import changing
from dueline.actions.cases import agents_only, unmark_within
from dueline.core.audience import Person
from dueline.core.errors import Refusal
from dueline.core.events import Kind
from dueline.core.lifecycle import CaseState
from dueline.core.priorities import Priority


def mark(case_id: int, *, actor: Person, at: datetime) -> None:
    """Put a case on the list of enhancements. Only what is Low can be one."""
    agents_only(actor)
    with changing(case_id, actor=actor, at=at) as change:
        if not CaseState(change.case.state).is_open:
            raise Refusal("not-now", "The case is no longer open. Reopen it first.")
        if change.case.priority != Priority.LOW:
            raise Refusal(
                "not-low",
                "Only a Low case can be an enhancement: lower the priority first, with the "
                "customer’s consent.",
            )
        if change.case.is_enhancement:
            raise Refusal("not-now", "The case is on the list of enhancements already.")
        change.case.is_enhancement = True
        change.append(Kind.ENHANCEMENT_MARKED, is_enhancement=True)


def unmark(case_id: int, *, actor: Person, at: datetime) -> None:
    agents_only(actor)
    with changing(case_id, actor=actor, at=at) as change:
        if not change.case.is_enhancement:
            raise Refusal("not-now", "The case is not on the list of enhancements.")
        unmark_within(change)
