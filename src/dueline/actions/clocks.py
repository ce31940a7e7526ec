"""The sweep: what passed its warning point or its due time is noticed, each exactly once."""

from datetime import datetime

from django.db import transaction

from dueline.actions import letters
from dueline.actions._change import Change, get_claimed
from dueline.core.audience import DESK
from dueline.core.commitments import notices_to_come
from dueline.core.events import Kind
from dueline.models import Case
from dueline.queries.cases import events_of


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
        for commitment, step, passed_at in notices_to_come(change.commitments(), change.events):
            if passed_at < at:
                change.append(
                    Kind.NOTICED,
                    step=step,
                    commitment=commitment.kind.value,
                    ordinal=commitment.ordinal,
                    passed_at=passed_at.isoformat(),
                    told=letters.notice(change, commitment, step),
                )
        change.store()
    return True
