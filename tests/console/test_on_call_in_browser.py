"""Somebody takes over a shift, and an administrator makes a layer, with and without script."""

from datetime import timedelta

import pytest

from dueline.models import RotaOverride
from dueline.queries import on_call
from tests.axe import violations
from tests.world import build_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 360, "height": 780}
DAY = timedelta(days=1)


@pytest.fixture
def world(transactional_db):
    return build_world()


@pytest.fixture
def rota(world, now):
    return world.rota(world.bo, world.asta, starts_on=(now - 17 * DAY).date())


@pytest.fixture
def window(browser, live_server, enter):
    def open_window(person, path, **options):
        page = browser(**{"viewport": WIDE, **options})
        cookie = enter(person).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        page.goto(f"{live_server.url}/console/{path}")
        return page

    return open_window


@pytest.mark.parametrize(
    "script",
    [True, pytest.param(False, marks=pytest.mark.long)],
    ids=["with script", "without script"],
)
def test_a_shift_that_comes_is_taken_over_from_the_list(world, rota, window, now, script):
    page = window(world.tove, "on-call", java_script_enabled=script)
    page.get_by_role("link", name="First line").click()
    page.get_by_role("link", name="Take over").nth(1).click()
    page.fill("#reason", "Asta travels")
    page.get_by_role("button", name="I take over").click()
    page.get_by_text("Done. It counts from now on.").wait_for()
    assert on_call.agent_on_call(rota.pk, at=now + 8 * DAY).name == "Tove Berg"
    made = RotaOverride.objects.get()
    assert (made.replaces_id, made.reason) == (world.asta.id, "Asta travels")
    page.get_by_role("button", name="Take back").click()
    page.get_by_text("Taken back.").wait_for()
    assert on_call.agent_on_call(rota.pk, at=now + 8 * DAY).name == "Asta Lind"


def test_a_layer_is_planned_looked_at_and_saved(world, rota, window, now):
    page = window(world.ada, f"settings/rotas/{rota.pk}")
    page.get_by_role("link", name="Add a layer").click()
    page.fill("#name", "Weekends")
    page.get_by_label("days", exact=True).check()
    page.select_option("#member_1", label="Tove Berg")
    page.get_by_role("button", name="Look at the next weeks").click()
    page.get_by_role("heading", name="The rota as it would be").wait_for()
    assert page.locator(".bar-who", has_text="Tove Berg").count() > 5
    assert rota.layers.count() == 1
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved.").wait_for()
    assert on_call.agent_on_call(rota.pk, at=now).name == "Tove Berg"


@pytest.mark.parametrize("scheme", [pytest.param("light", marks=pytest.mark.long), "dark"])
@pytest.mark.parametrize(
    "size", [pytest.param(WIDE, marks=pytest.mark.long), NARROW], ids=["wide", "narrow"]
)
def test_the_pages_are_for_everybody_and_fit(world, rota, window, size, scheme):
    for path in (
        "on-call",
        f"on-call/rotas/{rota.pk}",
        f"settings/rotas/{rota.pk}",
        f"settings/rotas/layers/{rota.layers.get().pk}",
    ):
        page = window(world.ada, path, viewport=size, color_scheme=scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path
        found = violations(page)
        grave = [one for one in found if one["impact"] in ("serious", "critical")]
        assert grave == [], path
