"""What a monitor asks: is the process up, and can the desk work?"""

from datetime import datetime, timedelta

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from dueline.core.instants import now
from dueline.models import Heartbeat
from dueline.queries import doors

SILENT = timedelta(seconds=60)  # the worker beats every few seconds
TOLD_FOR = timedelta(hours=1)


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process is up. Asks nothing of the rest: restarting it would not help the rest."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """The desk can work: its database answers, and its worker has been seen lately.

    What is wrong with mail alone is told, and changes no status: a mail server that is down must
    not make a proxy take the pages away as well.
    """
    try:
        at = now()
        beats = dict(Heartbeat.objects.values_list("name", "beat_at"))
        mail = _mail(at)
    except DatabaseError:
        return JsonResponse({"database": "does not answer"}, status=503)
    ages = {name: int((at - beat_at).total_seconds()) for name, beat_at in beats.items()}
    works = "worker" in beats and at - beats["worker"] <= SILENT
    # A clock that was set is told for an hour. The desk goes on: its instants are stored ones.
    was_set = "clock" in beats and abs(at - beats["clock"]) <= TOLD_FOR
    facts = {
        "database": "ok",
        "worker": "ok" if works else "silent",
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
