from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from dueline.core.coverage import Gap, Need, gaps, without

BEGIN = datetime(2026, 11, 28, tzinfo=UTC)
HOURS = 30


def hour(number: int) -> datetime:
    return BEGIN + timedelta(hours=number)


def span(first: int, last: int) -> tuple[datetime, datetime]:
    return hour(first), hour(last)


def test_a_gap_names_all_who_may_need_somebody():
    needs = [Need(7, (span(0, 24),)), Need(8, (span(0, 24),)), Need(9, (span(4, 24),))]
    there = [span(0, 2), span(6, 24)]
    assert gaps(needs, there) == (
        Gap(hour(2), hour(4), frozenset({7, 8})),
        Gap(hour(4), hour(6), frozenset({7, 8, 9})),
    )


def test_where_somebody_is_always_there_is_no_gap():
    assert gaps([Need(7, (span(0, 24),))], [span(0, 12), span(12, 24)]) == ()


def test_where_nobody_ever_is_the_whole_need_is_one_gap():
    assert gaps([Need(7, (span(0, 3), span(3, 9)))], []) == (Gap(*span(0, 9), frozenset({7})),)


def test_where_nobody_may_ask_nothing_is_missing():
    assert gaps([], []) == ()
    assert gaps([Need(7, ())], []) == ()


spans = st.lists(
    st.tuples(st.integers(0, HOURS), st.integers(0, HOURS))
    .map(sorted)
    .filter(lambda s: s[0] < s[1])
)


def _apart(bounds: list[list[int]]) -> tuple[tuple[datetime, datetime], ...]:
    """Make spans of which none overlaps another."""
    hours = sorted({n for first, last in bounds for n in range(first, last)})
    return tuple(span(n, n + 1) for n in hours)


@given(st.dictionaries(st.integers(1, 4), spans, max_size=4), spans)
def test_a_gap_is_what_an_hour_by_hour_walk_finds(asked, there):
    needs = [Need(customer, _apart(bounds)) for customer, bounds in asked.items()]
    found = gaps(needs, [span(*bounds) for bounds in there])
    for number in range(HOURS):
        is_there = any(first <= number < last for first, last in there)
        expected = {
            customer
            for customer, bounds in asked.items()
            if not is_there and any(first <= number < last for first, last in bounds)
        }
        named = [gap.customers for gap in found if gap.from_at <= hour(number) < gap.until]
        assert named == ([expected] if expected else [])
    assert all(a.until < b.from_at or a.customers != b.customers for a, b in pairwise(found))


@given(spans, spans)
def test_what_is_left_and_what_is_taken_have_no_instant_in_common(kept, taken):
    left = without([span(*bounds) for bounds in kept], [span(*bounds) for bounds in taken])
    for first, last in taken:
        assert all(until <= hour(first) or from_at >= hour(last) for from_at, until in left)
