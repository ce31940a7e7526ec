"""The draft of the desk's policy: what it changes, for whom, and what stands in its way."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet

from dueline.core.errors import Refusal
from dueline.core.golden import Tried, try_out
from dueline.core.policy import Policy, parse_policy
from dueline.core.policy_changes import Change, Part, changes
from dueline.models import IS_OPEN, Calendar, Case, Contract, Desk, PolicyDraft
from dueline.queries.policy_versions import newest_version


@dataclass(frozen=True, slots=True)
class Draft:
    """begun_from: the number of the version. edited_by: "" for a command."""

    version: int
    source: str
    policy: Policy
    begun_from: int
    acknowledged: Mapping[str, Any]
    edited_by: str
    edited_at: datetime


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a change concerns from the day it holds: contracts of today, cases that are open."""

    contracts: int
    cases: int


@dataclass(frozen=True, slots=True)
class Review:
    """What there is to say about a draft before it is published.

    over: the number of the last version, which it would follow. obstacles: why it cannot be
    published, apart from golden cases.
    """

    draft: Draft
    over: int
    last: Policy
    changes: tuple[tuple[Change, Reach], ...]
    golden: tuple[Tried, ...]
    obstacles: tuple[Refusal, ...]

    @property
    def blocking(self) -> int:
        """How many golden cases nobody has acknowledged."""
        return sum(tried.blocks for tried in self.golden)

    @property
    def says_the_same(self) -> bool:
        return not self.changes and self.draft.policy.golden == self.last.golden


def draft() -> Draft | None:
    """Return the draft that somebody is working on, if there is one."""
    row = (
        PolicyDraft.objects.filter(policy__desk__isnull=False)
        .select_related("edited_by", "begun_from")
        .first()
    )
    if row is None:
        return None
    return Draft(
        version=row.version,
        source=row.source,
        policy=parse_policy(row.source),
        begun_from=row.begun_from.number,
        acknowledged=row.acknowledged,
        edited_by=row.edited_by.name if row.edited_by else "",
        edited_at=row.edited_at,
    )


def the_draft() -> Draft:
    """Return the draft. Raises Refusal("no-draft")."""
    found = draft()
    if found is None:
        raise Refusal("no-draft", "There is no draft. Begin one from the policy that holds.")
    return found


def review(*, at: datetime) -> Review:
    """Lay a draft beside the last version. Raises Refusal("no-draft")."""
    found, newest = the_draft(), newest_version()
    last, on = parse_policy(newest.source), local_day(at)
    counted = _Counted(on)
    return Review(
        draft=found,
        over=newest.number,
        last=last,
        changes=tuple((one, counted.reach(one)) for one in changes(last, found.policy)),
        golden=try_out(found.policy, last, found.acknowledged),
        obstacles=tuple(obstacles(found.policy, on=on)),
    )


def obstacles(policy: Policy, *, on: date) -> list[Refusal]:
    """Return what of the desk does not fit a policy that is to hold from a day on."""
    known = set(Calendar.objects.values_list("name", flat=True))
    found = [
        Refusal(
            "no-calendar",
            "A cell counts on the calendar “%(name)s”, but this desk has none of that name.",
            name=name,
        )
        for name in policy.named_calendars
        if name not in known
    ]
    bought = _to_come(on).values_list("plan").annotate(Count("id")).order_by("plan")
    return found + [
        Refusal(
            "plan-in-use",
            "The plan “%(plan)s” is missing, but %(count)s contracts are for it.",
            plan=plan,
            count=count,
        )
        for plan, count in bought
        if plan not in policy.plans
    ]


def plans_in_use(*, at: datetime) -> set[str]:
    """Return the plans that a contract of today, or of a day to come, is for."""
    return set(_to_come(local_day(at)).values_list("plan", flat=True))


def _to_come(on: date) -> QuerySet[Contract]:
    """Return the contracts that hold on a day, or later."""
    return Contract.objects.filter(Q(ends_on=None) | Q(ends_on__gte=on))


def local_day(at: datetime) -> date:
    """Return the day on which an instant falls where the desk works."""
    return at.astimezone(ZoneInfo(Desk.objects.values_list("zone", flat=True).get())).date()


class _Counted:
    """The contracts of a day and the open cases, counted once."""

    def __init__(self, on: date) -> None:
        holding = _to_come(on).filter(starts_on__lte=on)
        self._contracts = Counter(
            dict(holding.values_list("plan").annotate(Count("id")).order_by("plan"))
        )
        opened = Case.objects.filter(IS_OPEN)
        rows = opened.values_list("plan", "priority").annotate(Count("id")).order_by("plan")
        self._cases = Counter({(plan, priority): count for plan, priority, count in rows})
        self._uncovered = opened.filter(contract=None).count()

    def reach(self, change: Change) -> Reach:
        if change.part is Part.WITHOUT_CONTRACT:
            return Reach(0, self._uncovered)
        return Reach(
            contracts=sum(
                count
                for plan, count in self._contracts.items()
                if not change.plan or plan == change.plan
            ),
            cases=sum(
                count
                for (plan, priority), count in self._cases.items()
                if (not change.plan or plan == change.plan)
                and (not change.priority or priority == change.priority)
            ),
        )
