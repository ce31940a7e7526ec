"""What a sweep costs where every case is open: `python -m bench.inside sweep 100000`."""

import time
from datetime import UTC, datetime, timedelta

from django.core.management import call_command

from bench.seed import seed
from dueline.actions import clocks
from dueline.models import Case

_IDLE, _DUE = 200, 500


def main(cases: int) -> None:
    call_command("migrate", verbosity=0)
    at = datetime.now(UTC).replace(microsecond=0)
    if not Case.objects.exists():
        seed(cases, at=at, open_share=1.0)
    count = Case.objects.filter(resolved_at=None, closed_at=None).count()
    while clocks.sweep(at=at):  # what came due while the desk was filled
        pass
    spent = _timed(lambda: [clocks.sweep(at=at) for _ in range(_IDLE)]) / _IDLE
    print(f"  {count:,} open cases; a sweep that finds nothing: {spent * 1000:.2f} ms")
    later = _when_due(_DUE)
    touched = 0

    def sweep_all() -> None:
        nonlocal touched
        while swept := clocks.sweep(at=later):
            touched += swept

    spent = _timed(sweep_all)
    per_case = spent / max(touched, 1) * 1000
    print(f"  {touched} cases that came due at once: {spent:.1f} s, {per_case:.1f} ms each")


def _when_due(count: int) -> datetime:
    """Return the instant by which so many cases have something to notice."""
    upcoming = Case.objects.filter(next_notice_at__isnull=False).order_by("next_notice_at")
    instants = list(upcoming.values_list("next_notice_at", flat=True)[:count])
    return instants[-1] + timedelta(seconds=1)


def _timed(call) -> float:  # type: ignore[no-untyped-def]
    began = time.perf_counter()
    call()
    return time.perf_counter() - began
