"""Golden cases: short histories with the promises that a policy must make of them.

An event is a line like `2026-11-23 09:20 call reached`: an instant on the wall of the case's desk
(`(second)` after it: the later of two alike), a kind of event with what belongs to it, and
`, told 10:30` when the desk heard of it later. A promise is a line like
`response 1: met, due 2026-11-23 10:00, met 2026-11-23 09:20`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from dueline.core.calendars import Calendar, NeverOpen, parse_calendar
from dueline.core.commitments import Book, Commitment, State
from dueline.core.errors import Refusal
from dueline.core.events import Event, Kind
from dueline.core.policy import OFFICE, CommitmentKind, GoldenCase, Policy
from dueline.core.policy_text import spell_golden
from dueline.core.priorities import Priority
from dueline.core.replay import evaluate


@dataclass(frozen=True, slots=True)
class Difference:
    """promise: "response 1". expected, given: the rest of its line; "" where it has none."""

    promise: str
    expected: str
    given: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a policy makes of a golden case. given: the lines that it gives.

    has_plan: without its plan a case can give nothing.
    """

    case: GoldenCase
    given: tuple[str, ...]
    has_plan: bool = True

    @property
    def differences(self) -> tuple[Difference, ...]:
        expected, given = _by_promise(self.case.due), _by_promise(self.given)
        return tuple(
            Difference(promise, expected.get(promise, ""), given.get(promise, ""))
            for promise in {**expected, **given}
            if expected.get(promise) != given.get(promise)
        )

    @property
    def holds(self) -> bool:
        return self.has_plan and not self.differences


def judge(case: GoldenCase, policy: Policy) -> Verdict:
    """Let the clocks run over a golden case. Raises Refusal("bad-golden") for a line of no sense.

    The lines of `due` are read as well: a slip of the pen there would look like a failing case.
    """
    for line in case.due:
        if not _PROMISE.fullmatch(line):
            raise _bad(case, f"“{line}” is not a promise like “response 1: running, due {_SAMPLE}”")
    zone, calendars = _zone(case), _calendars(case, policy)
    events = [_event(case, place, line, zone) for place, line in enumerate(case.events, start=1)]
    if not events or events[0].kind is not Kind.OPENED:
        raise _bad(case, "its first event is not “opened”")
    ids = {name: id_ for id_, name in enumerate(calendars, start=1)}
    events[0] = replace(events[0], facts={**events[0].facts, "calendars": ids})
    book = Book({1: policy}, {ids[name]: calendar for name, calendar in calendars.items()})
    until = _instant(case, case.until, zone) if case.until else events[-1].happened_at
    if case.plan not in policy.plans:
        return Verdict(case, (), has_plan=False)
    try:
        commitments = evaluate(events, book, until=until)
    except NeverOpen as error:
        raise _bad(case, f"“{error}” is never open") from error
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise _bad(case, f"its events do not fit together ({error})") from error
    return Verdict(case, tuple(_described(commitment, zone) for commitment in commitments))


def judge_all(policy: Policy) -> tuple[Verdict, ...]:
    return tuple(judge(case, policy) for case in policy.golden)


# --- a draft beside the last version -----------------------------------------------------------


class Standing(StrEnum):
    """Where a golden case of a draft stands. The first two ask nothing of anybody."""

    HOLDS = "holds"  # it says what it said before, and the draft keeps it
    ADDED = "added"  # the draft brings it along, and keeps it
    FAILS = "fails"  # the draft gives something else
    CHANGED = "changed"  # the draft expects something else than before
    GONE = "gone"  # the draft leaves it out


@dataclass(frozen=True, slots=True)
class Tried:
    """A golden case as a draft leaves it. before: as the last version has it.

    verdict None: the case is gone. acknowledged: who took on the change, and when.
    """

    name: str
    standing: Standing
    before: GoldenCase | None
    verdict: Verdict | None
    acknowledged: Mapping[str, Any] | None

    @property
    def is_quiet(self) -> bool:
        return self.standing in (Standing.HOLDS, Standing.ADDED)

    @property
    def blocks(self) -> bool:
        return not self.is_quiet and self.acknowledged is None

    @property
    def differences(self) -> tuple[Difference, ...]:
        """What the draft gives: against its own lines if it fails, else against those before."""
        if self.before is None or self.standing is Standing.FAILS:
            return self.verdict.differences if self.verdict else ()
        return Verdict(self.before, self.verdict.given if self.verdict else ()).differences


def try_out(
    draft: Policy, last: Policy, acknowledged: Mapping[str, Mapping[str, Any]]
) -> tuple[Tried, ...]:
    """Return every golden case of a draft or of the last version, in the draft's order.

    acknowledged: by name; counts only for the very text that was acknowledged (`as_text`).
    """
    before = {case.name: case for case in last.golden}
    now = {case.name: case for case in draft.golden}
    tried = []
    for name in {**now, **before}:
        case = now.get(name)
        verdict = judge(case, draft) if case else None
        standing = _standing(verdict, before.get(name))
        taken_on = acknowledged.get(name, {})
        is_taken_on = standing is not Standing.FAILS and taken_on.get("text") == as_text(case)
        tried.append(
            Tried(name, standing, before.get(name), verdict, taken_on if is_taken_on else None)
        )
    return tuple(tried)


def _standing(verdict: Verdict | None, before: GoldenCase | None) -> Standing:
    if verdict is None:
        return Standing.GONE
    if not verdict.holds:
        return Standing.FAILS
    if before is None:
        return Standing.ADDED
    return Standing.HOLDS if verdict.case == before else Standing.CHANGED


def as_text(case: GoldenCase | None) -> str:
    """Return a case as it stands in the policy's text; "" for one that is gone."""
    return "\n".join(spell_golden(case)) if case else ""


def rewrite(policy: Policy, name: str) -> Policy:
    """Return the policy with a golden case that expects what it gives, or without the case.

    A case whose plan is gone goes, too.
    """
    kept = []
    for case in policy.golden:
        if case.name != name:
            kept.append(case)
        elif (verdict := judge(case, policy)).has_plan:
            kept.append(replace(case, due=verdict.given))
    return replace(policy, golden=tuple(kept))


# --- the notation ------------------------------------------------------------------------------

_SAMPLE = "2026-11-23 10:00"
_AT = r"\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?(?: \(second\))?"
_PROMISE = re.compile(
    rf"(?:{'|'.join(CommitmentKind)}) \d+: (?:{'|'.join(State)})"
    rf"(?:, due {_AT})?(?:, met {_AT})?(?:, withdrawn {_AT} \([\w-]+\))?(?:, since {_AT})?"
)
_EVENT = re.compile(rf"({_AT}) (.+?)(?:, told ({_AT}|\d\d:\d\d))?")
_WORDS = {
    "reply": Kind.REPLY_SENT,
    "call": Kind.CALL_LOGGED,
    "question": Kind.ASSISTANCE_ASKED,
    "answered": Kind.ASSISTANCE_ANSWERED,
    "taken_back": Kind.ASSISTANCE_TAKEN_BACK,
    "changed": Kind.PRIORITY_CHANGED,
}
_REACHED = {"reached": True, "unanswered": False}
_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday")


def _bad(case: GoldenCase, why: str) -> Refusal:
    return Refusal(
        "bad-golden", "The golden case “%(name)s” cannot be read: %(why)s", name=case.name, why=why
    )


def _by_promise(lines: Iterable[str]) -> dict[str, str]:
    return {promise: rest for promise, _, rest in (line.partition(": ") for line in lines)}


def _zone(case: GoldenCase) -> ZoneInfo:
    try:
        return ZoneInfo(case.zone)
    except (LookupError, ValueError, OSError) as error:
        raise _bad(case, f"“{case.zone}” is not a time zone") from error


def _calendars(case: GoldenCase, policy: Policy) -> dict[str, Calendar]:
    """Return the office hours, which come first, and every calendar that a cell names.

    A calendar of which the case says nothing has its office hours.
    """
    hours = {name: case.calendars.get(name, case.hours) for name in policy.named_calendars}
    return {name: _calendar(case, text) for name, text in {OFFICE: case.hours, **hours}.items()}


def _calendar(case: GoldenCase, hours: str) -> Calendar:
    # Within quotes that nothing escapes, so that what is no opening cannot become TOML either.
    spans = ", ".join(f"'{span.strip()}'" for span in hours.replace("'", "?").split(","))
    days = [f"{day} = [{spans}]" for day in _WEEK]
    source = "\n".join(["name = 'golden'", f"zone = '{_zone(case).key}'", "[week]", *days])
    try:
        return parse_calendar(source)
    except Refusal as refusal:
        raise _bad(case, f"“{hours}” are no hours like 08:00-12:00, 13:00-17:00") from refusal


def _event(case: GoldenCase, place: int, line: str, zone: ZoneInfo) -> Event:
    match = _EVENT.fullmatch(line)
    if match is None:
        raise _bad(case, f"“{line}” is not an event like “{_SAMPLE} reply”")
    happened_at = _instant(case, match[1], zone)
    word, *rest = match[2].split()
    try:
        kind = _WORDS.get(word) or Kind(word)
        facts = _facts(case, kind, rest)
    except (ValueError, KeyError) as error:
        raise _bad(case, f"nothing that happens is called “{match[2]}”") from error
    told = match[3] or match[1]
    recorded_at = _instant(case, told if "-" in told else f"{match[1][:10]} {told}", zone)
    return Event(place, kind, happened_at, recorded_at, facts=facts)


def _facts(case: GoldenCase, kind: Kind, rest: list[str]) -> dict[str, Any]:
    match kind, rest:
        case Kind.OPENED, []:
            return {"priority": case.priority, "plan": case.plan, "policy": 1, "calendar": 1}
        case Kind.CALL_LOGGED, [how]:
            return {"reached": _REACHED[how]}
        case Kind.ASSISTANCE_ASKED, [number, "within", *within]:
            return {"question": int(number), "within": " ".join(within), "calendar": OFFICE}
        case ((Kind.ASSISTANCE_ANSWERED | Kind.ASSISTANCE_TAKEN_BACK), [number]):
            return {"question": int(number)}
        case ((Kind.PRIORITY_CHANGED | Kind.ESCALATED), ["to", new]):
            return {"new": Priority(new)}
        case Kind.BOUNCED, [number]:
            return {"event": int(number)}
        case Kind.INFORMATION_ASKED, ["reply", number]:
            return {"reply": int(number)}
        case _, []:
            return {}
    raise ValueError(kind)


def _instant(case: GoldenCase, written: str, zone: ZoneInfo) -> datetime:
    text, is_second = written.removesuffix(" (second)"), written.endswith("(second)")
    try:
        local = datetime.fromisoformat(text)
    except ValueError as error:
        raise _bad(case, f"“{written}” is not an instant like {_SAMPLE}") from error
    if local.tzinfo is not None:
        raise _bad(case, f"“{written}” is not an instant like {_SAMPLE}")
    try:
        return local.replace(tzinfo=zone, fold=int(is_second)).astimezone(UTC)
    except OverflowError as error:
        raise _bad(case, f"“{written}” is too far away") from error


def _described(commitment: Commitment, zone: ZoneInfo) -> str:
    line = f"{commitment.kind} {commitment.ordinal}: {commitment.state}"
    if commitment.due_at:
        line += f", due {_written(commitment.due_at, zone)}"
    if commitment.met_at:
        line += f", met {_written(commitment.met_at, zone)}"
    if commitment.withdrawn_at:
        line += f", withdrawn {_written(commitment.withdrawn_at, zone)} ({commitment.reason})"
    if commitment.paused_since:
        line += f", since {_written(commitment.paused_since, zone)}"
    return line


def _written(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    seconds = f":{local:%S}" if local.second else ""
    second = " (second)" if local.fold else ""
    return f"{local:%Y-%m-%d %H:%M}{seconds}{second}"
