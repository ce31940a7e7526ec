"""`dueline calendar`: a laboratory for open time."""

import json
from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from dueline.cli.arguments import Commands, command, noun
from dueline.core.errors import Refusal

if TYPE_CHECKING:
    from dueline.core.calendars import Calendar
    from dueline.core.laboratory import Trace


def register(commands: Commands) -> None:
    calendar = noun(commands, "calendar", help="reckon with opening hours")
    due = command(calendar, "due", run=_due, help="when a target is due that begins at an instant")
    due.add_argument("--for", required=True, dest="target", help='"4 h", "1 business day", …')
    between = command(calendar, "between", run=_between, help="the open time between two instants")
    between.add_argument("--to", required=True, dest="end", metavar="INSTANT")
    for parser in (due, between):
        parser.add_argument(
            "--calendar", required=True, help="a calendar of the desk, or a TOML file"
        )
        parser.add_argument(
            "--from",
            required=True,
            dest="start",
            metavar="INSTANT",
            help="2026-11-20T16:30, on the calendar's own wall unless an offset is given",
        )
        parser.add_argument("--draft", action="store_true", help="its draft, not what is in force")
        parser.add_argument("--json", action="store_true")


def _due(arguments: Namespace) -> None:
    from dueline.core.laboratory import reckon_due
    from dueline.core.policy import parse_target
    from dueline.wording.times import say_exact

    calendar = _calendar(arguments)
    start = _instant(arguments.start, calendar)
    trace = reckon_due(calendar, start, parse_target(arguments.target))
    if arguments.json:
        print(json.dumps({"from": start.isoformat(), "due_at": trace.end.isoformat()}))
        return
    print(say_exact(trace.end, calendar.zone))
    _print(trace)


def _between(arguments: Namespace) -> None:
    from dueline.core.laboratory import reckon_between
    from dueline.wording.times import say_span

    calendar = _calendar(arguments)
    start, end = (_instant(text, calendar) for text in (arguments.start, arguments.end))
    trace = reckon_between(calendar, start, end)
    if arguments.json:
        print(json.dumps({"seconds": int(trace.counted.total_seconds())}))
        return
    print(say_span(trace.counted))
    _print(trace)


def _print(trace: "Trace") -> None:
    """Say what the page of the laboratory says, in the same words."""
    from dueline.wording.laboratory import say_trace

    for sentence in say_trace(trace):
        print(" ", sentence)


def _calendar(arguments: Namespace) -> "Calendar":
    """Return the calendar that is named: a file, or the version in force, or the draft."""
    from dueline.core.calendars import parse_calendar
    from dueline.core.instants import now
    from dueline.models import Calendar as CalendarRow
    from dueline.models import CalendarDraft
    from dueline.queries.policies import current_calendar

    name = arguments.calendar
    if Path(name).is_file():
        return parse_calendar(Path(name).read_text(encoding="utf-8"))
    row = CalendarRow.objects.filter(name__iexact=name).first()
    if row is None:
        raise Refusal("not-found", f"There is no calendar “{name}”, and no file of that name.")
    if not arguments.draft:
        return current_calendar(row.pk, at=now()).calendar
    draft = CalendarDraft.objects.filter(calendar=row, discarded_at=None).first()
    if draft is None:
        raise Refusal("not-found", f"“{row.name}” has no draft.")
    return parse_calendar(draft.source)


def _instant(text: str, calendar: "Calendar") -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise Refusal(
            "bad-instant", f"“{text}” is not an instant like 2026-11-20T16:30."
        ) from error
    local = at if at.tzinfo else at.replace(tzinfo=ZoneInfo(calendar.zone))
    return local.astimezone(UTC).replace(microsecond=0)
