"""How promises of a period went: each is counted once, so that the numbers add up."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from dueline.core.commitments import State


@dataclass(frozen=True, slots=True)
class Fate:
    """What is stored of one promise that has begun."""

    state: State
    due_at: datetime
    met_at: datetime | None

    def word(self, *, at: datetime) -> str:
        """Return "kept", "extended", "late", "missing", "running" or "withdrawn", as of `at`.

        late: it was met after its time; missing: its time has passed, and it is not met.
        """
        if self.state is State.MISSED:
            return "late" if self.met_at else "missing"
        if self.state is State.RUNNING and self.due_at < at:
            return "missing"  # no sweep has come by yet
        return _WORDS[self.state]


_WORDS = {
    State.MET: "kept",
    State.EXTENDED: "extended",
    State.WITHDRAWN: "withdrawn",
    State.RUNNING: "running",
    State.PAUSED: "running",
    State.WAITING: "running",
}
WORDS = ("kept", "extended", "late", "missing", "running", "withdrawn")


def count(words: Iterable[str]) -> dict[str, int]:
    """Return how many there are of each, and "all"."""
    found = list(words)
    return {**{word: found.count(word) for word in WORDS}, "all": len(found)}
