"""The golden cases of `tests/samples/commitments`: how they are read, and how they are written.

One line is one event: `Mon 23 Nov 09:40 call reached, told 10:30`. The times are those of a clock
in the calendar's zone; `(second)` is the later of two alike, in the night the clocks go back.
"""

import re
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from dueline.core.calendars import Calendar, parse_calendar
from dueline.core.commitments import Book, Commitment, State
from dueline.core.events import Event, Kind
from dueline.core.policy import OFFICE, parse_policy
from dueline.core.replay import evaluate

FOLDER = Path(__file__).parent.parent / "samples" / "commitments"
SHIPPED = parse_policy((files("dueline.core") / "shipped_policy.toml").read_text(encoding="utf-8"))
YEAR = 2026
_LINE = re.compile(r"(\w{3} \d+ \w{3} [\d:]+(?: \(second\))?) (.+?)(?:, told ([\d:]+))?")
_WORDS = {
    "reply": Kind.REPLY_SENT,
    "call": Kind.CALL_LOGGED,
    "question": Kind.ASSISTANCE_ASKED,
    "answered": Kind.ASSISTANCE_ANSWERED,
    "taken_back": Kind.ASSISTANCE_TAKEN_BACK,
    "changed": Kind.PRIORITY_CHANGED,
}


@dataclass(frozen=True)
class Golden:
    """One case as it stands in a file."""

    number: str
    says: str
    why: str
    plan: str
    priority: str
    events: list[str]
    until: str
    commitments: list[str]
    calendar: str = "office"

    @property
    def book(self) -> Book:
        return Book({1: SHIPPED}, {1: calendar(self.calendar)})

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(calendar(self.calendar).zone)

    @property
    def end(self) -> datetime:
        return instant(self.until, self.zone)

    def history(self) -> list[Event]:
        return [self._event(place, line) for place, line in enumerate(self.events, start=1)]

    def evaluated(self) -> tuple[Commitment, ...]:
        return evaluate(self.history(), self.book, until=self.end)

    def _event(self, place: int, line: str) -> Event:
        match = _LINE.fullmatch(line)
        assert match, line
        happened_at = instant(match[1], self.zone)
        word, *rest = match[2].split()
        kind = _WORDS.get(word) or Kind(word)
        return Event(
            id=place,
            kind=kind,
            happened_at=happened_at,
            recorded_at=_told(happened_at, match[3], self.zone),
            facts=self._facts(kind, rest),
        )

    def _facts(self, kind: Kind, rest: list[str]) -> dict[str, Any]:
        match kind, rest:
            case Kind.OPENED, []:
                return {
                    "priority": self.priority,
                    "plan": self.plan,
                    "policy": 1,
                    "calendar": 1,
                    "channel": "phone",
                }
            case Kind.CALL_LOGGED, [how]:
                return {"reached": {"reached": True, "unanswered": False}[how]}
            case Kind.ASSISTANCE_ASKED, [number, "within", *within]:
                return {
                    "question": int(number),
                    "within": " ".join(within),
                    "calendar": OFFICE,
                }
            case ((Kind.ASSISTANCE_ANSWERED | Kind.ASSISTANCE_TAKEN_BACK), [number]):
                return {"question": int(number)}
            case ((Kind.PRIORITY_CHANGED | Kind.ESCALATED), ["to", new]):
                return {"new": new}
            case Kind.BOUNCED, [number]:
                return {"event": int(number)}
            case Kind.INFORMATION_ASKED, ["reply", number]:
                return {"reply": int(number)}
            case _, []:
                return {}
        raise AssertionError(f"{kind}: {rest}")


def every_golden_case() -> list[Golden]:
    return [
        Golden(**entry)
        for path in sorted(FOLDER.glob("*.toml"))
        for entry in tomllib.loads(path.read_text(encoding="utf-8"))["case"]
    ]


def calendar(name: str) -> Calendar:
    return parse_calendar((FOLDER / "calendars" / f"{name}.toml").read_text(encoding="utf-8"))


def instant(written: str, zone: ZoneInfo) -> datetime:
    """Read `Mon 23 Nov 09:40`; a wrong weekday is a mistake of whoever wrote the case."""
    text, second = written.removesuffix(" (second)"), written.endswith("(second)")
    form = "%a %d %b %H:%M:%S %Y" if text.count(":") == 2 else "%a %d %b %H:%M %Y"
    local = datetime.strptime(f"{text} {YEAR}", form)
    assert f"{local:%a}" == text[:3], f"{text}: not a {text[:3]}"
    return local.replace(tzinfo=zone, fold=int(second)).astimezone(UTC)


def written(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    seconds = f":{local:%S}" if local.second else ""
    second = " (second)" if local.fold else ""
    return f"{local:%a} {local.day} {local:%b %H:%M}{seconds}{second}"


def described(commitment: Commitment, zone: ZoneInfo) -> str:
    """Write a commitment as the files do."""
    line = f"{commitment.kind} {commitment.ordinal}: {commitment.state}"
    if commitment.due_at:
        line += f", due {written(commitment.due_at, zone)}"
    if commitment.met_at:
        line += f", met {written(commitment.met_at, zone)}"
    if commitment.withdrawn_at:
        line += f", withdrawn {written(commitment.withdrawn_at, zone)} ({commitment.reason})"
    if commitment.state is State.PAUSED and commitment.paused_since:
        line += f", since {written(commitment.paused_since, zone)}"
    return line


def _told(happened_at: datetime, clock: str | None, zone: ZoneInfo) -> datetime:
    if clock is None:
        return happened_at
    hour, minute = map(int, clock.split(":"))
    return happened_at.astimezone(zone).replace(hour=hour, minute=minute).astimezone(UTC)
