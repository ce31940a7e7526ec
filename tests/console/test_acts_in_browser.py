"""The acts behind the menu of a case, with and without script, by keyboard."""

from datetime import timedelta

import pytest

from dueline.actions import merging, messages, problems
from dueline.models import Case
from tests.axe import serious
from tests.world import build_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(transactional_db):
    return build_world()


def test_an_engineer_escalates_merges_and_undoes_the_merge(window, world, now):
    case = world.case(subject="Payments fail", at=now - timedelta(hours=2))
    other = world.case(
        world.dag, subject="Shop shows an error", priority="high", at=now - timedelta(hours=1)
    )
    messages.add_note(case.pk, text="Their proxy again.", actor=world.bo, at=now)
    page = window(world.asta, f"/console/cases/{case.number}")

    page.get_by_role("link", name="Escalate").click()
    page.get_by_label("Why does the case need more attention?").fill("Quarter end")
    page.get_by_role("button", name="Escalate to High").click()
    page.get_by_text("Until the escalation it was due").first.wait_for()

    page.keyboard.press("m")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Merge into another case").wait_for()
    page.get_by_label(other.number).check()
    page.keyboard.press("Control+Enter")
    page.get_by_text("This case goes on in").wait_for()
    assert Case.objects.get(pk=case.pk).merged_into_id == other.pk

    page.get_by_role("link", name=f"{other.number} Shop shows an error").first.click()
    page.locator(".entry.is-merged", has_text="Their proxy again.").wait_for()
    page.locator(".promise", has_text="Response").first.wait_for()
    page.go_back()

    page.get_by_role("button", name="Undo the merge").click()
    page.get_by_text("The cases stand apart again").wait_for()
    assert Case.objects.get(pk=case.pk).state == "new"
    assert Case.objects.get(pk=case.pk).priority == "high"


def test_the_menu_opens_and_closes_by_keyboard_and_the_palette_knows_what_is_in_it(
    window, world, now
):
    case = world.case(at=now)
    page = window(world.asta, f"/console/cases/{case.number}")

    page.keyboard.press("m")
    assert page.locator("#case-more").get_attribute("open") is not None
    page.keyboard.press("Escape")
    assert page.locator("#case-more").get_attribute("open") is None
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"

    page.keyboard.press("Control+k")
    page.keyboard.type("third party")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Wait for a third party").wait_for()
    page.keyboard.type("the carrier")
    page.keyboard.press("Enter")
    page.get_by_text("waits for a third party: the carrier").wait_for()


def test_the_menu_works_without_script(window, world, now):
    case = world.case(at=now)
    other = world.case(subject="The same once more", at=now)
    page = window(world.asta, f"/console/cases/{case.number}", java_script_enabled=False)

    page.locator("#case-more summary").click()
    page.get_by_role("link", name="Merge into another case").click()
    page.get_by_label("Or type its Case Number").fill(other.number)
    page.get_by_role("button", name="Merge").click()

    page.get_by_text("This case goes on in").wait_for()


@pytest.mark.parametrize("scheme", [pytest.param("light", marks=pytest.mark.long), "dark"])
def test_the_new_pages_are_accessible_and_fit_a_telephone(window, world, now, scheme):
    case = world.case(subject="A very long subject " * 15, at=now)
    other = world.case(world.dag, at=now)
    problem = problems.link_to_new(case.pk, title="P" * 200, actor=world.asta, at=now)
    merging.merge(other.pk, into=case.pk, actor=world.asta, at=now)
    number, options = (
        case.number,
        {"color_scheme": scheme, "viewport": {"width": 360, "height": 800}},
    )
    page = window(world.ada, f"/console/cases/{number}", **options)
    page.keyboard.press("m")
    paths = [
        *(f"/console/cases/{number}/{form}" for form in ("merge", "watchers", "problem")),
        f"/console/cases/{number}/promises/response/1/extension",
        f"/console/cases/{other.number}",
        f"/console/problems/{problem.pk}",
        "/console/problems",
    ]
    base = page.url.split("/console")[0]
    for path in (None, *paths):
        if path:
            page.goto(base + path)
        assert serious(page) == [], page.url
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, page.url


@pytest.mark.parametrize("scheme", [pytest.param("light", marks=pytest.mark.long), "dark"])
def test_a_customers_merged_case_is_accessible_and_fits_a_telephone(window, world, now, scheme):
    case, other = world.case(at=now), world.case(world.dag, at=now)
    merging.merge(other.pk, into=case.pk, actor=world.asta, at=now)
    options = {"color_scheme": scheme, "viewport": {"width": 360, "height": 800}}
    page = window(world.cleo, f"/cases/{case.number}", java_script_enabled=True, **options)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
