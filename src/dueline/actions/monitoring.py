"""Setting up who outside notices when the desk falls silent, and what is missed here."""

from datetime import datetime
from urllib.parse import urlsplit

from django.db import transaction

from dueline.actions import alarms, audit
from dueline.actions._administration import administrators_only
from dueline.core.audience import Person
from dueline.core.errors import Refusal
from dueline.core.vigil import Part
from dueline.models import Desk

# A desk may well run without these: it is fetched for, or served, elsewhere or not at all.
CAN_BE_FORGOTTEN = (Part.LISTENER, Part.FETCHERS, Part.WEB, Part.WATCHER)


def change_ping(url: str, *, actor: Person, at: datetime) -> None:
    """Raises Refusal("ping_url"). url: "" for nobody."""
    administrators_only(actor)
    check_ping(url)
    with transaction.atomic():
        Desk.objects.filter(pk=1).update(ping_url=url)
        # The address is a key: who has it can say that all is well here.
        audit.record("ping", about="", actor=actor, at=at, is_set=bool(url))
        alarms.record_ping_changed(at=at)


def check_ping(url: str) -> None:
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_address = False
    if url and (not is_address or len(url) > 500 or not url.isprintable() or " " in url):
        raise Refusal("ping_url", "Write an address that begins with https://.")


def forget_part(part: str, *, actor: Person, at: datetime) -> None:
    """Miss a part no more. Raises Refusal("needed") for those that no desk can be without."""
    administrators_only(actor)
    if part not in CAN_BE_FORGOTTEN:
        raise Refusal("needed", "The desk cannot do without this part.")
    with transaction.atomic():
        alarms.forget(part, at=at)
        audit.record("part-forgotten", about=part, actor=actor, at=at)
