"""A question to Tier Two from one screen to the other and back, by keyboard, and how it looks."""

from datetime import timedelta

import pytest

from dueline.actions import assistance, cases
from dueline.actions.working_hours import Hours, set_hours
from dueline.models import Case, Question
from tests.axe import serious
from tests.world import build_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(transactional_db):
    return build_world()


def test_another_engineer_takes_a_question_asks_back_and_answers_with_a_list(window, world, now):
    case = world.case(at=now - timedelta(hours=1))
    cases.own(case.pk, actor=world.asta, at=now)
    asta = window(world.asta, f"/console/cases/{case.number}")
    tove = window(world.tove, "/console/tier-two")
    tove.get_by_text("Nobody waits for an answer").wait_for()

    # Asta asks by keyboard alone.
    asta.keyboard.press("t")
    asta.keyboard.type("Is it the cache?")
    asta.keyboard.press("Tab")
    asta.keyboard.type("Restarted twice.")
    asta.keyboard.press("Tab")
    asta.keyboard.press("Tab")
    asta.keyboard.type("90 min")
    asta.keyboard.press("Control+Enter")
    asta.get_by_text("Tier Two has the question. You keep the case.").wait_for()

    # It appears by itself. Tove takes it by keyboard, and asks back.
    tove.get_by_role("link", name="Is it the cache?").wait_for()
    tove.keyboard.press("j")
    tove.keyboard.press("Enter")
    tove.get_by_role("heading", name="Question in").wait_for()
    tove.wait_for_load_state("load")  # keys are for a page that is there
    tove.keyboard.press("o")
    tove.locator(".question-standing", has_text="Tove has it since").wait_for()
    tove.keyboard.press("r")
    tove.keyboard.type("Which node?")
    tove.get_by_role("button", name="Ask Asta back").click()
    tove.locator(".question-standing", has_text="Tove waits for Asta since").wait_for()

    # Asta sees that without reloading, and says more in the case.
    asta.locator(".question-standing", has_text="Tove waits for Asta since").wait_for()
    asta.get_by_label("Write about the question").fill("The second one.")
    asta.get_by_role("button", name="Say more to Tier Two").click()
    asta.get_by_text("Tier Two has it.").wait_for()

    # Tove answers, with a list of what is left to do; Asta ticks it off.
    tove.locator(".entry-text", has_text="The second one.").wait_for()
    tove.get_by_label("Write").fill("It is the cache.")
    tove.get_by_text("What is left to do in the case?").first.click()
    tove.get_by_label("What is left to do in the case?").fill("Clear the cache\nTell Cleo")
    tove.get_by_role("button", name="Answer Asta Lind").click()
    tove.get_by_text("Tove Berg answered").first.wait_for()
    asta.locator(".entry-text", has_text="It is the cache.").wait_for()
    for step in ("Clear the cache", "Tell Cleo"):
        asta.get_by_role("checkbox", name=step).click()
        asta.locator(".entry-steps .is-done", has_text=step).wait_for()
    assert asta.get_by_role("checkbox").filter(has_text="Tell Cleo").count() == 0

    question = Question.objects.get()
    assert all(step["done"] for step in question.checklist)
    assert Case.objects.get().owner_id == world.asta.id


def test_it_all_works_without_script(window, world, now):
    case = world.case(at=now)
    question = assistance.ask(case.pk, text="Is it the cache?", actor=world.asta, at=now)
    page = window(world.tove, "/console/tier-two", java_script_enabled=False)
    page.get_by_role("button", name="Take it").click()
    page.get_by_text("Tove has it since").wait_for()
    page.get_by_text("What is left to do in the case?").first.click()
    page.get_by_label("What is left to do in the case?").fill("Clear it")
    page.get_by_label("Write", exact=True).fill("Yes.")
    page.get_by_role("button", name="Answer Asta Lind").click()
    page.get_by_role("checkbox", name="Clear it").click()
    page.locator(".step[aria-checked=true]").wait_for()
    question.refresh_from_db()
    assert question.checklist[0]["by"] == "Tove Berg"


@pytest.mark.parametrize("scheme", [pytest.param("light", marks=pytest.mark.long), "dark"])
def test_the_pages_are_accessible_and_fit_a_telephone(window, world, now, scheme):
    case = world.case(subject="A very long subject " * 15, at=now - timedelta(days=3))
    cases.own(case.pk, actor=world.asta, at=now)
    late = assistance.ask(
        case.pk,
        text="Unbroken" * 40,
        tried="Much " * 200,
        within="1 h",
        actor=world.asta,
        at=now - timedelta(days=3),
    )
    assistance.ask_back(late.pk, text="Which? " * 60, actor=world.tove, at=now)
    done = assistance.ask(case.pk, text="And this?", actor=world.asta, at=now)
    assistance.answer(
        done.pk, text="So. " * 80, checklist=["Look " * 40] * 3, actor=world.tove, at=now
    )
    gone = Hours(away_until=now.date() + timedelta(days=3), deputy_id=world.bo.id)
    set_hours(world.asta.id, gone, actor=world.ada)
    page = window(
        world.ada,
        "/console/tier-two",
        color_scheme=scheme,
        viewport={"width": 360, "height": 800},
    )
    base = page.url.removesuffix("/console/tier-two")
    for path in (
        "/console/tier-two",
        "/console/tier-two?show=answered",
        f"/console/tier-two/{late.pk}",
        f"/console/tier-two/{done.pk}",
        f"/console/cases/{case.number}?write=question",
        "/console/reports/tier-two",
        "/console/my-hours",
        "/console/settings/people",
        f"/console/settings/people/{world.asta.id}/hours",
    ):
        page.goto(base + path)
        assert serious(page) == [], path
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 360, f"{path} is {wide} wide"
