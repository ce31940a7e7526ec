"""Who is told of something, and when: quiet hours, absences and deputies.

Pages do not come by here: they never wait.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from dueline.core.calendars import Calendar, NeverOpen, next_open


def is_away_on(day: date, *, since: date | None, until: date | None) -> bool:
    """Say whether an absence covers a day. since, until: None: open at that end, or none at all."""
    if since is None and until is None:
        return False
    return (since is None or since <= day) and (until is None or day <= until)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of the desk, as far as it matters to whoever tells them something.

    hours: when they may be told; None: at any hour. away_from, away_until: the first and the last
    day of an absence, where the desk is; None at one end: nobody said when it begins or ends.
    """

    id: int
    hours: Calendar | None = None
    is_on_call: bool = False
    away_from: date | None = None
    away_until: date | None = None
    deputy: int | None = None
    is_manager: bool = False

    def is_away_on(self, day: date) -> bool:
        return is_away_on(day, since=self.away_from, until=self.away_until)

    def next_told_at(self, at: datetime) -> datetime:
        """Return `at`, or when their working hours begin next."""
        if self.hours is None or self.is_on_call:
            return at
        try:
            return next_open(self.hours, at)
        except NeverOpen:
            return at  # hours that never come are no reason to tell nobody


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody who is told. instead_of: who is away, and for whom they are told."""

    id: int
    at: datetime
    instead_of: int | None = None


def whom_to_tell(
    named: Iterable[int],
    team: Iterable[int] = (),
    *,
    colleagues: Mapping[int, Colleague],
    zone: str,
    at: datetime,
) -> tuple[Told, ...]:
    """Return who is told of something that happens at `at`, each of them once.

    named: those whom it concerns; for one who is away the deputy is told, and if that one is away
    as well, the managers: one step, and no further. team: a crowd of whom those are left out who
    are away; if that is everybody, they are treated as if they were named. Whoever is not among
    `colleagues` works here no more. Somebody is always told, as long as somebody works here whom
    it concerns: if need be the one who is away, for when they are back.
    zone: where the desk is, and its days begin.
    """
    there = _There(colleagues, zone, at)
    crowd = [one for one in team if one in colleagues]
    present = [one for one in crowd if not there.is_away(one)]
    concerned = [one for one in named if one in colleagues]
    told: dict[int, Told] = {}
    for one in [*concerned, *(present or crowd)]:
        for reader in there.readers_for(one):
            earlier = told.get(reader.id)
            # Whom it concerns themselves is told so, and not that they stand in.
            if earlier is None or (earlier.instead_of and not reader.instead_of):
                told[reader.id] = reader
    return tuple(told.values())


@dataclass(frozen=True, slots=True)
class _There:
    colleagues: Mapping[int, Colleague]
    zone: str
    at: datetime

    def is_away(self, id_: int) -> bool:
        """Whether somebody is away now, or will be when they would be told."""
        one = self.colleagues[id_]
        return any(one.is_away_on(self._day(at)) for at in (self.at, one.next_told_at(self.at)))

    def readers_for(self, id_: int) -> Iterator[Told]:
        if not self.is_away(id_):
            yield self._told(id_)
            return
        deputy = self.colleagues[id_].deputy
        if deputy is not None and deputy in self.colleagues and not self.is_away(deputy):
            yield self._told(deputy, instead_of=id_)
            return
        leading = [one.id for one in self.colleagues.values() if one.is_manager]
        here = [one for one in leading if not self.is_away(one)]
        for one in here:
            yield self._told(one, instead_of=id_)
        if not here:
            yield self._told(id_)

    def _told(self, id_: int, *, instead_of: int | None = None) -> Told:
        return Told(id_, self.colleagues[id_].next_told_at(self.at), instead_of)

    def _day(self, at: datetime) -> date:
        return at.astimezone(ZoneInfo(self.zone)).date()
