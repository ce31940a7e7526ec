"""What the clocks cost by themselves: `python -m bench.inside clocks`."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice

from dueline.actions.policies import SHIPPED_POLICY
from dueline.core.calendars import Calendar, add_open_time, open_time_between, parse_calendar
from dueline.core.commitments import Book
from dueline.core.events import Event, Kind
from dueline.core.explain import explain
from dueline.core.holiday_dates import holiday_dates
from dueline.core.policy import parse_policy
from dueline.core.replay import evaluate

_MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
_ROUNDS, _CALLS = 7, 200
# One turn of a case at work: asked, answered, told, and a colleague's question in between.
_TURN = (
    (Kind.REPLY_SENT, {}),
    (Kind.INFORMATION_ASKED, {}),
    (Kind.MESSAGE_RECEIVED, {}),
    (Kind.WAIT_ENDED, {}),
    (Kind.NOTE_ADDED, {}),
)


def main() -> None:
    office = _office()
    book = Book({1: parse_policy(SHIPPED_POLICY)}, {1: office})
    fixed = _microseconds(lambda: sum(range(10_000)))
    print(f"  a fixed sum of 10,000 numbers: {fixed:.0f} µs, the measure of all below")
    for events in (10, 100):
        history = _history(events)
        until = history[-1].happened_at + timedelta(hours=1)
        spent = _microseconds(lambda h=history, u=until: evaluate(h, book, until=u))
        _print(f"evaluate a case of {events} events", spent, fixed)
        (shown,) = [c for c in evaluate(history, book, until=until) if c.kind == "response"]
        spent = _microseconds(lambda c=shown, h=history: explain(c, h))
        _print(f"explain a promise of a case of {events} events", spent, fixed)
    for name, span in (("a day", timedelta(hours=9)), ("a year", timedelta(hours=9 * 250))):
        spent = _microseconds(lambda s=span: add_open_time(office, _MONDAY, s))
        _print(f"add open time over {name}", spent, fixed)
        end = add_open_time(office, _MONDAY, span)
        spent = _microseconds(lambda e=end: open_time_between(office, _MONDAY, e))
        _print(f"count open time over {name}", spent, fixed)


def _print(what: str, spent: float, fixed: float) -> None:
    print(f"  {what:44} {spent:9.1f} µs   {spent / fixed:7.2f} times the fixed sum", flush=True)


def _microseconds(call: Callable[[], object]) -> float:
    """Return the processor time of one call in the best of several rounds."""
    rounds = []
    for _ in range(_ROUNDS):
        began = time.process_time()
        for _ in range(_CALLS):
            call()
        rounds.append((time.process_time() - began) / _CALLS * 1e6)
    return min(rounds)


def _office() -> Calendar:
    days = ("monday", "tuesday", "wednesday", "thursday", "friday")
    week = "\n".join(f'{day} = ["08:00-12:00", "13:00-17:00"]' for day in days)
    office = parse_calendar(f'name = "Office"\nzone = "Europe/Stockholm"\n[week]\n{week}\n')
    return Calendar(
        office.name, office.zone, office.week, holiday_dates("SE", years=range(2026, 2029))
    )


def _history(count: int) -> list[Event]:
    """A Critical case that is at work, with a word or an act every forty minutes."""
    terms = {"priority": "critical", "plan": "standard", "policy": 1, "calendar": 1}
    kinds = [(Kind.OPENED, terms), (Kind.OWNED, {}), (Kind.REPLY_SENT, {}), (Kind.ACTIVATED, {})]
    kinds += islice(cycle(_TURN), count - len(kinds))
    return [
        Event(n, kind, at, at, facts=facts)
        for n, (kind, facts) in enumerate(kinds, start=1)
        for at in [_MONDAY + n * timedelta(minutes=40)]
    ]
