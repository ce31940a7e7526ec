"""Policies as Hypothesis makes them up: the words of the shipped one, with any promises."""

from dataclasses import replace

from hypothesis import strategies as st

from dueline.core.policy import ALWAYS, OFFICE, Cell, CommitmentKind, Plan, Step, parse_target
from dueline.core.priorities import Priority
from tests.core.golden import SHIPPED

NAMED = "Workshop"  # a calendar of the desk that a cell may name
TARGETS = (
    "immediately",
    "15 min",
    "60 min",
    "4 h",
    "30 h",
    "1 business day",
    "3 business days",
    "end of 1 business day",
    "end of 2 business days",
    "2 days around the clock",
)
kinds = st.frozensets(st.sampled_from(CommitmentKind))


def _cells(targets):
    spelled = st.sampled_from([parse_target(target) for target in targets])
    return st.none() | st.builds(Cell, spelled, st.sampled_from([OFFICE, OFFICE, ALWAYS, NAMED]))


_ANY = _cells(TARGETS)
# A feedback of fifteen minutes would be missed thousands of times in the months of a history.
_FEEDBACK = _cells(TARGETS[3:])


@st.composite
def plans(draw, key="standard"):
    cells = {
        (priority, kind): cell
        for priority in Priority
        for kind in CommitmentKind
        if (cell := draw(_FEEDBACK if kind is CommitmentKind.FEEDBACK else _ANY)) is not None
    }
    return Plan(key, key.title(), "Made up.", cells)


steps = st.lists(st.sampled_from([10, 50, 75, 90, 100, 120, 150, 300]), unique=True).map(
    lambda percents: tuple(Step(percent, ("owner",)) for percent in sorted(percents))
)


@st.composite
def policies(draw):
    return replace(
        SHIPPED,
        plans={key: draw(plans(key)) for key in ("standard", "extended")},
        pauses=draw(kinds),
        third_party_pauses=draw(kinds),
        steps={kind: draw(steps) for kind in CommitmentKind},
    )
