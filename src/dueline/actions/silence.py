"""While the customer does not answer: the desk reminds them, and at last closes the case."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from dueline.actions import budgets, letters
from dueline.actions._change import Change, get_claimed
from dueline.core.audience import DESK
from dueline.core.events import Kind
from dueline.core.lifecycle import Act
from dueline.models import Case
from dueline.queries.cases import events_of
from dueline.queries.silence import steps_of


def sweep(*, at: datetime, limit: int = 100) -> int:
    """Take the steps that have come, one to a case. Returns how many cases were looked at.

    A desk that slept through two steps takes the first now; the second counts from then.
    """
    silent = Case.objects.filter(silence_at__lte=at).order_by("silence_at")
    return sum(
        _take_step(case_id, at=at) for case_id in silent.values_list("id", flat=True)[:limit]
    )


def _take_step(case_id: int, *, at: datetime) -> bool:
    with transaction.atomic():
        # The claim: of two sweepers the second finds the row changed, and so does whoever was just
        # writing in it.
        claimed = Case.objects.filter(pk=case_id, silence_at__lte=at)
        if not claimed.update(silence_at=None, version=F("version") + 1):
            return False
        change = Change(get_claimed(case_id), events_of(case_id), actor=DESK, at=at)
        steps = steps_of(change.case, change.events, change.book)
        if steps and steps[0].at <= at:
            if steps[0].number is None:
                _close(change)
            else:
                _remind(change, steps[0].number)
        change.store()
    return True


def _remind(change: Change, number: int) -> None:
    """A machine's word: it meets nothing, and the wait goes on."""
    change.append(Kind.REMINDED, number=number)
    closes_at = steps_of(change.case, change.events, change.book)[-1].at
    letters.reminder(change, closes_at=closes_at)


def _close(change: Change) -> None:
    change.do(Act.CLOSE)
    budgets.debit(change, change.append(Kind.CLOSED, reason="silence"))
    letters.closed_in_silence(change)
