"""Where somebody may ask, is promised an answer, and nobody is there to give it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Need:
    """When one customer may need somebody. spans: in order, and none overlaps another."""

    customer: int
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which these customers may need somebody, and nobody is there."""

    from_at: datetime
    until: datetime
    customers: frozenset[int]


def gaps(needs: Iterable[Need], there: Sequence[Span]) -> tuple[Gap, ...]:
    """Return the gaps in order of time. there: when somebody is, in any order."""
    changes: dict[datetime, Counter[int]] = {}
    for need in needs:
        for from_at, until in without(need.spans, there):
            changes.setdefault(from_at, Counter())[need.customer] += 1
            changes.setdefault(until, Counter())[need.customer] -= 1
    found: list[Gap] = []
    waiting: Counter[int] = Counter()
    instants = sorted(changes)
    for from_at, until in pairwise(instants):
        waiting.update(changes[from_at])
        waiting = +waiting
        if waiting:
            found.append(Gap(from_at, until, frozenset(waiting)))
    return tuple(_joined(found))


def _joined(found: Iterable[Gap]) -> list[Gap]:
    """Make one of two gaps that follow each other and concern the same customers."""
    joined: list[Gap] = []
    for gap in found:
        last = joined[-1] if joined else None
        if last and last.until == gap.from_at and last.customers == gap.customers:
            joined[-1] = Gap(last.from_at, gap.until, gap.customers)
        else:
            joined.append(gap)
    return joined


def without(spans: Sequence[Span], taken: Sequence[Span]) -> list[Span]:
    """Return what is left of spans where others are taken away. Both may come in any order."""
    left: list[Span] = []
    taken = sorted(taken)
    for from_at, until in sorted(spans):
        for taken_from, taken_until in taken:
            if taken_until <= from_at:
                continue
            if taken_from >= until:
                break
            if taken_from > from_at:
                left.append((from_at, taken_from))
            from_at = max(from_at, taken_until)
        if from_at < until:
            left.append((from_at, until))
    return left
