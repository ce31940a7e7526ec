"""Does publishing move anything? Compare every promise before and after: `bin/still-standing`.

A policy with other targets, pauses and warnings and a calendar with other hours are published in
the way that administrators publish them. What is stored of every case must be the same afterwards,
and so must be what its events give when they are evaluated anew, an hour ahead of now included.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from bench import seed
from dueline.actions import policies
from dueline.actions.calendars import publish_calendar
from dueline.core.audience import DESK
from dueline.core.replay import evaluate
from dueline.models import Case, Commitment, Desk
from dueline.queries.cases import book_of, events_of
from dueline.queries.commitments import differences
from dueline.queries.policies import current_calendar, current_policy
from dueline.queries.policy_drafts import review

_OTHERWISE = (
    ('within = "60 min"', 'within = "20 min"'),
    ('within = "4 h"', 'within = "1 h"'),
    ('within = "1 business day"', 'within = "2 business days"'),
    ('within = "end of 1 business day"', 'within = "2 h"'),
    ('immediately_means = "15 min"', 'immediately_means = "5 min"'),
    ('pauses = ["feedback"]', 'pauses = ["response", "activation"]'),
    ('at = "75%"', 'at = "20%"'),
    ("reopen_window_days = 14", "reopen_window_days = 1"),
)
_COLUMNS = ("state", "next_due_at", "next_notice_at", "queue_at", "nearest_id", "version")
Verdicts = dict[int, tuple[Any, ...]]


def main(cases: int) -> None:
    seed.main(cases)
    at = Case.objects.latest("changed_at").changed_at + timedelta(seconds=1)
    if compare(at=at, tell=print):
        raise SystemExit("Something moved.")


def compare(*, at: datetime, tell: Callable[[str], object]) -> int:
    """Publish, and return how many cases are not as they were."""
    before = verdicts(at=at)
    rows = Commitment.objects.all()
    tell(
        f"{len(before):,} cases, {rows.count():,} promises: "
        f"{rows.filter(state='running').count():,} running, "
        f"{rows.filter(state='missed').count():,} missed, {rows.filter(state='met').count():,} met"
    )
    for said in publish_otherwise(at=at):
        tell(said)
    began = time.monotonic()
    after = verdicts(at=at)
    moved = [case_id for case_id, verdict in before.items() if after[case_id] != verdict]
    wrong = [case_id for case_id in before if differences(case_id)]
    tell(
        f"Looked at all of them again in {time.monotonic() - began:.0f} s: {len(moved)} moved, "
        f"{len(wrong)} are not what their events say."
    )
    return len({*moved, *wrong})


def verdicts(*, at: datetime) -> Verdicts:
    """Return all that is promised and judged of every case: stored, and evaluated anew."""
    cases = Case.objects.select_related("policy_version", "calendar_version").order_by("id")
    return {case.pk: _verdict(case, at=at) for case in cases.iterator(chunk_size=500)}


def _verdict(case: Case, *, at: datetime) -> tuple[Any, ...]:
    stored = tuple(case.commitments.order_by("kind", "ordinal").values_list())
    events = events_of(case.pk)
    computed = evaluate(events, book_of(case, events), until=at + timedelta(hours=1))
    return (stored, computed, *(getattr(case, name) for name in _COLUMNS))


def publish_otherwise(*, at: datetime) -> list[str]:
    """Publish a policy and a calendar that promise something else everywhere."""
    source = current_policy(at=at).source
    for old, new in _OTHERWISE:
        assert old in source, old
        source = source.replace(old, new)
    found = policies.begin_draft(actor=DESK, at=at)
    policies.save_draft(source=source, version=found.version, actor=DESK, at=at)
    blocking = [one.name for one in review(at=at).golden if one.blocks]
    for name in blocking:
        policies.acknowledge(name, version=review(at=at).draft.version, actor=DESK, at=at)
    ready = review(at=at)
    policy = policies.publish_draft(version=ready.draft.version, over=ready.over, actor=DESK, at=at)
    office = current_calendar(Desk.objects.get().calendar_id, at=at)
    calendar = publish_calendar(source=office.source.replace("08:00-17:00", "10:00-11:30"), at=at)
    assert calendar.source != office.source
    return [
        f"Published policy version {policy.number} ({len(ready.changes)} changes, "
        f"{len(blocking)} golden cases acknowledged) and calendar version {calendar.number}."
    ]
