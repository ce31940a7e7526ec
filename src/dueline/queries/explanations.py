"""Explanations of due times, from the events and versions that made them."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from dueline.core.audience import Person
from dueline.core.commitments import Commitment
from dueline.core.explain import Explanation, explain
from dueline.core.moves import Move, moves
from dueline.core.replay import evaluate
from dueline.models import Case
from dueline.queries.cases import book_of, events_of, not_found, visible_to
from dueline.queries.policies import policy_numbers


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
    for commitment, explanation in explanations_of(case, until=until):
        if (commitment.kind.value, commitment.ordinal) != (kind, ordinal):
            continue
        if explanation is None or (commitment.kind.is_internal and not person.is_agent):
            return None
        return Found(explanation, policy_numbers([explanation.policy_id])[explanation.policy_id])
    return None


def moves_of(case_id: int, person: Person) -> list[Move]:
    """Return where due times of a case were moved. For agents only; internal ones are among them.

    Raises Refusal("not-found").
    """
    case = (
        visible_to(person)
        .select_related("policy_version", "calendar_version")
        .filter(pk=case_id)
        .first()
    )
    if case is None or not person.is_agent:
        raise not_found()
    events = events_of(case_id)
    return moves(events, book_of(case, events))


def explanations_of(
    case: Case, *, until: datetime
) -> Iterator[tuple[Commitment, Explanation | None]]:
    """Yield every commitment of a case as it stands at `until`, with why it is due when it is.

    None: it has not begun, so that there is nothing to explain yet.
    case: best read with select_related("policy_version", "calendar_version").
    """
    events = events_of(case.pk)
    book = book_of(case, events)
    for commitment in evaluate(events, book, until=until):
        yield commitment, explain(commitment, events) if commitment.promises else None
