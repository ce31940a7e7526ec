"""Policies at random, for properties that must hold for whatever a desk may promise."""

from datetime import timedelta

from hypothesis import strategies as st

from dueline.core.policy import (
    ALWAYS,
    OFFICE,
    TELLABLE,
    Cell,
    CommitmentKind,
    GoldenCase,
    Meaning,
    Plan,
    Policy,
    Said,
    Silence,
    Step,
    Target,
    parse_target,
)
from dueline.core.priorities import Priority

_LANGUAGES = ("sv", "nb")
# What people write, and what they hardly ever write. One draw each: a policy has many texts.
words = st.sampled_from(
    ["Gold", "Support in office hours.", "Höchst", "é ☎ 日本", "a \"b\" 'c' \\", "# no comment"]
    + ["two\nlines\r\nor three", "\x7f\x00\t", "[plans.x]", '"""', " x "]
)
any_text = st.text(st.characters(exclude_categories=("Cs",)), min_size=1).filter(str.strip)
lines = words.map(lambda text: " ".join(text.split())).filter(bool)
kinds = st.frozensets(st.sampled_from(CommitmentKind))


def targets(*, largest: int = 12) -> st.SearchStrategy[Target]:
    """Targets of every unit, except for "immediately", whose length the policy states."""
    count = st.integers(1, largest)
    return st.one_of(
        st.integers(1, largest * 60).map(lambda n: f"{n} min"),
        count.map(lambda n: f"{n} h"),
        count.map(lambda n: f"{n} business day{'s' if n > 1 else ''}"),
        count.map(lambda n: f"end of {n} business day"),
        count.map(lambda n: f"{n} days around the clock"),
    ).map(parse_target)


def cells(
    immediately: timedelta, *, calendars: tuple[str, ...] = (OFFICE, ALWAYS)
) -> st.SearchStrategy[Cell]:
    at_once = parse_target("immediately", immediately=immediately)
    return st.builds(Cell, targets() | st.just(at_once), st.sampled_from(calendars))


def plans(
    key: str, immediately: timedelta, *, calendars: tuple[str, ...] = (OFFICE, ALWAYS)
) -> st.SearchStrategy[Plan]:
    places = st.tuples(st.sampled_from(Priority), st.sampled_from(CommitmentKind))
    return st.builds(
        Plan,
        key=st.just(key),
        title=words,
        summary=words,
        cells=st.dictionaries(places, cells(immediately, calendars=calendars), max_size=24),
        only_super_users=st.booleans(),
        urgent=st.booleans(),
        said=st.dictionaries(st.sampled_from(_LANGUAGES), st.builds(Said, words, words)),
    )


steps = st.dictionaries(
    st.sampled_from([1, 50, 75, 99, 100, 101, 150, 300]),
    st.sampled_from([(), TELLABLE, TELLABLE[:1], TELLABLE[2:]]),
    max_size=4,
).map(lambda told: tuple(Step(percent, told[percent]) for percent in sorted(told)))
meanings = st.builds(
    Meaning,
    words,
    words,
    st.dictionaries(st.sampled_from(_LANGUAGES), st.builds(Meaning, words, words)),
)
silences = st.builds(Silence, st.lists(targets(), max_size=3).map(tuple), targets())


def golden_cases() -> st.SearchStrategy[GoldenCase]:
    """Golden cases of any text: what their lines mean is not this strategy's business."""
    return st.builds(
        GoldenCase,
        name=words,
        plan=words,
        priority=st.sampled_from(Priority),
        events=st.lists(lines, max_size=3).map(tuple),
        due=st.lists(lines, max_size=3).map(tuple),
        hours=lines,
        zone=lines,
        calendars=st.dictionaries(words, words, max_size=2),
        until=st.just("") | lines,
    )


@st.composite
def policies(
    draw: st.DrawFn,
    *,
    keys: tuple[str, ...] = ("standard", "extended"),
    calendars: tuple[str, ...] = (OFFICE, ALWAYS),
    golden: st.SearchStrategy[tuple[GoldenCase, ...]] | None = None,
) -> Policy:
    """Policies with plans of given names. calendars: what a cell may be counted on."""
    immediately = timedelta(minutes=draw(st.integers(1, 120)))
    return Policy(
        name=draw(words),
        plans={key: draw(plans(key, immediately, calendars=calendars)) for key in keys},
        priorities={priority: draw(meanings) for priority in Priority},
        pauses=draw(kinds),
        third_party_pauses=draw(kinds),
        steps={kind: draw(steps) for kind in CommitmentKind},
        immediately=immediately,
        reopen_window=timedelta(days=draw(st.integers(0, 60))),
        plan_without_contract=draw(st.sampled_from(keys)),
        held_from_arrival=draw(st.booleans()),
        silence=draw(st.none() | silences),
        golden=draw(golden) if golden is not None else (),
    )
