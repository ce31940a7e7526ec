"""The published versions of the desk's policy: which holds, which will, which did."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dueline.core.errors import Refusal
from dueline.core.policy import Policy, parse_policy
from dueline.models import PolicyVersion
from dueline.queries.policies import policy_version_at


@dataclass(frozen=True, slots=True)
class Published:
    """published_by: "" for a command. acknowledged: as the row has it.

    holds: it is in force. is_scheduled: it is not yet.
    """

    number: int
    holds_from: datetime
    published_at: datetime
    published_by: str
    acknowledged: dict[str, Any]
    source: str
    policy: Policy
    holds: bool
    is_scheduled: bool


def newest_version() -> PolicyVersion:
    """Return the last version of the desk's policy, which may hold only later."""
    return PolicyVersion.objects.filter(policy__desk__isnull=False).latest("number")


def versions(*, at: datetime) -> list[Published]:
    """Return every version, the newest first."""
    in_force = policy_version_at(at)
    rows = PolicyVersion.objects.filter(policy__desk__isnull=False).order_by("-number")
    return [_published(row, in_force, at=at) for row in rows.select_related("published_by")]


def version(number: int, *, at: datetime) -> tuple[Published, Published | None]:
    """Return a version and the one before it. Raises Refusal("not-found")."""
    found = {one.number: one for one in versions(at=at)}
    if number not in found:
        raise Refusal("not-found", "There is no such version.")
    return found[number], found.get(number - 1)


def _published(row: PolicyVersion, in_force: PolicyVersion, *, at: datetime) -> Published:
    return Published(
        number=row.number,
        holds_from=row.holds_from,
        published_at=row.published_at,
        published_by=row.published_by.name if row.published_by else "",
        acknowledged=row.acknowledged,
        source=row.source,
        policy=parse_policy(row.source),
        holds=row.pk == in_force.pk,
        is_scheduled=row.holds_from > at,
    )
