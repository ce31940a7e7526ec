"""Explanations of due times, from the events and versions that made them."""

from datetime import datetime
from typing import NamedTuple

from dueline.core.audience import Person
from dueline.core.explain import Explanation, explain
from dueline.core.replay import evaluate
from dueline.queries.cases import book_of, events_of, not_found, visible_to


class Found(NamedTuple):
    explanation: Explanation
    policy_number: int


def explanation_of(
    case_id: int, person: Person, *, kind: str, ordinal: int, until: datetime
) -> Found | None:
    """Explain one commitment of a case. None: there is no such one, or it has not begun.

    A customer is never told of an internal one.
    """
    case = (
        visible_to(person)
        .select_related("policy_version", "calendar_version")
        .filter(pk=case_id)
        .first()
    )
    if case is None:
        raise not_found()
    events, book = events_of(case_id), book_of(case)
    for commitment in evaluate(events, book, until=until):
        if (commitment.kind.value, commitment.ordinal) != (kind, ordinal):
            continue
        if not commitment.promises or (commitment.kind.is_internal and not person.is_agent):
            return None
        return Found(explain(commitment, events, book), case.policy_version.number)
    return None
