"""Due next: the open cases in the order in which their promises fall due."""

from datetime import datetime
from itertools import groupby
from operator import attrgetter
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dueline.console.access import Visit, agents_only
from dueline.console.lines import LATER, NOTHING, NOW, TODAY, lines
from dueline.console.live import is_part, tag, tagged, unchanged
from dueline.queries.plans import titles_of_plans
from dueline.queries.queue import (
    COUNTED_TO,
    SCOPES,
    Place,
    counts,
    latest_event_id,
    place_of,
    queue,
)

_ROWS = 50
_DEFAULT = "team"


@agents_only
@require_safe
def show(request: Visit) -> HttpResponse:
    scope = request.GET.get("show", _DEFAULT)
    scope = scope if scope in SCOPES else _DEFAULT
    after = _place(request.GET.get("after", ""))
    mark = tag(request, "queue", scope, after and after.id, latest_event_id())
    if same := unchanged(request, mark):
        return same
    rows = queue(request.person, scope=scope, limit=_ROWS + 1, after=after)
    shown = rows[:_ROWS]
    drawn = lines(
        shown,
        reader=request.person,
        plans=titles_of_plans(),
        now=request.now,
        zone=request.zone,
    )
    template = "console/queue_rows.html" if is_part(request) else "console/queue.html"
    page = {
        "here": "queue",
        "scope": scope,
        "sections": [(title, list(group)) for title, group in groupby(drawn, attrgetter("section"))]
        if scope != "waiting"
        else [("waiting", drawn)] * bool(drawn),
        "titles": _titles(),
        "tabs": _tabs(request, scope),
        "is_first": after is None,
        "next_page": _address(scope, place_of(shown[-1], scope=scope)) if rows[_ROWS:] else "",
        "own_address": request.get_full_path(),
        "missed": sum(line.promise is not None and line.promise.mood == "missed" for line in drawn),
        "soon": sum(line.section in (NOW, TODAY) for line in drawn),
    }
    return tagged(render(request, template, page), mark)


def _tabs(request: Visit, scope: str) -> list[tuple[str, str, str, bool]]:
    """Return (title, address, count, is here) of each tab."""
    titles = {
        "mine": _("Mine"),
        "team": _("Team"),
        "all": _("All"),
        "waiting": _("Waiting"),
    }
    many = counts(request.person)
    return [
        (
            titles[key],
            f"/console/queue?show={key}",
            str(many[key]) if many[key] < COUNTED_TO else f"{COUNTED_TO - 1}+",
            key == scope,
        )
        for key in SCOPES
    ]


def _titles() -> dict[str, str]:
    return {
        NOW: _("Now"),
        TODAY: _("Today"),
        LATER: _("Later"),
        NOTHING: _("Nothing owed at present"),
        "waiting": _("Waiting for somebody else"),
    }


def _address(scope: str, place: Place) -> str:
    return "/console/queue?" + urlencode(
        {"show": scope, "after": f"{place.at.isoformat()} {place.id}"}
    )


def _place(text: str) -> Place | None:
    """Read where the last page ended. What cannot be read begins at the beginning."""
    at, _sep, id_ = text.partition(" ")
    try:
        place = Place(datetime.fromisoformat(at), int(id_))
    except ValueError:
        return None
    return place if place.at.tzinfo else None
