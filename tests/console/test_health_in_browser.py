"""The pages of health and of the emergency sheet in a browser: small, dark, full and empty."""

from datetime import timedelta

import pytest

from dueline.actions import alarms
from dueline.core.vigil import Part
from dueline.models import Desk, EmergencySheet, PageDestination, PagingChain, PagingStep
from tests.axe import violations
from tests.world import build_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 360, "height": 780}
MINUTE = timedelta(minutes=1)


@pytest.fixture
def world(transactional_db):
    return build_world()


@pytest.fixture
def window(world, browser, live_server, enter):
    """Open Ada's window: `window(path, **options) -> page`."""

    def open_window(path, **options):
        page = browser(**{"viewport": WIDE, **options})
        cookie = enter(world.ada).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        page.goto(f"{live_server.url}/console/{path}")
        return page

    return open_window


@pytest.fixture
def troubled(world, now):
    """A desk with a chain, a monitor that fails, a listener that stands still, and sheets."""
    chain = PagingChain.objects.create(name="Night " * 15, created_at=now)
    for position, person in enumerate((world.bo, world.asta), start=1):
        PagingStep.objects.create(
            chain=chain, position=position, whom="agent", agent_id=person.id, wait_minutes=5
        )
        PageDestination.objects.create(
            agent_id=person.id, position=1, label="phone", address="json://x", created_at=now
        )
    Desk.objects.update(watch_chain=chain, ping_url="https://hc.example/" + "a" * 200)
    alarms.beat(Part.WORKER, Part.INTAKE, Part.SWEEPER, Part.PAGER, Part.WEB, at=now)
    alarms.beat(Part.LISTENER, at=now - 9 * MINUTE)
    alarms.notice("web", since=now - 99 * MINUTE, by="watcher", at=now - 98 * MINUTE)
    alarms.tell(["web"], said="Bo Ström, phone: no\nAsta Lind, phone: taken", at=now - 97 * MINUTE)
    alarms.end("web", at=now - 90 * MINUTE)
    alarms.notice("listener", since=now - 9 * MINUTE, by="watcher", at=now - 8 * MINUTE)
    alarms.record_ping("", at=now - 9 * MINUTE)
    alarms.record_ping("503 Service Unavailable", at=now - 4 * MINUTE)
    for n in range(30):
        EmergencySheet.objects.create(
            day=now.date() - timedelta(days=n),
            made_at=now - timedelta(days=n),
            sha256="0" * 64,
            open_critical=n,
            sent_to=["a@b.example"] * (n % 3),
        )


@pytest.mark.parametrize("path", ["settings/health", "emergency-sheet"])
@pytest.mark.parametrize("scheme", [pytest.param("light", marks=pytest.mark.long), "dark"])
def test_the_pages_hold_in_any_size_and_light(window, troubled, path, scheme):
    for viewport in (WIDE, NARROW):
        page = window(path, viewport=viewport, color_scheme=scheme)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= viewport["width"]
        found = violations(page)
        assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == []


def test_an_open_page_tells_that_a_part_stands_still(window, world, now):
    alarms.beat(Part.WORKER, Part.PAGER, at=now)
    page = window("cases")
    banner = page.get_by_text("A part of the desk stands still.")
    assert banner.count() == 0
    alarms.beat(Part.PAGER, at=now - 9 * MINUTE)
    page.clock.install()
    page.reload()
    alarms.beat(Part.PAGER, at=now)
    assert banner.count() == 1
    page.clock.fast_forward(46_000)
    banner.wait_for(state="detached")


def test_without_script_a_sheet_is_made_and_its_time_is_changed(window, world, now):
    alarms.beat(Part.WORKER, at=now)
    page = window("emergency-sheet", java_script_enabled=False)
    page.get_by_role("button", name="Make one now").click()
    assert page.get_by_text("The sheet is made.").count() == 1
    page.get_by_label("Every night at").fill("04:45")
    page.get_by_role("button", name="Save").click()
    assert page.get_by_text("every night at 04:45").count() == 1
