"""Publishing calendars: always a new version, never a change to an old one."""

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import available_timezones

from django.db import transaction

from dueline.actions import audit
from dueline.actions._administration import administrators_only
from dueline.core.audience import Person
from dueline.core.calendar_drafts import LONGEST_NAME, check_draft, with_week
from dueline.core.calendars import local_midnight, parse_calendar, spell_calendar
from dueline.core.errors import Refusal
from dueline.core.policy import ALWAYS, OFFICE
from dueline.models import Calendar, CalendarDraft, CalendarVersion
from dueline.queries.policies import current_calendar


def publish_calendar(
    *,
    source: str,
    at: datetime,
    holds_from: datetime | None = None,
    published_by: int | None = None,
) -> CalendarVersion:
    """Publish the next version of the calendar that the text names.

    holds_from: for requests that arrive from then on; None: from now. published_by: an agent.
    Raises Refusal("bad-calendar") when it cannot be read.
    """
    name = parse_calendar(source).name
    with transaction.atomic():
        calendar, _ = Calendar.objects.get_or_create(name=name)
        number = calendar.versions.count() + 1
        return CalendarVersion.objects.create(
            calendar=calendar,
            number=number,
            source=source,
            published_at=at,
            holds_from=holds_from or at,
            published_by_id=published_by,
        )


def add_calendar(*, name: str, zone: str, actor: Person, at: datetime) -> Calendar:
    """Add a calendar that begins as the office hours are, in a zone of its own.

    It has its first version at once: a contract may name it, and must find one.
    Raises Refusal with the name of the field as its code.
    """
    administrators_only(actor)
    if zone not in available_timezones():
        raise Refusal("zone", "Choose the time zone in which these hours are.")
    office = current_calendar(at=at).calendar
    return _add(
        name=" ".join(name.split()),
        source=spell_calendar(with_week(office, office.week, zone=zone)),
        actor=actor,
        at=at,
    )


def add_calendar_from_text(text: str, *, actor: Person, at: datetime) -> Calendar:
    """Add the calendar that a TOML text describes. Raises Refusal("text") or Refusal("name")."""
    administrators_only(actor)
    source = check_text(text)
    return _add(name=parse_calendar(source).name, source=source, actor=actor, at=at)


def _add(*, name: str, source: str, actor: Person, at: datetime) -> Calendar:
    _check_name(name)
    source = renamed(source, name=name)
    with transaction.atomic():
        audit.record("calendar_added", about=name, actor=actor, at=at)
        return publish_calendar(source=source, at=at, published_by=actor.id).calendar


def _check_name(name: str) -> None:
    if not name:
        raise Refusal("name", "How is the calendar called?")
    if len(name) > LONGEST_NAME:
        raise Refusal("name", "This is too long.")
    if name.lower() in (OFFICE, ALWAYS):
        raise Refusal("name", "Policies use this word for something else. Choose another name.")
    if Calendar.objects.filter(name__iexact=name).exists():
        raise Refusal("name", "There is a calendar of this name.")


LARGEST_TEXT = 500_000  # characters


def check_text(text: str) -> str:
    """Return the TOML text of a calendar as this desk writes it. Raises Refusal("text")."""
    if len(text) > LARGEST_TEXT:
        raise Refusal("text", "The text is too long for a calendar.")
    try:
        calendar = parse_calendar(text.replace("\r\n", "\n"))
        check_draft(calendar)
    except Refusal as refusal:
        raise Refusal("text", refusal.words, **refusal.facts) from refusal
    return spell_calendar(calendar)


def renamed(source: str, *, name: str) -> str:
    """Return the text of a calendar under another name."""
    return spell_calendar(replace(parse_calendar(source), name=name))


def publish_draft(
    calendar_id: int, *, version: int, holds_from_on: date | None, actor: Person, at: datetime
) -> CalendarVersion:
    """Make the draft a version, for requests that arrive from a day on.

    version: of the draft, as it was shown. holds_from_on: None or today: from now. Days are those
    of the draft's own zone.
    Raises Refusal("holds_from"), Refusal("stale"), Refusal("unchanged"), Refusal("never-open").
    """
    administrators_only(actor)
    draft = CalendarDraft.objects.filter(calendar_id=calendar_id, discarded_at=None).first()
    if draft is None:
        raise Refusal("unchanged", "There is no draft to publish.")
    calendar = parse_calendar(draft.source)
    check_draft(calendar)
    if calendar == current_calendar(calendar_id, at=at).calendar:
        raise Refusal("unchanged", "The draft changes nothing.")
    today = calendar.local_day(at)
    if holds_from_on is not None and holds_from_on < today:
        raise Refusal("holds_from", "A version cannot hold from a day that has passed.")
    later = holds_from_on is not None and holds_from_on > today
    with transaction.atomic():
        # The claim comes first: of two who publish at once, one finds nothing left.
        claimed, _ = CalendarDraft.objects.filter(
            pk=draft.pk, version=version, discarded_at=None
        ).delete()
        if not claimed:
            raise draft_has_changed()
        published = publish_calendar(
            source=draft.source,
            at=at,
            holds_from=local_midnight(calendar, holds_from_on) if later and holds_from_on else at,
            published_by=actor.id,
        )
        audit.record(
            "calendar_published",
            about=calendar.name,
            actor=actor,
            at=at,
            number=published.number,
            holds_from=published.holds_from.isoformat(),
        )
        return published


def draft_has_changed() -> Refusal:
    return Refusal("stale", "The draft has changed meanwhile. Look at it again.")
