"""An administrator changes the calendar of the desk, and no running promise moves."""

from datetime import date, timedelta

import pytest

from dueline.actions import calendar_drafts as drafts
from dueline.core.calendars import parse_openings
from dueline.models import CalendarVersion
from tests.axe import violations
from tests.world import build_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 360, "height": 780}


@pytest.fixture
def world(transactional_db):
    return build_world()


@pytest.fixture
def calendars(world, browser, live_server, enter):
    """Open Ada's window on the calendars: `calendars(path, **options) -> page`."""

    def open_window(path="", **options):
        page = browser(**{"viewport": WIDE, **options})
        cookie = enter(world.ada).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        page.goto(f"{live_server.url}/console/settings/{path}")
        return page

    return open_window


def next_weekday(day: date, weekday: int) -> date:
    return day + timedelta(days=(weekday - day.weekday()) % 7 or 7)


@pytest.mark.parametrize(
    "script",
    [True, pytest.param(False, marks=pytest.mark.long)],
    ids=["with script", "without script"],
)
def test_a_half_day_is_drafted_drawn_and_published_and_no_running_promise_moves(
    world, calendars, now, script
):
    case = world.case(world.eve, at=now)
    before = list(case.commitments.values())
    # The very day on which the promise falls due becomes a half day.
    half = case.commitments.get(kind="response").due_at.date()
    page = calendars("calendars", java_script_enabled=script)
    page.get_by_role("link", name="Office hours", exact=True).click()
    page.get_by_role("link", name="Change it").click()
    page.goto(f"{page.url}?year={half.year}")

    page.locator(f'.month a[href*="on={half}"]').click()
    assert page.input_value("#first_on") == str(half)
    page.fill("#date_name", "Half a day")
    page.fill("#date_open", "08:00-13:00")
    page.locator("#date").get_by_role("button", name="Put into the draft").click()

    drawn = page.locator(f'.month .is-half-day a[href*="on={half}"]')
    drawn.wait_for()
    drawn.focus()
    assert "open 08:00–13:00 (Half a day)" in drawn.inner_text()
    page.get_by_text("open 08:00–17:00 → open 08:00–13:00 (Half a day).").wait_for()
    page.get_by_text("2 contracts, 1 open case; nothing running moves.").wait_for()
    assert CalendarVersion.objects.count() == 1

    page.get_by_role("button", name="Publish").click()

    page.get_by_text("Version 2 is published.").wait_for()
    assert page.locator("tbody tr", has_text="version 2").get_by_text("Ada Sund").is_visible()
    assert list(case.commitments.values()) == before
    later = world.case(world.eve, at=now + timedelta(seconds=60))
    due = later.commitments.get(kind="response").due_at
    assert due < before[0]["due_at"]
    assert due.date() == half


def test_the_laboratory_draws_what_it_says(calendars):
    page = calendars("laboratory?from=2026-06-18T16:30&target=4+h")
    assert page.locator(".segment-line .is-counted").count() == 2
    assert page.locator(".segment-line .is-skipped").count() == 4
    page.fill("#target", "1 business day")
    page.keyboard.press("Enter")
    page.get_by_text("1 business day: due 2026-06-22 16:30:00 CEST.").wait_for()
    assert page.locator(".segment-line .is-counted").count() == 1


# Contrast depends on the scheme alone, and what sticks out on the width alone.
@pytest.mark.parametrize(
    ("viewport", "scheme"),
    [pytest.param(WIDE, "light", marks=pytest.mark.long), (NARROW, "dark")],
)
def test_the_pages_of_calendars_can_be_used_by_everybody(world, calendars, now, viewport, scheme):
    """No serious finding of axe, and nothing beyond the edge of a telephone."""
    desks = world.desk.calendar_id
    by = {"actor": world.ada, "at": now}
    drafts.fill_holidays(desks, country="SE", region="", years=range(now.year, now.year + 1), **by)
    for offset, name, hours in (
        (0, "Half a day", "08:00-12:00"),
        (5, "A name as long as a row of the table can bear, and then some more of it " * 2, ""),
        (12, "Open Saturday", "10:00-12:00"),
    ):
        on = next_weekday(date(now.year, 3, 1), 0) + timedelta(days=offset)
        openings = parse_openings(hours)
        drafts.set_dates(desks, first_on=on, last_on=on, name=name, openings=openings, **by)
    page = calendars("calendars", viewport=viewport, color_scheme=scheme)
    for path in (
        "",
        "calendars",
        f"calendars/{desks}",
        f"calendars/{desks}/draft",
        "laboratory",
    ):
        page.goto(f"{page.url.split('/console/')[0]}/console/settings/{path}".rstrip("/"))
        findings = [
            (path, finding["id"], [node["html"][:120] for node in finding["nodes"][:3]])
            for finding in violations(page)
            if finding["impact"] in ("serious", "critical")
        ]
        assert findings == []
        sideways = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(sideways) <= 0, path
