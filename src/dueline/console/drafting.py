"""The form of the composer, read and acted on."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from dueline.actions import drafts, sending
from dueline.actions.addresses import read_addresses
from dueline.console.access import Visit
from dueline.console.acting import number
from dueline.console.composer import typed_in
from dueline.console.instants import read_instant
from dueline.console.uploads import read_files
from dueline.core.errors import Refusal
from dueline.queries.desk import undo_pause


def keep(request: Visit, case_id: int, act: str, *, text: str | None = None) -> None:
    """Keep what was written, with its files. text: None: as it was typed."""
    typed = typed_in(request)
    drafts.keep(
        case_id,
        text=typed.text if text is None else text,
        act=act,
        cc=read_addresses([*typed.cc, typed.more_copies]),
        files=read_files(request),
        minutes=_minutes(typed.minutes),
        version=number(request, "version"),
        actor=request.person,
        at=request.now,
    )


def send(request: Visit, case_id: int, act: str) -> bool:
    """Keep and send what was written, now or later. True: it has been sent."""
    keep(request, case_id, act)
    version, agreed = number(request, "version"), request.POST.getlist("agreed")
    if later := request.POST.get("later", ""):
        sending.send_later(
            case_id,
            sends_at=_chosen(request, later),
            unless_customer_writes="unless" in request.POST,
            actor=request.person,
            at=request.now,
            version=version,
            agreed=agreed,
        )
        return False
    leaves = sending.send(
        case_id,
        actor=request.person,
        at=request.now,
        pause=_pause(request),
        version=version,
        agreed=agreed,
    )
    return leaves is None


def _chosen(request: Visit, later: str) -> datetime:
    """Read the time of a button, or, if the button says "then", of the field beside it."""
    text = request.POST.get("later_at", "") if later == "then" else later
    if not text.strip():
        raise Refusal("bad-time", _("Choose a time to come, within the next 60 days."))
    return read_instant(text, zone=request.zone, at=request.now)


def _pause(request: Visit) -> timedelta:
    # Where nobody would send it afterwards, it is sent at once.
    return timedelta() if request.worker_silence else undo_pause()


def _minutes(text: str) -> int | None:
    """Return the minutes that somebody stated; empty: none."""
    text = text.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise Refusal("minutes", "Write the minutes as a whole number, or nothing.")
    return int(text)
