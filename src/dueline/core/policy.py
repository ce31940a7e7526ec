"""What is promised: the policy document, read from TOML.

A policy holds plans; a plan holds, for each priority, the commitments that it makes. An absent
cell promises nothing.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any

from dueline.core.errors import Refusal
from dueline.core.priorities import Priority


class CommitmentKind(StrEnum):
    """Every kind of commitment. What each means stands in `core.commitments.RULES`."""

    RESPONSE = "response"
    ACTIVATION = "activation"
    FEEDBACK = "feedback"
    CALLBACK = "callback"
    ASSISTANCE = "assistance"
    RESOLUTION = "resolution"

    @property
    def is_internal(self) -> bool:
        """An internal commitment is never shown to a customer."""
        return self is CommitmentKind.ASSISTANCE


class Unit(StrEnum):
    OPEN_TIME = "open_time"  # minutes or hours in which the calendar is open
    BUSINESS_DAYS = "business_days"  # same wall-clock time on the Nth next open day
    END_OF_BUSINESS_DAY = "end_of_business_day"  # when the Nth next open day closes
    DAYS = "days"  # N times 24 hours, open or not


OFFICE = "office"  # the calendar of the contract, or else the desk's office hours
ALWAYS = "always"  # around the clock
# Any other word of a cell is the name of a calendar of the desk.

# Who may be told when a step of a promise has passed.
TELLABLE = ("owner", "team", "manager", "escalation_contact")
DUE = 100  # percent of the target


@dataclass(frozen=True, slots=True)
class Target:
    """How long a promise may take. spelled: the policy's own words, shown to people.

    amount: seconds of open time for OPEN_TIME; a number of days for the other units.
    """

    unit: Unit
    amount: int
    spelled: str

    @property
    def span(self) -> timedelta:
        """The open time of an OPEN_TIME target, the elapsed time of a DAYS target."""
        return timedelta(
            seconds=self.amount if self.unit is Unit.OPEN_TIME else self.amount * 86400
        )


@dataclass(frozen=True, slots=True)
class Cell:
    """One promise of the matrix: a target, counted on a calendar (OFFICE, ALWAYS or a name)."""

    target: Target
    calendar: str


@dataclass(frozen=True, slots=True)
class Step:
    """A point on the way of a promise at which somebody is told.

    percent: of the target that has passed; 100 is the due time, 150 half a target later.
    tell: some of TELLABLE.
    """

    percent: int
    tell: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """What a plan is called in one language."""

    title: str
    summary: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a contract buys.

    only_super_users: a request from anybody else of the company is held until one vouches for it.
    urgent: "Urgent" in the subject and a logged call make a case Critical.
    said: titles in other languages than the policy's own, by language code.
    """

    key: str
    title: str
    summary: str
    cells: Mapping[tuple[Priority, CommitmentKind], Cell]
    only_super_users: bool = False
    urgent: bool = False
    said: Mapping[str, Said] = field(default_factory=dict)

    def cell(self, priority: Priority, kind: CommitmentKind) -> Cell | None:
        """Return what is promised, or None where the matrix is empty.

        A call-back is owed within the response target of the priority, unless the plan says else.
        """
        own = self.cells.get((priority, kind))
        if own is None and kind is CommitmentKind.CALLBACK:
            return self.cells.get((priority, CommitmentKind.RESPONSE))
        return own

    def in_language(self, language: str) -> Said:
        """Return title and summary in a language; the policy's own words where it has none."""
        return self.said.get(language) or Said(self.title, self.summary)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a priority is called and when a customer should choose it.

    said: the same in other languages than the policy's own, by language code.
    """

    title: str
    meaning: str
    said: Mapping[str, "Meaning"] = field(default_factory=dict)

    def in_language(self, language: str) -> "Meaning":
        return self.said.get(language, self)


@dataclass(frozen=True, slots=True)
class Silence:
    """What happens while the customer does not answer: two reminders, then the case is closed.

    Each span counts from the step before it; the first from the question.
    """

    reminders: tuple[Target, ...]
    close_after: Target


@dataclass(frozen=True, slots=True)
class GoldenCase:
    """A short history and what it promises, by which a policy is tried before it is published.

    events, due: lines in the notation of `core.golden`, which reads them; a published policy stays
    readable when that notation moves on. hours, zone: when the desk of the case is open, from
    Monday to Friday, so that no calendar of a real desk decides about it. calendars: the hours of
    the calendars that cells name. until: the instant at which the lines of `due` are true; "": as
    the last event happens.
    """

    name: str
    plan: str
    priority: Priority
    events: tuple[str, ...]
    due: tuple[str, ...]
    hours: str = "08:00-17:00"
    zone: str = "Europe/Stockholm"
    calendars: Mapping[str, str] = field(default_factory=dict)
    until: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """steps: of every kind, in order; a kind without an entry has the default ones.

    held_from_arrival: when a super-user vouches for a held request, its clocks count from its
    arrival; otherwise from the vouching. silence None: a case waits for ever.
    """

    name: str
    plans: Mapping[str, Plan]
    priorities: Mapping[Priority, Meaning]
    pauses: frozenset[CommitmentKind]  # the kinds whose clocks stop while we wait for the customer
    third_party_pauses: frozenset[CommitmentKind]  # … and while we wait for a third party
    steps: Mapping[CommitmentKind, tuple[Step, ...]]
    immediately: timedelta  # what "immediately" tolerates
    reopen_window: timedelta
    plan_without_contract: str
    held_from_arrival: bool = True
    silence: Silence | None = None
    golden: tuple[GoldenCase, ...] = ()

    @property
    def named_calendars(self) -> tuple[str, ...]:
        """The names of the calendars that cells name besides office hours and the clock around."""
        cells = (cell for plan in self.plans.values() for cell in plan.cells.values())
        return tuple(sorted({cell.calendar for cell in cells} - {OFFICE, ALWAYS}))

    def soon_at(self, kind: CommitmentKind) -> int:
        """Return the percent of the target from which on a promise counts as due soon."""
        return max((s.percent for s in self.steps[kind] if s.percent < DUE), default=DUE)

    def tell_at(self, kind: CommitmentKind, percent: int) -> tuple[str, ...]:
        """Return who is told when so much of a promise's target has passed."""
        return next((step.tell for step in self.steps[kind] if step.percent == percent), ())


def public_part(policy: Policy) -> Policy:
    """Return a policy without what colleagues promise each other: what a customer may know of it.

    Whom the desk tells of its own delays is not among it either.
    """

    def public(kinds: Iterable[CommitmentKind]) -> frozenset[CommitmentKind]:
        return frozenset(kind for kind in kinds if not kind.is_internal)

    return replace(
        policy,
        plans={
            key: replace(
                plan,
                cells={
                    (priority, kind): cell
                    for (priority, kind), cell in plan.cells.items()
                    if not kind.is_internal
                },
            )
            for key, plan in policy.plans.items()
        },
        pauses=public(policy.pauses),
        third_party_pauses=public(policy.third_party_pauses),
        steps={
            kind: tuple(Step(step.percent, ()) for step in steps)
            for kind, steps in policy.steps.items()
            if not kind.is_internal
        },
    )


# "immediately" is the name of a target; the policy states its tolerance in minutes.
_SPELLINGS = (
    (re.compile(r"(\d+) ?min(?:utes?)?"), Unit.OPEN_TIME, 60),
    (re.compile(r"(\d+) ?h(?:ours?)?"), Unit.OPEN_TIME, 3600),
    (
        re.compile(r"end of (?:the )?(\d+)(?:st|nd|rd|th)? business days?"),
        Unit.END_OF_BUSINESS_DAY,
        1,
    ),
    (re.compile(r"(\d+) business days?"), Unit.BUSINESS_DAYS, 1),
    (re.compile(r"(\d+) days? around the clock"), Unit.DAYS, 1),
)


def parse_target(spelled: str, *, immediately: timedelta = timedelta(minutes=15)) -> Target:
    """Read a target as people write it: "4 h", "1 business day", "immediately", …

    Raises Refusal("bad-target"). "1 day" is refused: it does not say which kind of day.
    """
    text = " ".join(spelled.split()).lower()
    if text == "immediately":
        return Target(Unit.OPEN_TIME, int(immediately.total_seconds()), "immediately")
    for pattern, unit, factor in _SPELLINGS:
        if match := pattern.fullmatch(text):
            amount = int(match[1]) * factor
            if 0 < amount <= 400 * 86400:
                return Target(unit, amount, text)
    raise Refusal(
        "bad-target",
        "“%(spelled)s” is not a target. Write 30 min, 4 h, 1 business day, end of 1 business day, "
        "2 days around the clock, or immediately.",
        spelled=spelled,
    )


@lru_cache(maxsize=64)
def parse_policy(source: str) -> Policy:
    """Read a policy from its TOML text. Raises Refusal("bad-policy") that names the place."""
    try:
        return _policy(tomllib.loads(source))
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise Refusal("bad-policy", "The policy cannot be read: %(why)s", why=error) from error


def _policy(document: Mapping[str, Any]) -> Policy:
    immediately = parse_target(document["immediately_means"]).span
    plans = {
        key: _plan(key, table, immediately=immediately) for key, table in document["plans"].items()
    }
    fallback = document["without_contract"]["plan"]
    if fallback not in plans:
        raise ValueError(f"without_contract names the plan “{fallback}”, which does not exist")
    waiting = document["waiting"]
    return Policy(
        name=_text(document, "name"),
        plans=plans,
        priorities={
            priority: _meaning(document["priorities"][priority.value]) for priority in Priority
        },
        pauses=_kinds(waiting["pauses"]),
        third_party_pauses=_kinds(waiting.get("third_party_pauses", [])),
        steps=_steps(document),
        immediately=immediately,
        reopen_window=timedelta(days=_days(document["reopen_window_days"])),
        plan_without_contract=fallback,
        held_from_arrival=_one_of(
            document.get("held_requests", {}).get("count_from", "arrival"),
            ("vouching", "arrival"),
            what="held_requests.count_from",
        ),
        silence=_silence(document.get("silence")),
        golden=_golden(document.get("golden", [])),
    )


def _days(number: object) -> int:
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= 3650:
        raise ValueError("reopen_window_days is a whole number of days")
    return number


def _text(table: Mapping[str, Any], key: str) -> str:
    text = table[key]
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"“{key}” is a text")
    return text


def _kinds(names: list[str]) -> frozenset[CommitmentKind]:
    return frozenset(CommitmentKind(name) for name in names)


def _one_of(word: str, words: tuple[str, str], *, what: str) -> bool:
    """Return whether `word` is the second of two."""
    if word not in words:
        raise ValueError(f"{what} is “{words[0]}” or “{words[1]}”")
    return word == words[1]


def _meaning(table: Mapping[str, Any]) -> Meaning:
    return Meaning(
        _text(table, "title"),
        _text(table, "meaning"),
        {
            language: Meaning(_text(said, "title"), _text(said, "meaning"))
            for language, said in table.items()
            if isinstance(said, Mapping)
        },
    )


def _silence(table: Mapping[str, Any] | None) -> Silence | None:
    if table is None:
        return None
    return Silence(
        tuple(parse_target(spelled) for spelled in table["remind_after"]),
        parse_target(table["close_after"]),
    )


_PERCENT = re.compile(r"(\+?)(\d{1,3}) ?%")


def parse_percent(spelled: str) -> int:
    """Read where a step lies: "75%" of the target, "due", or "+50%" after it. Returns percent.

    Raises ValueError.
    """
    text = spelled.strip().lower()
    if text == "due":
        return DUE
    if match := _PERCENT.fullmatch(text):
        percent = int(match[2]) + (DUE if match[1] else 0)
        if 0 < percent <= 1000 and (match[1] or percent < DUE):
            return percent
    raise ValueError(f"“{spelled}” is not a step: write 75%, due or +50%")


def spell_percent(percent: int) -> str:
    """Write where a step lies, as `parse_percent` reads it."""
    if percent == DUE:
        return "due"
    return f"{percent}%" if percent < DUE else f"+{percent - DUE}%"


def _steps(document: Mapping[str, Any]) -> Mapping[CommitmentKind, tuple[Step, ...]]:
    """Read the steps of every kind. The first edition of the text had one warning for all."""
    warn_at = int(document.get("warn_at_percent", 75))
    usual: tuple[Step, ...] = (Step(warn_at, ("owner",)), Step(DUE, ("owner",)))
    tables = document.get("warnings", {})
    if unknown := set(tables) - {"default", *CommitmentKind}:
        raise ValueError(f"warnings: “{sorted(unknown)[0]}” is not a kind of commitment")
    usual = _steps_of(tables["default"], "default") if "default" in tables else usual
    return {
        kind: _steps_of(tables[kind.value], kind) if kind.value in tables else usual
        for kind in CommitmentKind
    }


def _steps_of(entries: list[Mapping[str, Any]], kind: str) -> tuple[Step, ...]:
    steps = tuple(
        Step(parse_percent(entry["at"]), tuple(entry.get("tell", ["owner"]))) for entry in entries
    )
    for step in steps:
        if unknown := set(step.tell) - set(TELLABLE):
            raise ValueError(f"warnings.{kind}: nobody is called “{sorted(unknown)[0]}”")
    percents = [step.percent for step in steps]
    if len(set(percents)) < len(percents):
        raise ValueError(f"warnings.{kind}: a step stands there twice")
    return tuple(sorted(steps, key=lambda step: step.percent))


LONGEST_KEY = 50  # of a plan: what a contract has room for
_KEY = re.compile(r"[^/]*[^/.][^/]*")  # it is a part of an address


def _plan(key: str, table: Mapping[str, Any], *, immediately: timedelta) -> Plan:
    if len(key) > LONGEST_KEY or not _KEY.fullmatch(key):
        raise ValueError(f"plan “{key[:60]}”: a plan is called by 1 to {LONGEST_KEY} letters, no /")
    cells = {}
    for priority in Priority:
        for kind, cell in table.get(priority.value, {}).items():
            target = parse_target(cell["within"], immediately=immediately)
            if not isinstance(cell["calendar"], str) or not cell["calendar"].strip():
                raise ValueError(f"plan {key}: a calendar is “office”, “always” or a name")
            cells[priority, CommitmentKind(kind)] = Cell(target, cell["calendar"])
    return Plan(
        key=key,
        title=_text(table, "title"),
        summary=_text(table, "summary"),
        cells=cells,
        only_super_users=_one_of(
            table.get("opened_by", "anybody"),
            ("anybody", "super-users"),
            what=f"plans.{key}.opened_by",
        ),
        urgent=bool(table.get("urgent_by_subject_and_call", False)),
        said={
            language: Said(_text(said, "title"), _text(said, "summary"))
            for language, said in table.items()
            if isinstance(said, Mapping) and language not in {*Priority}
        },
    )


def _golden(tables: list[Mapping[str, Any]]) -> tuple[GoldenCase, ...]:
    cases = tuple(_golden_case(table) for table in tables)
    names = [case.name for case in cases]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"two golden cases are called “{sorted(twice)[0]}”")
    return cases


def _golden_case(table: Mapping[str, Any]) -> GoldenCase:
    name = _text(table, "name")
    usual = GoldenCase(name, _text(table, "plan"), Priority(table["priority"]), (), ())
    return replace(
        usual,
        events=_lines(table["events"], name),
        due=_lines(table["due"], name),
        hours=str(table.get("hours", usual.hours)),
        zone=str(table.get("zone", usual.zone)),
        calendars={calendar: str(hours) for calendar, hours in table.get("calendars", {}).items()},
        until=str(table.get("until", "")),
    )


def _lines(texts: list[str], name: str) -> tuple[str, ...]:
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise ValueError(f"golden case “{name}”: events and due are lists of texts")
    return tuple(" ".join(text.split()) for text in texts)
