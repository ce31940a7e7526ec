"""Changing the draft of a calendar. Nothing counts by a draft; publishing it is an act of its own.

The first change makes the draft, out of the version that was published last.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime

from django.db import IntegrityError, transaction

from dueline.actions import audit
from dueline.actions._administration import administrators_only
from dueline.actions.calendars import check_text, draft_has_changed
from dueline.core import calendar_drafts as drafts
from dueline.core.audience import Person
from dueline.core.calendars import Calendar, Exceptional, parse_calendar, spell_calendar
from dueline.core.closures import Closures, read_closures
from dueline.core.errors import Refusal
from dueline.models import Calendar as CalendarRow
from dueline.models import CalendarDraft
from dueline.queries.calendars import newest_version

YEARS_OF_HOLIDAYS = 5
MOST_YEARS = 15


def change_week(
    calendar_id: int, *, week: tuple[drafts.Openings, ...], zone: str, actor: Person, at: datetime
) -> None:
    """Raises Refusal("zone") or Refusal("hours")."""
    _change(
        calendar_id,
        lambda calendar: drafts.with_week(calendar, week, zone=zone),
        actor=actor,
        at=at,
    )


def fill_holidays(
    calendar_id: int, *, country: str, region: str, years: range, actor: Person, at: datetime
) -> int:
    """Write the holidays of a country as dates; return how many days they are.

    What a person put in stays. Raises Refusal("country") or Refusal("years").
    """
    if not 0 < len(years) <= MOST_YEARS:
        raise Refusal("years", "Choose between 1 and %(n)s years.", n=MOST_YEARS)
    proposed = propose_holidays(country, region=region, years=years)
    _change(
        calendar_id,
        lambda calendar: drafts.with_holidays(calendar, proposed, years=years),
        actor=actor,
        at=at,
    )
    return len(proposed)


def propose_holidays(country: str, *, region: str, years: range) -> Mapping[date, Exceptional]:
    """Return the holidays of a country; none for "". Raises Refusal("country")."""
    if not country:
        return {}
    # Read only when holidays are filled in: the package is large, and no other page needs it.
    from dueline.core.holiday_dates import holiday_dates

    try:
        return holiday_dates(country, years=years, region=region)
    except KeyError as error:
        raise Refusal("country", "No holidays are known for this country or region.") from error


def set_dates(
    calendar_id: int,
    *,
    first_on: date,
    last_on: date,
    name: str,
    openings: drafts.Openings,
    actor: Person,
    at: datetime,
) -> None:
    """Put in days that are not like their weekday. Raises Refusal with a field as its code."""
    _change(
        calendar_id,
        lambda calendar: drafts.with_dates(
            calendar, first_on, last_on, name=name, openings=openings
        ),
        actor=actor,
        at=at,
    )


def remove_date(calendar_id: int, *, on: date, actor: Person, at: datetime) -> None:
    """Let a day be like its weekday again."""
    _change(calendar_id, lambda calendar: drafts.without_date(calendar, on), actor=actor, at=at)


def import_closures(
    calendar_id: int, *, content: bytes, actor: Person, at: datetime
) -> tuple[Closures, int]:
    """Close the days of an iCalendar file, from this year to the last that the calendar names.

    Returns what was read, and how many days it added. Raises Refusal("closures").
    """
    administrators_only(actor)
    before = draft_or_newest(calendar_id)
    this_year = before.local_day(at).year
    last = max([this_year + YEARS_OF_HOLIDAYS - 1, *(day.year for day in before.dates)])
    found = read_closures(content, zone=before.zone, years=range(this_year, last + 1))
    after = drafts.with_closures(before, found.days)
    added = sum(after.dates[day] != before.dates.get(day) for day in after.dates)
    if added:
        _change(
            calendar_id,
            lambda calendar: drafts.with_closures(calendar, found.days),
            actor=actor,
            at=at,
        )
    return found, added


def import_text(calendar_id: int, *, text: str, actor: Person, at: datetime) -> None:
    """Take the whole calendar from a TOML text, but for its name. Raises Refusal("text")."""
    administrators_only(actor)
    imported = parse_calendar(check_text(text))
    _change(calendar_id, lambda calendar: replace(imported, name=calendar.name), actor=actor, at=at)


def discard_draft(calendar_id: int, *, actor: Person, at: datetime) -> None:
    """Lay the draft aside. It can be brought back until another is begun."""
    administrators_only(actor)
    with transaction.atomic():
        found = CalendarDraft.objects.filter(calendar_id=calendar_id, discarded_at=None)
        if found.update(discarded_at=at):
            _record("laid_aside", calendar_id, actor=actor, at=at)


def bring_back_draft(calendar_id: int, *, actor: Person, at: datetime) -> None:
    """Go on with the draft that was laid aside. Raises Refusal("not-now")."""
    administrators_only(actor)
    with transaction.atomic():
        found = CalendarDraft.objects.filter(calendar_id=calendar_id, discarded_at__isnull=False)
        if not found.update(discarded_at=None):
            raise Refusal("not-now", "There is no draft to bring back.")
        _record("taken_up", calendar_id, actor=actor, at=at)


def draft_or_newest(calendar_id: int) -> Calendar:
    """Return the draft of a calendar, or else the version that was published last.

    Raises Refusal("not-found").
    """
    return parse_calendar(_source(_row(calendar_id), calendar_id))


def _row(calendar_id: int) -> CalendarDraft | None:
    return CalendarDraft.objects.filter(calendar_id=calendar_id).first()


def _source(row: CalendarDraft | None, calendar_id: int) -> str:
    if row is not None and row.discarded_at is None:
        return row.source
    return newest_version(calendar_id).source


def _change(
    calendar_id: int, change: Callable[[Calendar], Calendar], *, actor: Person, at: datetime
) -> None:
    """Apply one change to the draft, which begins with it if there is none."""
    administrators_only(actor)
    row = _row(calendar_id)
    changed = spell_calendar(change(parse_calendar(_source(row, calendar_id))))
    columns = {"source": changed, "edited_by_id": actor.id, "edited_at": at, "discarded_at": None}
    with transaction.atomic():
        _store(row, calendar_id, columns)
        _record("changed", calendar_id, actor=actor, at=at, source=changed)


def _store(row: CalendarDraft | None, calendar_id: int, columns: Mapping[str, object]) -> None:
    if row is None:
        try:
            with transaction.atomic():
                CalendarDraft.objects.create(calendar_id=calendar_id, **columns)
        except IntegrityError as error:
            raise draft_has_changed() from error
        return
    # Of two changes at once the second is refused, so that neither is lost.
    done = CalendarDraft.objects.filter(pk=row.pk, version=row.version).update(
        **columns, version=row.version + 1
    )
    if not done:
        raise draft_has_changed()


def _record(what: str, calendar_id: int, *, actor: Person, at: datetime, **facts: str) -> None:
    name = CalendarRow.objects.values_list("name", flat=True).get(pk=calendar_id)
    audit.record(f"calendar_{what}", about=name, actor=actor, at=at, **facts)
