"""What a monitor asks: is the process up, and can the desk work?"""

from datetime import timedelta

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from dueline.core.instants import now
from dueline.models import Heartbeat

SILENT = timedelta(seconds=60)  # the worker beats every few seconds
TOLD_FOR = timedelta(hours=1)


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process is up. Asks nothing of the rest: restarting it would not help the rest."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """The desk can work: its database answers, and its worker has been seen lately."""
    try:
        beats = dict(Heartbeat.objects.values_list("name", "beat_at"))
    except DatabaseError:
        return JsonResponse({"database": "does not answer"}, status=503)
    at = now()
    ages = {name: int((at - beat_at).total_seconds()) for name, beat_at in beats.items()}
    works = "worker" in beats and at - beats["worker"] <= SILENT
    # A clock that was set is told for an hour. The desk goes on: its instants are stored ones.
    was_set = "clock" in beats and abs(at - beats["clock"]) <= TOLD_FOR
    facts = {
        "database": "ok",
        "worker": "ok" if works else "silent",
        "clock": "was set" if was_set else "ok",
        "seconds_since": ages,
    }
    return JsonResponse(facts, status=200 if works else 503)
