"""Drafts of calendars, and what becomes of them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from dueline.actions import calendar_drafts as drafts
from dueline.actions import calendars, contracts, messages
from dueline.core.calendars import parse_calendar, parse_openings
from dueline.core.errors import Refusal
from dueline.models import AuditEntry, Calendar, CalendarDraft, CalendarVersion
from dueline.queries.calendars import calendar_lines, calendar_page, calendars_running_out
from dueline.queries.commitments import differences
from dueline.queries.policies import current_calendar
from tests.world import MONDAY, OFFICE, World

HOUR = timedelta(hours=1)
TODAY = MONDAY.date()
TUESDAY = TODAY + timedelta(days=1)
NEXT_MONDAY = TODAY + timedelta(days=7)
HALF = parse_openings("08:00-13:00")


@pytest.fixture
def desks(world: World) -> int:
    return world.desk.calendar_id


def refused(code, act):
    with pytest.raises(Refusal) as refusal:
        act()
    assert refusal.value.code == code


def half_day(world, calendar_id, *, on=TUESDAY, at=MONDAY):
    drafts.set_dates(
        calendar_id,
        first_on=on,
        last_on=on,
        name="Half a day",
        openings=HALF,
        actor=world.ada,
        at=at,
    )


def publish(world, calendar_id, *, on=None, version=None, at=MONDAY):
    version = version or CalendarDraft.objects.get(calendar_id=calendar_id).version
    return calendars.publish_draft(
        calendar_id, version=version, holds_from_on=on, actor=world.ada, at=at
    )


# - who may -


def test_i17_i59_only_an_administrator_touches_a_calendar(world, desks):
    half_day(world, desks)
    facts = {"actor": world.asta, "at": MONDAY}
    for act in (
        lambda: calendars.add_calendar(name="N", zone="UTC", **facts),
        lambda: calendars.add_calendar_from_text(OFFICE, **facts),
        lambda: calendars.publish_draft(desks, version=1, holds_from_on=None, **facts),
        lambda: drafts.change_week(desks, week=(HALF,) * 7, zone="UTC", **facts),
        lambda: drafts.fill_holidays(
            desks, country="SE", region="", years=range(2026, 2027), **facts
        ),
        lambda: drafts.set_dates(
            desks, first_on=TODAY, last_on=TODAY, name="N", openings=(), **facts
        ),
        lambda: drafts.remove_date(desks, on=TODAY, **facts),
        lambda: drafts.import_closures(desks, content=b"", **facts),
        lambda: drafts.import_text(desks, text=OFFICE, **facts),
        lambda: drafts.discard_draft(desks, **facts),
        lambda: drafts.bring_back_draft(desks, **facts),
    ):
        refused("not-found", act)
    assert CalendarDraft.objects.get().version == 1
    assert CalendarVersion.objects.count() == 1


def test_an_unknown_calendar_has_no_draft(world):
    refused("not-found", lambda: half_day(world, 999))


# - adding -


@pytest.mark.parametrize(
    ("code", "name", "zone"),
    [
        ("name", " ", "UTC"),
        ("name", "x" * 201, "UTC"),
        ("name", "office HOURS", "UTC"),
        ("name", "office", "UTC"),  # what cells call the contract's own
        ("name", "Always", "UTC"),
        ("zone", "Helsinki", "Europe/Nowhere"),
    ],
)
def test_a_calendar_that_cannot_be_is_not_added(world, code, name, zone):
    refused(code, lambda: calendars.add_calendar(name=name, zone=zone, actor=world.ada, at=MONDAY))
    assert Calendar.objects.count() == 1


def test_a_new_calendar_begins_as_the_office_hours_in_its_own_zone(world):
    added = calendars.add_calendar(
        name="Helsinki", zone="Europe/Helsinki", actor=world.ada, at=MONDAY
    )
    found = current_calendar(added.pk, at=MONDAY)
    assert (found.number, found.calendar.name) == (1, "Helsinki")
    assert found.calendar.zone == "Europe/Helsinki"
    assert found.calendar.week == parse_calendar(OFFICE).week
    assert not found.calendar.is_open_day(date(2026, 12, 24))


def test_a_calendar_is_added_from_the_text_of_another(world, desks):
    text = OFFICE.replace("Office hours", "Oslo").replace("Stockholm", "Oslo")
    added = calendars.add_calendar_from_text(text, actor=world.ada, at=MONDAY)
    assert current_calendar(added.pk, at=MONDAY).calendar == parse_calendar(text)
    refused("text", lambda: calendars.add_calendar_from_text("x", actor=world.ada, at=MONDAY))
    refused(
        "text",
        lambda: calendars.add_calendar_from_text("#" * 500_001, actor=world.ada, at=MONDAY),
    )


# - a contract in another zone (row 51 of the features) -


def test_a_contract_by_the_calendar_of_helsinki_is_promised_on_the_clock_of_helsinki(world):
    helsinki = calendars.add_calendar(
        name="Helsinki", zone="Europe/Helsinki", actor=world.ada, at=MONDAY - 9 * HOUR
    )
    by_desk = world.case(world.eve, at=MONDAY)
    contracts.add_contract(
        world.southgate.pk,
        plan="standard",
        starts_on=TODAY,
        ends_on=None,
        calendar_id=helsinki.pk,
        actor=world.ada,
        at=MONDAY,
    )
    by_helsinki = world.case(world.eve, at=MONDAY)

    def due_at(case):
        return case.commitments.get(kind="response").due_at

    # The end of the next business day: 17:00 in Stockholm, 17:00 in Helsinki an hour before.
    assert due_at(by_desk) == datetime(2026, 11, 24, 16, tzinfo=UTC)
    assert due_at(by_helsinki) == datetime(2026, 11, 24, 15, tzinfo=UTC)
    (line,) = [line for line in calendar_lines(at=MONDAY) if line.id == helsinki.pk]
    assert line.contracts == 1
    assert calendar_page(helsinki.pk, at=MONDAY).open_cases == 1


# - a draft -


def test_a_draft_counts_for_nothing(world, desks):
    half_day(world, desks)
    case = world.case(world.eve, at=MONDAY)
    assert case.commitments.get(kind="response").due_at == datetime(2026, 11, 24, 16, tzinfo=UTC)


def test_each_change_goes_on_from_the_one_before(world, desks):
    half_day(world, desks)
    half_day(world, desks, on=NEXT_MONDAY)
    draft = CalendarDraft.objects.get()
    assert {TUESDAY, NEXT_MONDAY} < set(parse_calendar(draft.source).dates)
    assert (draft.version, draft.edited_by_id, draft.edited_at) == (2, world.ada.id, MONDAY)


def test_a_change_that_is_refused_begins_no_draft(world, desks):
    refused(
        "country",
        lambda: drafts.fill_holidays(
            desks, country="XX", region="", years=range(2026, 2027), actor=world.ada, at=MONDAY
        ),
    )
    refused(
        "years",
        lambda: drafts.fill_holidays(
            desks, country="SE", region="", years=range(2026, 2099), actor=world.ada, at=MONDAY
        ),
    )
    assert not CalendarDraft.objects.exists()


def test_what_was_laid_aside_can_be_taken_up_until_another_is_begun(world, desks):
    refused("not-now", lambda: drafts.bring_back_draft(desks, actor=world.ada, at=MONDAY))
    half_day(world, desks)
    drafts.discard_draft(desks, actor=world.ada, at=MONDAY)
    refused("unchanged", lambda: publish(world, desks))
    drafts.bring_back_draft(desks, actor=world.ada, at=MONDAY)
    assert TUESDAY in drafts.draft_or_newest(desks).dates

    drafts.discard_draft(desks, actor=world.ada, at=MONDAY)
    half_day(world, desks, on=NEXT_MONDAY)
    assert TUESDAY not in drafts.draft_or_newest(desks).dates
    assert NEXT_MONDAY in drafts.draft_or_newest(desks).dates


def test_a_text_takes_the_place_of_everything_but_the_name(world, desks):
    text = 'name = "Elsewhere"\nzone = "UTC"\n[week]\nsunday = ["10:00-11:00"]\n'
    drafts.import_text(desks, text=text, actor=world.ada, at=MONDAY)
    draft = drafts.draft_or_newest(desks)
    assert (draft.name, draft.zone, draft.dates) == ("Office hours", "UTC", {})


def test_closures_of_another_calendar_are_put_in_and_counted(world, desks):
    file = (
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261223\r\n"
        b"DTEND;VALUE=DATE:20261226\r\nSUMMARY:Yule\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    found, added = drafts.import_closures(desks, content=file, actor=world.ada, at=MONDAY)
    assert len(found.days) == 3
    assert added == 1  # the 24th and the 25th are closed already
    assert drafts.draft_or_newest(desks).why_closed(date(2026, 12, 23)) == "Yule"


# - publishing -


def test_nothing_is_published_without_a_change(world, desks):
    refused("unchanged", lambda: publish(world, desks, version=1))
    drafts.change_week(
        desks,
        week=parse_calendar(OFFICE).week,
        zone="Europe/Stockholm",
        actor=world.ada,
        at=MONDAY,
    )
    refused("unchanged", lambda: publish(world, desks))
    assert CalendarVersion.objects.count() == 1


def test_a_version_does_not_hold_from_a_day_that_has_passed(world, desks):
    half_day(world, desks)
    refused("holds_from", lambda: publish(world, desks, on=TODAY - timedelta(days=1)))
    assert CalendarDraft.objects.exists()


def test_what_has_changed_since_it_was_shown_is_not_published(world, desks):
    half_day(world, desks)
    half_day(world, desks, on=NEXT_MONDAY)
    refused("stale", lambda: publish(world, desks, version=1))
    assert CalendarVersion.objects.count() == 1
    assert CalendarDraft.objects.get().version == 2


def test_a_published_draft_holds_from_now_and_is_no_draft_any_more(world, desks):
    half_day(world, desks)
    published = publish(world, desks)
    assert (published.number, published.holds_from) == (2, MONDAY)
    assert published.published_by_id == world.ada.id
    assert not CalendarDraft.objects.exists()
    assert current_calendar(desks, at=MONDAY).number == 2


def test_a_version_for_a_later_day_holds_from_its_midnight_on_the_calendars_wall(world, desks):
    half_day(world, desks, on=date(2027, 1, 4))
    publish(world, desks, on=date(2027, 1, 1))
    midnight = datetime(2026, 12, 31, 23, tzinfo=UTC)
    assert current_calendar(desks, at=midnight - timedelta(seconds=1)).number == 1
    assert current_calendar(desks, at=midnight).number == 2
    page = calendar_page(desks, at=MONDAY)
    assert (page.in_force.number, page.later.number) == (1, 2)
    # The next draft goes on from what was published last, and not from what is in force.
    assert date(2027, 1, 4) in drafts.draft_or_newest(desks).dates


def test_publishing_moves_no_promise_that_runs_and_no_verdict(world, desks):
    running = world.case(world.eve, at=MONDAY)
    missed = world.case(priority="critical", at=MONDAY - 5 * HOUR)
    messages.add_note(missed.pk, text="Nobody has called.", actor=world.asta, at=MONDAY)
    assert missed.commitments.get(kind="response").state == "missed"
    before = [list(case.commitments.order_by("pk").values()) for case in (running, missed)]
    half_day(world, desks)
    drafts.change_week(desks, week=(HALF,) * 7, zone="America/New_York", actor=world.ada, at=MONDAY)
    publish(world, desks, at=MONDAY + HOUR)
    after = [list(case.commitments.order_by("pk").values()) for case in (running, missed)]
    assert after == before
    assert differences(running.pk) == differences(missed.pk) == []
    fresh = world.case(world.eve, at=MONDAY + 2 * HOUR)
    assert fresh.calendar_version.number == 2


def test_a_published_version_cannot_be_changed(world, desks):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        CalendarVersion.objects.filter(calendar_id=desks).update(source="other")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        CalendarVersion.objects.filter(calendar_id=desks).update(published_by=world.ada.id)


def test_i59_every_change_of_a_calendar_names_who_made_it(world, desks):
    calendars.add_calendar(name="Oslo", zone="Europe/Oslo", actor=world.ada, at=MONDAY)
    half_day(world, desks)
    drafts.discard_draft(desks, actor=world.ada, at=MONDAY)
    drafts.discard_draft(desks, actor=world.ada, at=MONDAY)  # is no change
    drafts.bring_back_draft(desks, actor=world.ada, at=MONDAY)
    text = CalendarDraft.objects.get().source
    publish(world, desks, on=NEXT_MONDAY)
    kept = AuditEntry.objects.filter(what__startswith="calendar").order_by("id")
    assert [(entry.what, entry.about) for entry in kept] == [
        ("calendar_added", "Oslo"),
        ("calendar_changed", "Office hours"),
        ("calendar_laid_aside", "Office hours"),
        ("calendar_taken_up", "Office hours"),
        ("calendar_published", "Office hours"),
    ]
    assert {entry.agent_id for entry in kept} == {world.ada.id}
    assert kept[1].facts == {"source": text}
    assert kept[4].facts == {"number": 2, "holds_from": "2026-11-29T23:00:00+00:00"}


# - when holidays run out -


def test_the_end_of_the_holidays_is_told_until_the_next_ones_are_published(world, desks):
    drafts.fill_holidays(
        desks, country="SE", region="", years=range(2026, 2027), actor=world.ada, at=MONDAY
    )
    publish(world, desks)
    assert calendars_running_out(at=MONDAY) == [(desks, "Office hours", 2026)]
    drafts.fill_holidays(
        desks, country="SE", region="", years=range(2027, 2029), actor=world.ada, at=MONDAY
    )
    assert calendars_running_out(at=MONDAY) != []  # a draft is no holiday yet
    publish(world, desks, on=date(2027, 1, 1))
    assert calendars_running_out(at=MONDAY) == []
    assert calendar_page(desks, at=MONDAY).run_out is None
