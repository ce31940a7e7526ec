"""What every page must know about the desk itself."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Subquery

from dueline.models import Desk, Heartbeat, PhoneCall
from dueline.queries.prepared import Prepared


class Standing(NamedTuple):
    """Who we are, and whether anything is wrong with the house."""

    name: str
    zone: str
    language: str
    phone_office: str
    phone_other: str
    mail_address: str
    smtp_host: str
    outbox_held_at: datetime | None  # since when nothing but keys leaves
    worker_seen_at: datetime | None
    dial_address: str = ""  # what a number becomes a link to
    rang_at: datetime | None = None  # when the telephone began that nobody has answered yet

    @property
    def mail_leaves(self) -> bool:
        return bool(self.smtp_host)


NOT_SET_UP = Standing("Dueline", "UTC", "en", "", "", "", "", None, None)


_standing = Prepared(
    Standing,
    lambda: Desk.objects.annotate(
        worker_seen_at=Subquery(Heartbeat.objects.filter(name="worker").values("beat_at")[:1]),
        rang_at=Subquery(
            PhoneCall.objects.filter(state="ringing", direction="in")
            .order_by("-id")
            .values("rang_at")[:1]
        ),
    ).values_list(*Standing._fields),
)


def get_standing() -> Standing:
    """Return the desk's standing in one statement; before the set-up, `NOT_SET_UP`."""
    return next(iter(_standing()), NOT_SET_UP)


def day_at(at: datetime) -> date:
    """Return the day that an instant belongs to, where the desk is."""
    return at.astimezone(ZoneInfo(get_standing().zone)).date()


def undo_pause() -> timedelta:
    """Return how long a letter waits in which it can be undone."""
    seconds = Desk.objects.values_list("undo_seconds", flat=True).first()
    return timedelta(seconds=seconds or 0)


def desk_row() -> Mapping[str, object]:
    """Return what the settings page of the desk shows, by column."""
    return Desk.objects.values(
        "name",
        "zone",
        "language",
        "mail_address",
        "public_url",
        "phone_office",
        "phone_other",
        "smtp_host",
        "smtp_port",
        "smtp_security",
        "smtp_username",
        "smtp_password",
    ).get()
