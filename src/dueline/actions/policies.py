"""Policies: drafts that change, and versions that never do."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet

from dueline import core
from dueline.actions import audit
from dueline.actions._administration import administrators_or_the_desk
from dueline.core.audience import Person
from dueline.core.errors import Refusal
from dueline.core.golden import Standing, as_text, judge_all, rewrite, try_out
from dueline.core.policy import parse_policy
from dueline.core.policy_text import spell_policy
from dueline.models import Policy as PolicyRow
from dueline.models import PolicyDraft, PolicyVersion
from dueline.queries.policy_drafts import Draft, local_day, obstacles, the_draft
from dueline.queries.policy_versions import newest_version

SHIPPED_POLICY = (Path(core.__file__).parent / "shipped_policy.toml").read_text(encoding="utf-8")


def publish_policy(
    *, source: str, at: datetime, holds_from: datetime | None = None
) -> PolicyVersion:
    """Publish the next version of the policy that the text names, and ask for nothing else.

    holds_from: for requests that arrive from then on; None: from now. Running promises and closed
    verdicts keep the version that they were made under.
    Raises Refusal("bad-policy") when it cannot be read.
    """
    name = parse_policy(source).name
    with transaction.atomic():
        policy, _ = PolicyRow.objects.get_or_create(name=name)
        return _publish(policy, source=source, holds_from=holds_from or at, at=at)


# --- drafts ------------------------------------------------------------------------------------


def begin_draft(*, actor: Person, at: datetime) -> Draft:
    """Begin a draft from the last version. One that was begun already is left as it is."""
    administrators_or_the_desk(actor)
    newest = newest_version()
    with transaction.atomic():
        _draft, is_new = PolicyDraft.objects.get_or_create(
            policy_id=newest.policy_id,
            defaults={
                "source": newest.source,
                "begun_from": newest,
                "edited_by_id": _agent_id(actor),
                "edited_at": at,
            },
        )
        if is_new:
            _record("begun", actor=actor, at=at, over=newest.number)
    return the_draft()


def save_draft(*, source: str, version: int, actor: Person, at: datetime) -> None:
    """Let the draft say something else. version: of the draft that the writer has seen.

    Raises Refusal("bad-policy" or "bad-golden") for a text that cannot be read, and
    Refusal("stale") when somebody else was quicker.
    """
    administrators_or_the_desk(actor)
    judge_all(parse_policy(source))
    with transaction.atomic():
        _change(version, actor=actor, at=at, source=source)
        _record("changed", actor=actor, at=at, source=source)


def acknowledge(name: str, *, version: int, actor: Person, at: datetime) -> None:
    """Take on what a golden case gives from now on: its lines become what the draft makes of it.

    Raises Refusal("not-found"), and Refusal("stale") when somebody else was quicker.
    """
    administrators_or_the_desk(actor)
    found, last = the_draft(), parse_policy(newest_version().source)
    before = {case.name: case for case in last.golden}.get(name)
    if before is None and name not in {case.name for case in found.policy.golden}:
        raise Refusal("not-found", "There is no such golden case.")
    policy = rewrite(found.policy, name)
    now = {case.name: case for case in policy.golden}.get(name)
    taken_on = {
        "name": actor.name,
        "agent": _agent_id(actor),
        "at": at.isoformat(),
        "was": list(before.due) if before else [],
        "now": list(now.due) if now else [],
        "text": as_text(now),
    }
    # Written anew only if the case has changed: the comments of a text would be lost.
    source = found.source if policy == found.policy else spell_policy(policy)
    acknowledged = {**found.acknowledged, name: taken_on}
    with transaction.atomic():
        _change(version, actor=actor, at=at, source=source, acknowledged=acknowledged)
        _record("acknowledged", actor=actor, at=at, golden=name)


def discard_draft(*, version: int, actor: Person, at: datetime) -> None:
    """Throw the draft away. Raises Refusal("stale") when somebody has changed it meanwhile."""
    administrators_or_the_desk(actor)
    with transaction.atomic():
        source = the_draft().source
        _take_away(version)
        _record("discarded", actor=actor, at=at, source=source)


def publish_draft(
    *, version: int, over: int, actor: Person, at: datetime, holds_from: datetime | None = None
) -> PolicyVersion:
    """Make the draft the next version; nothing that runs moves, nothing closed is judged anew.

    version: of the draft, over: the number of the version that it follows, as the publisher has
    seen them. holds_from: None for now.
    Raises Refusal: "stale", "same", "holds_from", "golden", "no-calendar", "plan-in-use".
    """
    administrators_or_the_desk(actor)
    holds_from = _not_in_the_past(holds_from or at, at=at)
    try:
        with transaction.atomic():
            found, newest = the_draft(), newest_version()
            if found.version != version or newest.number != over:
                raise _stale(found)
            acknowledged = _refuse_what_is_not_ready(found, newest, holds_from=holds_from)
            _take_away(version)
            _record("published", actor=actor, at=at, number=over + 1)
            return _publish(
                newest.policy,
                source=found.source,
                holds_from=holds_from,
                at=at,
                published_by_id=_agent_id(actor),
                acknowledged=acknowledged,
            )
    except IntegrityError as error:  # two published at once: the number was taken
        raise _stale(the_draft()) from error


def _refuse_what_is_not_ready(
    found: Draft, newest: PolicyVersion, *, holds_from: datetime
) -> dict[str, Any]:
    """Return what was acknowledged of the golden cases. Raises Refusal."""
    if found.source == newest.source:
        raise Refusal(
            "same", "The draft says the same as version %(number)s.", number=newest.number
        )
    for obstacle in obstacles(found.policy, on=local_day(holds_from)):
        raise obstacle
    tried = try_out(found.policy, parse_policy(newest.source), found.acknowledged)
    for one in tried:
        if one.blocks:
            raise Refusal(
                "golden",
                "The golden case “%(name)s” promises something else than before. Change the draft, "
                "or acknowledge it.",
                name=one.name,
            )
    changed = (Standing.CHANGED, Standing.GONE)
    return {one.name: one.acknowledged for one in tried if one.standing in changed}


def _publish(
    policy: PolicyRow, *, source: str, holds_from: datetime, at: datetime, **columns: Any
) -> PolicyVersion:
    return PolicyVersion.objects.create(
        policy=policy,
        number=policy.versions.count() + 1,
        source=source,
        published_at=at,
        holds_from=holds_from,
        **columns,
    )


_A_MINUTE = timedelta(minutes=1)  # what a form can tell apart


def _not_in_the_past(holds_from: datetime, *, at: datetime) -> datetime:
    if holds_from <= at - _A_MINUTE:
        raise Refusal(
            "holds_from",
            "A version cannot hold from a time that has passed: what was promised then stands.",
        )
    return max(holds_from, at)


def _change(version: int, *, actor: Person, at: datetime, **columns: Any) -> None:
    changed = (
        _rows()
        .filter(version=version)
        .update(version=F("version") + 1, edited_by_id=_agent_id(actor), edited_at=at, **columns)
    )
    if not changed:
        raise _stale(the_draft())


def _take_away(version: int) -> None:
    deleted, _ = _rows().filter(version=version).delete()
    if not deleted:
        raise _stale(the_draft())


def _rows() -> QuerySet[PolicyDraft]:
    return PolicyDraft.objects.filter(policy__desk__isnull=False)


def _stale(found: Draft) -> Refusal:
    if not found.edited_by:
        return Refusal("stale", "The draft or the policy has changed meanwhile. Look again.")
    return Refusal(
        "stale",
        "The draft or the policy has changed meanwhile (the draft last by %(name)s). Look again.",
        name=found.edited_by,
    )


def _record(what: str, *, actor: Person, at: datetime, **facts: Any) -> None:
    audit.record(f"policy_{what}", about=newest_version().policy.name, actor=actor, at=at, **facts)


def _agent_id(actor: Person) -> int | None:
    return actor.id if actor.is_agent else None
