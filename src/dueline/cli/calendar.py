"""`dueline calendar`: a laboratory for open time."""

import json
from argparse import Namespace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from dueline.cli.arguments import Commands, command, noun
from dueline.core.errors import Refusal

if TYPE_CHECKING:
    from dueline.core.calendars import Calendar


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
        parser.add_argument("--json", action="store_true")


def _due(arguments: Namespace) -> None:
    from dueline.core.commitments import due_after
    from dueline.core.policy import OFFICE, Cell, parse_target
    from dueline.wording.times import say_exact

    calendar = _calendar(arguments.calendar)
    start = _instant(arguments.start, calendar)
    due_at = due_after(Cell(parse_target(arguments.target), OFFICE), calendar, start)
    if arguments.json:
        print(json.dumps({"from": start.isoformat(), "due_at": due_at.isoformat()}))
        return
    print(say_exact(due_at, calendar.zone))
    _print_trace(calendar, start, due_at)


def _between(arguments: Namespace) -> None:
    from dueline.core.calendars import open_time_between
    from dueline.wording.times import say_span

    calendar = _calendar(arguments.calendar)
    start, end = (_instant(text, calendar) for text in (arguments.start, arguments.end))
    amount = open_time_between(calendar, start, end)
    if arguments.json:
        print(json.dumps({"seconds": int(amount.total_seconds())}))
        return
    print(say_span(amount))
    _print_trace(calendar, start, end)


def _print_trace(calendar: "Calendar", start: datetime, end: datetime) -> None:
    """Show every stretch of time that was counted or skipped."""
    from dueline.core.explain import open_and_closed
    from dueline.wording.explain import say_segment

    for segment in open_and_closed(calendar, start, end):
        print(" ", say_segment(segment, calendar.zone))


def _calendar(name: str) -> "Calendar":
    from dueline.core.calendars import parse_calendar
    from dueline.models import CalendarVersion

    if Path(name).is_file():
        return parse_calendar(Path(name).read_text(encoding="utf-8"))
    versions = CalendarVersion.objects.filter(calendar__name__iexact=name)
    version = versions.order_by("-number").first()
    if version is None:
        raise Refusal("not-found", f"There is no calendar “{name}”, and no file of that name.")
    return parse_calendar(version.source)


def _instant(text: str, calendar: "Calendar") -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise Refusal(
            "bad-instant", f"“{text}” is not an instant like 2026-11-20T16:30."
        ) from error
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(calendar.zone))
