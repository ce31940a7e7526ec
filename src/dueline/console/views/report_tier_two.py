"""The report of late answers of Tier Two, as a page and as a table for a spreadsheet."""

import csv
from datetime import date, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dueline.console.access import Visit, agents_only
from dueline.queries.late_answers import LateAnswer, Report, late_answers
from dueline.wording.times import say_span

_USUAL = timedelta(days=29)  # before today: thirty days
_LONGEST = timedelta(days=2 * 366)


@agents_only
@require_safe
def show(request: Visit) -> HttpResponse:
    first, last, error = _period(request)
    zone = request.standing.zone
    report = late_answers(first, last, zone=zone, at=request.now)
    if request.GET.get("as") == "csv" and not error:
        return _table(report, first, last, zone=zone)
    context = {
        "here": "tier-two",
        "first": first,
        "last": last,
        "error": error,
        "rows": [(row, say_span(_minutes(row.late))) for row in report.rows],
        "counts": report.counts,
        "sums": _sums(),
    }
    return render(request, "console/report_tier_two.html", context, status=400 if error else 200)


def _sums() -> list[tuple[str, str]]:
    return [
        ("kept", _("In time")),
        ("extended", _("Extended")),
        ("late", _("Too late")),
        ("missing", _("Overdue, not answered")),
        ("running", _("Not due yet")),
        ("withdrawn", _("No longer owed")),
    ]


def _period(request: Visit) -> tuple[date, date, str]:
    """Return the days that are asked for. With an error, the usual ones."""
    today = request.now.astimezone(ZoneInfo(request.standing.zone)).date()
    usual = today - _USUAL, today
    try:
        first = date.fromisoformat(request.GET.get("from") or usual[0].isoformat())
        last = date.fromisoformat(request.GET.get("to") or usual[1].isoformat())
    except ValueError:
        return *usual, _("Write the days like 2026-11-23.")
    if last < first:
        return *usual, _("The last day lies before the first.")
    if last - first > _LONGEST or not 2000 <= first.year <= last.year <= 9000:
        return *usual, _("Choose two years at most.")
    return first, last, ""


def _table(report: Report, first: date, last: date, *, zone: str) -> HttpResponse:
    out = StringIO()
    table = csv.writer(out)
    table.writerow(
        ["case", "subject", "asked_by", "asked_at", "due_at", "ended_at", "how", "minutes_late"]
        + ["who"]
    )
    table.writerows(_cells(row, zone) for row in report.rows)
    response = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    name = f"late-answers-{first.isoformat()}-{last.isoformat()}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _cells(row: LateAnswer, zone: str) -> list[str]:
    how = "taken back" if row.is_taken_back else {"late": "answered", "missing": "open"}[row.word]
    return [
        row.number,
        _tame(row.subject),
        _tame(row.asked_by),
        _local(row.asked_at, zone),
        _local(row.due_at, zone),
        _local(row.met_at, zone) if row.met_at else "",
        how,
        str(int(row.late.total_seconds() // 60)),
        _tame(row.who),
    ]


def _tame(text: str) -> str:
    """Keep a spreadsheet from reckoning with what a customer wrote as a subject."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _local(at: datetime, zone: str) -> str:
    return at.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")


def _minutes(span: timedelta) -> timedelta:
    """Return a span in whole minutes, and one at least."""
    return timedelta(minutes=max(1, int(span.total_seconds() // 60)))
