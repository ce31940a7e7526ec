"""The golden cases of `tests/samples/commitments`: how they are read, and how they are written.

One line is one event: `Mon 23 Nov 09:40 call reached, told 10:30`. The times are those of a clock
in the calendar's zone; `(second)` is the later of two alike, in the night the clocks go back.
What the words mean stands in the folder's README.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from dueline.core.calendars import Calendar, parse_calendar
from dueline.core.commitments import Book, Commitment, State
from dueline.core.events import Event, Kind
from dueline.core.merging import carry
from dueline.core.policy import OFFICE, Policy, parse_policy, spell_percent
from dueline.core.replay import evaluate

FOLDER = Path(__file__).parent.parent / "samples" / "commitments"
SHIPPED = parse_policy((files("dueline.core") / "shipped_policy.toml").read_text(encoding="utf-8"))
YEAR = 2026
OTHERS_FIRST_ID = 101  # events of the second history; its `bounced 4` means its own fourth line
_AT = r"\w{3} \d+ \w{3} [\d:]+(?: \(second\))?"
_LINE = re.compile(rf"({_AT}) (.+?)(?:, told ({_AT}|[\d:]+))?")
_WORDS = {
    "reply": Kind.REPLY_SENT,
    "call": Kind.CALL_LOGGED,
    "question": Kind.ASSISTANCE_ASKED,
    "answered": Kind.ASSISTANCE_ANSWERED,
    "taken_back": Kind.ASSISTANCE_TAKEN_BACK,
    "changed": Kind.PRIORITY_CHANGED,
}


def _names(folder: str) -> dict[str, int]:
    names = sorted(path.stem for path in (FOLDER / folder).glob("*.toml"))
    return {name: id_ for id_, name in enumerate(names, start=2)}


POLICIES = {"shipped": 1, **_names("policies")}
CALENDARS = _names("calendars")


@dataclass(frozen=True)
class Golden:
    """One case as it stands in a file.

    steps, promises: also compared, where the case states them. other: the events of a second case,
    which is merged into this one, or from which this one was split off.
    """

    number: str
    says: str
    why: str
    plan: str
    priority: str
    events: list[str]
    until: str
    commitments: list[str]
    calendar: str = "office"
    policy: str = "shipped"
    steps: list[str] | None = None
    promises: list[str] | None = None
    other: list[str] = field(default_factory=list)
    other_commitments: list[str] = field(default_factory=list)
    first_id: int = 1

    @property
    def book(self) -> Book:
        return Book(
            {id_: policy(name) for name, id_ in POLICIES.items()},
            {id_: calendar(name) for name, id_ in CALENDARS.items()},
        )

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(calendar(self.calendar).zone)

    @property
    def end(self) -> datetime:
        return instant(self.until, self.zone)

    @cached_property
    def second(self) -> "Golden | None":
        """The other case, if the file tells of two."""
        if not self.other:
            return None
        return replace(
            self,
            number=f"{self.number}-other",
            events=self.other,
            commitments=self.other_commitments,
            steps=None,
            promises=None,
            other=[],
            first_id=OTHERS_FIRST_ID,
        )

    def history(self) -> list[Event]:
        return [self._event(id_, line) for id_, line in enumerate(self.events, self.first_id)]

    def evaluated(self) -> tuple[Commitment, ...]:
        return evaluate(self.history(), self.book, until=self.end)

    def _event(self, id_: int, line: str) -> Event:
        match = _LINE.fullmatch(line)
        assert match, line
        happened_at = instant(match[1], self.zone)
        word, *rest = match[2].split()
        kind = _WORDS.get(word) or Kind(word)
        return Event(
            id=id_,
            kind=kind,
            happened_at=happened_at,
            recorded_at=_told(happened_at, match[3], self.zone),
            facts=self._facts(kind, rest, at=happened_at),
        )

    def _facts(self, kind: Kind, rest: list[str], *, at: datetime) -> dict[str, Any]:
        match kind, rest:
            case Kind.OPENED, [*words]:
                terms = self._terms(_after("under", words) or self.plan)
                return {"priority": _after("as", words) or self.priority, **terms}
            case Kind.REBASED, ["to", plan, *words]:
                return self._terms(plan, of=_after("of", words), on=_after("on", words))
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
                return {"event": self._id(number)}
            case Kind.INFORMATION_ASKED, ["reply", number]:
                return {"reply": self._id(number)}
            case Kind.EXTENDED, ["question", number, "until", *until]:
                return {
                    "commitment": "assistance",
                    "question": int(number),
                    "until": instant(" ".join(until), self.zone).isoformat(),
                }
            case Kind.EXTENDED, [commitment, "until", *until]:
                return {
                    "commitment": commitment,
                    "until": instant(" ".join(until), self.zone).isoformat(),
                }
            case Kind.MERGED, []:
                return {"carried": self._carried(at)}
            case Kind.UNMERGED, [number]:
                return {"merge": self._id(number)}
            case _, []:
                return {}
        raise AssertionError(f"{kind}: {rest}")

    def _terms(self, plan: str, *, of: str | None = None, on: str | None = None) -> dict[str, Any]:
        """Return the facts of a contract: a plan of a policy, on a calendar."""
        named = policy(of or self.policy).named_calendars
        return {
            "plan": plan,
            "policy": POLICIES[of or self.policy],
            "calendar": CALENDARS[on or self.calendar],
            "calendars": {name: CALENDARS[name] for name in named},
        }

    def _carried(self, at: datetime) -> list[dict[str, Any]]:
        """Return what the second case owed as it was merged into this one."""
        assert self.second, self.number
        history = self.second.history()
        (merged_into,) = (event for event in history if event.kind is Kind.MERGED_INTO)
        assert merged_into.happened_at == at, self.number
        before = [event for event in history if event.id < merged_into.id]
        return carry(evaluate(before, self.book, until=at), before)

    def _id(self, number: str) -> int:
        """Return the id of the event on the n-th line."""
        return self.first_id + int(number) - 1


def every_golden_case() -> list[Golden]:
    return [
        Golden(**entry)
        for path in sorted(FOLDER.glob("*.toml"))
        for entry in tomllib.loads(path.read_text(encoding="utf-8"))["case"]
    ]


def with_second_cases(cases: Iterable[Golden]) -> Iterator[Golden]:
    for case in cases:
        yield case
        if case.second:
            yield case.second


@cache
def calendar(name: str) -> Calendar:
    return parse_calendar((FOLDER / "calendars" / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def policy(name: str) -> Policy:
    if name == "shipped":
        return SHIPPED
    return parse_policy((FOLDER / "policies" / f"{name}.toml").read_text(encoding="utf-8"))


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
        if commitment.pauses[-1].waits_for == "third_party":
            line += " for a third party"
    return line


def steps_described(commitment: Commitment, zone: ZoneInfo) -> str:
    """Write when somebody is told of a commitment: `response 1: 75% Mon 23 Nov 09:45, due …`."""
    steps = (f"{spell_percent(percent)} {written(at, zone)}" for percent, at in commitment.steps)
    return f"{commitment.kind} {commitment.ordinal}: {', '.join(steps)}"


def promises_described(commitment: Commitment, zone: ZoneInfo) -> str:
    """Write what was promised on the way: `response 1: normal Tue 24 Nov 17:00, high …`."""
    made = (f"{p.priority or 'agreed'} {written(p.due_at, zone)}" for p in commitment.promises)
    return f"{commitment.kind} {commitment.ordinal}: {', '.join(made)}"


def _after(word: str, words: list[str]) -> str | None:
    """Return what follows a word, as in `opened as high under extended`."""
    return words[words.index(word) + 1] if word in words else None


def _told(happened_at: datetime, told: str | None, zone: ZoneInfo) -> datetime:
    if told is None:
        return happened_at
    if " " in told:
        return instant(told, zone)
    hour, minute = map(int, told.split(":"))
    return happened_at.astimezone(zone).replace(hour=hour, minute=minute).astimezone(UTC)
