"""What is being paged, as it is drawn: on the page of a case and on that of who is on call."""

from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from dueline.console.access import Visit
from dueline.core.paging import Chain, planned
from dueline.queries.on_call import agent_on_call
from dueline.queries.paging import Names, PagingRow, chosen_chains, names, unsettled
from dueline.wording.paging import say_whom
from dueline.wording.times import say_clock, say_exact

_MOST_TO_COME = 3


class Coming(NamedTuple):
    """One step to come. whom: who it would be by what is known now."""

    clock: str
    exact: str
    whom: str


class Strip(NamedTuple):
    """One paging. mood: "running", "acknowledged", "exhausted" or "ended".

    more: how many steps come after those that are listed. may_acknowledge: it makes sense.
    """

    id: int
    mood: str
    case_number: str
    subject: str
    head: str
    told: str
    coming: list[Coming]
    more: int
    may_acknowledge: bool


def strip(row: PagingRow, request: Visit) -> Strip:
    """Return a paging for a page: who was paged, who is next and when."""
    steps = row.to_come[:-1]
    coming = _coming(row.chain, steps[:_MOST_TO_COME], request)
    return Strip(
        id=row.id,
        mood=row.state,
        case_number=row.case_number,
        subject=row.subject or row.said,
        head=_head(row, request),
        told=_told(row),
        coming=coming,
        more=len(steps) - len(coming),
        may_acknowledge=row.state in ("running", "exhausted"),
    )


def _head(row: PagingRow, request: Visit) -> str:
    match row.state:
        case "running" if not row.steps_taken and row.next_at and row.next_at > request.now:
            said = _("If nobody takes it up, people are paged from %(clock)s on.")
            return said % {"clock": _clock(row.next_at, request)}
        case "running":
            return _("People are being paged, and nobody has acknowledged yet.")
        case "acknowledged":
            facts = {"name": row.acknowledged_by, "clock": _clock(row.acknowledged_at, request)}
            return _("%(name)s acknowledged at %(clock)s. That meets no promise yet.") % facts
        case "exhausted":
            return _("Everybody was paged, and nobody acknowledged.")
    return _(_ENDS.get(row.why, "Nobody needs to be woken any more."))


_ENDS = {"part": gettext_noop("It goes again, or somebody has ended it.")}


def _told(row: PagingRow) -> str:
    if not row.paged:
        return ""
    return _("Paged so far: %(names)s.") % {"names": ", ".join(row.paged)}


def _clock(at: datetime | None, request: Visit) -> str:
    return say_clock(at, now=request.now, zone=request.zone) if at else ""


def preview(chain: Chain, request: Visit) -> list[Coming]:
    """Return whom a chain would page if a case became Critical now, and nobody answered."""
    steps = list(planned(chain, next_at=request.now, taken=0))[: len(chain.steps)]
    return _coming(chain, steps, request)


def _coming(chain: Chain, steps: list[tuple[int, datetime]], request: Visit) -> list[Coming]:
    known = names() if steps else Names({}, {})
    return [
        Coming(
            clock=_clock(at, request),
            exact=say_exact(at, request.zone),
            whom=_whom(chain, number, at, known),
        )
        for number, at in steps
    ]


def _whom(chain: Chain, number: int, at: datetime, known: Names) -> str:
    step = chain.step(number)
    said = say_whom(step, rotas=known.rotas, agents=known.agents)
    if step.whom != "rota":
        return said
    on_call = agent_on_call(step.rota or 0, at=at)
    if on_call is None:
        return _("nobody: no one is on call in “%(rota)s” then") % {
            "rota": known.rotas.get(step.rota or 0, "–")
        }
    return _("%(name)s, on call in “%(rota)s”") % {
        "name": on_call.name,
        "rota": known.rotas.get(step.rota or 0, "–"),
    }


def pagings_part(request: Visit) -> dict[str, object]:
    """Return what `console/pagings.html` draws: all that is under way at the desk."""
    critical, _watch = chosen_chains()
    return {
        "wakes_nobody": critical is None,
        "pagings": [strip(row, request) for row in unsettled()],
    }
