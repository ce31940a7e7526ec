"""Parts of the desk that stand still: each is noticed once, and once it is noticed that it goes.

Two may watch: whoever opens an alarm is who tells of it, and so with its end.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction

from dueline.models import Alarm, Heartbeat
from dueline.queries.alarms import PING


def beat(*parts: str, at: datetime) -> None:
    """Show that parts are alive."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=part, beat_at=at) for part in parts],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["beat_at"],
    )


def notice(part: str, *, since: datetime, by: str, at: datetime, said: str = "") -> bool:
    """Open an alarm. False: there is one already."""
    try:
        with transaction.atomic():
            Alarm.objects.create(part=part, since=since, noticed_at=at, noticed_by=by, said=said)
    except IntegrityError:
        return False
    return True


def tell(parts: Iterable[str], *, said: str, at: datetime) -> None:
    """Store that people were told of open alarms. said: what became of it."""
    alarms = Alarm.objects.filter(part__in=list(parts), ended_at=None, told_at=None)
    alarms.update(told_at=at, said=said)


def tell_late(part: str, *, since: datetime, said: str, at: datetime) -> None:
    """Store that people were told of an alarm that had ended by then."""
    alarms = Alarm.objects.filter(part=part, since=since, told_at=None)
    alarms.update(told_at=at, said=said)


def note(parts: Iterable[str], *, said: str) -> None:
    """Store that nobody could be told of open alarms, and why."""
    Alarm.objects.filter(part__in=list(parts), ended_at=None, told_at=None).update(said=said)


def end(part: str, *, at: datetime) -> Alarm | None:
    """Close the alarm of a part that goes again. None: there is none, or somebody was quicker."""
    alarm = Alarm.objects.filter(part=part, ended_at=None).first()
    if alarm is None or not Alarm.objects.filter(pk=alarm.pk, ended_at=None).update(ended_at=at):
        return None
    alarm.ended_at = at
    return alarm


def forget(part: str, *, at: datetime) -> None:
    """Miss a part no more: the desk runs without it, until it shows a sign of life again."""
    with transaction.atomic():
        Heartbeat.objects.filter(name=part).delete()
        Alarm.objects.filter(part=part, ended_at=None).update(ended_at=at)


def record_ping(problem: str, *, at: datetime) -> None:
    """Store how the call to the outside monitor went. problem "": it was taken."""
    if not problem:
        beat(PING, at=at)
        Alarm.objects.filter(part=PING, ended_at=None).update(ended_at=at)
    elif not Alarm.objects.filter(part=PING, ended_at=None).update(said=problem):
        notice(PING, since=at, by="watcher", at=at, said=problem)


def record_ping_changed(*, at: datetime) -> None:
    """Another monitor is called from now on: how the last one fared says nothing of it."""
    Heartbeat.objects.filter(name=PING).delete()
    Alarm.objects.filter(part=PING, ended_at=None).update(ended_at=at)
