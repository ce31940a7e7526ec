"""The four priorities, from the most to the least urgent."""

from enum import StrEnum


class Priority(StrEnum):
    CRITICAL = "critical"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"

    @property
    def rank(self) -> int:
        """0 for Critical … 3 for Low: a smaller rank is more urgent."""
        return _ORDER.index(self)

    def is_more_urgent_than(self, other: "Priority") -> bool:
        return self.rank < other.rank


_ORDER = tuple(Priority)
DEFAULT = Priority.NORMAL
