"""What one version of a calendar changes against another."""

from dataclasses import dataclass

from dueline.core.calendar_year import Day, YearTotal, day_of, total_of
from dueline.core.calendars import Calendar

Openings = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """Pairs are (before, after).

    weekdays: (Monday is 0, before, after). days: those that look different, but for what their
    weekday, or the zone, already says. totals: one pair for each year asked for.
    """

    zones: tuple[str, str] | None
    weekdays: tuple[tuple[int, Openings, Openings], ...]
    days: tuple[tuple[Day, Day], ...]
    totals: tuple[tuple[YearTotal, YearTotal], ...]

    def __bool__(self) -> bool:
        return bool(self.zones or self.weekdays or self.days)


def compare(before: Calendar, after: Calendar, *, years: range, language: str = "") -> Changes:
    """Say what changes when `after` takes the place of `before`. language: for names of days."""
    named = sorted(set(before.dates) | set(after.dates))
    pairs = ((day_of(before, day, language), day_of(after, day, language)) for day in named)
    return Changes(
        zones=(before.zone, after.zone) if before.zone != after.zone else None,
        weekdays=tuple(
            (n, old, new)
            for n, (old, new) in enumerate(zip(before.week, after.week, strict=True))
            if old != new
        ),
        days=tuple(
            (old, new)
            for old, new in pairs
            if before.dates.get(old.on) != after.dates.get(new.on)
            and (old.name, old.openings) != (new.name, new.openings)
        ),
        totals=tuple((total_of(before, year), total_of(after, year)) for year in years),
    )
