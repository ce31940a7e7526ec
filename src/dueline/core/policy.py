"""What is promised: the policy document, read from TOML.

A policy holds plans; a plan holds, for each priority, the commitments that it makes. An absent
cell promises nothing.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
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
    """One promise of the matrix: a target, counted on a calendar (OFFICE or ALWAYS)."""

    target: Target
    calendar: str


@dataclass(frozen=True, slots=True)
class Plan:
    key: str
    title: str
    summary: str
    cells: Mapping[tuple[Priority, CommitmentKind], Cell]

    def cell(self, priority: Priority, kind: CommitmentKind) -> Cell | None:
        """Return what is promised, or None where the matrix is empty.

        A call-back is owed within the response target of the priority, unless the plan says else.
        """
        own = self.cells.get((priority, kind))
        if own is None and kind is CommitmentKind.CALLBACK:
            return self.cells.get((priority, CommitmentKind.RESPONSE))
        return own


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a priority is called and when a customer should choose it."""

    title: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Policy:
    name: str
    plans: Mapping[str, Plan]
    priorities: Mapping[Priority, Meaning]
    pauses: frozenset[CommitmentKind]  # the kinds whose clocks stop while we wait for the customer
    warn_at_percent: int  # of the target, when a promise counts as due soon
    immediately: timedelta  # what "immediately" tolerates
    reopen_window: timedelta
    plan_without_contract: str


# "immediately" is the name of a target; the policy states its tolerance in minutes.
_SPELLINGS = (
    (re.compile(r"(\d+) ?min(?:utes?)?"), Unit.OPEN_TIME, 60),
    (re.compile(r"(\d+) ?h(?:ours?)?"), Unit.OPEN_TIME, 3600),
    (
        re.compile(r"end of (?:the )?(\d+)(?:st|nd|rd|th)? business day"),
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
    return Policy(
        name=document["name"],
        plans=plans,
        priorities={
            priority: Meaning(**document["priorities"][priority.value]) for priority in Priority
        },
        pauses=frozenset(CommitmentKind(kind) for kind in document["waiting"]["pauses"]),
        warn_at_percent=int(document["warn_at_percent"]),
        immediately=immediately,
        reopen_window=timedelta(days=document["reopen_window_days"]),
        plan_without_contract=fallback,
    )


def _plan(key: str, table: Mapping[str, Any], *, immediately: timedelta) -> Plan:
    cells = {}
    for priority in Priority:
        for kind, cell in table.get(priority.value, {}).items():
            if cell["calendar"] not in (OFFICE, ALWAYS):
                raise ValueError(f"plan {key}: a calendar is “office” or “always”")
            target = parse_target(cell["within"], immediately=immediately)
            cells[priority, CommitmentKind(kind)] = Cell(target, cell["calendar"])
    return Plan(key=key, title=table["title"], summary=table["summary"], cells=cells)
