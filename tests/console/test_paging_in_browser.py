"""Being woken and taking it up, without script and by keyboard; and the chains, small and dark."""

from datetime import timedelta

import pytest

from dueline.actions import paging
from dueline.core.events import Kind
from dueline.models import Agent
from tests.chains import chain, page, reachable
from tests.console.test_acts_in_browser import serious
from tests.world import build_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MINUTE = timedelta(minutes=1)


@pytest.fixture
def world(transactional_db):
    world = build_world()
    reachable(world.bo)
    Agent.objects.filter(pk=world.tove.id).update(name="Tove " + "Konstantinopoulou-" * 5)
    return world


def long_chain(world):
    everyone = {"whom": "everyone", "wait_minutes": 5}
    return chain(page(world.bo), everyone, page(world.tove), page(world.asta), rounds=3)


def test_who_is_woken_takes_it_up_from_the_page_of_who_is_on_call_without_script(
    window, world, now
):
    chain(page(world.bo), page(world.asta))
    case = world.case(priority="critical", at=now - MINUTE)
    paging.take_steps(at=now)
    page_ = window(world.bo, "/console/on-call", java_script_enabled=False)
    page_.get_by_role("button", name="Acknowledge").press("Enter")
    page_.get_by_text("Answer the customer now.").wait_for()
    page_.get_by_text("Bo Ström acknowledged at").wait_for()
    assert case.events.get(kind=Kind.PAGE_ACKNOWLEDGED).agent_id == world.bo.id


def test_an_administrator_sets_up_a_chain_without_script(window, world):
    page_ = window(world.ada, "/console/settings/paging", java_script_enabled=False)
    page_.get_by_label("Name").fill("Nights")
    page_.get_by_label("Step 1: whom").select_option("Bo Ström")
    page_.get_by_label("Step 2: whom").select_option("Everyone of Tier One")
    page_.get_by_role("button", name="Add").click()
    page_.get_by_text("If a case became Critical now").wait_for()
    page_.get_by_role("link", name="All chains").click()
    page_.get_by_label("A Critical case").select_option("Nights")
    page_.get_by_role("button", name="Save").click()
    page_.get_by_text("for Critical cases").wait_for()


@pytest.mark.parametrize("scheme", [pytest.param("light", marks=pytest.mark.long), "dark"])
def test_the_pages_about_pages_are_accessible_and_fit_a_telephone(window, world, now, scheme):
    made = long_chain(world)
    chain(page(world.asta), name="W" * 90)
    case = world.case(priority="critical", subject="A very long subject " * 15, at=now)
    paging.take_steps(at=now)
    options = {"color_scheme": scheme, "viewport": {"width": 360, "height": 800}}
    page_ = window(world.ada, "/console/settings/paging", **options)
    base = page_.url.split("/console")[0]
    paths = (f"settings/paging/{made.pk}", "on-call", f"cases/{case.number}")
    for path in (None, *paths):
        if path:
            page_.goto(f"{base}/console/{path}")
        assert serious(page_) == [], page_.url
        assert page_.evaluate("document.documentElement.scrollWidth") <= 360, page_.url
