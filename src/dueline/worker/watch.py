"""The watch: looks whether the parts of the desk show signs of life, and wakes people.

It is a process of its own, and light: it goes on when others do not. Where paging still goes, it
pages as for anything else; where not, or where the database is away, it speaks to the services
itself, of which it keeps the addresses in mind. The worker in turn looks after the watch.
"""

import logging
import signal
import threading
import time
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import Error, connection
from django.utils.translation import override

from dueline.actions import alarms, paging
from dueline.core.instants import now
from dueline.core.vigil import BEAT, PATIENCE, Part, Vigil
from dueline.models import Alarm, Heartbeat
from dueline.queries.alarms import PING, Known, Reach, known, paged_about
from dueline.wording import alarms as wording
from dueline.worker.telling import Errand, Messenger, Outcome

_log = logging.getLogger("dueline.watch")

LOOK = 3.0  # seconds between two looks
_REMEMBER = 60.0  # seconds after which it is asked anew whom to tell
_TRY_AGAIN = 60.0  # seconds, where nobody could be told
_PING = 60.0  # seconds between two calls to the outside monitor
_ADOPT = timedelta(minutes=2)  # an alarm of which its finder has not told is told by others
_PAGER_GOES = 25.0  # seconds since its last sign of life
_GLANCE = 0.25


def run(stop: threading.Event | None = None) -> None:
    """Watch until `stop` is set; None: until SIGTERM or SIGINT."""
    signals: list[int] = []
    if stop is None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda number, _: signals.append(number))
    lookout = Lookout(
        Part.WATCHER,
        parts=set(Part) - {Part.WATCHER},
        expected={Part.WORKER},
        pings=True,
        began=time.monotonic(),
    )
    look_at = time.monotonic()
    while not signals and not stop.wait(_GLANCE):
        if time.monotonic() >= look_at:
            look_at = time.monotonic() + LOOK
            lookout.look(clock=time.monotonic(), at=now())
    connection.close()


def watch_the_watcher() -> bool:
    """Look, as the worker, whether somebody watches. A job: returns False."""
    global _of_the_worker
    if _of_the_worker is None:
        _of_the_worker = Lookout(Part.WORKER, parts={Part.WATCHER}, began=time.monotonic())
    _of_the_worker.look(clock=time.monotonic(), at=now())
    return False


class Lookout:
    """One who watches. name: of its own part.

    parts: those that it looks at. Whoever looks at the database tells also of that. began, and
    `clock` from there on: seconds of a clock that nobody can set.
    """

    def __init__(
        self,
        name: Part,
        *,
        parts: Collection[Part],
        expected: Collection[Part] = (),
        pings: bool = False,
        began: float,
        messenger: Messenger | None = None,
    ) -> None:
        self._name = name
        self._parts = frozenset(parts)
        self._patience = {part: PATIENCE[part] * settings.WATCH_PATIENCE for part in Part}
        self._vigil = Vigil(
            self._parts | {Part.PAGER},  # also to know how people can be told
            expected=expected,
            patience=self._patience,
            began=began,
        )
        self._messenger = messenger or Messenger()
        self._pinger = _Pinger() if pings else None
        self._beat_at = self._remember_at = began
        self._known: Known | None = None
        self._found: set[str] = set()  # parts of which this one opened the alarm
        self._quiet_until: dict[str, float] = {}  # parts about which an errand is under way
        self._told: dict[str, _Told] = {}
        self._ended_early: dict[str, datetime] = {}  # went again while people were being told
        self._away: _Away | None = None

    def look(self, *, clock: float, at: datetime) -> None:
        """Look once. Where the database is away it is told of, and not raised."""
        try:
            self._look(clock, at)
        except Error:
            connection.close()
            if Part.DATABASE not in self._parts:
                raise
            self._without_database(clock, at)

    def _look(self, clock: float, at: datetime) -> None:
        if clock >= self._beat_at and self._name is Part.WATCHER:
            alarms.beat(Part.WATCHER, at=at)
            self._beat_at = clock + BEAT
        beats = dict(Heartbeat.objects.values_list("name", "beat_at"))
        if self._away is not None:
            self._database_is_back(clock, at)
        if clock >= self._remember_at:
            self._known = known(at=at) or self._known
            self._remember_at = clock + _REMEMBER
        silent = self._vigil.look(beats, clock=clock) & self._parts
        opened = {alarm.part for alarm in _open_alarms(self._parts)}
        for part in sorted(silent - opened):
            if alarms.notice(part, since=beats.get(part, at), by=self._name, at=at):
                self._found.add(part)
                _log.error("%s: no sign of life; people are told.", part)
        self._end([part for part in opened if self._vigil.is_fresh(part)], at=at)
        self._record(clock, at)
        self._tell(silent, clock, at)
        self._tell_the_next(clock, at)
        if self._pinger is not None and self._known is not None:
            is_well = self._vigil.all_go and not silent
            self._pinger.look(self._known.desk.ping_url if is_well else "", clock=clock, at=at)

    # --- telling ---------------------------------------------------------------------------------

    def _tell(self, silent: Collection[str], clock: float, at: datetime) -> None:
        """Tell of all alarms at once of which nobody was told."""
        fresh = [
            alarm
            for alarm in _open_alarms(self._parts)
            if alarm.told_at is None
            and (alarm.part in self._found or abs(at - alarm.noticed_at) > _ADOPT)
            and clock >= self._quiet_until.get(alarm.part, 0.0)
        ]
        if not fresh or self._known is None:
            return
        told = _word(self._known, [(alarm.part, alarm.since) for alarm in fresh], at=at)
        parts = tuple(alarm.part for alarm in fresh)
        # Its patience is longer than that: a page that is written after its end would lie there.
        pager_goes = self._vigil.was_seen(Part.PAGER, within=_PAGER_GOES, clock=clock)
        if pager_goes and Part.WORKER not in silent and self._page(parts, told, at=at):
            return
        self._send(Errand(parts, self._known, told), clock)

    def _page(self, parts: Sequence[str], told: wording.Told, *, at: datetime) -> bool:
        """Begin to page as for anything else. False: that cannot be done."""
        if self._known is None or not self._known.chain:
            return False
        # The first stands for all of them: nobody is woken for each.
        paging.start_about_part(part=parts[0], said=told.brief, at=at)
        with override(self._known.desk.language):
            alarms.tell(parts, said=wording.say_paged(self._known.chain), at=at)
        return True

    def _send(self, errand: Errand, clock: float) -> None:
        self._messenger.go(errand)
        # Long enough for every way of everybody; if the thread should die, it is tried again.
        self._quiet_until |= dict.fromkeys(errand.parts, clock + 600.0)

    def _record(self, clock: float, at: datetime) -> None:
        """Store what became of errands; what told nobody is tried again."""
        for outcome in self._messenger.back():
            parts = outcome.errand.parts
            if outcome.errand.people:  # that it goes again was told, or it was not: once is enough
                continue
            if outcome.reached:
                self._remember_told(outcome, clock)
                alarms.tell(parts, said=outcome.said, at=at)
                self._say_what_went_meanwhile(parts, said=outcome.said, at=at)
            else:
                alarms.note(parts, said=outcome.said)
                self._quiet_until |= dict.fromkeys(parts, clock + _TRY_AGAIN)

    def _remember_told(self, outcome: Outcome, clock: float) -> None:
        wait = outcome.errand.known.steps[outcome.step].wait.total_seconds()
        for part in outcome.errand.parts:
            people = self._told[part].people if part in self._told else ()
            self._told[part] = _Told(outcome.step, clock + wait, (*people, *outcome.reached))

    def _tell_the_next(self, clock: float, at: datetime) -> None:
        """Go on to the next step of the chain for what still stands still.

        Nobody can acknowledge what the watch tells by itself: each step is told once, and no more.
        """
        if self._known is None:
            return
        due = [part for part, told in self._told.items() if clock >= told.next_at]
        for part in due:
            alarm = Alarm.objects.filter(part=part, ended_at=None).first()
            step = self._told[part].step + 1
            if alarm is None or step >= len(self._known.steps):
                self._told[part].next_at = float("inf")
                continue
            self._told[part].next_at = clock + 600.0
            told = _word(self._known, [(part, alarm.since)], at=at)
            self._send(Errand((part,), self._known, told, step=step), clock)

    # --- it goes again ---------------------------------------------------------------------------

    def _end(self, parts: Sequence[str], *, at: datetime) -> None:
        ended = [alarm for part in parts if (alarm := alarms.end(part, at=at)) is not None]
        paged = {alarm.part: paged_about(alarm.part) for alarm in ended}
        for _, paging_ids in paged.values():
            for paging_id in paging_ids:
                paging.end(paging_id, because="part_goes", at=at)
        told = [alarm for alarm in ended if alarm.told_at is not None]
        if told and self._known is not None:
            since = [(alarm.part, alarm.since) for alarm in told]
            people = {
                p: None for part, _ in since for p in (*paged[part][0], *self._people_told(part))
            }
            # After a start of the watch: those of the first step.
            self._say_it_goes(since, tuple(people) or self._known.steps[0].people, at=at)
        for alarm in ended:
            if alarm.told_at is None and alarm.part in self._quiet_until:
                self._ended_early[alarm.part] = alarm.since
            self._found.discard(alarm.part)
            self._told.pop(alarm.part, None)
            self._quiet_until.pop(alarm.part, None)

    def _say_it_goes(
        self, since: Sequence[tuple[str, datetime]], people: tuple[Reach, ...], *, at: datetime
    ) -> None:
        """Tell those who were told, once."""
        known = self._known
        assert known is not None  # noqa: S101
        with override(known.desk.language):
            told = wording.goes_again(_facts(known, since, at=at))
        self._messenger.go(Errand(tuple(part for part, _ in since), known, told, people=people))

    def _say_what_went_meanwhile(self, parts: Sequence[str], *, said: str, at: datetime) -> None:
        """Tell those who were woken by a message that was overtaken: it is over already."""
        since = [(part, self._ended_early.pop(part)) for part in parts if part in self._ended_early]
        if since:
            people = dict.fromkeys(one for part, _ in since for one in self._people_told(part))
            self._say_it_goes(since, tuple(people), at=at)
        for part, began in since:
            alarms.tell_late(part, since=began, said=said, at=at)
            self._told.pop(part, None)

    def _people_told(self, part: str) -> tuple[Reach, ...]:
        return self._told[part].people if part in self._told else ()

    # --- the database ----------------------------------------------------------------------------

    def _without_database(self, clock: float, at: datetime) -> None:
        if self._away is None:
            self._away = _Away(at, clock)
        away = self._away
        for outcome in self._messenger.back():
            if outcome.errand.people:
                continue
            away.outcome = outcome if outcome.reached else away.outcome
            if not outcome.reached:
                away.quiet_until = clock + _TRY_AGAIN
        patience = self._patience[Part.DATABASE].total_seconds()
        is_late = clock - away.clock > patience and clock >= away.quiet_until
        if is_late and away.outcome is None and self._known is not None:
            _log.error("The database does not answer; people are told.")
            told = _word(self._known, [(Part.DATABASE, away.since)], at=at)
            self._messenger.go(Errand((Part.DATABASE,), self._known, told))
            away.quiet_until = clock + 600.0

    def _database_is_back(self, clock: float, at: datetime) -> None:
        """Write down what could not be, and give the other parts the time to come back as well."""
        away = self._away
        self._vigil.begin_again(clock=clock)
        self._record(clock, at)
        if away is not None and away.outcome is not None:
            part = Part.DATABASE
            alarms.notice(part, since=away.since, by=self._name, at=at)
            alarms.tell([part], said=away.outcome.said, at=at)
            self._remember_told(away.outcome, clock)
            self._end([part], at=at)
        self._away = None


class _Told:
    """How far the telling about a part has come. next_at: when the next step is due."""

    def __init__(self, step: int, next_at: float, people: tuple[Reach, ...]) -> None:
        self.step, self.next_at, self.people = step, next_at, people


class _Away:
    """A database that does not answer, since an instant and a time of our clock."""

    def __init__(self, since: datetime, clock: float) -> None:
        self.since, self.clock = since, clock
        self.quiet_until = 0.0
        self.outcome: Outcome | None = None


class _Pinger:
    """Calls the outside monitor now and then, in a thread: it may take its time."""

    def __init__(self) -> None:
        self._due_at = float("-inf")
        self._problems: list[str] = []

    def look(self, url: str, *, clock: float, at: datetime) -> None:
        """Call `url` if it is time to. "": there is nobody to call, or all is not well."""
        while self._problems:
            alarms.record_ping(self._problems.pop(), at=at)
        if url and clock >= self._due_at:
            self._due_at = clock + _PING
            threading.Thread(target=self._call, args=(url,), name="ping", daemon=True).start()

    def _call(self, url: str) -> None:
        from dueline.outlets.ping import ping

        self._problems.append(ping(url))


def _open_alarms(parts: Collection[str]) -> list[Alarm]:
    return list(Alarm.objects.filter(part__in=parts, ended_at=None).exclude(part=PING))


def _word(known: Known, since: Sequence[tuple[str, datetime]], *, at: datetime) -> wording.Told:
    with override(known.desk.language):
        return wording.stands_still(_facts(known, since, at=at))


def _facts(known: Known, since: Sequence[tuple[str, datetime]], *, at: datetime) -> wording.Facts:
    desk = known.desk
    url = f"{desk.public_url}/console/settings/health"
    return wording.Facts(desk.name, since, now=at, zone=desk.zone, url=url)


_of_the_worker: Lookout | None = None
