"""What a monitor asks: is the process up, and can the desk work?"""

from datetime import datetime, timedelta

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from dueline.core.instants import now
from dueline.core.vigil import Part
from dueline.models import Heartbeat
from dueline.queries import alarms, doors

# Without these the desk is not ready: nobody is warned of what falls due, or woken for it.
_NEEDED = (Part.WORKER, Part.SWEEPER, Part.PAGER)
TOLD_FOR = timedelta(hours=1)


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process is up. Asks nothing of the rest: restarting it would not help the rest."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """The desk can work: its database answers, and its clocks and pages go.

    Each part is told. What is wrong with mail alone changes no status: a mail server that is down
    must not make a proxy take the pages away as well.
    """
    try:
        at = now()
        beats = dict(Heartbeat.objects.values_list("name", "beat_at"))
        parts = alarms.parts(at=at)
        mail = _mail(at)
    except DatabaseError:
        return JsonResponse({"database": "does not answer"}, status=503)
    ages = {name: int((at - beat_at).total_seconds()) for name, beat_at in beats.items()}
    silent = {now_.part for now_ in parts if now_.is_silent}
    works = silent.isdisjoint(_NEEDED)
    # A clock that was set is told for an hour. The desk goes on: its instants are stored ones.
    was_set = "clock" in beats and abs(at - beats["clock"]) <= TOLD_FOR
    facts = {
        "database": "ok",
        "worker": "silent" if Part.WORKER in silent else "ok",
        "parts": {now_.part: "silent" if now_.is_silent else "ok" for now_ in parts},
        "clock": "was set" if was_set else "ok",
        **mail,
        "seconds_since": ages,
    }
    return JsonResponse(facts, status=200 if works else 503)


def _mail(at: datetime) -> dict[str, str]:
    return {
        "mail_fetched": "late" if doors.fetching_is_late(at=at) else "ok",
        "inbox": "stands still" if doors.reading_is_late(at=at) else "ok",
        "outbox": "stands still" if doors.stands_still(at=at) else "ok",
    }
