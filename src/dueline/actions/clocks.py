"""The sweep: what passed its warning point or its due time is noticed, each exactly once."""

from datetime import datetime, timedelta
from itertools import groupby

from django.db import transaction

from dueline.actions import letters
from dueline.actions._change import Change, get_claimed
from dueline.core.audience import DESK
from dueline.core.commitments import Commitment, notices_to_come
from dueline.core.events import Kind
from dueline.models import Case
from dueline.queries.cases import events_of

# A sweep looks every second: a notice that is older than this was held up by something.
IN_TIME = timedelta(minutes=1)


def sweep(*, at: datetime, limit: int = 100) -> int:
    """Notice what has come due, the longest overdue first. Returns how many cases were touched.

    The instants are computed from the events, so a sweep that comes late writes the same ones; the
    notice says when it was made.
    """
    overdue = Case.objects.filter(next_notice_at__lt=at).order_by("next_notice_at")
    ids = list(overdue.values_list("id", flat=True)[:limit])
    return sum(_notice(case_id, at=at) for case_id in ids)


def _notice(case_id: int, *, at: datetime) -> bool:
    with transaction.atomic():
        # The claim: of two sweepers the second finds the row changed. `version` stays as it is,
        # since nobody's page has gone stale by the passing of time.
        claimed = Case.objects.filter(pk=case_id, next_notice_at__lt=at).update(next_notice_at=None)
        if not claimed:
            return False
        change = Change(get_claimed(case_id), events_of(case_id), actor=DESK, at=at)
        to_come = notices_to_come(change.commitments(), change.events)
        passed = [notice for notice in to_come if notice[2] < at]
        for _, notices in groupby(passed, key=lambda notice: notice[0].kind):
            _tell(change, list(notices))
        change.store()
    return True


def _tell(change: Change, passed: list[tuple[Commitment, int, datetime]]) -> None:
    """Tell those whom the policy names for each step of a kind. What comes late says so.

    Of all that passed while nobody swept, each person is told of the last one only: a night of
    silence is one mail and not one for each interval of it.
    """
    told: list[dict[str, str]] = []
    for commitment, step, passed_at in reversed(passed):
        already = {address for named in told for address in named}
        is_late = change.at - passed_at > IN_TIME
        told.append(letters.notice(change, commitment, step, is_late=is_late, already_told=already))
    for (commitment, step, passed_at), named in zip(passed, reversed(told), strict=True):
        late = change.at - passed_at
        change.append(
            Kind.NOTICED,
            step=step,
            commitment=commitment.kind.value,
            ordinal=commitment.ordinal,
            passed_at=passed_at.isoformat(),
            late=int(late.total_seconds()) if late > IN_TIME else 0,
            told=list(named.values()),
        )
