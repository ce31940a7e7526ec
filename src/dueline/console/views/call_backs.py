"""Call backs that are owed: whom to call next, and what they said."""

from collections.abc import Mapping
from typing import NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dueline.console.access import Visit, agents_only
from dueline.console.live import is_part, tag, tagged, unchanged
from dueline.console.recordings import Recording, drawn
from dueline.console.voicemails import Drawn, drawn_voicemail
from dueline.core.phone import dial_link, spoken
from dueline.core.priorities import Priority
from dueline.queries.call_backs import Attempt, CallBack, call_backs, count_call_backs
from dueline.queries.inbox import region_of
from dueline.queries.queue import latest_event_id
from dueline.queries.recordings import RecordingRow, mark_of_newest, recordings_in
from dueline.wording.promise_lines import PromiseLine, Stored, draw
from dueline.wording.states import say_priority
from dueline.wording.times import say_clock

_ROWS = 50


class Row(NamedTuple):
    """number: as it is read aloud; "" where the caller withheld it. attempts: a sentence each."""

    owed: CallBack
    priority_title: str
    line: PromiseLine
    number: str
    dial: str
    attempts: list[str]
    voicemails: list[tuple[Drawn, Recording | None]]


@agents_only
@require_safe
def show(request: Visit) -> HttpResponse:
    mark = tag(request, "call-backs", latest_event_id(), mark_of_newest())
    if same := unchanged(request, mark):
        return same
    waiting = call_backs(most=_ROWS)
    sounds = recordings_in([owed.case_id for owed in waiting])
    rows = [_row(owed, sounds, request) for owed in waiting]
    context = {
        "here": "calls",
        "rows": rows,
        "left_out": max(0, count_call_backs() - len(rows)) if len(rows) == _ROWS else 0,
        "missed": sum(row.line.mood == "missed" for row in rows),
        "stated_priorities": [(one.value, say_priority(one)) for one in Priority],
    }
    template = "console/call_back_rows.html" if is_part(request) else "console/call_backs.html"
    return tagged(render(request, template, context), mark)


def _row(owed: CallBack, sounds: Mapping[int, RecordingRow], request: Visit) -> Row:
    region, dials = region_of(request.standing.zone), request.standing.dial_address
    return Row(
        owed=owed,
        priority_title=say_priority(owed.priority),
        line=draw(Stored._make(owed.promised[:-1]), now=request.now, zone=request.zone),
        number=spoken(owed.phone, region) if owed.phone else "",
        dial=dial_link(owed.phone, region=region, address=dials) if owed.phone else "",
        attempts=[_attempt(attempt, request) for attempt in owed.attempts],
        voicemails=[
            (
                drawn_voicemail(
                    heard, region=region, dials=dials, now=request.now, zone=request.zone
                ),
                drawn(sounds[heard.id], now=request.now, zone=request.zone)
                if heard.id in sounds
                else None,
            )
            for heard in owed.voicemails
        ],
    )


def _attempt(attempt: Attempt, request: Visit) -> str:
    facts = {
        "who": attempt.agent or _("A colleague"),
        "at": say_clock(attempt.happened_at, now=request.now, zone=request.zone),
    }
    if attempt.left_message:
        return _("%(at)s %(who)s: no answer, left a message") % facts
    return _("%(at)s %(who)s: no answer") % facts
