"""Which parts of the desk must keep going, and how it is noticed that one stands still.

Each part shows a sign of life whenever its work has really gone round. Whoever watches looks at
whether these signs still change, by a clock of its own that nobody can set: neither a computer's
clock that jumps (F8) nor a start after a long sleep makes a part look dead, or alive.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from enum import StrEnum


class Part(StrEnum):
    """The name of a part, as its heartbeat and its alarms bear it."""

    WORKER = "worker"  # its process, and the jobs that are nobody else's
    INTAKE = "intake"  # the worker reads what came
    SWEEPER = "sweeper"  # the worker sweeps the clocks
    OUTBOX = "outbox"  # the worker delivers mail
    PAGER = "pager"  # the worker takes the steps of paging, and delivers pages
    LISTENER = "listener"  # takes mail in
    FETCHERS = "fetchers"  # fetch mailboxes
    WEB = "web"
    WATCHER = "watcher"
    DATABASE = "database"  # has no heartbeat: it answers, or it does not


# How long a part may be silent: what an honest step may take, and then some. A mail server that
# looks through a large mail before it answers takes minutes.
PATIENCE: Mapping[Part, timedelta] = {
    Part.WORKER: timedelta(seconds=45),
    Part.INTAKE: timedelta(seconds=120),
    Part.SWEEPER: timedelta(seconds=60),
    Part.OUTBOX: timedelta(seconds=600),
    Part.PAGER: timedelta(seconds=120),
    Part.LISTENER: timedelta(seconds=60),
    Part.FETCHERS: timedelta(seconds=60),
    Part.WEB: timedelta(seconds=60),
    Part.WATCHER: timedelta(seconds=45),
    Part.DATABASE: timedelta(seconds=60),
}
# These stand still together with the worker: one alarm says it.
OF_THE_WORKER = frozenset({Part.INTAKE, Part.SWEEPER, Part.OUTBOX, Part.PAGER})
BEAT = 10.0  # seconds between two signs of life


class Vigil:
    """Remembers when each sign of life was seen to change.

    parts: those to look at. A part of which no sign was ever seen is not missed, unless it is
    `expected`. began: the watcher's clock, in seconds; every part gets its patience from there.
    """

    def __init__(
        self,
        parts: Collection[Part],
        *,
        expected: Collection[Part] = (),
        patience: Mapping[Part, timedelta] = PATIENCE,
        began: float,
    ) -> None:
        self._parts: frozenset[str] = frozenset(parts)
        self._patience: dict[str, float] = {part: patience[part].total_seconds() for part in parts}
        self._signs: dict[str, datetime | None] = dict.fromkeys(expected)
        self._changed: dict[str, float] = dict.fromkeys(expected, began)
        self._fresh: set[str] = set()  # seen to change while we looked
        self._has_looked = False  # what the first look finds may be old

    def look(self, beats: Mapping[str, datetime], *, clock: float) -> frozenset[str]:
        """Return the parts that stand still. beats: the last sign of each."""
        for part in beats.keys() & self._parts:
            if part not in self._signs or self._signs[part] != beats[part]:
                self._signs[part], self._changed[part] = beats[part], clock
                self._fresh |= {part} if self._has_looked else set()
        self._has_looked = True
        late = {part for part in self._signs if clock - self._changed[part] > self._patience[part]}
        self._fresh -= late
        return frozenset(late - OF_THE_WORKER if Part.WORKER in late else late)

    def is_fresh(self, part: str) -> bool:
        """Whether a part has shown, since we look, that it goes."""
        return part in self._fresh

    def was_seen(self, part: str, *, within: float, clock: float) -> bool:
        """Whether a part has shown that it goes in the last seconds."""
        return part in self._fresh and clock - self._changed[part] <= within

    @property
    def all_go(self) -> bool:
        """Whether every part has shown, since we look, that it goes."""
        return set(self._signs) <= self._fresh

    def begin_again(self, *, clock: float) -> None:
        """Give every part its patience anew: nothing could be seen of them for a while."""
        self._changed = dict.fromkeys(self._changed, clock)
        self._fresh.clear()
        self._has_looked = False


def is_silent(sign: datetime | None, *, at: datetime, after: timedelta) -> bool:
    """Whether a sign of life is too old, for whoever looks but once.

    One from the future is none either: the clock was set back since, and nobody has beaten.
    """
    return sign is None or abs(at - sign) > after
