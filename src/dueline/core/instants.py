"""The one place that asks what time it is. Only the edges may call it: time is an argument."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present instant: aware, UTC, whole seconds (what clocks are counted in)."""
    return datetime.now(UTC).replace(microsecond=0)
