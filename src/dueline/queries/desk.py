"""What every page must know about the desk itself."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Subquery

from dueline.core.vigil import Part
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
    dial_address: str = ""  # what a number becomes a link to
    rang_at: datetime | None = None  # when the telephone began that nobody has answered yet
    # When each part was last seen alive; the names are those of their heartbeats.
    worker: datetime | None = None
    intake: datetime | None = None
    sweeper: datetime | None = None
    outbox: datetime | None = None
    pager: datetime | None = None
    listener: datetime | None = None
    fetchers: datetime | None = None
    web: datetime | None = None
    watcher: datetime | None = None

    @property
    def mail_leaves(self) -> bool:
        return bool(self.smtp_host)

    @property
    def signs_of_life(self) -> Mapping[str, datetime]:
        """When each part that ever was alive was seen so last."""
        seen = {part: getattr(self, part) for part in _PARTS}
        return {part: at for part, at in seen.items() if at is not None}


_PARTS = tuple(part.value for part in Part if part is not Part.DATABASE)


NOT_SET_UP = Standing("Dueline", "UTC", "en", "", "", "", "", None)


def _sign_of(part: str) -> Subquery:
    return Subquery(Heartbeat.objects.filter(name=part).values("beat_at")[:1])


# One statement, because every page asks it.
_standing = Prepared(
    Standing,
    lambda: Desk.objects.annotate(
        rang_at=Subquery(
            PhoneCall.objects.filter(state="ringing", direction="in")
            .order_by("-id")
            .values("rang_at")[:1]
        ),
        **{f"{part}_seen_at": _sign_of(part) for part in _PARTS},
    ).values_list(*(f"{name}_seen_at" if name in _PARTS else name for name in Standing._fields)),
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
